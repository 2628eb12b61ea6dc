"""Content in: videos, posts and the like with the platform's own figures."""

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import OuterRef, Subquery

from connections.models import Connection, Workspace
from connections.records import ContentRecord
from crm.bulk_upsert import upsert
from crm.models import ContentPerformance, ContentPiece, Interaction
from crm.sanitising import (
    LARGEST_BIG_INTEGER,
    clean_count,
    clean_line,
    clean_metrics,
    clean_text,
    clean_url,
    usable_id,
)
from crm.stored_signals import derives
from enrichment.content import detect_theme, extract_hashtags, extract_topics, generate_summary

logger = logging.getLogger(__name__)

PIECE_COLUMNS = (
    "type", "title", "caption", "url", "thumbnail_url", "duration_seconds", "tags", "hashtags", "mentions",
    "published_at", "day_of_week", "hour_of_day", "follower_count_at_post", "theme", "summary", "topics",
    "observed_at", "deleted_at",
)  # fmt: skip
COUNTERS = ("views", "likes", "comments", "shares", "saves", "reach")
# Figures that a platform serves under these names get a column; every other stays in `platform_metrics`.
NAMED_METRICS = (
    "impressions", "watch_time_minutes", "average_view_duration", "average_view_percentage",
    "click_through_rate", "followers_gained",
)  # fmt: skip
PERFORMANCE_COLUMNS = (*COUNTERS, *NAMED_METRICS, "platform_metrics", "observed_at")

# A name after an @ that begins a word; an e-mail address has none.
_MENTION = re.compile(r"(?<![\w@.])@([\w.]{1,60})")


def take_content(workspace: Workspace, connection: Connection, records: Sequence[ContentRecord]) -> None:
    """Store content and its figures. A figure that the platform withholds (None) leaves the one we know.

    The caller holds the workspace's intake lock. As many queries for one record as for a hundred.
    """
    newest = _newest(records)
    if not newest:
        return
    stored = _stored(connection, newest)
    newer = [record for key, record in newest.items() if _is_newer(record, stored.get(key))]
    if not newer:
        return
    new = {record.platform_id for record in newer} - stored.keys()
    pieces = [_piece(workspace, connection, record, stored.get(record.platform_id)) for record in newer]
    figures = [_performance(piece, record) for piece, record in zip(pieces, newer, strict=True)]
    _save(pieces, figures)
    if new:
        _link_comments(connection, new)


def _newest(records: Iterable[ContentRecord]) -> dict[str, ContentRecord]:
    newest: dict[str, ContentRecord] = {}
    for record in records:
        key = record.platform_id
        if not usable_id(key):
            logger.warning("Left out content whose id cannot be stored: %.40r", key)
        elif key not in newest or record.observed_at > newest[key].observed_at:
            newest[key] = record
    return dict(sorted(newest.items()))


def _stored(connection: Connection, platform_ids: Iterable[str]) -> dict[str, ContentPiece]:
    pieces = ContentPiece.objects.filter(connection=connection, platform_id__in=list(platform_ids))
    return {piece.platform_id: piece for piece in pieces.select_related("performance").order_by()}


def _is_newer(record: ContentRecord, piece: ContentPiece | None) -> bool:
    return piece is None or record.observed_at > piece.observed_at


def _piece(
    workspace: Workspace, connection: Connection, record: ContentRecord, piece: ContentPiece | None
) -> ContentPiece:
    if piece is None:
        piece = ContentPiece(
            workspace_id=workspace.pk,
            connection_id=connection.pk,
            platform=connection.platform,
            platform_id=record.platform_id,
        )
    piece.observed_at = record.observed_at
    piece.deleted_at = record.deleted_at
    _describe(piece, record)
    _place_in_time(piece, record.published_at, workspace)
    if derives(workspace, connection.platform):
        _read(piece)
    else:
        piece.theme, piece.summary, piece.topics = "", "", []
    return piece


def _describe(piece: ContentPiece, record: ContentRecord) -> None:
    piece.type = record.content_type
    piece.title = clean_line(record.title, 500)
    piece.caption = clean_text(record.caption)
    piece.url = clean_url(record.url)
    piece.thumbnail_url = clean_url(record.thumbnail_url)
    piece.tags = [clean_text(tag) for tag in record.tags]
    text = f"{piece.title}\n{piece.caption}"
    piece.hashtags = list(extract_hashtags(text))
    piece.mentions = list(dict.fromkeys(name.rstrip(".") for name in _MENTION.findall(text)))
    if record.duration_seconds is not None:
        piece.duration_seconds = clean_count(record.duration_seconds)
    if record.follower_count is not None and piece.follower_count_at_post is None:
        piece.follower_count_at_post = clean_count(record.follower_count, LARGEST_BIG_INTEGER)


def _place_in_time(piece: ContentPiece, published_at: datetime | None, workspace: Workspace) -> None:
    if published_at is None:
        return
    local = published_at.astimezone(_zone(workspace))
    piece.published_at = published_at
    piece.day_of_week, piece.hour_of_day = local.weekday(), local.hour


def _zone(workspace: Workspace) -> ZoneInfo:
    try:
        return ZoneInfo(workspace.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _read(piece: ContentPiece) -> None:
    text = f"{piece.title}\n{piece.caption}"
    piece.theme = detect_theme(text, [*piece.hashtags, *piece.tags]).value
    piece.summary = generate_summary(text)
    piece.topics = list(extract_topics(text).value)


def _performance(piece: ContentPiece, record: ContentRecord) -> ContentPerformance:
    figures: ContentPerformance | None = getattr(piece, "performance", None)
    if figures is None:
        figures = ContentPerformance(workspace_id=piece.workspace_id, content_piece=piece)
    metrics = clean_metrics(record.metrics)
    for name in COUNTERS:
        count = getattr(record, name)
        if count is not None:
            setattr(figures, name, clean_count(count, LARGEST_BIG_INTEGER))
    for name in NAMED_METRICS:
        if (figure := _number(metrics, name)) is not None:
            setattr(figures, name, figure)
    rest = {name: value for name, value in metrics.items() if name not in NAMED_METRICS}
    figures.platform_metrics = {**figures.platform_metrics, **rest}
    figures.observed_at = record.observed_at
    return figures


def _number(metrics: Mapping[str, Any], name: str) -> float | int | None:
    value = metrics.get(name)
    if not isinstance(value, int | float):
        return None
    if name == "impressions":
        return clean_count(int(value), LARGEST_BIG_INTEGER)
    return max(-(2**31), min(int(value), 2**31 - 1)) if name == "followers_gained" else value


def _save(pieces: list[ContentPiece], figures: list[ContentPerformance]) -> None:
    upsert(pieces, unique=("connection", "platform_id"), update=PIECE_COLUMNS)
    for piece, figure in zip(pieces, figures, strict=True):
        figure.content_piece = piece
    upsert(figures, unique=("content_piece",), update=PERFORMANCE_COLUMNS)


def _link_comments(connection: Connection, platform_ids: Iterable[str]) -> None:
    """Comments that came before their video."""
    piece = ContentPiece.objects.filter(
        connection_id=OuterRef("connection_id"), platform_id=OuterRef("content_platform_id")
    )
    Interaction.objects.filter(
        connection=connection, content_piece=None, content_platform_id__in=sorted(platform_ids)
    ).update(content_piece_id=Subquery(piece.order_by().values("pk")))
