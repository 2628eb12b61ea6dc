"""The one place that opens a socket to a platform.

Every call has a timeout a read and a deadline in all, follows no redirect (it would carry the token to
another host) and caps the body. Failures of the wire are `Transient`; a status is the caller's to judge.
"""

import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

import requests
import urllib3
from django.conf import settings
from django.views.decorators.debug import sensitive_variables
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict

from connections.errors import Transient

MAX_BODY_BYTES = 64 * 1024 * 1024
CHUNK_BYTES = 64 * 1024
_local = threading.local()


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: CaseInsensitiveDict[str]
    content: bytes


class _Bearer(AuthBase):
    """As an auth object, so that nothing requests finds in the environment replaces the header."""

    def __init__(self, token: str | None) -> None:
        self.token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self.token:
            request.headers["Authorization"] = f"Bearer {self.token}"
        return request


@sensitive_variables("data", "bearer", "headers", "params")
def request(
    method: str,
    url: str,
    *,
    params: Mapping[str, str] | None = None,
    data: Mapping[str, str] | bytes | str | None = None,
    headers: Mapping[str, str] | None = None,
    bearer: str | None = None,
    timeout: float | None = None,
) -> Response:
    """Send one request and read the whole answer, whatever its status. Raises `Transient`.

    `timeout` (seconds a read) is for calls that a person's page waits for; else it is the setting.
    """
    deadline = time.monotonic() + settings.HTTP_DEADLINE_SECONDS
    try:
        with _session().request(
            method,
            url,
            params=params,
            data=data,
            headers=dict(headers or {}),
            auth=_Bearer(bearer),
            timeout=timeout or settings.HTTP_TIMEOUT_SECONDS,
            allow_redirects=False,
            stream=True,
        ) as answer:
            return Response(answer.status_code, answer.headers, _read(answer, deadline))
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        # The exception's text would quote the URL and with it, on some endpoints, a token.
        raise Transient(f"The connection to {_host(url)} failed ({type(error).__name__}).", code="network") from None


def _read(answer: requests.Response, deadline: float) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while chunk := answer.raw.read1(CHUNK_BYTES, decode_content=True):
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise Transient(f"{_host(answer.url)} sent more than {MAX_BODY_BYTES:,} bytes.", code="body_too_large")
        if time.monotonic() > deadline:
            raise Transient(f"{_host(answer.url)} took too long to send its answer.", code="deadline")
    return b"".join(chunks)


def _session() -> requests.Session:
    """One pooled session a thread and process: sharing one across either can mix up answers."""
    if getattr(_local, "pid", None) != os.getpid():
        session = requests.Session()
        adapter = HTTPAdapter(pool_connections=4, pool_maxsize=4, max_retries=0)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        _local.session, _local.pid = session, os.getpid()
    session = _local.session
    # A cookie of one account must not travel with another's request.
    session.cookies.clear()
    return session  # type: ignore[no-any-return]


def _host(url: str) -> str:
    return urllib3.util.parse_url(url).host or "the platform"
