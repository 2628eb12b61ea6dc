"""What an analysis returns: a value, how sure we are, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from connections.records import Category, Reason, Sentiment, Signals

T = TypeVar("T")

MODEL_VERSION = "rules-1"
DETAIL_CHARS = 80


@dataclass(frozen=True, slots=True)
class Finding(Generic[T]):
    """`confidence` is 0–1; `reasons` are ordered, the strongest first."""

    value: T
    confidence: float
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class TextSignals:
    """Everything one comment's text says, before anybody knows who wrote it or how it was received.

    `urgency` is 0–1. `floor` is the lowest priority the text allows, whatever anybody says later:
    1 for nearly all, higher for threats and self-harm. `words` counts what a person would read.
    """

    sentiment: Sentiment
    categories: tuple[Category, ...]
    detected_keywords: tuple[str, ...]
    language: str
    confidence: Mapping[str, float]
    reasons: tuple[Reason, ...]
    model_version: str = MODEL_VERSION
    urgency: float = 0.0
    floor: int = 1
    words: int = 0


@dataclass(frozen=True, slots=True)
class AuthorHistory:
    """What we know of a commenter when the comment arrives; the defaults describe a stranger.

    `comments_before` and `replies_from_us` do not count the comment in question.
    """

    comments_before: int = 0
    replies_from_us: int = 0
    is_superfan: bool = False
    is_vip: bool = False
    is_blocked: bool = False
    is_own: bool = False
    first_seen: datetime | None = None


def signals(text_signals: TextSignals, priority: Finding[int]) -> Signals:
    """The record that crosses to the CRM: what the text says, with its priority."""
    return Signals(
        sentiment=text_signals.sentiment,
        categories=text_signals.categories,
        detected_keywords=text_signals.detected_keywords,
        language=text_signals.language,
        priority_score=priority.value,
        confidence={**text_signals.confidence, "priority_score": priority.confidence},
        reasons=text_signals.reasons + priority.reasons,
        source="local",
        model_version=text_signals.model_version,
    )


def quote(words: str) -> str:
    """A detail fit for a chip: one line, printable, at most 80 characters."""
    line = words if words.isprintable() else "".join(c if c.isprintable() else " " for c in words)
    return line if len(line) <= DETAIL_CHARS else line[: DETAIL_CHARS - 1] + "…"
