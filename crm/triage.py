"""What people do with a comment. The caller has checked the person's role in the comment's workspace.

Each decision names the version of the comment it was made on, by the instance it is handed (or `version`,
from the page the person saw), and is refused with `ChangedMeanwhile` when somebody else, or an edit on the
platform, came first. Each leaves a `TriageEvent`. The instance is brought up to date.
"""

import re
from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.db.models import F, QuerySet

from connections.models import Membership, Role, User
from connections.records import CATEGORIES, SENTIMENTS, Signals
from connections.registry import platform_of
from crm.intake_lock import lock_workspace
from crm.models import Interaction, InteractionNote, InteractionTag, SignalCorrection, Tag, TriageEvent
from crm.sanitising import clean_line, clean_text
from crm.stored_signals import signals_of

Kind = TriageEvent.Kind

_LANGUAGE = re.compile(r"[a-z]{2,3}")


class ChangedMeanwhile(Exception):
    """The comment is not as it was when the person decided. `current` is how it stands now."""

    def __init__(self, current: Interaction) -> None:
        super().__init__("Somebody else changed this comment in the meantime.")
        self.current = current


def set_status(
    interaction: Interaction, status: Interaction.Status, *, by: User, version: int | None = None, reason: str = ""
) -> None:
    """Also lifts a snooze: who decides on a comment no longer waits for it."""
    _decide(
        interaction,
        _event(interaction, by, Kind.STATUS, interaction.status, status, reason),
        version,
        status=status,
        snoozed_until=None,
    )


def set_status_of_many(
    rows: QuerySet[Interaction], status: Interaction.Status, *, by: User, reason: str = ""
) -> tuple[int, int]:
    """Decide on many comments alike; says how many took it and how many had changed in the meantime.

    Each is a decision of its own, in the order of their ids, so that two people's batches do not wait for
    each other in a circle. Comments that have the status already count as done.
    """
    refused = 0
    found = list(rows.select_related(None).order_by("pk").only("workspace_id", "status", "version"))
    for row in found:
        if row.status == status:
            continue
        try:
            set_status(row, status, by=by, reason=reason)
        except ChangedMeanwhile:
            refused += 1
    return len(found) - refused, refused


def assign(
    interaction: Interaction, to: User | None, *, by: User, version: int | None = None, reason: str = ""
) -> None:
    """Raises ValueError for somebody who may not answer comments in this workspace."""
    if to is not None and not may_answer(to, interaction.workspace_id):
        raise ValueError(f"{to} cannot be given comments of this workspace.")
    event = _event(interaction, by, Kind.ASSIGNED, _name(interaction.assigned_to), _name(to), reason)
    _decide(interaction, event, version, assigned_to=to)


def snooze(
    interaction: Interaction, until: datetime | None, *, by: User, version: int | None = None, reason: str = ""
) -> None:
    """Set a comment aside until an aware datetime; None brings it back."""
    event = _event(interaction, by, Kind.SNOOZED, _iso(interaction.snoozed_until), _iso(until), reason)
    _decide(interaction, event, version, snoozed_until=until)


def add_tag(interaction: Interaction, name: str, *, by: User, version: int | None = None) -> Tag:
    """The tag, made if the workspace has none of that name. Raises ValueError for an empty name."""
    with transaction.atomic():
        tag = _tag_named(interaction.workspace_id, name)
        if InteractionTag.objects.filter(interaction=interaction, tag=tag).exists():
            return tag
        _decide(interaction, _event(interaction, by, Kind.TAG_ADDED, "", tag.name), version)
        InteractionTag.objects.create(
            workspace_id=interaction.workspace_id, interaction=interaction, tag=tag, added_by=by
        )
    return tag


def remove_tag(interaction: Interaction, name: str, *, by: User, version: int | None = None) -> None:
    """Does nothing for a tag that the comment does not carry."""
    links = InteractionTag.objects.filter(interaction=interaction, tag__name__iexact=name.strip())
    with transaction.atomic():
        link = links.select_related("tag").first()
        if link is None:
            return
        _decide(interaction, _event(interaction, by, Kind.TAG_REMOVED, link.tag.name, ""), version)
        link.delete()


def add_note(interaction: Interaction, text: str, *, by: User) -> InteractionNote:
    """A note for the team. It takes nothing from anybody, so it is welcome on any version of the comment.

    Raises ValueError for an empty one.
    """
    text = clean_text(text).strip()
    if not text:
        raise ValueError("An empty note says nothing.")
    with transaction.atomic():
        note = InteractionNote.objects.create(
            workspace_id=interaction.workspace_id,
            interaction=interaction,
            author=by,
            author_name=by.get_username(),
            text=text,
        )
        _event(interaction, by, Kind.NOTE, "", "").save()
    return note


def correct_signal(
    interaction: Interaction, field: SignalCorrection.Field, value: Any, *, by: User, version: int | None = None
) -> None:
    """Set a label right: a sentiment, a sequence of categories, a language code or a priority of 1 to 100.

    It stands whatever the machine says later, here and on the platform's own row. Raises ValueError for a
    value outside the vocabulary.
    """
    value = _checked(field, value)
    with transaction.atomic():
        lock_workspace(interaction.workspace_id)
        present = getattr(interaction, field)
        event = _event(interaction, by, Kind.CORRECTED, f"{field}: {_plain(present)}", f"{field}: {_plain(value)}")
        source = Interaction.SignalSource.HUMAN
        _decide(interaction, event, version, **{field: value, "signal_source": source})
        SignalCorrection.objects.create(
            workspace_id=interaction.workspace_id,
            interaction=interaction,
            field=field,
            machine_value=_machine_value(interaction, field, present),
            value=value,
            user=by,
        )
        _tell_platform(interaction)


def _decide(interaction: Interaction, event: TriageEvent, version: int | None, **columns: Any) -> None:
    """Compare and set: write the columns if the comment still is the version that was decided on."""
    seen = interaction.version if version is None else version
    with transaction.atomic():
        rows = Interaction.objects.filter(pk=interaction.pk, version=seen)
        if seen != interaction.version or not rows.update(version=F("version") + 1, **columns):
            raise ChangedMeanwhile(Interaction.objects.get(pk=interaction.pk))
        event.save()
    interaction.version = seen + 1
    for column, value in columns.items():
        setattr(interaction, column, value)


def _event(
    interaction: Interaction, by: User, kind: TriageEvent.Kind, before: str, after: str, reason: str = ""
) -> TriageEvent:
    return TriageEvent(
        workspace_id=interaction.workspace_id,
        interaction=interaction,
        source=TriageEvent.Source.PERSON,
        actor=by,
        actor_name=by.get_username(),
        kind=kind,
        before=clean_line(before),
        after=clean_line(after),
        reason=clean_line(reason),
    )


def may_answer(person: User, workspace_id: int) -> bool:
    """Whether comments of this workspace can be given to this person."""
    roles = Role.at_least(Role.AGENT)
    return (
        person.is_active and Membership.objects.filter(user=person, workspace_id=workspace_id, role__in=roles).exists()
    )


def _name(person: User | None) -> str:
    return person.get_username() if person else ""


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _tag_named(workspace_id: int, name: str) -> Tag:
    name = clean_line(name.strip(), 60)
    if not name:
        raise ValueError("A tag needs a name.")
    tag = Tag.objects.filter(workspace_id=workspace_id, name__iexact=name).first()
    return tag or Tag.objects.create(workspace_id=workspace_id, name=name)


# --- Corrections


def _checked(field: SignalCorrection.Field, value: Any) -> Any:
    checks = {
        SignalCorrection.Field.SENTIMENT: _checked_sentiment,
        SignalCorrection.Field.CATEGORIES: _checked_categories,
        SignalCorrection.Field.LANGUAGE: _checked_language,
        SignalCorrection.Field.PRIORITY: _checked_priority,
    }
    return checks[SignalCorrection.Field(field)](value)


def _checked_sentiment(value: Any) -> str:
    if value not in SENTIMENTS:
        raise ValueError(f"{value!r} is no sentiment.")
    return cast(str, value)


def _checked_categories(value: Any) -> tuple[str, ...]:
    """In the vocabulary's order, each once; never empty, as the machine's never are."""
    chosen = set(value)
    if not chosen or not chosen <= set(CATEGORIES):
        raise ValueError("Choose at least one category, and only known ones.")
    return tuple(category for category in CATEGORIES if category in chosen)


def _checked_language(value: Any) -> str:
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        raise ValueError(f"{value!r} is no language code.")
    return value


def _checked_priority(value: Any) -> int:
    if not isinstance(value, int) or not 1 <= value <= 100:
        raise ValueError("A priority is a whole number from 1 to 100.")
    return value


def _plain(value: Any) -> str:
    return ", ".join(value) if isinstance(value, tuple | list) else str(value)


def _machine_value(interaction: Interaction, field: str, present: Any) -> Any:
    """What the machine had said: of a label corrected before, as the first correction found it."""
    earlier = SignalCorrection.objects.filter(interaction=interaction, field=field).order_by("id").first()
    return present if earlier is None else earlier.machine_value


def _tell_platform(interaction: Interaction) -> None:
    signals: Signals | None = signals_of(interaction)
    if signals is not None:
        connection = interaction.connection
        platform_of(connection).store_signals(connection, {interaction.platform_id: signals})
