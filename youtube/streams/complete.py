import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from connections.errors import Gone, NotPermitted, OurFault, PlatformError, StaleCursor, Transient
from connections.models import Connection, StreamState
from connections.streams import Cursor, Ending, Stored, Stream, Walk
from youtube import payloads, scopes, storing
from youtube.client import IDS_A_CALL, YouTubeClient
from youtube.failures import SCOPES_MISSING
from youtube.models import YouTubeComment, YouTubeConnection, YouTubeVideo
from youtube.payloads import CommentPayload
from youtube.storing import Counts, Moderation, Sighting
from youtube.streams import threads
from youtube.streams.comments import CommentsStream
from youtube.streams.reading import readable
from youtube.streams.replay import replay_comments
from youtube.streams.threads import ReplyPage, ThreadPage, Unread

CONTROLS = 4
CONTROL_CHOICE = 200
CONTROL_TRIES = 3
BELIEVED_WITHOUT_CONTROL = timedelta(days=1)
# More videos or threads than this that YouTube refuses are no odd ones out: the walk fails.
REFUSALS = 50
RESTATED_A_STEP = 200
# The phases in their order. "newest" reads one page of the whole channel, for the watermark.
PHASES = ("newest", "held", "spam", "videos", "restate", "missing", "end")


@dataclass(frozen=True, slots=True)
class NoThreads:
    """A video whose comments cannot be listed; None: there is no further video."""

    video: int | None
    disabled: bool = False
    refused: bool = False


@dataclass(frozen=True, slots=True)
class NoReplies:
    """YouTube refuses the replies of the first unread thread."""


@dataclass(frozen=True, slots=True)
class Restating:
    """Nothing to ask for: states that the listings have settled are written."""


@dataclass(frozen=True, slots=True)
class Looked:
    """Comments that no listing showed, asked for by id. `last` None: there are no more; `asked` holds their keys.

    `doubt`: nothing that the walk had just seen was shown either, so absence means nothing.
    """

    asked: Sequence[int]
    videos: Mapping[str, str]
    found: Sequence[CommentPayload]
    gone: Sequence[str]
    last: int | None
    asked_at: datetime
    doubt: bool = False


Batch = ThreadPage | ReplyPage | NoReplies | NoThreads | Restating | Looked


class CompleteCommentsStream(Stream[Batch]):
    """Every comment there is: both queues of the channel, then each video's threads with all their replies.

    What no listing showed is then asked for by id, beside comments that the walk has just seen: only if
    those are shown is the absence of the others believed. Videos whose comments were not listed to the end are
    left out of that, so switching comments off deletes nothing here. This walk also keeps YouTube's duty to
    refresh within 30 days.
    """

    name = "comments_complete"
    title = "All comments"
    scope = scopes.COMMENTS
    after = ("videos",)
    is_complete_walk = True
    # Page tokens may live long; one that has died is refused by YouTube, and the video is begun again.
    cursor_lasts_hours = 240
    quota_share = 0.6
    restarts = 1000

    def first_cursor(self, connection: Connection, state: StreamState, now: datetime) -> Cursor:
        return {
            "phase": PHASES[0],
            "page_token": None,
            "mark": "",
            "pages": 0,
            "unread": [],
            "reply_token": None,
            "video": 0,
            "after": 0,
            "list_restarts": 0,
            "refusals": 0,
            "newest": {},
            "partial": "",
            "started_at": now.isoformat(),
        }

    def fetch(self, walk: Walk, cursor: Cursor) -> Batch:
        client = YouTubeClient(walk.connection, walk.spend)
        if cursor["unread"]:
            return self._fetch_replies(walk, client, cursor)
        match cursor["phase"]:
            case "newest":
                return threads.fetch_threads(walk, client, "published", None)
            case "held" | "spam" as listing:
                return threads.fetch_threads(walk, client, listing, cursor["page_token"])
            case "videos":
                return self._fetch_video(walk, client, cursor)
            case "missing":
                return self._look_for_missing(walk, client, cursor)
        return Restating()

    def store(self, walk: Walk, cursor: Cursor, batch: Batch) -> Stored:
        connection = YouTubeConnection.objects.get(pk=walk.connection.pk)
        counts, removed = Counts(), 0
        match batch:
            case ReplyPage():
                counts = threads.store_replies(connection, batch)
                following = threads.after_replies(cursor, batch)
            case ThreadPage():
                counts = threads.store_threads(connection, batch)
                if batch.video is not None:
                    YouTubeVideo.objects.filter(pk=batch.video, comments_disabled=True).update(comments_disabled=False)
                following = self._after_page(cursor, batch)
            case NoReplies():
                unread = cursor["unread"][1:]
                following = {**_refused(cursor), "unread": unread, "reply_token": None, "reply_mark": ""}
            case NoThreads():
                following = self._after_no_threads(cursor, batch)
            case Restating():
                following = self._restate(connection, cursor, timezone.now())
            case Looked():
                counts, removed = self._store_looked(connection, batch)
                following = _after_looking(cursor, batch)
        return Stored(
            cursor=following,
            done=following["phase"] == "end",
            seen=counts.seen,
            created=counts.created,
            updated=counts.updated,
            removed=removed,
            expected=_expected(connection) if cursor["phase"] == "newest" else None,
        )

    def ending(self, walk: Walk, cursor: Cursor) -> Ending:
        if cursor["partial"]:
            return Ending(partial_reason=cursor["partial"])
        # From here on the walk over what is new knows where to stop.
        StreamState.objects.update_or_create(
            connection=walk.connection, stream=CommentsStream.name, defaults={"watermark": cursor["newest"]}
        )
        return Ending()

    def restart_cursor(self, cursor: Cursor) -> Cursor | None:
        """A listing is begun again once; then it is left at what it gave, and the walk is partial."""
        again = {**cursor, "page_token": None, "mark": "", "unread": [], "reply_token": None, "pages": 0}
        if not cursor["list_restarts"]:
            return {**again, "list_restarts": 1}
        following = _next_video(again) if cursor["phase"] == "videos" else _next_phase(again)
        partial = "YouTube forgot the place in a long list of comments; the rest of that list was left out."
        return {**following, "partial": partial}

    def replay(self, connection: Connection, raw: bytes, context: Mapping[str, Any]) -> None:
        replay_comments(connection, raw, context)

    def _fetch_video(self, walk: Walk, client: YouTubeClient, cursor: Cursor) -> ThreadPage | NoThreads:
        videos = YouTubeVideo.objects.filter(connection_id=walk.connection.pk, deleted_at=None, pk__gte=cursor["video"])
        video = videos.order_by("pk").only("pk", "video_id").first()
        if video is None:
            return NoThreads(None)
        # A page token belongs to its video; another video begins without one.
        token = cursor["page_token"] if video.pk == cursor["video"] else None
        try:
            page = threads.fetch_threads(walk, client, "published", token, video_id=video.video_id)
        except Gone as error:
            return NoThreads(video.pk, disabled=error.code == "commentsDisabled")
        except StaleCursor:
            # Where no token was sent, none can have died: beginning this list again would come to the same.
            if token is not None:
                raise
            return NoThreads(video.pk, refused=True)
        except PlatformError as error:
            if not _is_of_one_item(error, walk, cursor):
                raise
            return NoThreads(video.pk, refused=True)
        return replace(page, video=video.pk)

    def _fetch_replies(self, walk: Walk, client: YouTubeClient, cursor: Cursor) -> ReplyPage | NoReplies:
        try:
            return threads.fetch_replies(walk, client, Unread(*cursor["unread"][0]), cursor["reply_token"])
        except PlatformError as error:
            if not _is_of_one_item(error, walk, cursor):
                raise
            return NoReplies()

    def _after_page(self, cursor: Cursor, page: ThreadPage) -> Cursor:
        newest = threads.newest(page.threads)
        walked: Cursor = {
            **cursor,
            "page_token": page.next_page_token,
            "mark": page.mark,
            "pages": cursor["pages"] + 1,
            "video": page.video or cursor["video"],
            "unread": threads.unread_of(thread for thread in page.threads if threads.has_more(thread)),
        }
        if cursor["phase"] != "videos" and not cursor["pages"] and newest:
            walked["newest"] = {**cursor["newest"], page.listing: newest}
        if cursor["phase"] == "newest":
            return {**_next_phase(walked), "unread": [], "video": 0}
        repeated = threads.is_repeated(cursor, page)
        if repeated:
            walked["partial"] = "YouTube served the same page twice."
        if page.next_page_token is not None and not repeated:
            return walked
        if cursor["phase"] != "videos":
            return _next_phase(walked)
        if not repeated and page.video is not None:
            YouTubeVideo.objects.filter(pk=page.video).update(comments_walked_at=timezone.now())
        return _next_video(walked)

    def _after_no_threads(self, cursor: Cursor, batch: NoThreads) -> Cursor:
        if batch.video is None:
            return _next_phase(cursor)
        YouTubeVideo.objects.filter(pk=batch.video).update(comments_disabled=batch.disabled)
        following = _next_video({**cursor, "video": batch.video})
        return _refused(following) if batch.refused else following

    def _restate(self, connection: YouTubeConnection, cursor: Cursor, at: datetime) -> Cursor:
        """Moderation states that only all listings together can tell (`storing.store_comments`)."""
        started = cursor["started_at"]
        ours = YouTubeComment.objects.filter(connection=connection, deleted_at=None, refreshed_at__gte=started)
        in_queue = Q(queue_listed_at__gte=started) & (Q(listed_at=None) | Q(listed_at__lt=started))
        released = Q(listed_at__gte=started) & (Q(queue_listed_at=None) | Q(queue_listed_at__lt=started))
        waiting = [Moderation.HELD, Moderation.SPAM]
        wrong = ours.filter((in_queue & ~Q(moderation=F("queue"))) | (released & Q(moderation__in=waiting)))
        rows = list(wrong.select_related("video", "parent").order_by("pk")[:RESTATED_A_STEP])
        for row in rows:
            row.moderation = Moderation.PUBLISHED if _is_since(row.listed_at, started) else row.queue
        storing.restate_moderation(connection, rows, at)
        return cursor if len(rows) == RESTATED_A_STEP else _next_phase(cursor)

    def _look_for_missing(self, walk: Walk, client: YouTubeClient, cursor: Cursor) -> Looked:
        asked_at = timezone.now()
        ours = YouTubeComment.objects.filter(connection_id=walk.connection.pk, deleted_at=None)
        missing = _unlisted(ours, cursor).filter(pk__gt=cursor["after"]).order_by("pk").select_related("video")
        rows = list(
            missing.only("pk", "comment_id", "missing_since", "video__video_id", "video_id")[: IDS_A_CALL - CONTROLS]
        )
        if not rows:
            return Looked([], {}, [], [], None, asked_at)
        ids = [row.comment_id for row in rows]
        controls = _controls(ours, cursor)
        items = client.comments([*controls, *ids]).items
        shown = {item.get("id") for item in items}
        doubt = bool(controls) and not shown.intersection(controls)
        if doubt and walk.run.attempts + 1 < CONTROL_TRIES:
            raise Transient("YouTube left out comments that it had just shown.", code="unreliable")
        videos = {row.comment_id: row.video.video_id for row in rows}
        found = readable(walk, [item for item in items if item.get("id") in videos], payloads.comment)
        believed = {row.comment_id for row in rows if controls or _has_long_been_missing(row, asked_at)}
        gone = [] if doubt else [one for one in ids if one not in shown and one in believed]
        doubt = doubt or (not controls and len(gone) < len(set(ids) - shown))
        return Looked([row.pk for row in rows], videos, found, gone, rows[-1].pk, asked_at, doubt)

    def _store_looked(self, connection: YouTubeConnection, looked: Looked) -> tuple[Counts, int]:
        YouTubeComment.objects.filter(pk__in=looked.asked, missing_since=None).update(missing_since=looked.asked_at)
        sightings = [
            Sighting(payload, looked.videos[payload.comment_id], payload.parent_id or payload.comment_id, "id")
            for payload in looked.found
        ]
        counts = storing.store_comments(connection, sightings, looked.asked_at)
        return counts, storing.erase_comments(connection, looked.gone, looked.asked_at)


def _is_of_one_item(error: PlatformError, walk: Walk, cursor: Cursor) -> bool:
    """Whether a refusal is about the one video or thread that was asked for, and the walk can go on without it."""
    if cursor["refusals"] >= REFUSALS:
        return False
    if isinstance(error, Transient):
        return error.code == "processingFailure" and walk.run.attempts > 0
    return isinstance(error, OurFault) or (isinstance(error, NotPermitted) and error.code not in SCOPES_MISSING)


def _refused(cursor: Cursor) -> Cursor:
    partial = "YouTube refused the comments of some videos or threads; what we had of them stays."
    return {**cursor, "refusals": cursor["refusals"] + 1, "partial": partial}


def _after_looking(cursor: Cursor, looked: Looked) -> Cursor:
    if looked.doubt:
        doubt = "YouTube shows none of the comments that it had shown before; nothing was taken for deleted."
        cursor = {**cursor, "partial": doubt}
    return {**cursor, "after": looked.last} if looked.last else _next_phase(cursor)


def _unlisted(comments: QuerySet[YouTubeComment], cursor: Cursor) -> QuerySet[YouTubeComment]:
    """Comments that this walk should have met and did not. YouTube lists no rejected ones."""
    unseen = comments.filter(refreshed_at__lt=cursor["started_at"]).exclude(moderation=Moderation.REJECTED)
    return unseen.filter(video__deleted_at=None, video__comments_walked_at__gte=cursor["started_at"])


def _controls(comments: QuerySet[YouTubeComment], cursor: Cursor) -> list[str]:
    """Some comments that this walk has seen, others each time: one of them may be deleted this minute."""
    seen = comments.filter(refreshed_at__gte=cursor["started_at"]).order_by("-refreshed_at")
    choice = list(seen.values_list("comment_id", flat=True)[:CONTROL_CHOICE])
    return random.sample(choice, min(CONTROLS, len(choice)))


def _has_long_been_missing(row: YouTubeComment, now: datetime) -> bool:
    return row.missing_since is not None and row.missing_since < now - BELIEVED_WITHOUT_CONTROL


def _is_since(moment: datetime | None, started_at: str) -> bool:
    return moment is not None and moment >= datetime.fromisoformat(started_at)


def _expected(connection: YouTubeConnection) -> int | None:
    live = YouTubeVideo.objects.filter(connection=connection, deleted_at=None)
    total: int | None = live.aggregate(total=Sum("comment_count"))["total"]
    return total


def _next_phase(cursor: Cursor) -> Cursor:
    following = PHASES[PHASES.index(cursor["phase"]) + 1]
    return {**cursor, "phase": following, "page_token": None, "mark": "", "pages": 0, "list_restarts": 0}


def _next_video(cursor: Cursor) -> Cursor:
    return {**cursor, "video": cursor["video"] + 1, "page_token": None, "mark": "", "pages": 0, "list_restarts": 0}
