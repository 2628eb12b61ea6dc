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
from youtube.streams.reading import readable


@dataclass(frozen=True, slots=True)
class VideoBatch:
    """`gone` are ids that YouTube was asked for and did not show. `last` is the last row's key that was asked for."""

    videos: Sequence[VideoPayload]
    next_page_token: str | None = None
    gone: Sequence[str] = ()
    last: int | None = None
    doubtful: bool = False


class VideosStream(Stream[VideoBatch]):
    """All uploads, newest first, then every video that was not among them, asked for by id.

    Absence from the uploads proves nothing (the list ends at about 20,000); absence from a read by id does,
    if the same answer shows a video that this walk has just seen.
    """

    name = "videos"
    title = "Videos"
    after = ("channel",)

    def first_cursor(self, connection: Connection, state: StreamState, now: datetime) -> Cursor:
        return {"phase": "uploads", "page_token": None, "started_at": now.isoformat()}

    def fetch(self, walk: Walk, cursor: Cursor) -> VideoBatch:
        client = YouTubeClient(walk.connection, walk.spend)
        if cursor["phase"] == "uploads":
            return self._uploads(walk, client, cursor["page_token"])
        return self._unlisted(walk, client, cursor)

    def store(self, walk: Walk, cursor: Cursor, batch: VideoBatch) -> Stored:
        connection = YouTubeConnection.objects.get(pk=walk.connection.pk)
        now = timezone.now()
        counts = storing.store_videos(connection, batch.videos, now)
        removed = storing.mark_videos_deleted(connection, batch.gone, now)
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
        return Ending(partial_reason=cursor.get("partial", ""))

    def _uploads(self, walk: Walk, client: YouTubeClient, page_token: str | None) -> VideoBatch:
        connection = YouTubeConnection.objects.get(pk=walk.connection.pk)
        playlist = connection.uploads_playlist or "UU" + connection.external_id[2:]
        try:
            page = client.uploads(playlist, page_token)
        except Gone:
            # A channel without any upload has no such playlist.
            return VideoBatch([])
        ids = dict.fromkeys(readable(walk, page.items, payloads.playlist_video_id))
        videos = fetch_videos(walk, client, list(ids))
        return VideoBatch(videos, page.next_page_token)

    def _unlisted(self, walk: Walk, client: YouTubeClient, cursor: Cursor) -> VideoBatch:
        live = YouTubeVideo.objects.filter(connection_id=walk.connection.pk, deleted_at=None)
        unseen = live.filter(refreshed_at__lt=cursor["started_at"], pk__gt=cursor["after"]).order_by("pk")
        asked = list(unseen.values_list("pk", "video_id")[: IDS_A_CALL - 1])
        control = live.filter(refreshed_at__gte=cursor["started_at"]).values_list("video_id", flat=True).first()
        if not asked or control is None:
            return VideoBatch([], doubtful=bool(asked))
        ids = [video_id for _, video_id in asked]
        items = client.videos([*ids, control]).items
        shown = {item.get("id") for item in items}
        if control not in shown:
            raise Transient("YouTube left out a video that it had just shown.", code="unreliable")
        gone = [video_id for video_id in ids if video_id not in shown]
        return VideoBatch(readable(walk, items, payloads.video), gone=gone, last=asked[-1][0])

    def _next(self, cursor: Cursor, batch: VideoBatch) -> Cursor:
        if batch.doubtful:
            return {**cursor, "phase": "end", "partial": "YouTube shows none of this channel's videos."}
        if cursor["phase"] == "unlisted":
            return {**cursor, "phase": "end"} if batch.last is None else {**cursor, "after": batch.last}
        token = batch.next_page_token
        if token is None:
            return {**cursor, "phase": "unlisted", "page_token": None, "after": 0}
        if token == cursor["page_token"]:
            return {**cursor, "phase": "unlisted", "after": 0, "partial": "YouTube repeated a page of uploads."}
        return {**cursor, "page_token": token}


class VideoStatsStream(Stream[Sequence[Item]]):
    """Views, likes and comments of every video, from a quota bucket that nothing else uses."""

    name = "video_stats"
    title = "Video counters"
    after = ("videos",)

    def first_cursor(self, connection: Connection, state: StreamState, now: datetime) -> Cursor:
        return {"after": 0}

    def fetch(self, walk: Walk, cursor: Cursor) -> Sequence[Item]:
        ids = [video_id for _, video_id in self._due(walk, cursor)]
        return YouTubeClient(walk.connection, walk.spend).video_stats(ids).items if ids else []

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
