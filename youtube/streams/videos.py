import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from connections.errors import Gone, Transient
from connections.models import Connection, StreamState
from connections.streams import Cursor, Ending, Stored, Stream, Walk
from youtube import payloads, storing
from youtube.client import IDS_A_CALL, Item, YouTubeClient
from youtube.models import YouTubeConnection, YouTubeVideo
from youtube.payloads import VideoPayload
from youtube.streams.reading import mark_of, readable

CONTROLS = 4
CONTROL_TRIES = 3


@dataclass(frozen=True, slots=True)
class VideoBatch:
    """`gone` are ids that YouTube was asked for and did not show; `last` is the last row's key that was asked for.

    `doubt`: no video that the walk had just seen was shown either, so absence means nothing.
    """

    videos: Sequence[VideoPayload]
    asked_at: datetime
    next_page_token: str | None = None
    mark: str = ""
    gone: Sequence[str] = ()
    last: int | None = None
    doubt: bool = False


class VideosStream(Stream[VideoBatch]):
    """All uploads, newest first, then every video that was not among them, asked for by id.

    Absence from the uploads proves nothing (the list ends at about 20,000); absence from a read by id does,
    if the same answer shows a video that this walk has just seen.
    """

    name = "videos"
    title = "Videos"
    after = ("channel",)

    def first_cursor(self, connection: Connection, state: StreamState, now: datetime) -> Cursor:
        return {"phase": "uploads", "page_token": None, "mark": "", "started_at": now.isoformat(), "partial": ""}

    def fetch(self, walk: Walk, cursor: Cursor) -> VideoBatch:
        client = YouTubeClient(walk.connection, walk.spend)
        if cursor["phase"] == "uploads":
            return self._uploads(walk, client, cursor["page_token"])
        return self._unlisted(walk, client, cursor)

    def store(self, walk: Walk, cursor: Cursor, batch: VideoBatch) -> Stored:
        connection = YouTubeConnection.objects.get(pk=walk.connection.pk)
        counts = storing.store_videos(connection, batch.videos, batch.asked_at)
        removed = storing.mark_videos_deleted(connection, batch.gone, batch.asked_at)
        following = self._next(cursor, batch)
        return Stored(
            cursor=following,
            done=following["phase"] == "end",
            seen=len(batch.videos),
            created=counts.created,
            updated=counts.updated,
            removed=removed,
            expected=connection.video_count,
        )

    def ending(self, walk: Walk, cursor: Cursor) -> Ending:
        return Ending(partial_reason=cursor["partial"])

    def _uploads(self, walk: Walk, client: YouTubeClient, page_token: str | None) -> VideoBatch:
        connection = YouTubeConnection.objects.get(pk=walk.connection.pk)
        playlist = connection.uploads_playlist or "UU" + connection.external_id[2:]
        asked_at = timezone.now()
        try:
            page = client.uploads(playlist, page_token)
        except Gone:
            # A channel without any upload has no such playlist.
            return VideoBatch([], asked_at)
        ids = dict.fromkeys(readable(walk, page.items, payloads.playlist_video_id))
        videos = fetch_videos(walk, client, list(ids))
        return VideoBatch(videos, asked_at, page.next_page_token, mark_of(page.items))

    def _unlisted(self, walk: Walk, client: YouTubeClient, cursor: Cursor) -> VideoBatch:
        asked_at = timezone.now()
        live = YouTubeVideo.objects.filter(connection_id=walk.connection.pk, deleted_at=None)
        unseen = live.filter(refreshed_at__lt=cursor["started_at"], pk__gt=cursor["after"]).order_by("pk")
        asked = list(unseen.values_list("pk", "video_id")[: IDS_A_CALL - CONTROLS])
        if not asked:
            return VideoBatch([], asked_at)
        ids = [video_id for _, video_id in asked]
        seen = live.filter(refreshed_at__gte=cursor["started_at"]).values_list("video_id", flat=True)
        controls = random.sample(list(seen), min(CONTROLS, len(seen)))
        items = client.videos([*controls, *ids]).items
        shown = {item.get("id") for item in items}
        doubt = not shown.intersection(controls)
        if doubt and controls and walk.run.attempts + 1 < CONTROL_TRIES:
            raise Transient("YouTube left out videos that it had just shown.", code="unreliable")
        gone = [] if doubt else [video_id for video_id in ids if video_id not in shown]
        videos = readable(walk, items, payloads.video)
        return VideoBatch(videos, asked_at, gone=gone, last=asked[-1][0], doubt=doubt)

    def _next(self, cursor: Cursor, batch: VideoBatch) -> Cursor:
        if batch.doubt:
            return {**cursor, "after": batch.last, "partial": "YouTube shows none of this channel's videos."}
        if cursor["phase"] == "unlisted":
            return {**cursor, "phase": "end"} if batch.last is None else {**cursor, "after": batch.last}
        token = batch.next_page_token
        following = {**cursor, "page_token": token, "mark": batch.mark}
        if token is None:
            return {**following, "phase": "unlisted", "after": 0}
        if token == cursor["page_token"] or (batch.mark and batch.mark == cursor["mark"]):
            return {**following, "phase": "unlisted", "after": 0, "partial": "YouTube repeated a page of uploads."}
        return following


class VideoStatsStream(Stream[Sequence[Item]]):
    """Views, likes and comments of every video, from a quota bucket that nothing else uses."""

    name = "video_stats"
    title = "Video counters"
    after = ("videos",)

    def first_cursor(self, connection: Connection, state: StreamState, now: datetime) -> Cursor:
        return {"after": 0}

    def fetch(self, walk: Walk, cursor: Cursor) -> Sequence[Item]:
        ids = [video_id for _, video_id in self._due(walk, cursor)]
        client = YouTubeClient(walk.connection, walk.spend)
        try:
            return client.video_stats(ids).items if ids else []
        except Gone:
            # A young method: where it is not served yet, the older one tells the same for a unit of the common bucket.
            return client.videos(ids).items

    def store(self, walk: Walk, cursor: Cursor, batch: Sequence[Item]) -> Stored:
        connection = YouTubeConnection.objects.get(pk=walk.connection.pk)
        due = self._due(walk, cursor)
        counts = readable(walk, batch, payloads.video_counts)
        updated = storing.store_video_counts(connection, counts, timezone.now())
        after = due[-1][0] if due else cursor["after"]
        return Stored(cursor={"after": after}, done=len(due) < IDS_A_CALL, seen=len(batch), updated=updated)

    def _due(self, walk: Walk, cursor: Cursor) -> list[tuple[int, str]]:
        videos = YouTubeVideo.objects.filter(connection_id=walk.connection.pk, deleted_at=None, pk__gt=cursor["after"])
        return list(videos.order_by("pk").values_list("pk", "video_id")[:IDS_A_CALL])


def fetch_videos(walk: Walk, client: YouTubeClient, video_ids: Sequence[str]) -> list[VideoPayload]:
    """Those of these videos that are the channel's own, as YouTube shows them now; unreadable ones are quarantined."""
    if not video_ids:
        return []
    videos = readable(walk, client.videos(video_ids).items, payloads.video)
    return [video for video in videos if video.channel_id in ("", walk.connection.external_id)]
