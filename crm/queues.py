"""The inbox's queues: which comments wait for what. Lists, cards and links all mean the same by a name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from connections.models import User
from crm.models import Interaction

HIGH_PRIORITY = 70


@dataclass(frozen=True, slots=True)
class Queue:
    """`by_priority` says whether the most urgent comes first; otherwise the newest does."""

    title: str
    condition: Callable[[User, datetime], Q]
    by_priority: bool = True


def _open(now: datetime) -> Q:
    """Unread, somebody else's, still there, and not set aside until later."""
    awake = Q(snoozed_until=None) | Q(snoozed_until__lte=now)
    return Q(status=Interaction.Status.UNREAD, is_own=False, deleted_at=None) & awake


def _needs_reply(person: User, now: datetime) -> Q:
    return _open(now) & ~Q(moderation__in=[Interaction.Moderation.SPAM, Interaction.Moderation.REJECTED])


def _questions(person: User, now: datetime) -> Q:
    # An expression of its own: the category filter is a lookup over bits, not a value.
    return _needs_reply(person, now) & Q(categories__has="question")


def _held(person: User, now: datetime) -> Q:
    waiting = [Interaction.Moderation.HELD, Interaction.Moderation.SPAM]
    return Q(moderation__in=waiting, deleted_at=None, is_own=False)


def _high(person: User, now: datetime) -> Q:
    return _needs_reply(person, now) & Q(priority_score__gte=HIGH_PRIORITY)


def _mine(person: User, now: datetime) -> Q:
    done = [Interaction.Status.ANSWERED, Interaction.Status.IGNORED, Interaction.Status.ARCHIVED]
    return Q(assigned_to=person, deleted_at=None) & ~Q(status__in=done)


def _snoozed(person: User, now: datetime) -> Q:
    return Q(snoozed_until__gt=now)


def _everything(person: User, now: datetime) -> Q:
    return Q()


NEEDS_REPLY, EVERYTHING = "needs_reply", "all"

QUEUES: Mapping[str, Queue] = {
    NEEDS_REPLY: Queue("Needs a reply", _needs_reply),
    "questions": Queue("Questions waiting", _questions),
    "high": Queue("High priority", _high),
    "held": Queue("Held or likely spam", _held, by_priority=False),
    "mine": Queue("Given to me", _mine),
    "snoozed": Queue("Set aside until later", _snoozed),
    EVERYTHING: Queue("Everything", _everything, by_priority=False),
}


def in_queue(rows: QuerySet[Interaction], name: str, person: User) -> QuerySet[Interaction]:
    return rows.filter(QUEUES[name].condition(person, timezone.now()))
