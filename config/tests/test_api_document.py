"""The OpenAPI document says all there is, and the page that shows it works under our content security policy."""

import json
import os
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import ConsoleMessage, sync_playwright
from pytest_django.live_server_helper import LiveServer

from config.tests.routes import all_routes
from connections.api.documents import document
from connections.tests.calling import API
from connections.tests.factories import make_user

NOT_IN_IT = {"api:schema", "api:docs", "api:nowhere"}


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def test_the_document_is_valid_and_made_without_a_warning() -> None:
    written = StringIO()

    call_command("spectacular", "--validate", "--fail-on-warn", stdout=written)

    assert written.getvalue().startswith("openapi: 3.1.0")


def test_every_route_of_the_api_stands_in_it() -> None:
    routes = {route.name for route in all_routes() if route.name.startswith("api:")} - NOT_IN_IT

    assert len(document()["paths"]) == len(routes)
    assert all(path.startswith(f"{API}/") and not path.endswith("/") for path in document()["paths"])


def test_every_operation_has_a_summary_a_key_and_says_how_errors_look() -> None:
    for name, operation in operations():
        assert operation.get("summary"), name
        assert {"token": []} in operation["security"], name
        error = operation["responses"]["default"]["content"]["application/json"]["schema"]
        assert error == {"$ref": "#/components/schemas/Error"}, name


def test_names_of_choices_are_ours() -> None:
    enums = [name for name, schema in document()["components"]["schemas"].items() if "enum" in schema]

    assert [name for name in enums if name.endswith("Enum")] == ["BlankEnum"]


def test_nothing_of_the_code_is_told() -> None:
    text = json.dumps(document())

    assert not [word for word in ("for_user", "digest", "access_token", "password", "`rows`") if word in text]


@pytest.mark.parametrize("accept", ["application/json", "application/vnd.oai.openapi+json", "*/*"])
def test_it_is_served_to_everybody_as_json(client: Client, accept: str) -> None:
    response = client.get(f"{API}/schema", headers={"Accept": accept})

    assert response.status_code == 200
    assert json.loads(response.content)["info"]["title"] == "Greenroom"


def test_it_is_served_as_yaml(client: Client) -> None:
    response = client.get(f"{API}/schema/", headers={"Accept": "application/yaml"})

    assert response.content.startswith(b"openapi: 3.1.0")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1400])
def test_the_page_shows_and_tries_it_out_without_a_complaint(
    live_server: LiveServer, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    # Playwright keeps an event loop in this thread, in which Django would refuse the database.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    member = make_user("anna")
    session = Client()
    session.force_login(member)
    cookie = session.cookies["sessionid"].value
    said: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            said.append(message.text)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": width, "height": 900})
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{live_server.url}{API}/docs")
        page.click("#operations-me-me_retrieve .opblock-summary-control")
        page.click("#operations-me-me_retrieve .try-out__btn")
        page.click("#operations-me-me_retrieve .execute")
        answer = page.inner_text("#operations-me-me_retrieve .live-responses-table .highlight-code")
        page.click("#operations-interactions-interactions_partial_update .opblock-summary-control")
        page.wait_for_selector("#operations-interactions-interactions_partial_update .opblock-body")
        browser.close()

    assert str(member.uuid) in answer
    assert said == []
