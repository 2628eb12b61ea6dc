"""Whether accounts, syncs and quota are well: the cards that managers and operators see first."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from connections.admin_scope import is_operator, permits, roles_of
from connections.front_page import Card, Section, count_up_to
from connections.models import Connection, QuarantinedRecord, Role, SyncRun, User
from connections.models.sync import SyncRunQuerySet
from connections.quota_forecast import todays_quota

LATELY = timedelta(days=1)
LONGEST_NOTE = 110
LOOKED_AT = 20


def accounts(request: HttpRequest) -> Section | None:
    """For members: their accounts and syncs, with what is wrong in words."""
    if not isinstance(request.user, User) or not roles_of(request):
        return None
    connections = Connection.objects.for_user(request.user)
    runs = SyncRun.objects.for_user(request.user)
    manages = permits(request, Role.MANAGER)
    url = reverse("connections:accounts" if manages else "admin:connections_connection_changelist")
    cards = [*_account_cards(connections, url), *_sync_cards(runs), *_quarantine(request)]
    return Section("Accounts and syncs", [*cards, *(_quota_cards() if manages and not is_operator(request) else [])])


def installation(request: HttpRequest) -> Section | None:
    """For operators: the whole installation, and no comments."""
    if not is_operator(request):
        return None
    url = reverse("admin:connections_connection_changelist")
    cards = [*_account_cards(Connection.objects.all(), url), *_sync_cards(SyncRun.objects.all())]
    return Section("This installation", [*cards, *_quota_cards(), _schedules()])


def _account_cards(connections: "QuerySet[Connection]", url: str) -> list[Card]:
    """One query: an installation has few accounts."""
    rows = list(connections.values_list("status", "last_error")[:1000])
    broken = [error for status, error in rows if status in {Connection.Status.NEEDS_REAUTH, Connection.Status.ERROR}]
    active = sum(status == Connection.Status.ACTIVE for status, _ in rows)
    cards = [Card("Accounts connected", f"{active:,}", url)]
    if broken:
        note = _short(next((error for error in broken if error), "Sign in at the platform again."))
        cards.append(Card("To be connected again", f"{len(broken):,}", url, "bad", note))
    return cards


def _sync_cards(runs: SyncRunQuerySet) -> list[Card]:
    open_runs = list(runs.open().order_by("-created_at").values_list("state", "reason")[:LOOKED_AT])
    since = timezone.now() - LATELY
    failed = list(
        runs.filter(state=SyncRun.State.FAILED, created_at__gte=since)
        .order_by("-created_at")
        .values_list("reason", flat=True)[:LOOKED_AT]
    )
    waiting = [reason for state, reason in open_runs if state == SyncRun.State.WAITING]
    running = len(open_runs) - len(waiting)
    cards = [Card("Syncs under way", _figure(running), _list("syncrun"), note="" if running else "All is quiet")]
    if waiting:
        reason = _short(next((one for one in waiting if one), ""))
        cards.append(
            Card("Syncs waiting", _figure(len(waiting)), _list("syncrun", state__exact="waiting"), "warn", reason)
        )
    if failed:
        reason = _short(failed[0])
        cards.append(
            Card("Syncs failed today", _figure(len(failed)), _list("syncrun", state__exact="failed"), "bad", reason)
        )
    return cards


def _quarantine(request: HttpRequest) -> list[Card]:
    held = QuarantinedRecord.objects.for_user(request.user, Role.MANAGER).filter(state=QuarantinedRecord.State.HELD)
    counted, figure = count_up_to(held)
    if not counted:
        return []
    url = _list("quarantinedrecord", state__exact="held")
    return [Card("Unreadable records", figure, url, "warn", "Kept as they came, to be replayed")]


def _quota_cards() -> list[Card]:
    return [
        Card(
            f"Quota today · {one.platform} {one.bucket}",
            f"{one.used:,} of {one.limit:,}",
            reverse("connections:quota"),
            "bad" if one.is_exhausted else "warn" if one.will_run_out else "",
            one.outlook,
        )
        for one in todays_quota()
    ]


def _schedules() -> Card:
    enabled, figure = count_up_to(PeriodicTask.objects.filter(enabled=True))
    url = reverse("admin:django_celery_beat_periodictask_changelist")
    note = "" if enabled else "Nothing runs by itself: switch one on"
    return Card("Schedules switched on", figure, url, "" if enabled else "warn", note)


def _list(model: str, **filters: Any) -> str:
    query = f"?{urlencode(filters)}" if filters else ""
    return f"{reverse(f'admin:connections_{model}_changelist')}{query}"


def _figure(counted: int) -> str:
    return f"{LOOKED_AT}+" if counted >= LOOKED_AT else str(counted)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_NOTE else f"{line[: LONGEST_NOTE - 1]}…"
