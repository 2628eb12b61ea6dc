"""What was asked of the sandbox, in order of arrival, without secrets."""

import itertools
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from youtube.sandbox.wire import Json, Request

KEPT = 100_000
SECRET = frozenset({"access_token", "refresh_token", "token", "code", "client_secret", "code_verifier", "key"})


@dataclass(slots=True)
class Entry:
    number: int
    at: float
    method: str
    path: str
    params: dict[str, str]
    body: Any
    status: int | None = None  # None: still being answered, or dropped without an answer
    units: int = 0
    channel: str | None = None
    faults: list[str] = field(default_factory=list)

    def as_json(self) -> Json:
        return {name: getattr(self, name) for name in self.__slots__}


class RequestLog:
    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._numbers = itertools.count(1)

    def open(self, request: Request, now: float) -> Entry:
        entry = Entry(next(self._numbers), now, request.method, request.path, redacted(request.params), _body(request))
        self._entries.append(entry)
        return entry

    def since(self, number: int) -> list[Json]:
        return [entry.as_json() for entry in list(self._entries) if entry.number > number]

    def clear(self) -> None:
        self._entries.clear()


def redacted(params: dict[str, list[str]]) -> dict[str, str]:
    return {name: "[redacted]" if name in SECRET else ",".join(values) for name, values in params.items()}


def _body(request: Request) -> Any:
    if not request.body:
        return None
    if request.headers["content-type"].startswith("application/x-www-form-urlencoded"):
        return redacted(request.form())
    try:
        return json.loads(request.body)
    except ValueError:
        return f"{len(request.body)} bytes"
