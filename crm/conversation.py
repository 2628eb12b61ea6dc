"""What a comment's page shows around it: its thread in order, the person who wrote it, and what the team did."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from connections.models import User
from crm import presenting
from crm.ages import ago
from crm.models import Fan, Interaction

LONGEST_THREAD = 200
LAST_COMMENTS = 8


@dataclass(frozen=True, slots=True)
class Message:
    shown: presenting.Shown
    is_this: bool
    is_root: bool


@dataclass(frozen=True, slots=True)
class FanCard:
    fan: Fan
    initials: str
    profile: str
    first_seen: str
    last: list[presenting.Shown]


def thread_of(row: Interaction, rows: QuerySet[Interaction]) -> list[Message]:
    """The first comment and its replies as they were written, out of `rows`; one query."""
    root = row.thread_root_id or row.pk
    found = list(
        rows.filter(Q(pk=root) | Q(thread_root=root))
        .select_related("content_piece")
        .order_by("platform_created_at", "id")[:LONGEST_THREAD]
    )
    if row.pk not in {one.pk for one in found}:
        found.append(row)
    found.sort(key=lambda one: (one.pk != root, one.platform_created_at, one.pk))
    now = timezone.now()
    return [Message(presenting.shown(one, now), one.pk == row.pk, one.pk == root) for one in found]


def fan_card(row: Interaction, person: User) -> FanCard | None:
    """Who wrote it, and their last comments anywhere in the workspace."""
    if row.fan_id is None:
        return None
    fan = Fan.objects.for_user(person).prefetch_related("identities").filter(pk=row.fan_id).first()
    return card_of(fan, person, without=row) if fan is not None else None


def card_of(fan: Fan, person: User, *, without: Interaction | None = None, last: int = LAST_COMMENTS) -> FanCard:
    comments = Interaction.objects.for_user(person).filter(fan=fan).select_related("content_piece")
    if without is not None:
        comments = comments.exclude(pk=without.pk)
    now = timezone.now()
    return FanCard(
        fan=fan,
        initials=presenting.initials(fan.name),
        profile=next((link for one in fan.identities.all() if (link := presenting.safe_link(one.profile_url))), ""),
        first_seen=ago(fan.first_interaction_at, now),
        last=[presenting.shown(one, now) for one in comments.order_by("-platform_created_at", "-id")[:last]],
    )
