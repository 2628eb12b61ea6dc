import logging
from datetime import datetime

from django.utils import timezone

from connections.errors import NeedsReauthorization, PlatformError, Transient
from connections.models import Connection, StreamState
from connections.streams import Cursor, Stored, Stream, Walk
from youtube import payloads, scopes
from youtube.client import YouTubeClient
from youtube.models import YouTubeConnection
from youtube.payloads import ChannelPayload
from youtube.reach_job import ensure_reach_job

logger = logging.getLogger(__name__)


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
        _order_reach_reports(walk.connection)
        return channel

    def store(self, walk: Walk, cursor: Cursor, batch: ChannelPayload) -> Stored:
        now = timezone.now()
        YouTubeConnection.objects.filter(pk=walk.connection.pk).update(
            **channel_columns(batch), last_metrics_update=now, authorization_verified_at=now
        )
        return Stored(cursor={}, done=True, seen=1, updated=1)


def _order_reach_reports(connection: Connection) -> None:
    """Try again what failed when the channel was connected: until it works, the reports' history is lost."""
    if not connection.has_scope(scopes.ANALYTICS):
        return
    if YouTubeConnection.objects.filter(pk=connection.pk).exclude(reach_job_id="").exists():
        return
    try:
        ensure_reach_job(connection)
    except PlatformError as error:
        logger.warning("The reach reports of connection %s are not ordered yet: %s", connection.pk, error.message)


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
