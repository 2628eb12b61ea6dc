"""A sandbox called in the process; each answer of Google's APIs is held against the discovery documents."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest

from youtube.sandbox.app import Sandbox
from youtube.sandbox.oauth import ANALYTICS, FORCE_SSL
from youtube.tests.sandbox import discovery_schemas

THREADS, COMMENTS = "/youtube/v3/commentThreads", "/youtube/v3/comments"
STATUS = COMMENTS + "/setModerationStatus"
ANCHOR = 1_795_305_600  # 2026-11-22, a Sunday
Params = Mapping[str, Any]


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def items(self) -> list[Any]:
        found: list[Any] = self.json.get("items", [])
        return found

    @property
    def ids(self) -> list[str]:
        return [item["id"] for item in self.items]

    @property
    def reason(self) -> str:
        return str(self.json["error"]["errors"][0]["reason"])


class Caller:
    """Calls a sandbox as one account (or nobody) and checks what comes back."""

    def __init__(self, sandbox: Sandbox, token: str = "") -> None:
        self.sandbox = sandbox
        self.token = token

    def as_account(self, account: str, *scopes: str, lifetime: float | None = None) -> "Caller":
        granted = frozenset(scopes or {FORCE_SSL, ANALYTICS})
        return Caller(self.sandbox, self.sandbox.oauth.mint(account, granted, lifetime)["access_token"])

    def raw(
        self,
        method: str,
        path: str,
        params: Params | None = None,
        *,
        json_body: object = None,
        form: Params | None = None,
        headers: Params | None = None,
    ) -> Answer:
        body, content_type = b"", ""
        if form is not None:
            body, content_type = urlencode(form, doseq=True).encode(), "application/x-www-form-urlencoded"
        elif json_body is not None:
            body, content_type = json.dumps(json_body).encode(), "application/json"
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "/youtube",
            "PATH_INFO": path,
            "QUERY_STRING": urlencode(params or {}, doseq=True),
            "CONTENT_TYPE": content_type,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
        }
        sent = ({"Authorization": f"Bearer {self.token}"} if self.token else {}) | dict(headers or {})
        environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in sent.items()}
        started: list[Any] = []

        def start_response(*given: Any) -> Any:
            started.extend(given)

        whole = b"".join(self.sandbox(environ, start_response))
        return Answer(int(started[0][:3]), dict(started[1]), whole)

    def __call__(self, method: str, path: str, params: Params | None = None, **more: Any) -> Answer:
        answer = self.raw(method, path, params, **more)
        if answer.headers.get("Content-Type", "").startswith("application/json"):
            meant = (more.get("headers") or {}).get("X-HTTP-Method-Override", method)
            discovery_schemas.check(meant, path, answer.status, answer.json)
        return answer

    def get(self, path: str, **params: Any) -> Answer:
        return self("GET", path, params)

    def control(self, method: str, path: str, body: object = None, **params: Any) -> Any:
        answer = self.raw(method, f"/sandbox/{path}", params, json_body=body)
        assert answer.status == 200, answer.body
        return answer.json

    def every(self, path: str, **params: Any) -> list[Any]:
        """The items of all pages."""
        found: list[Any] = []
        token: dict[str, str] = {}
        while True:
            page = self.get(path, **params, **token)
            assert page.status == 200, page.body
            found += page.items
            if "nextPageToken" not in page.json:
                return found
            token = {"pageToken": page.json["nextPageToken"]}


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(1, "small", anchor=ANCHOR)


@pytest.fixture
def nobody(sandbox: Sandbox) -> Caller:
    return Caller(sandbox)


@pytest.fixture
def owner(nobody: Caller) -> Caller:
    return nobody.as_account("spoke-and-solder")


@pytest.fixture
def other(nobody: Caller) -> Caller:
    """Somebody with a channel of their own."""
    return nobody.as_account("slow-miles")


@pytest.fixture
def channel_id(sandbox: Sandbox) -> str:
    return sandbox.world.owned_channels()[0].id


@pytest.fixture
def video_id(sandbox: Sandbox, channel_id: str) -> str:
    """A public video with open comments."""
    return sandbox.world.videos_of(channel_id)[0].id


@pytest.fixture
def foreign_video_id(sandbox: Sandbox) -> str:
    return next(v.id for v in sandbox.world.videos.values() if v.title.startswith("We rode"))
