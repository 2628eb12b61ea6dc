"""What both walks over comments share: pages of threads, and the replies that a page does not carry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

from connections.errors import Gone
from connections.streams import Cursor, Walk
from youtube import payloads, storing
from youtube.client import IDS_A_CALL, YouTubeClient
from youtube.models import YouTubeConnection, YouTubeVideo
from youtube.payloads import CommentPayload, ThreadPayload, VideoPayload
from youtube.storing import Counts, Sighting
from youtube.streams.reading import readable
from youtube.streams.videos import fetch_videos

Listing = Literal["held", "spam", "published"]
# Queues first: a reply that waits in one is known as such before its published thread is read in full.
LISTINGS: tuple[Listing, ...] = ("held", "spam", "published")
AS_YOUTUBE_SAYS = {"held": "heldForReview", "spam": "likelySpam", "published": "published"}


class Unread(NamedTuple):
    """A thread with more replies than its page carried. As JSON in a cursor it is a list."""

    thread_id: str
    video_id: str


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
    video: int | None = None


@dataclass(frozen=True, slots=True)
class ReplyPage:
    unread: Unread
    replies: Sequence[CommentPayload]
    next_page_token: str | None
    mark: str


def fetch_threads(
    walk: Walk, client: YouTubeClient, listing: Listing, page_token: str | None, *, video_id: str | None = None
) -> ThreadPage:
    """A page of one listing, of one video or of the whole channel; threads on strangers' videos are left out."""
    own = walk.connection.external_id
    page = client.threads(moderation=AS_YOUTUBE_SAYS[listing], page_token=page_token, video_id=video_id, channel_id=own)
    threads = [thread for thread in readable(walk, page.items, payloads.thread) if thread.channel_id in ("", own)]
    for thread in threads:
        for broken in thread.broken_replies:
            walk.quarantine(broken, video_id=thread.video_id, thread_id=thread.top.comment_id)
    return ThreadPage(listing, threads, _new_videos(walk, client, threads), page.next_page_token, _mark(page.items))


def fetch_replies(walk: Walk, client: YouTubeClient, unread: Unread, page_token: str | None) -> ReplyPage:
    """A page of one thread's replies; none if the thread has gone meanwhile."""
    try:
        page = client.replies(unread.thread_id, page_token)
    except Gone:
        return ReplyPage(unread, [], None, "")
    replies = readable(walk, page.items, payloads.comment, video_id=unread.video_id, thread_id=unread.thread_id)
    return ReplyPage(unread, replies, page.next_page_token, _mark(page.items))


def store_threads(connection: YouTubeConnection, page: ThreadPage, at: datetime) -> Counts:
    storing.store_videos(connection, page.videos, at)
    sightings = [sighting for thread in page.threads for sighting in _sightings(thread, page.listing)]
    return storing.store_comments(connection, sightings, at)


def store_replies(connection: YouTubeConnection, page: ReplyPage, at: datetime) -> Counts:
    thread_id, video_id = page.unread
    sightings = [Sighting(reply, video_id, thread_id, "thread") for reply in page.replies]
    return storing.store_comments(connection, sightings, at)


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


def unread_replies(thread: ThreadPayload) -> bool:
    """YouTube's count may exceed what it will serve, so this asks for a look, never for a complete set."""
    return thread.total_reply_count > len(thread.replies)


def newest(threads: Sequence[ThreadPayload]) -> str:
    """When the newest of these threads began, by YouTube's clock; a moment in the future does not count."""
    horizon = datetime.now(UTC) + timedelta(minutes=10)
    moments = [thread.top.published_at for thread in threads if thread.top.published_at <= horizon]
    return max(moments).isoformat() if moments else ""


def _sightings(thread: ThreadPayload, listing: Listing) -> list[Sighting]:
    thread_id = thread.top.comment_id
    top = Sighting(thread.top, thread.video_id, thread_id, listing, thread.total_reply_count)
    return [top, *(Sighting(reply, thread.video_id, thread_id, listing) for reply in thread.replies)]


def _new_videos(walk: Walk, client: YouTubeClient, threads: Sequence[ThreadPayload]) -> list[VideoPayload]:
    wanted = {thread.video_id for thread in threads if thread.video_id}
    stored = YouTubeVideo.objects.filter(connection_id=walk.connection.pk, video_id__in=wanted)
    missing = sorted(wanted - set(stored.values_list("video_id", flat=True)))
    starts = range(0, len(missing), IDS_A_CALL)
    return [video for start in starts for video in fetch_videos(walk, client, missing[start : start + IDS_A_CALL])]


def _mark(items: Sequence[payloads.Item]) -> str:
    return f"{items[0].get('id')}…{items[-1].get('id')}" if items else ""
