"""YouTube's scheduled work. Each task starts runs; `connections.tasks.advance_run` walks them.

Without an argument a task is for every connected channel: that is how the schedule calls it. It may be
doubled or late without harm: a stream has one open run, and one run a minute's tick at most.
"""

from celery import shared_task
from django.db import close_old_connections

from connections import sync
from connections.models import Connection
from connections.schedule import start_everywhere
from youtube.platform import youtube


@shared_task(name="youtube.tasks.sync_youtube_channel")
def sync_youtube_channel(connection_id: int) -> None:
    """Everything of one channel but the complete walk: its counters, its videos, its new comments."""
    close_old_connections()
    connection = Connection.objects.get(pk=connection_id, platform=youtube.slug)
    sync.start_streams(connection, ["channel", "videos", "comments"])


@shared_task(name="youtube.tasks.sync_youtube_channel_details")
def sync_youtube_channel_details(connection_id: int | None = None) -> None:
    start_everywhere(youtube.slug, "channel", connection_id)


@shared_task(name="youtube.tasks.sync_youtube_videos")
def sync_youtube_videos(connection_id: int | None = None) -> None:
    start_everywhere(youtube.slug, "videos", connection_id)


@shared_task(name="youtube.tasks.sync_youtube_video_stats")
def sync_youtube_video_stats(connection_id: int | None = None) -> None:
    start_everywhere(youtube.slug, "video_stats", connection_id)


@shared_task(name="youtube.tasks.sync_youtube_comments")
def sync_youtube_comments(connection_id: int | None = None) -> None:
    start_everywhere(youtube.slug, "comments", connection_id)


@shared_task(name="youtube.tasks.sync_youtube_comments_complete")
def sync_youtube_comments_complete(connection_id: int | None = None) -> None:
    start_everywhere(youtube.slug, "comments_complete", connection_id)
