"""A channel whose comments are stored already, without the minutes that a first sync of them takes.

The rows are written straight into the tables from the sandbox's own word, with all that the walks look at when
they ask whether a comment is known and unchanged; signals and people, which they do not look at, are left out.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.apps import apps
from django.utils import timezone

from connections.models import Connection, StreamState, SyncRun, Workspace
from connections.tests.working import step
from youtube.models import YouTubeComment, YouTubeVideo
from youtube.tests.connecting import connect
from youtube.tests.invariants import STATES
from youtube.tests.sandbox_control import SandboxControl, Truth

BATCH = 2_000


def connect_stocked(vendor: SandboxControl, workspace: Workspace) -> Connection:
    """A channel as its first sync leaves it, with every comment that the sandbox holds of it."""
    connection = connect(vendor, workspace)
    for stream in ("channel", "videos"):
        step(SyncRun.objects.get(connection=connection, stream=stream))
    SyncRun.objects.open().filter(connection=connection).delete()
    truth = vendor.truth(connection.external_id)
    _write_rows(connection, truth)
    tops = [comment for comment in truth.values() if comment["parent"] is None]
    newest = {
        STATES[status]: max(_moment(top["published"]) for top in tops if top["status"] == status).isoformat()
        for status in {top["status"] for top in tops}
    }
    for stream in ("comments", "comments_complete"):
        StreamState.objects.update_or_create(
            connection=connection,
            stream=stream,
            defaults={"watermark": newest if stream == "comments" else {}, "completed_at": timezone.now()},
        )
    return connection


def _write_rows(connection: Connection, truth: Truth) -> None:
    now, videos = timezone.now(), dict(YouTubeVideo.objects.values_list("video_id", "pk"))
    replies = Counter(comment["parent"] for comment in truth.values())
    pks: dict[str | None, int] = {}
    interaction = apps.get_model("crm", "Interaction")
    tops = (comment for comment in truth.values() if comment["parent"] is None)
    answers = (comment for comment in truth.values() if comment["parent"] is not None)
    for part in (*_batches(tops), *_batches(answers)):
        shared = [_platform_columns(connection, comment, replies[comment["id"]]) for comment in part]
        rows = YouTubeComment.objects.bulk_create(
            YouTubeComment(
                **columns,
                comment_id=comment["id"],
                video_id=videos[comment["video"]],
                parent_id=pks.get(comment["parent"]),
                author_name=comment["author"],
                author_channel_id=comment["author_id"] or "",
                text=comment["text"],
                published_at=_moment(comment["published"]),
                refreshed_at=now,
                listed_at=now,
            )
            for comment, columns in zip(part, shared, strict=True)
        )
        pks |= {row.comment_id: row.pk for row in rows}
        interaction._default_manager.bulk_create(
            interaction(
                **columns,
                platform="youtube",
                type="comment" if comment["parent"] is None else "reply",
                platform_id=comment["id"],
                content=comment["text"],
                content_platform_id=comment["video"],
                thread_platform_id=comment["parent"] or comment["id"],
                parent_platform_id=comment["parent"] or "",
                platform_created_at=_moment(comment["published"]),
                last_activity_at=_moment(comment["published"]),
                observed_at=now,
            )
            for comment, columns in zip(part, shared, strict=True)
        )


def _platform_columns(connection: Connection, comment: Mapping[str, Any], reply_count: int) -> dict[str, Any]:
    edited = comment["updated"] > comment["published"]
    return {
        "workspace_id": connection.workspace_id,
        "connection_id": connection.pk,
        "like_count": comment["likes"],
        "reply_count": reply_count,
        "edited_at": _moment(comment["updated"]) if edited else None,
        "moderation": STATES[comment["status"]],
    }


def _batches(comments: Iterator[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    while part := list(islice(comments, BATCH)):
        yield part


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
