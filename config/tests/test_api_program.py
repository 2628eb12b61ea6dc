"""A program that knows nothing of us but the OpenAPI document's address and a token works on a comment."""

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from connections.models import Connection
from connections.tests.calling import token_of
from crm.intake import intake
from crm.models import Interaction
from crm.tests.factories import Cast, comment, make_cast, video

pytestmark = pytest.mark.django_db(transaction=True)


class Program:
    """Reads names, places and values of everything it sends from the document."""

    def __init__(self, site: str, token: str) -> None:
        self.site, self.token = site, token
        self.document = self._ask("GET", "/api/v1/schema")[1]

    def operation(self, operation_id: str) -> tuple[str, str, dict[str, Any]]:
        return next(
            (method, path, operation)
            for path, methods in self.document["paths"].items()
            for method, operation in methods.items()
            if operation["operationId"] == operation_id
        )

    def call(self, operation_id: str, body: Any = None, **given: str) -> tuple[int, Any]:
        method, path, operation = self.operation(operation_id)
        query = {}
        for name, value in given.items():
            place = next(one["in"] for one in operation["parameters"] if one["name"] == name)
            if place == "path":
                path = path.replace(f"{{{name}}}", value)
            else:
                query[name] = value
        return self._ask(method.upper(), f"{path}?{urllib.parse.urlencode(query)}", body)

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            found: Any = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            schema = found
        return schema

    def body_of(self, operation_id: str) -> dict[str, Any]:
        operation = self.operation(operation_id)[2]
        properties: dict[str, Any] = self.resolved(operation["requestBody"]["content"]["application/json"]["schema"])[
            "properties"
        ]
        return properties

    def _ask(self, method: str, address: str, body: Any = None) -> tuple[int, Any]:
        request = urllib.request.Request(f"{self.site}{address}", method=method)  # noqa: S310 - our own server
        request.add_header("Accept", "application/json")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        if hasattr(self, "document"):
            scheme = self.document["components"]["securitySchemes"]["token"]["scheme"]
            request.add_header("Authorization", f"{scheme.title()} {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    made = make_cast()
    intake(made.connection, [video(), *(comment(f"c{number}", text=f"Why {number}?") for number in range(3))])
    return made


def test_it_finds_reads_and_decides(live_server: LiveServer, cast: Cast) -> None:
    program = Program(live_server.url, token_of(cast.agent))

    found = program.call("interactions_list", status="unread", search="why 1", page_size="1")[1]["results"]
    status, shown = program.call("interactions_retrieve", uuid=found[0]["uuid"])
    choices = program.resolved(program.body_of("interactions_partial_update")["status"])["enum"]
    assert (status, shown["content"], "read" in choices) == (200, "Why 1?", True)

    change = {"version": shown["version"], "status": "read", "tags": ["why"], "note": "Found by a program"}
    status, changed = program.call("interactions_partial_update", change, uuid=shown["uuid"])
    assert (status, changed["status"], changed["tags"]) == (200, "read", ["why"])
    row = Interaction.objects.get(platform_id="c1")
    assert (row.status, row.notes.get().text, row.notes.get().author) == ("read", "Found by a program", cast.agent)

    status, refused = program.call("interactions_partial_update", change, uuid=shown["uuid"])
    assert (status, refused["current"]["version"]) == (409, changed["version"])


def test_it_walks_every_page(live_server: LiveServer, cast: Cast) -> None:
    program = Program(live_server.url, token_of(cast.viewer))
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = program.call("interactions_list", page_size="2", **cursor)[1]
        seen += [one["platform_id"] for one in page["results"]]
        if page["next"] is None:
            break
        cursor = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page["next"]).query))
        cursor.pop("page_size")

    assert sorted(seen) == ["c0", "c1", "c2"]


def test_it_starts_a_sync_and_watches_it(live_server: LiveServer, cast: Cast) -> None:
    program = Program(live_server.url, token_of(cast.owner))
    account = str(Connection.objects.get().uuid)

    status, started = program.call("sync_runs_create", {"connection": account, "stream": "channel"})
    run = program.call("sync_runs_retrieve", uuid=started["results"][0]["uuid"])[1]

    assert (status, run["stream"], run["is_open"]) == (202, "channel", True)
