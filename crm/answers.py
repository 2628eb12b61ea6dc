"""Replies of ours that were made elsewhere, on the platform itself, answer the comment they reply to."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from crm.bulk_upsert import insert, upsert
from crm.models import Interaction, TriageEvent

Status = Interaction.Status

# What a person set otherwise (ignored, archived, awaiting approval) is left alone.
_OURS_TO_CHANGE = (Status.UNREAD, Status.READ, Status.ANSWERED)


_ANSWER_COLUMNS = ("status", "replied_at", "response_text", "version")


@dataclass(frozen=True, slots=True)
class Answer:
    written_at: datetime
    text: str


def settle_answers(interaction_ids: Collection[int], withdrawn: Collection[datetime]) -> set[int]:
    """Bring status and response of comments in line with our replies to them; at most four queries.

    Our first reply that stands answers a comment that is unread or read. When it has been deleted
    (`withdrawn`: when such replies were written) and no other stands, the comment is unread again.
    Returns the fans of the comments that changed. A person's own decision is never overridden.
    """
    answers = _first_answers(interaction_ids)
    if not answers and not withdrawn:
        return set()
    asked = (
        Interaction.objects.filter(pk__in=sorted(interaction_ids), is_own=False, status__in=_OURS_TO_CHANGE)
        .select_for_update(no_key=True)
        .order_by("pk")
    )
    changed, events = _decide(asked, answers, withdrawn)
    upsert(changed, unique=("connection", "platform_id"), update=_ANSWER_COLUMNS)
    insert(events)
    return {row.fan_id for row in changed if row.fan_id is not None}


def _first_answers(interaction_ids: Collection[int]) -> dict[int, Answer]:
    """Our earliest standing reply to each comment that has one, by the comment's id."""
    replies = Interaction.objects.filter(
        is_own=True,
        type=Interaction.Type.REPLY,
        deleted_at=None,
        parent__in=sorted(interaction_ids),
    ).order_by("-platform_created_at", "-platform_id")
    rows = replies.values_list("parent_id", "platform_created_at", "content")
    return {int(parent_id): Answer(written_at, text) for parent_id, written_at, text in rows}


def _decide(
    asked: Iterable[Interaction], answers: Mapping[int, Answer], withdrawn: Collection[datetime]
) -> tuple[list[Interaction], list[TriageEvent]]:
    changed: list[Interaction] = []
    events: list[TriageEvent] = []
    for row in asked:
        before = (row.status, row.replied_at, row.response_text)
        reason = _settle(row, answers.get(row.pk), withdrawn)
        if before == (row.status, row.replied_at, row.response_text):
            continue
        row.version += 1
        changed.append(row)
        if row.status != before[0]:
            events.append(_event(row, before[0], reason))
    return changed, events


def _settle(row: Interaction, answer: Answer | None, withdrawn: Collection[datetime]) -> str:
    is_withdrawn = row.replied_at in withdrawn
    if answer is None:
        if row.status == Status.ANSWERED and is_withdrawn:
            row.status, row.replied_at, row.response_text = Status.UNREAD, None, ""
        return "our reply was deleted on the platform"
    # Answered by a person's word, without a reply of ours on record: that stands as it is.
    said_so = row.status == Status.ANSWERED and row.replied_at is None
    if not said_so and (row.replied_at is None or is_withdrawn or answer.written_at <= row.replied_at):
        row.status, row.replied_at, row.response_text = Status.ANSWERED, answer.written_at, answer.text
    return "answered on the platform"


def _event(row: Interaction, before: str, reason: str) -> TriageEvent:
    return TriageEvent(
        workspace_id=row.workspace_id,
        interaction=row,
        source=TriageEvent.Source.SYNC,
        kind=TriageEvent.Kind.STATUS,
        before=before,
        after=row.status,
        reason=reason,
    )
