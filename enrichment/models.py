"""The columns that every table with enriched comments shares."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator
from django.db import models

from connections.records import Category, Reason, Signals


class SignalFields(models.Model):
    """What enrichment says of a row, and how it came to say so.

    The machine's values only: a correction by a person is kept beside them, never over them.
    """

    class Sentiment(models.TextChoices):
        POSITIVE = "positive", "Positive"
        NEGATIVE = "negative", "Negative"
        NEUTRAL = "neutral", "Neutral"

    class SignalSource(models.TextChoices):
        LOCAL = "local", "Local rules"
        CLAUDE = "claude", "Claude"
        HUMAN = "human", "A person"

    sentiment = models.CharField(max_length=8, choices=Sentiment, blank=True, default="")
    # 1–100; 0 is not enriched yet. Zero rather than null, so that "highest first" puts those rows last on
    # every database and an index serves it without a NULLS clause.
    priority_score = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(100)])
    categories = models.JSONField(default=list, blank=True)
    detected_keywords = models.JSONField(default=list, blank=True)
    language = models.CharField(max_length=3, default="und")
    signal_confidence = models.JSONField(default=dict, blank=True)
    signal_source = models.CharField(max_length=6, choices=SignalSource, blank=True, default="")
    signal_reasons = models.JSONField(default=list, blank=True)
    signal_model = models.CharField(max_length=64, blank=True, default="")
    enriched_at = models.DateTimeField(null=True, blank=True)

    SIGNAL_COLUMNS: ClassVar[tuple[str, ...]] = (
        "sentiment", "priority_score", "categories", "detected_keywords", "language", "signal_confidence",
        "signal_source", "signal_reasons", "signal_model", "enriched_at",
    )  # fmt: skip

    class Meta:
        abstract = True

    @classmethod
    def signal_columns(cls, signals: Signals, enriched_at: datetime) -> dict[str, Any]:
        """Values for `create`, `update` or a bulk upsert of `SIGNAL_COLUMNS`; all JSON-ready."""
        return {
            "sentiment": signals.sentiment,
            "priority_score": signals.priority_score,
            **cls.category_columns(signals.categories),
            "detected_keywords": list(signals.detected_keywords),
            "language": signals.language,
            "signal_confidence": dict(signals.confidence),
            "signal_source": signals.source,
            "signal_reasons": [_reason_column(reason) for reason in signals.reasons],
            "signal_model": signals.model_version,
            "enriched_at": enriched_at,
        }

    @classmethod
    def category_columns(cls, categories: Sequence[Category]) -> dict[str, Any]:
        """Override with `categories` and `SIGNAL_COLUMNS` where a table stores them another way."""
        return {"categories": list(categories)}


def _reason_column(reason: Reason) -> dict[str, Any]:
    # `dataclasses.asdict` copies deeply, which took as long as reading the comment.
    return {"signal": reason.signal, "label": reason.label, "detail": reason.detail, "weight": reason.weight}
