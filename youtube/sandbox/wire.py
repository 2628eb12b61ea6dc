"""Requests and answers as Google writes them: parameters, error envelopes, page tokens, ETags."""

import base64
import hashlib
import hmac
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs
from wsgiref.types import WSGIEnvironment

Json = dict[str, Any]

REPEATED_BY_COMMA = frozenset({"part", "id"})


@dataclass(slots=True)
class Request:
    method: str
    path: str
    params: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    base_url: str
    page_cap: int | None = None  # set by a fault: no page holds more items than this
    units: int = 0
    channel_id: str | None = None

    @classmethod
    def from_environ(cls, environ: WSGIEnvironment) -> "Request":
        headers = {k[5:].replace("_", "-").lower(): v for k, v in environ.items() if k.startswith("HTTP_")}
        headers["content-type"] = environ.get("CONTENT_TYPE", "")
        host = headers.get("host") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
        request = cls(
            method=environ["REQUEST_METHOD"],
            path=environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace"),
            params=parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True),
            headers=headers,
            body=environ["wsgi.input"].read(),
            base_url=f"{environ['wsgi.url_scheme']}://{host}{environ.get('SCRIPT_NAME', '')}",
        )
        request._apply_override()
        return request

    def _apply_override(self) -> None:
        """Google's clients send a GET with a long query as a POST form; the header tells what was meant."""
        wanted = self.headers.get("x-http-method-override", "").upper()
        if self.method != "POST" or not wanted:
            return
        self.method = wanted
        if self.headers["content-type"].startswith("application/x-www-form-urlencoded"):
            for name, values in self.form().items():
                self.params.setdefault(name, []).extend(values)
            self.body = b""

    def one(self, name: str, default: str = "") -> str:
        return self.params[name][-1] if name in self.params else default

    def many(self, name: str) -> list[str]:
        """Values given as `id=a,b`, as `id=a&id=b`, or both."""
        return [part.strip() for value in self.params.get(name, ()) for part in value.split(",") if part.strip()]

    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    def json(self) -> Any:
        """The body as JSON; raises the error that Google answers to anything else."""
        try:
            return json.loads(self.body or b"{}")
        except ValueError:
            raise invalid_argument("Invalid JSON payload received. Unexpected token.", "parseError") from None


@dataclass(slots=True)
class Response:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    stream: Iterator[bytes] | None = None  # given: sent instead of the body, as slowly as it yields

    @property
    def is_json(self) -> bool:
        return self.headers.get("Content-Type", "").startswith("application/json")


def json_response(data: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return json_text_response(json.dumps(data, ensure_ascii=False), status, headers)


def json_text_response(text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    kept = {"Content-Type": "application/json; charset=UTF-8", "Cache-Control": "private", **(headers or {})}
    return Response(status, text.encode("utf-8"), kept)


def html_response(text: str, status: int = 200) -> Response:
    return Response(status, text.encode(), {"Content-Type": "text/html; charset=utf-8"})


def redirect(url: str) -> Response:
    return Response(302, b"", {"Location": url, "Content-Type": "text/html; charset=utf-8"})


class ApiError(Exception):
    """An answer with Google's error envelope.

    `location` names a parameter; `body:…`, `header:…` and `other:…` name places of those kinds.
    """

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        *,
        domain: str = "global",
        location: str = "",
        status: str = "",
        details: list[Json] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.headers: dict[str, str] = {}
        entry = {"message": message, "domain": domain, "reason": reason}
        if location:
            kind, _, place = location.rpartition(":")
            entry |= {"location": place, "locationType": kind or "parameter"}
        self.body: Json = {"code": code, "message": message, "errors": [entry]}
        if status:
            self.body["status"] = status
        if details:
            self.body["details"] = details

    def with_headers(self, headers: Mapping[str, str]) -> "ApiError":
        self.headers |= headers
        return self

    def response(self) -> Response:
        return json_response({"error": self.body}, self.code, self.headers)


def invalid_argument(message: str, reason: str = "invalid") -> ApiError:
    """What Google's front end refuses before YouTube sees it."""
    detail = {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [{"description": message}],
    }
    return ApiError(400, reason, message, status="INVALID_ARGUMENT", details=[detail])


def not_found() -> Response:
    return html_response("<!DOCTYPE html><title>Error 404 (Not Found)!!1</title><p>That’s an error.", 404)


def etag_of(*parts: str) -> str:
    return hashlib.blake2b("\x00".join(parts).encode("utf-8", "surrogatepass"), digest_size=14).hexdigest()


class PageTokens:
    """Opaque tokens that carry their offset; bound to the query that gave them, and mortal."""

    def __init__(self, seed: int) -> None:
        self._key = f"page-tokens-{seed}".encode()
        self._serial = itertools.count()  # an empty page's next token points at the same offset, yet is another token
        self.generation = 0

    def issue(self, query: str, offset: int, now: float) -> str:
        payload = f"{offset}:{int(now)}:{self.generation}:{next(self._serial)}"
        mark = self._mark(query, payload)
        return base64.urlsafe_b64encode(f"{payload}:{mark}".encode()).decode().rstrip("=")

    def offset(self, query: str, token: str, now: float, lifetime: float) -> int:
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
            payload, _, mark = raw.rpartition(":")
            offset, issued, generation, _ = payload.split(":")
            good = mark == self._mark(query, payload)
            if good and int(generation) == self.generation and now - int(issued) <= lifetime:
                return int(offset)
        except ValueError:
            pass
        raise ApiError(
            400,
            "invalidPageToken",
            "The request specifies an invalid page token.",
            domain="youtube.parameter",
            location="pageToken",
        )

    def _mark(self, query: str, payload: str) -> str:
        return hmac.new(self._key, f"{query}|{payload}".encode(), "sha256").hexdigest()[:16]
