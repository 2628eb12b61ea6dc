"""Writes what YouTube served into its tables, through the CRM's intake. Always inside the caller's transaction.

Each function takes a page at a time, in a fixed number of statements, and is an upsert: the same page
again changes nothing but the moment of the last sighting.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from connections import registry
from connections.records import AuthorRecord, CommentRecord, ContentRecord, ContentType, Signals
from youtube.models import YouTubeChannelDay, YouTubeComment, YouTubeConnection, YouTubeVideo
from youtube.payloads import CommentPayload, VideoPayload

Moderation = YouTubeComment.Moderation
SHORT_SECONDS = 60
# What makes a comment another than the one we knew; likes come and go without that.
TELLING = ("text", "moderation", "reply_count", "edited_at")

VIDEO_COLUMNS = (
    "title", "description", "thumbnail", "published_at", "duration_seconds", "privacy", "is_short", "is_live",
    "category_id", "video_tags", "default_language", "default_audio_language", "view_count", "like_count",
    "comment_count", "refreshed_at", "deleted_at",
)  # fmt: skip
COMMENT_COLUMNS = (
    "author_name", "author_channel_id", "author_avatar", "text", "is_truncated", "like_count", "reply_count",
    "replies_read", "published_at", "edited_at", "moderation", "is_channel_owner_comment", "refreshed_at", "listed_at",
    "queue_listed_at", "queue", "missing_since", "deleted_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sighting:
    """A comment as one answer showed it.

    `seen_in` is the listing whose page showed it, "thread" for replies read by their parent, "id" for a
    read by id. `total_replies` is YouTube's count for a top-level comment, None where it was not told.
    """

    payload: CommentPayload
    video_id: str
    thread_id: str
    seen_in: Literal["published", "held", "spam", "thread", "id"]
    total_replies: int | None = None
    has_all_replies: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """`settled` are the ids known as they are, but for likes; `replies_read` how many replies had been read before."""

    seen: int = 0
    created: int = 0
    updated: int = 0
    settled: frozenset[str] = frozenset()
    replies_read: Mapping[str, int | None] = field(default_factory=dict)


def store_videos(connection: YouTubeConnection, videos: Iterable[VideoPayload], observed_at: datetime) -> Counts:
    unique = {video.video_id: video for video in videos}
    known = set(
        YouTubeVideo.objects.filter(connection=connection, video_id__in=unique).values_list("video_id", flat=True)
    )
    rows = [_video_row(connection, unique[video_id], observed_at) for video_id in sorted(unique)]
    YouTubeVideo.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["connection", "video_id"],
        update_fields=VIDEO_COLUMNS,
        batch_size=500,
    )
    registry.intake(connection, [_content_record(connection, row) for row in rows])
    return Counts(seen=len(unique), created=len(unique.keys() - known), updated=len(known))


def mark_videos_deleted(connection: YouTubeConnection, video_ids: Iterable[str], at: datetime) -> int:
    """YouTube no longer shows these; what it said of them goes, the statistics stay."""
    rows = list(YouTubeVideo.objects.filter(connection=connection, video_id__in=set(video_ids), deleted_at=None))
    for row in rows:
        row.title = row.description = row.thumbnail = ""
        row.video_tags = []
        row.deleted_at = at
    YouTubeVideo.objects.bulk_update(rows, ["title", "description", "thumbnail", "video_tags", "deleted_at"])
    registry.intake(connection, [_content_record(connection, row) for row in rows])
    return len(rows)


def store_video_counts(
    connection: YouTubeConnection, counts: Iterable[tuple[str, int | None, int | None, int | None]], at: datetime
) -> int:
    """Views, likes and comments by video id; a counter that YouTube withholds leaves the last known one."""
    by_id = {video_id: numbers for video_id, *numbers in counts}
    rows = list(YouTubeVideo.objects.filter(connection=connection, video_id__in=by_id, deleted_at=None))
    for row in rows:
        views, likes, comments = by_id[row.video_id]
        row.view_count = row.view_count if views is None else views
        row.like_count = row.like_count if likes is None else likes
        row.comment_count = row.comment_count if comments is None else comments
        row.refreshed_at = max(row.refreshed_at, at)
    YouTubeVideo.objects.bulk_update(rows, ["view_count", "like_count", "comment_count"])
    registry.intake(connection, [_content_record(connection, row) for row in rows])
    return len(rows)


def store_comments(connection: YouTubeConnection, sightings: Iterable[Sighting], observed_at: datetime) -> Counts:
    """Comments of videos that are stored already; those of any other video are left out."""
    unique = _unique(sightings)
    videos = _videos(connection, {sighting.video_id for sighting in unique.values()})
    unique = {key: sighting for key, sighting in unique.items() if sighting.video_id in videos}
    known = {
        row.comment_id: row
        for row in YouTubeComment.objects.filter(connection=connection, comment_id__in=unique).defer(
            "signal_reasons", "signal_confidence", "detected_keywords"
        )
    }
    rows = [
        _comment_row(connection, sighting, known.get(key), videos[sighting.video_id], observed_at)
        for key, sighting in sorted(unique.items())
    ]
    changed = [row for row in rows if _has_changed(row, known.get(row.comment_id))]
    touched = {row.comment_id for row in rows} - {row.comment_id for row in changed}
    _touch([row for row in rows if row.comment_id in touched], observed_at)
    _write(connection, changed, unique, known, observed_at)
    created = sum(row.comment_id not in known for row in changed)
    return Counts(
        seen=len(rows),
        created=created,
        updated=len(changed) - created,
        settled=frozenset(row.comment_id for row in rows if not _differs(row, known.get(row.comment_id), TELLING)),
        replies_read={key: row.replies_read for key, row in known.items()},
    )


def erase_comments(connection: YouTubeConnection, comment_ids: Iterable[str], at: datetime) -> int:
    """Comments that are gone from YouTube: their words and authors go here too, labels and history stay."""
    rows = list(
        YouTubeComment.objects.filter(connection=connection, comment_id__in=set(comment_ids), deleted_at=None)
        .select_related("video", "parent")
        .order_by("comment_id")
    )
    records = [_tombstone(row, at) for row in rows]
    YouTubeComment.objects.filter(pk__in=[row.pk for row in rows]).update(
        text="", author_name="", author_channel_id="", author_avatar="", detected_keywords=[], signal_reasons=[],
        deleted_at=at,
    )  # fmt: skip
    registry.intake(connection, records)
    return len(rows)


def mark_replies_read(connection: YouTubeConnection, thread_id: str, total: int) -> None:
    """All replies of this thread have been read; `total` was YouTube's count of them."""
    YouTubeComment.objects.filter(connection=connection, comment_id=thread_id).update(replies_read=total)


def restate_moderation(connection: YouTubeConnection, rows: Sequence[YouTubeComment], at: datetime) -> None:
    """Store what a complete walk found out about the moderation state of `rows` (set on them already)."""
    YouTubeComment.objects.bulk_update(rows, ["moderation"])
    registry.intake(connection, [_comment_record(row, at) for row in rows])


def store_signals(connection: YouTubeConnection, signals: Mapping[str, Signals], at: datetime) -> None:
    """Signals that the CRM learnt after the intake, by comment id."""
    rows = list(YouTubeComment.objects.filter(connection=connection, comment_id__in=signals, deleted_at=None))
    for row in rows:
        for name, value in row.signal_columns(signals[row.comment_id], at).items():
            setattr(row, name, value)
    YouTubeComment.objects.bulk_update(rows, YouTubeComment.SIGNAL_COLUMNS, batch_size=500)


def erase(connection: YouTubeConnection) -> None:
    """Everything that YouTube served for this channel."""
    YouTubeComment.objects.filter(connection=connection).delete()
    YouTubeVideo.objects.filter(connection=connection).delete()
    YouTubeChannelDay.objects.filter(connection=connection).delete()


def stored_counts(connection: YouTubeConnection) -> dict[str, int]:
    comments = YouTubeComment.objects.filter(connection=connection, deleted_at=None)
    authors = comments.filter(is_channel_owner_comment=False).exclude(author_channel_id="")
    return {
        "videos": YouTubeVideo.objects.filter(connection=connection, deleted_at=None).count(),
        "comments": comments.filter(parent=None).count(),
        "replies": comments.exclude(parent=None).count(),
        "held": comments.filter(moderation=Moderation.HELD).count(),
        "spam": comments.filter(moderation=Moderation.SPAM).count(),
        "fans": authors.order_by().values("author_channel_id").distinct().count(),
    }


def _unique(sightings: Iterable[Sighting]) -> dict[str, Sighting]:
    """One sighting a comment: the last, but for a listing's word, which outweighs a read by thread or id."""
    unique: dict[str, Sighting] = {}
    for sighting in sightings:
        earlier = unique.get(sighting.payload.comment_id)
        if earlier is None or earlier.seen_in in ("thread", "id") or sighting.seen_in not in ("thread", "id"):
            unique[sighting.payload.comment_id] = sighting
    return unique


def _videos(connection: YouTubeConnection, video_ids: set[str]) -> Mapping[str, YouTubeVideo]:
    rows = YouTubeVideo.objects.filter(connection=connection, video_id__in=video_ids).only("id", "video_id")
    return {row.video_id: row for row in rows}


def _comment_row(
    connection: YouTubeConnection,
    sighting: Sighting,
    known: YouTubeComment | None,
    video: YouTubeVideo,
    at: datetime,
) -> YouTubeComment:
    payload = sighting.payload
    row = YouTubeComment(
        workspace_id=connection.workspace_id,
        connection=connection,
        video=video,
        comment_id=payload.comment_id,
        author_name=payload.author_name,
        author_channel_id=payload.author_channel_id,
        author_avatar=payload.author_avatar,
        text=payload.text,
        is_truncated=payload.is_truncated,
        like_count=payload.like_count,
        reply_count=_reply_count(sighting, known),
        published_at=payload.published_at,
        edited_at=payload.edited_at,
        is_channel_owner_comment=payload.author_channel_id == connection.external_id,
        refreshed_at=at,
    )
    if known is not None:
        row.pk, row.uuid, row.parent_id = known.pk, known.uuid, known.parent_id
        row.replies_read = known.replies_read
        row.listed_at, row.queue_listed_at, row.queue = known.listed_at, known.queue_listed_at, known.queue
    if sighting.has_all_replies:
        row.replies_read = sighting.total_replies
    _list(row, sighting, known, at)
    return row


def _reply_count(sighting: Sighting, known: YouTubeComment | None) -> int:
    if sighting.total_replies is not None:
        return sighting.total_replies
    return known.reply_count if known is not None else 0


def _list(row: YouTubeComment, sighting: Sighting, known: YouTubeComment | None, at: datetime) -> None:
    """Moderation state from the answer if it says, else from the listing that showed the comment.

    A reply in a published thread ("thread") may be held: one that we know to be keeps its state.

    A thread is in a queue when its top comment or any reply is: a comment known to be published may be
    in such a page for another's sake, and keeps its state until a complete walk has seen every listing.
    """
    listed_as = sighting.payload.moderation or sighting.seen_in
    if listed_as in (Moderation.HELD, Moderation.SPAM):
        row.queue_listed_at, row.queue = at, listed_as
    elif listed_as in (Moderation.PUBLISHED, "thread"):
        row.listed_at = at
    if sighting.payload.moderation or listed_as == Moderation.PUBLISHED or known is None:
        row.moderation = listed_as if listed_as in Moderation.values else Moderation.PUBLISHED
    else:
        row.moderation = known.moderation


def _has_changed(row: YouTubeComment, known: YouTubeComment | None) -> bool:
    if known is None or known.deleted_at is not None:
        return True
    if known.refreshed_at > row.refreshed_at:
        return False
    return _differs(row, known, (*TELLING, "replies_read", "like_count", "author_name", "video_id"))


def _differs(row: YouTubeComment, known: YouTubeComment | None, columns: Sequence[str]) -> bool:
    return known is None or any(getattr(row, name) != getattr(known, name) for name in columns)


def _touch(rows: Sequence[YouTubeComment], at: datetime) -> None:
    """Unchanged comments: only the clocks move, one statement for each kind of listing."""
    groups: dict[tuple[bool, str], list[int]] = {}
    for row in rows:
        groups.setdefault((row.listed_at == at, row.queue if row.queue_listed_at == at else ""), []).append(row.pk)
    for (is_listed, queue), keys in sorted(groups.items()):
        values: dict[str, Any] = {"refreshed_at": at, "missing_since": None}
        if is_listed:
            values["listed_at"] = at
        if queue:
            values |= {"queue_listed_at": at, "queue": queue}
        YouTubeComment.objects.filter(pk__in=keys, refreshed_at__lte=at).update(**values)


def _write(
    connection: YouTubeConnection,
    rows: Sequence[YouTubeComment],
    sightings: Mapping[str, Sighting],
    known: Mapping[str, YouTubeComment],
    at: datetime,
) -> None:
    """Intake first, since its signals are columns here; top-level rows before the replies that point at them."""
    threads = {row.comment_id: sightings[row.comment_id].thread_id for row in rows}
    signals = registry.intake(connection, [_comment_record(row, at, threads[row.comment_id]) for row in rows])
    for row in rows:
        if row.comment_id in signals:
            for name, value in row.signal_columns(signals[row.comment_id], at).items():
                setattr(row, name, value)
    tops = [row for row in rows if threads[row.comment_id] == row.comment_id]
    _upsert(tops, signals.keys())
    parents = {row.comment_id: row.pk for row in [*known.values(), *tops]}
    replies = [row for row in rows if threads[row.comment_id] != row.comment_id]
    unknown = {threads[row.comment_id] for row in replies} - parents.keys()
    if unknown:
        found = YouTubeComment.objects.filter(connection=connection, comment_id__in=unknown)
        parents |= dict(found.values_list("comment_id", "pk"))
    for row in replies:
        row.parent_id = parents.get(threads[row.comment_id], row.parent_id)
    _upsert(replies, signals.keys())


def _upsert(rows: Sequence[YouTubeComment], enriched: Collection[str]) -> None:
    """Rows without signals keep what they have; they go in a statement of their own."""
    for names, part in (
        (YouTubeComment.SIGNAL_COLUMNS, [row for row in rows if row.comment_id in enriched]),
        ((), [row for row in rows if row.comment_id not in enriched]),
    ):
        for row in part:
            row.pk = None
        YouTubeComment.objects.bulk_create(
            part,
            update_conflicts=True,
            unique_fields=["connection", "comment_id"],
            update_fields=[*COMMENT_COLUMNS, "video", "parent", *names],
            batch_size=500,
        )


def _comment_record(row: YouTubeComment, at: datetime, thread_id: str | None = None) -> CommentRecord:
    if thread_id is None:
        thread_id = row.parent.comment_id if row.parent is not None else row.comment_id
    video_id = row.video.video_id
    return CommentRecord(
        platform_id=row.comment_id,
        content_id=video_id,
        thread_id=thread_id,
        parent_id=thread_id if thread_id != row.comment_id else None,
        author=AuthorRecord(
            platform_user_id=row.author_channel_id or None,
            name=row.author_name,
            handle=row.author_name if row.author_name.startswith("@") else "",
            profile_url=f"https://www.youtube.com/channel/{row.author_channel_id}" if row.author_channel_id else "",
        ),
        text=row.text,
        like_count=row.like_count,
        reply_count=row.reply_count,
        published_at=row.published_at,
        edited_at=row.edited_at,
        moderation=row.moderation,  # type: ignore[arg-type]  # the column's choices are the record's words
        is_own=row.is_channel_owner_comment,
        observed_at=at,
        permalink=f"https://www.youtube.com/watch?v={video_id}&lc={row.comment_id}",
        truncated=row.is_truncated,
    )


def _tombstone(row: YouTubeComment, at: datetime) -> CommentRecord:
    nobody = AuthorRecord(platform_user_id=None, name="")
    return replace(_comment_record(row, at), author=nobody, text="", permalink="", deleted_at=at)


def _video_row(connection: YouTubeConnection, video: VideoPayload, at: datetime) -> YouTubeVideo:
    return YouTubeVideo(
        workspace_id=connection.workspace_id,
        connection=connection,
        video_id=video.video_id,
        title=video.title,
        description=video.description,
        thumbnail=video.thumbnail_url,
        published_at=video.published_at,
        duration_seconds=video.duration_seconds,
        privacy=video.privacy,
        is_short=_is_short(video),
        is_live=video.is_live,
        category_id=video.category_id,
        video_tags=list(video.tags),
        default_language=video.default_language,
        default_audio_language=video.default_audio_language,
        view_count=video.view_count,
        like_count=video.like_count,
        comment_count=video.comment_count,
        refreshed_at=at,
        deleted_at=None,
    )


def _is_short(video: VideoPayload) -> bool:
    """The Data API has no flag: a minute or less and no broadcast, or the hashtag."""
    if video.is_live or not video.duration_seconds:
        return False
    return video.duration_seconds <= SHORT_SECONDS or "#shorts" in f"{video.title} {video.description}".lower()


def _content_record(connection: YouTubeConnection, row: YouTubeVideo) -> ContentRecord:
    content_type: ContentType = "live" if row.is_live else "short" if row.is_short else "video"
    return ContentRecord(
        platform_id=row.video_id,
        content_type=content_type,
        title=row.title,
        caption=row.description,
        url=row.url,
        thumbnail_url=row.thumbnail,
        published_at=row.published_at,
        duration_seconds=row.duration_seconds,
        observed_at=row.refreshed_at if row.deleted_at is None else row.deleted_at,
        tags=tuple(row.video_tags),
        follower_count=connection.subscriber_count,
        views=row.view_count,
        likes=row.like_count,
        comments=row.comment_count,
        deleted_at=row.deleted_at,
    )
