"""Which comments are read by the local rules, and with what knowledge of their authors."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connections.records import Signals
from crm.models import Fan, Interaction
from crm.stored_signals import Corrections, set_signals
from enrichment.comments import AuthorHistory, TextSignals, calculate_priority, read_comments, signals


@dataclass(frozen=True, slots=True)
class Authored:
    """A comment with its fan, and whether the fan's stored totals count it already."""

    row: Interaction
    fan: Fan | None
    is_counted: bool


def enrich(comments: Sequence[Authored], corrections: Mapping[int, Corrections], at: datetime) -> list[Signals]:
    """Put signals on the rows, unsaved, and return those in force in the same order. No query.

    `corrections` are by interaction id.
    """
    histories = _histories(comments)
    texts = read_comments([comment.row.content for comment in comments])
    return [
        _score(comment.row, text, history, corrections.get(comment.row.pk, {}), at)
        for comment, text, history in zip(comments, texts, histories, strict=True)
    ]


def _score(
    row: Interaction, text: TextSignals, history: AuthorHistory, corrections: Corrections, at: datetime
) -> Signals:
    priority = calculate_priority(text, row.like_count, row.reply_count, history)
    return set_signals(row, signals(text, priority), corrections, at)


def _histories(comments: Sequence[Authored]) -> list[AuthorHistory]:
    earlier = _earlier_in_batch(comments)
    return [_history(comment, earlier.get(comment.row.platform_id, 0)) for comment in comments]


def _history(comment: Authored, earlier: int) -> AuthorHistory:
    if comment.row.is_own:
        return AuthorHistory(is_own=True)
    fan = comment.fan
    if fan is None:
        return AuthorHistory()
    return AuthorHistory(
        comments_before=max(0, fan.interaction_count - comment.is_counted) + earlier,
        replies_from_us=max(0, fan.answered_count - (comment.is_counted and comment.row.replied_at is not None)),
        is_vip=fan.is_vip,
        is_blocked=fan.is_blocked,
        first_seen=fan.first_interaction_at,
    )


def _earlier_in_batch(comments: Iterable[Authored]) -> dict[str, int]:
    """How many comments of the same fan, not yet counted in the totals, the batch holds from before each."""
    by_fan: defaultdict[int, list[Interaction]] = defaultdict(list)
    for comment in comments:
        if comment.fan is not None and not comment.is_counted:
            by_fan[comment.fan.pk].append(comment.row)
    earlier = {}
    for rows in by_fan.values():
        rows.sort(key=lambda row: (row.platform_created_at, row.platform_id))
        earlier.update({row.platform_id: place for place, row in enumerate(rows)})
    return earlier
