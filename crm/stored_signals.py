"""Signals as the columns of an Interaction, with a person's corrections in force."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from connections.models import Workspace
from connections.records import Reason, Sentiment, Signals, SignalSource
from connections.registry import platforms
from crm.models import Interaction, SignalCorrection

Corrections = Mapping[str, Any]


def derives(workspace: Workspace, platform: str) -> bool:
    """Whether labels and scores of ours may stand on this platform's data in this workspace."""
    known = platforms().get(platform)
    return workspace.derived_metrics or known is None or not known.derived_metrics_need_consent


def signals_of(row: Interaction) -> Signals | None:
    """The signals in force, or None for a comment that is deleted or was never enriched."""
    if row.enriched_at is None or row.deleted_at is not None:
        return None
    return Signals(
        sentiment=cast(Sentiment, row.sentiment),
        categories=row.categories,
        detected_keywords=tuple(row.detected_keywords),
        language=row.language,
        priority_score=row.priority_score,
        confidence=row.signal_confidence,
        reasons=tuple(Reason(**reason) for reason in row.signal_reasons),
        source=cast(SignalSource, row.signal_source),
        model_version=row.signal_model,
    )


def set_signals(row: Interaction, signals: Signals, corrections: Corrections, at: datetime) -> Signals:
    """Put the machine's signals on a row, unsaved, and a person's over them; returns those in force."""
    for column, value in Interaction.signal_columns(signals, at).items():
        setattr(row, column, value)
    if not corrections:
        return signals
    for column, value in corrections.items():
        setattr(row, column, value)
    row.signal_source = Interaction.SignalSource.HUMAN
    return replace(signals, source="human", **corrections)


def clear_signals(row: Interaction, corrections: Corrections) -> None:
    """Back to "not enriched", unsaved; a person's corrections stay."""
    blank = Interaction()
    for column in Interaction.SIGNAL_COLUMNS:
        setattr(row, column, corrections.get(column, getattr(blank, column)))


def corrections_of(interaction_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The correction in force of each field, by interaction; one query."""
    found: dict[int, dict[str, Any]] = {}
    rows = SignalCorrection.objects.filter(interaction_id__in=list(interaction_ids)).order_by("id")
    for interaction_id, field, value in rows.values_list("interaction_id", "field", "value"):
        found.setdefault(interaction_id, {})[field] = tuple(value) if field == "categories" else value
    return found
