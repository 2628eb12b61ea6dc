"""What both walks over comments share: pages of threads, and the replies that a page does not carry."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

from django.utils import timezone

from connections.errors import Gone, InvalidRecord
from connections.streams import Cursor, Walk
from youtube import payloads, storing
from youtube.client import IDS_A_CALL, YouTubeClient
from youtube.models import YouTubeConnection, YouTubeVideo
from youtube.payloads import CommentPayload, Item, ThreadPayload, VideoPayload
from youtube.storing import Counts, Sighting
from youtube.streams.reading import mark_of, readable
from youtube.streams.videos import fetch_videos

Listing = Literal["held", "spam", "published"]
# Queues first: a reply that waits in one is known as such before its published thread is read in full.
LISTINGS: tuple[Listing, ...] = ("held", "spam", "published")
AS_YOUTUBE_SAYS = {"held": "heldForReview", "spam": "likelySpam", "published": "published"}


class Unread(NamedTuple):
    """A thread with more replies than its page carried. As JSON in a cursor it is a list."""

    thread_id: str
    video_id: str
    total: int


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """`videos` are those of its threads' videos that were not stored yet. `mark` tells a repeated page.

    `video` is the key of the one video whose listing this is, None for the channel's.
    """

    listing: Listing
    threads: Sequence[ThreadPayload]
    videos: Sequence[VideoPayload]
    next_page_token: str | None
    mark: str
    asked_at: datetime
    video: int | None = None


@dataclass(frozen=True, slots=True)
class ReplyPage:
    unread: Unread
    replies: Sequence[CommentPayload]
    next_page_token: str | None
    mark: str
    asked_at: datetime


def fetch_threads(
    walk: Walk, client: YouTubeClient, listing: Listing, page_token: str | None, *, video_id: str | None = None
) -> ThreadPage:
    """A page of one listing, of one video or of the whole channel; threads on strangers' videos are left out."""
    own, asked_at = walk.connection.external_id, timezone.now()
    page = client.threads(moderation=AS_YOUTUBE_SAYS[listing], page_token=page_token, video_id=video_id, channel_id=own)
    items = [_with_video(item, video_id) for item in page.items]
    threads = readable(walk, items, payloads.thread, listing=listing)
    own_threads = [thread for thread in threads if thread.channel_id in ("", own)]
    videos, known = _videos_of(walk, client, own_threads)
    for thread in own_threads:
        if thread.video_id not in known and thread.channel_id == own:
            walk.quarantine(_without_video(thread, items), listing=listing)
        for broken in thread.broken_replies:
            walk.quarantine(broken, video_id=thread.video_id, thread_id=thread.top.comment_id)
    kept = [thread for thread in own_threads if thread.video_id in known]
    return ThreadPage(listing, kept, videos, page.next_page_token, mark_of(page.items), asked_at)


def fetch_replies(walk: Walk, client: YouTubeClient, unread: Unread, page_token: str | None) -> ReplyPage:
    """A page of one thread's replies; none if the thread has gone meanwhile."""
    asked_at = timezone.now()
    try:
        page = client.replies(unread.thread_id, page_token)
    except Gone:
        return ReplyPage(unread, [], None, "", asked_at)
    replies = readable(walk, page.items, payloads.comment, video_id=unread.video_id, thread_id=unread.thread_id)
    return ReplyPage(unread, replies, page.next_page_token, mark_of(page.items), asked_at)


def store_threads(connection: YouTubeConnection, page: ThreadPage) -> Counts:
    storing.store_videos(connection, page.videos, page.asked_at)
    sightings = [sighting for thread in page.threads for sighting in _sightings(thread, page.listing)]
    return storing.store_comments(connection, sightings, page.asked_at)


def store_replies(connection: YouTubeConnection, page: ReplyPage) -> Counts:
    unread = page.unread
    sightings = [Sighting(reply, unread.video_id, unread.thread_id, "thread") for reply in page.replies]
    counts = storing.store_comments(connection, sightings, page.asked_at)
    if page.next_page_token is None:
        storing.mark_replies_read(connection, unread.thread_id, unread.total)
    return counts


def after_replies(cursor: Cursor, page: ReplyPage) -> Cursor:
    """The same thread's next page, or the next unread thread. A page that repeats itself ends its thread."""
    token = page.next_page_token
    if token and token != cursor["reply_token"] and (not page.mark or page.mark != cursor.get("reply_mark")):
        return {**cursor, "reply_token": token, "reply_mark": page.mark}
    return {**cursor, "unread": cursor["unread"][1:], "reply_token": None, "reply_mark": ""}


def is_repeated(cursor: Cursor, page: ThreadPage) -> bool:
    """Whether YouTube served the page before again: it has at times ignored the page token."""
    same_token = page.next_page_token is not None and page.next_page_token == cursor["page_token"]
    return same_token or bool(page.mark and page.mark == cursor.get("mark"))


def unread_of(threads: Iterable[ThreadPayload]) -> list[list[str | int]]:
    """For a cursor: the threads whose replies are to be read."""
    return [list(Unread(thread.top.comment_id, thread.video_id, thread.total_reply_count)) for thread in threads]


def has_more(thread: ThreadPayload) -> bool:
    """YouTube's count may exceed what it will serve, so this asks for a look, never for a complete set."""
    return thread.total_reply_count > len(thread.replies)


def newest(threads: Sequence[ThreadPayload]) -> str:
    """When the newest of these threads began, by YouTube's clock; a moment in the future does not count."""
    horizon = datetime.now(UTC) + timedelta(minutes=10)
    moments = [thread.top.published_at for thread in threads if thread.top.published_at <= horizon]
    return max(moments).isoformat() if moments else ""


def _sightings(thread: ThreadPayload, listing: Listing) -> list[Sighting]:
    """A published thread's replies may wait in a queue all the same; a queue's page shows what waits there."""
    thread_id = thread.top.comment_id
    top = Sighting(
        thread.top, thread.video_id, thread_id, listing, thread.total_reply_count, has_all_replies=not has_more(thread)
    )
    seen_in: Literal["held", "spam", "thread"] = "thread" if listing == "published" else listing
    return [top, *(Sighting(reply, thread.video_id, thread_id, seen_in) for reply in thread.replies)]


def _with_video(item: Item, video_id: str | None) -> Item:
    """A thread names its video in most answers; in a video's own listing it need not."""
    snippet = item.get("snippet")
    if video_id is None or not isinstance(snippet, dict) or snippet.get("videoId"):
        return item
    return {**item, "snippet": {**snippet, "videoId": video_id}}


def _videos_of(
    walk: Walk, client: YouTubeClient, threads: Sequence[ThreadPayload]
) -> tuple[list[VideoPayload], set[str]]:
    """The threads' videos that are not stored yet, and the ids of all that are or will be."""
    wanted = {thread.video_id for thread in threads if thread.video_id}
    stored = YouTubeVideo.objects.filter(connection_id=walk.connection.pk, video_id__in=wanted)
    known = set(stored.values_list("video_id", flat=True))
    missing = sorted(wanted - known)
    starts = range(0, len(missing), IDS_A_CALL)
    videos = [video for start in starts for video in fetch_videos(walk, client, missing[start : start + IDS_A_CALL])]
    return videos, known | {video.video_id for video in videos}


def _without_video(thread: ThreadPayload, items: Sequence[Item]) -> InvalidRecord:
    raw = next((item for item in items if item.get("id") == thread.top.comment_id), {})
    return InvalidRecord(
        f"YouTube shows this thread, but not its video ({thread.video_id or 'none named'}).",
        external_id=thread.top.comment_id,
        raw=json.dumps(raw).encode(),
    )
