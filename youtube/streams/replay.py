import json
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from connections.errors import InvalidRecord
from connections.models import Connection
from youtube import payloads
from youtube.models import YouTubeConnection, YouTubeVideo
from youtube.storing import Sighting, store_comments
from youtube.streams import threads
from youtube.streams.threads import ThreadPage


def replay_comments(connection: Connection, raw: bytes, context: Mapping[str, Any]) -> None:
    """Store a quarantined thread, or a single reply, whose `context` names thread and video.

    A thread's `context` names the listing that showed it. Raises `InvalidRecord` if it still cannot be
    read, or if its video is not stored.
    """
    channel = YouTubeConnection.objects.get(pk=connection.pk)
    now = timezone.now()
    item = json.loads(raw)
    if "thread_id" in context:
        reply = payloads.comment(item)
        _require_video(channel, context["video_id"], raw)
        store_comments(channel, [Sighting(reply, context["video_id"], context["thread_id"], "thread")], now)
        return
    thread = payloads.thread(item)
    _require_video(channel, thread.video_id, raw)
    threads.store_threads(channel, ThreadPage(context.get("listing", "published"), [thread], [], None, "", now))


def _require_video(connection: YouTubeConnection, video_id: str, raw: bytes) -> None:
    if not YouTubeVideo.objects.filter(connection=connection, video_id=video_id).exists():
        raise InvalidRecord(f"Its video {video_id} is not stored.", external_id=video_id, raw=raw)
