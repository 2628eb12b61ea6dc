"""YouTube's Data API as the sync uses it. https://developers.google.com/youtube/v3/docs

Every call reserves its quota first, is sent once, and is repeated once only when the access token turned
out to be stale. Answers are checked for their envelope; what an item means is `youtube.payloads`' work.
"""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings
from django.utils import timezone
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from connections import errors, tokens
from connections.models import Connection
from youtube.failures import platform_error
from youtube.transport import SeamHttp

IDS_A_CALL = 50
PAGE_SIZE = 100
VIDEO_PARTS = "snippet,contentDetails,statistics,status,liveStreamingDetails"
CHANNEL_PARTS = "snippet,contentDetails,statistics,status,brandingSettings"
_MISSING = object()
_local = threading.local()

Spend = Callable[[str, int], None]
Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. A page may be short, or empty and yet have a next one."""

    items: Sequence[Item]
    next_page_token: str | None


class Method(Protocol):
    """A prepared call of Google's library."""

    def execute(self, http: Any = None, num_retries: int = 0) -> Any: ...


class YouTubeClient:
    """The Data API on behalf of one connection. `spend(bucket, units)` is called before every request."""

    def __init__(self, connection: Connection, spend: Spend) -> None:
        self.connection = connection
        self.spend = spend

    def my_channel(self) -> Item | None:
        """The channel the tokens speak for; None for a Google account without one."""
        page = self._list("channels", part=CHANNEL_PARTS, mine=True)
        return page.items[0] if page.items else None

    def uploads(self, playlist_id: str, page_token: str | None) -> Page:
        """Playlist items of the uploads; newest first in practice, though nothing promises it."""
        return self._list(
            "playlistItems", part="contentDetails", playlistId=playlist_id, maxResults=50, pageToken=page_token
        )

    def videos(self, video_ids: Sequence[str]) -> Page:
        """Up to 50 videos; a deleted one, or a stranger's private one, is silently absent."""
        return self._all("videos", part=VIDEO_PARTS, id=_ids(video_ids))

    def video_stats(self, video_ids: Sequence[str]) -> Page:
        """Counters of up to 50 videos, from a quota bucket of their own."""
        return self._call(
            "batchGetStats", _service().videos().batchGetStats(part="statistics", id=_ids(video_ids)), "videos"
        )

    def threads(
        self, *, moderation: str, page_token: str | None, channel_id: str | None = None, video_id: str | None = None
    ) -> Page:
        """Comment threads of a channel or a video in one moderation state, newest thread first.

        At most five replies are embedded in each. Reading them needs the youtube.force-ssl scope.
        """
        where = {"videoId": video_id} if video_id else {"allThreadsRelatedToChannelId": channel_id}
        return self._list(
            "commentThreads",
            part="snippet,replies",
            moderationStatus=moderation,
            order="time",
            textFormat="plainText",
            maxResults=PAGE_SIZE,
            pageToken=page_token,
            **where,
        )

    def replies(self, thread_id: str, page_token: str | None) -> Page:
        return self._list(
            "comments",
            part="snippet",
            parentId=thread_id,
            textFormat="plainText",
            maxResults=PAGE_SIZE,
            pageToken=page_token,
        )

    def comments(self, comment_ids: Sequence[str]) -> Page:
        """Up to 50 comments by id, without their moderation state; those that are gone are absent."""
        return self._all("comments", part="snippet", id=_ids(comment_ids), textFormat="plainText")

    def _all(self, resource: str, **parameters: Any) -> Page:
        """A read by ids to its end: it fits one page, but who takes absence for deletion had better be sure."""
        page = self._list(resource, **parameters)
        items, token = list(page.items), page.next_page_token
        while token and page.items:
            page = self._list(resource, pageToken=token, **parameters)
            items += page.items
            if page.next_page_token == token or len(items) > 2 * IDS_A_CALL:
                raise errors.Transient(f"YouTube's answer to {resource}.list does not end.", code="endless")
            token = page.next_page_token
        return Page(items, None)

    def _list(self, resource: str, **parameters: Any) -> Page:
        given = {name: value for name, value in parameters.items() if value is not None}
        method = getattr(_service(), resource)().list(**given)
        return self._call("default", method, f"{resource}.list")

    def _call(self, bucket: str, method: Method, name: str) -> Page:
        token = tokens.access_token(self.connection)
        try:
            return self._send(bucket, method, name, token)
        except errors.NeedsReauthorization as error:
            if error.status != 401:
                raise
        fresh = tokens.access_token(self.connection, stale=token)
        return self._send(bucket, method, name, fresh)

    def _send(self, bucket: str, method: Method, name: str, token: str) -> Page:
        self.spend(bucket, 1)
        asked_at = timezone.now()
        http = SeamHttp(token)
        try:
            answer = method.execute(http=http, num_retries=0)
        except HttpError as error:
            raise platform_error(error.status_code, error.resp, error.content, bucket, asked_at) from None
        except (json.JSONDecodeError, UnicodeDecodeError):
            raise errors.Transient(
                f"YouTube's answer to {name} is no JSON.", code="not_json", raw=http.last_body
            ) from None
        return _page(answer, name, http.last_body)


def _page(answer: Any, name: str, raw: bytes) -> Page:
    """The envelope, or `Transient`: an answer that is no list must never read as "there is nothing".

    Google leaves an empty list of items out of some answers; then the rest of the envelope vouches for it.
    """
    items = answer.get("items", _MISSING) if isinstance(answer, dict) else None
    if items is _MISSING and "error" not in answer:
        items = [] if str(answer.get("kind", "")).endswith("ListResponse") or "pageInfo" in answer else None
    if not isinstance(items, list):
        raise errors.Transient(f"YouTube's answer to {name} has no list of items.", code="no_items", raw=raw)
    token = answer.get("nextPageToken")
    return Page([item if isinstance(item, dict) else {} for item in items], str(token) if token else None)


def _ids(ids: Sequence[str]) -> str:
    if not 0 < len(ids) <= IDS_A_CALL:
        raise ValueError(f"{len(ids)} ids for a call that takes 1 to {IDS_A_CALL}.")
    return ",".join(ids)


def _service() -> Any:
    """The library's description of the API, without credentials; one a thread, since it is not thread-safe."""
    if getattr(_local, "url", None) != settings.YOUTUBE_API_URL:
        _local.service = build(
            "youtube",
            "v3",
            static_discovery=True,
            http=SeamHttp(),
            client_options={"api_endpoint": settings.YOUTUBE_API_URL},
        )
        _local.url = settings.YOUTUBE_API_URL
    return _local.service
