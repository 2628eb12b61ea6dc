from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from connections.models import Connection, StreamState
from connections.streams import Cursor, Ending, Stored, Stream, Walk
from youtube import scopes
from youtube.client import YouTubeClient
from youtube.models import YouTubeConnection
from youtube.payloads import ThreadPayload
from youtube.storing import Counts
from youtube.streams import threads
from youtube.streams.replay import replay_comments
from youtube.streams.threads import LISTINGS, ReplyPage, ThreadPage, Unread

KNOWN_IN_A_ROW = 50
OVERLAP = timedelta(hours=1)
# Before the first complete walk there is nothing known to stop at: show the newest and leave it at that.
PAGES_WITHOUT_WATERMARK = 5


class CommentsStream(Stream[ThreadPage | ReplyPage]):
    """What is new, newest first through the channel's three listings.

    A listing is done after fifty threads in a row that are known, unchanged and older than its newest
    thread of the walk before, less an hour. Whether YouTube moves a thread up when it is replied to is not
    documented; late replies, edits and deletions are the complete walk's to find.
    """

    name = "comments"
    title = "New comments"
    scope = scopes.COMMENTS
    after = ("videos",)

    def first_cursor(self, connection: Connection, state: StreamState, now: datetime) -> Cursor:
        return {
            "listing": LISTINGS[0],
            "page_token": None,
            "mark": "",
            "pages": 0,
            "known": 0,
            "unread": [],
            "reply_token": None,
            "watermark": state.watermark,
            "newest": {},
            "partial": "",
        }

    def fetch(self, walk: Walk, cursor: Cursor) -> ThreadPage | ReplyPage:
        client = YouTubeClient(walk.connection, walk.spend)
        if cursor["unread"]:
            return threads.fetch_replies(walk, client, Unread(*cursor["unread"][0]), cursor["reply_token"])
        return threads.fetch_threads(walk, client, cursor["listing"], cursor["page_token"])

    def store(self, walk: Walk, cursor: Cursor, batch: ThreadPage | ReplyPage) -> Stored:
        connection = YouTubeConnection.objects.get(pk=walk.connection.pk)
        if isinstance(batch, ReplyPage):
            counts = threads.store_replies(connection, batch)
            following = threads.after_replies(cursor, batch)
        else:
            counts = threads.store_threads(connection, batch)
            following = self._after_page(cursor, batch, counts)
        return Stored(
            cursor=following,
            done=following["listing"] is None and not following["unread"],
            seen=counts.seen,
            created=counts.created,
            updated=counts.updated,
        )

    def ending(self, walk: Walk, cursor: Cursor) -> Ending:
        if cursor["partial"]:
            return Ending(partial_reason=cursor["partial"])
        # A listing that showed nothing keeps its place.
        return Ending(watermark={**cursor["watermark"], **cursor["newest"]})

    def restart_cursor(self, cursor: Cursor) -> Cursor | None:
        """The listing from its first page; replies that were to be read are met there again."""
        return {**_from_the_top(cursor), "unread": [], "reply_token": None}

    def replay(self, connection: Connection, raw: bytes, context: Mapping[str, Any]) -> None:
        replay_comments(connection, raw, context)

    def _after_page(self, cursor: Cursor, page: ThreadPage, counts: Counts) -> Cursor:
        newest = {page.listing: threads.newest(page.threads)} if not cursor["pages"] else {}
        known = _known_in_a_row(cursor, page, counts)
        walked: Cursor = {
            **cursor,
            "page_token": page.next_page_token,
            "mark": page.mark,
            "pages": cursor["pages"] + 1,
            "known": known,
            "unread": threads.unread_of(thread for thread in page.threads if _has_new_replies(thread, counts)),
            "newest": {**cursor["newest"], **{listing: moment for listing, moment in newest.items() if moment}},
        }
        if threads.is_repeated(cursor, page):
            return _next_listing({**walked, "partial": "YouTube served the same page twice."})
        if page.next_page_token is None or known >= KNOWN_IN_A_ROW:
            return _next_listing(walked)
        if not cursor["watermark"] and walked["pages"] >= PAGES_WITHOUT_WATERMARK:
            return _next_listing({**walked, "partial": "Only the newest, until the first complete walk is done."})
        return walked


def _known_in_a_row(cursor: Cursor, page: ThreadPage, counts: Counts) -> int:
    reached = cursor["watermark"].get(page.listing)
    older_than = datetime.fromisoformat(reached) - OVERLAP if reached else None
    known: int = cursor["known"]
    for thread in page.threads:
        is_known = {thread.top.comment_id, *(reply.comment_id for reply in thread.replies)} <= counts.settled
        is_old = older_than is None or thread.top.published_at < older_than
        known = known + 1 if is_known and is_old else 0
        if known >= KNOWN_IN_A_ROW:
            break
    return known


def _has_new_replies(thread: ThreadPayload, counts: Counts) -> bool:
    read = counts.replies_read.get(thread.top.comment_id)
    return threads.has_more(thread) and read != thread.total_reply_count


def _next_listing(cursor: Cursor) -> Cursor:
    later = LISTINGS[LISTINGS.index(cursor["listing"]) + 1 :]
    return {**_from_the_top(cursor), "listing": later[0] if later else None}


def _from_the_top(cursor: Cursor) -> Cursor:
    return {**cursor, "page_token": None, "mark": "", "pages": 0, "known": 0}
