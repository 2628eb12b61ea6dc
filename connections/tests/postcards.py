"""An invented platform, to test connecting without any real one: a vendor over HTTP and its platform object.

The vendor keeps a log of what it was asked, rotates or withholds refresh tokens, and fails on request.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.utils import timezone

from connections import http
from connections.errors import NeedsReauthorization, NotPermitted, Transient
from connections.models import Connection
from connections.quota import QuotaPlan
from connections.registry import AccountIdentity, TokenGrant
from connections.sandbox_server import ConnectionDropped


@dataclass
class PostOffice:
    """The vendor. `calls` names every request in the order of arrival."""

    calls: list[str] = field(default_factory=list)
    rotates: bool = False
    returns_refresh_token: bool = True
    drops: set[str] = field(default_factory=set)
    statuses: dict[str, int] = field(default_factory=dict)
    delay: float = 0
    lifetime: int = 3600
    accounts: dict[str, str] = field(default_factory=lambda: {"A1": "Anna's cards", "B2": "Ben's cards"})
    refresh_tokens: dict[str, str] = field(default_factory=dict)
    access_tokens: dict[str, str] = field(default_factory=dict)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, environ: Mapping[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        form = {name: values[0] for name, values in parse_qs(environ["wsgi.input"].read().decode()).items()}
        with self._lock:
            self.calls.append(path)
        time.sleep(self.delay)
        if path in self.drops:
            raise ConnectionDropped
        with self._lock:
            status, body = self._answer(path, form, environ.get("HTTP_AUTHORIZATION", ""))
        status = self.statuses.get(path, status)
        start_response(f"{status} -", [("Content-Type", "application/json")])
        return [json.dumps(body).encode()]

    def _answer(self, path: str, form: Mapping[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        if path == "/token":
            return self._token(form)
        if path == "/revoke":
            account = self.refresh_tokens.pop(form["token"], "") or self.access_tokens.pop(form["token"], "")
            return (200, {}) if account else (400, {"error": "invalid_token"})
        account = self.access_tokens.get(authorization.removeprefix("Bearer "), "")
        return (200, {"id": account, "name": self.accounts.get(account, "")}) if account else (401, {})

    def _token(self, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        if form["grant_type"] == "refresh_token":
            account = self.refresh_tokens.get(form["refresh_token"])
            if account is None:
                return 400, {"error": "invalid_grant"}
            if self.rotates:
                del self.refresh_tokens[form["refresh_token"]]
            return 200, self.grant(account, with_refresh_token=self.rotates or self.returns_refresh_token)
        code = self._codes.pop(form["code"], None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if code is None or code["redirect_uri"] != form["redirect_uri"] or code["code_challenge"] != proof:
            return 400, {"error": "invalid_grant"}
        return 200, self.grant(code["account"], scope=code["scope"])

    def grant(self, account: str, *, scope: str = "read comment", with_refresh_token: bool = True) -> dict[str, Any]:
        """Tokens for an account, as the token endpoint answers them."""
        access = f"CANARY-access-{secrets.token_hex(8)}"
        self.access_tokens[access] = account
        answer = {"access_token": access, "expires_in": self.lifetime, "scope": scope, "token_type": "Bearer"}
        if with_refresh_token:
            refresh = f"CANARY-refresh-{secrets.token_hex(8)}"
            self.refresh_tokens[refresh] = account
            answer["refresh_token"] = refresh
        return answer

    def consent(self, url: str, account: str, *, scope: str | None = None) -> dict[str, str]:
        """What a person's browser brings back after agreeing on the vendor's page at `url`."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = f"CANARY-code-{secrets.token_hex(8)}"
        self._codes[code] = {**asked, "account": account, "scope": asked["scope"] if scope is None else scope}
        return {"code": code, "state": asked["state"]}


class Postcards:
    """The platform object. `connected` lists the connections it was told of."""

    name = "Postcards"
    url = ""
    urls: str | None = None
    api_urls: str | None = None
    sandbox = ""
    permissions_url = "https://postcards.example/permissions"
    terms: Mapping[str, str] = {}
    streams: Mapping[str, Any] = {}
    quota_plan = QuotaPlan("UTC", {})
    connection_model = "connections.Connection"
    derived_metrics_need_consent = False

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.oauth = f"connections.tests.oauth_backends.{slug.title()}Backend"
        self.erased: list[str] = []
        self.fails_after_connecting = False

    def refresh_access(self, refresh_token: str, access_token: str) -> TokenGrant:
        answer = _post("/token", grant_type="refresh_token", refresh_token=refresh_token)
        if answer.status == 400:
            raise NeedsReauthorization("Postcards no longer accepts this access.", code="invalid_grant")
        if answer.status != 200:
            raise Transient("Postcards is out of order.", code="server_error", status=answer.status)
        return grant_of(json.loads(answer.content))

    def revoke(self, token: str) -> None:
        answer = _post("/revoke", token=token)
        if answer.status != 200:
            raise Transient("Postcards did not confirm.", code="server_error", status=answer.status)

    def connect(self, grant: TokenGrant) -> AccountIdentity:
        if grant.scopes and "read" not in grant.scopes:
            raise NotPermitted("Tick “read”, then connect again.", code="missing_scope")
        answer = http.request("GET", f"{Postcards.url}/me", bearer=grant.access_token)
        if answer.status != 200:
            raise NeedsReauthorization("Postcards refuses this token.", code="auth_error", status=answer.status)
        facts = json.loads(answer.content)
        return AccountIdentity(facts["id"], facts["name"], f"@{facts['id'].lower()}", "", {})

    def on_connected(self, connection: Connection) -> None:
        if self.fails_after_connecting:
            raise Transient("Postcards could not prepare the reports.", code="server_error", status=503)

    def store_signals(self, connection: Connection, signals: Mapping[str, Any]) -> None:
        raise NotImplementedError

    def stored_counts(self, connection: Connection) -> Mapping[str, int]:
        raise NotImplementedError

    def sandbox_environment(self, url: str) -> Mapping[str, str]:
        raise NotImplementedError

    def erase(self, connection: Connection) -> None:
        self.erased.append(connection.external_id)


def grant_of(answer: Mapping[str, Any]) -> TokenGrant:
    expires_at = timezone.now() + timedelta(seconds=answer["expires_in"])
    return TokenGrant(
        answer["access_token"], answer.get("refresh_token", ""), expires_at, tuple(answer["scope"].split())
    )


def _post(path: str, **form: str) -> http.Response:
    body = urlencode(form).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return http.request("POST", Postcards.url + path, data=body, headers=headers)


postcards = Postcards("postcards")
parcels = Postcards("parcels")
