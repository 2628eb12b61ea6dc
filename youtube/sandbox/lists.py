"""What every list of the Data API has in common: pages, page tokens, ETags."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from youtube.sandbox import methods
from youtube.sandbox.wire import Json, PageTokens, Request, Response, etag_of, json_text_response
from youtube.sandbox.world import World

T = TypeVar("T")
NOT_PART_OF_QUERY = frozenset(
    {"pageToken", "maxResults", "part", "fields", "alt", "key", "access_token", "prettyPrint"}
)


@dataclass(slots=True)
class Page(Generic[T]):
    items: Sequence[T]
    size: int
    total: int
    next_token: str = ""


class Pager:
    def __init__(self, world: World, seed: int) -> None:
        self._world = world
        self.tokens = PageTokens(seed)

    def page(self, method: methods.Method, request: Request, rows: Sequence[T]) -> Page[T]:
        size = methods.page_size(method, request)
        now = self._world.clock.now()
        query = self._query(method, request)
        offset = 0
        if request.one("pageToken"):
            lifetime = self._world.settings.page_token_lifetime
            offset = self.tokens.offset(query, request.one("pageToken"), now, lifetime)
        taken = self._capped(request, size)
        end = offset + taken
        token = self.tokens.issue(query, end, now) if end < len(rows) and size else ""
        return Page(rows[offset:end], size, len(rows), token)

    def _capped(self, request: Request, size: int) -> int:
        caps = [cap for cap in (request.page_cap, self._world.settings.page_cap) if cap is not None]
        return min([size, *caps])

    def _query(self, method: methods.Method, request: Request) -> str:
        kept = sorted((name, values) for name, values in request.params.items() if name not in NOT_PART_OF_QUERY)
        return f"{method.name}{kept}"


def list_response(
    kind: str, items: Sequence[str], request: Request, page_info: Json | None, next_token: str = ""
) -> Response:
    """A list around items that are JSON already; 304 when the caller holds this very list."""
    etag = etag_of(kind, *items)
    if request.headers.get("if-none-match", "").strip('"') == etag:
        return Response(304, b"", {"ETag": etag})
    head: Json = {"kind": kind, "etag": etag}
    if next_token:
        head["nextPageToken"] = next_token
    if page_info is not None:
        head["pageInfo"] = page_info
    text = f'{json.dumps(head)[:-1]}, "items": [{", ".join(items)}]}}'
    return json_text_response(text, headers={"ETag": etag, "Vary": "Origin, X-Origin, Referer"})
