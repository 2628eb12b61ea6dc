"""The neutral vocabulary between a platform's app and the CRM.

A platform maps what it received to these records and passes them to the intake
(`connections.registry.intake`); the CRM answers with `Signals`. Neither side imports the other.
All datetimes are aware, in UTC. Ids are the platform's own, as strings, case kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Sentiment = Literal["positive", "negative", "neutral"]
Category = Literal["question", "request", "collab", "praise", "criticism", "spam", "toxic", "other"]
SignalSource = Literal["local", "claude", "human"]

SENTIMENTS: tuple[Sentiment, ...] = ("positive", "negative", "neutral")
CATEGORIES: tuple[Category, ...] = (
    "question", "request", "collab", "praise", "criticism", "spam", "toxic", "other",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a signal has its value, fit for a chip: signal "sentiment", label "positive", detail "love it".

    `detail` may quote the comment and is therefore a stranger's text: escape it like any other.
    `weight` is the evidence's share, positive when it speaks for the label.
    """

    signal: str
    label: str
    detail: str
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Signals:
    """What enrichment says of one comment. `priority_score`: 100 = answer first, 1 = never mind.

    `confidence` maps a signal's name to 0–1. `language` is ISO 639-1 or "und".
    """

    sentiment: Sentiment
    categories: tuple[Category, ...]
    detected_keywords: tuple[str, ...]
    language: str
    priority_score: int
    confidence: Mapping[str, float]
    reasons: tuple[Reason, ...]
    source: SignalSource
    model_version: str


ContentType = Literal["video", "short", "live", "post", "reel", "carousel", "story"]
ModerationState = Literal["published", "held", "spam", "rejected", "hidden"]


@dataclass(frozen=True, slots=True)
class AuthorRecord:
    """Who wrote a comment. Without a `platform_user_id` the author is nobody's fan: names are no keys."""

    platform_user_id: str | None
    name: str
    handle: str = ""
    profile_url: str = ""


@dataclass(frozen=True, slots=True)
class CommentRecord:
    """One comment or reply as the platform shows it now.

    `parent_id` and `thread_id` are platform ids; a top-level comment is its own thread. `observed_at`
    is when we asked: an older observation never overwrites a newer one. A record with `deleted_at`
    is a tombstone: its text and author are empty and what we hold of it is to be erased.
    """

    platform_id: str
    content_id: str | None
    thread_id: str
    parent_id: str | None
    author: AuthorRecord
    text: str
    like_count: int
    reply_count: int
    published_at: datetime
    edited_at: datetime | None
    moderation: ModerationState
    is_own: bool
    observed_at: datetime
    permalink: str = ""
    deleted_at: datetime | None = None
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class ContentRecord:
    """One video, post, reel … with the counters the platform served; a counter it withheld is None."""

    platform_id: str
    content_type: ContentType
    title: str
    caption: str
    url: str
    thumbnail_url: str
    published_at: datetime | None
    duration_seconds: int | None
    observed_at: datetime
    tags: tuple[str, ...] = ()
    follower_count: int | None = None
    views: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    saves: int | None = None
    reach: int | None = None
    metrics: Mapping[str, float | int | str | None] = field(default_factory=dict)
    deleted_at: datetime | None = None


Record = CommentRecord | ContentRecord
