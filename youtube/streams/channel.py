from datetime import datetime

from django.utils import timezone

from connections.errors import NeedsReauthorization, Transient
from connections.models import Connection, StreamState
from connections.streams import Cursor, Stored, Stream, Walk
from youtube import payloads
from youtube.client import YouTubeClient
from youtube.models import YouTubeConnection
from youtube.payloads import ChannelPayload


class ChannelStream(Stream[ChannelPayload]):
    """The channel itself: its name and counters, and the proof that the authorisation still holds."""

    name = "channel"
    title = "Channel"

    def first_cursor(self, connection: Connection, state: StreamState, now: datetime) -> Cursor:
        return {}

    def fetch(self, walk: Walk, cursor: Cursor) -> ChannelPayload:
        item = YouTubeClient(walk.connection, walk.spend).my_channel()
        if item is None:
            raise NeedsReauthorization(
                "The connected Google account has no YouTube channel any more.", code="no_channel"
            )
        if not item.get("id"):
            raise Transient("YouTube's answer names no channel.", code="no_items")
        channel = payloads.channel(item)
        if channel.channel_id != walk.connection.external_id:
            raise NeedsReauthorization(
                "The connected Google account now stands for another channel: connect this one again.",
                code="other_channel",
            )
        return channel

    def store(self, walk: Walk, cursor: Cursor, batch: ChannelPayload) -> Stored:
        now = timezone.now()
        YouTubeConnection.objects.filter(pk=walk.connection.pk).update(
            **channel_columns(batch), last_metrics_update=now, authorization_verified_at=now
        )
        return Stored(cursor={}, done=True, seen=1, updated=1)


def channel_columns(channel: ChannelPayload) -> dict[str, str | int | float | None]:
    """Columns of `YouTubeConnection` that say what YouTube says of the channel."""
    average = None
    if channel.view_count is not None and channel.video_count:
        average = channel.view_count / channel.video_count
    return {
        "display_name": channel.title,
        "handle": channel.handle,
        "avatar_url": channel.avatar_url,
        "uploads_playlist": channel.uploads_playlist,
        "subscriber_count": channel.subscriber_count,
        "total_views": channel.view_count,
        "video_count": channel.video_count,
        "average_views_per_video": average,
    }
