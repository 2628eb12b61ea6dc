"""A worker in the test's own process: runs are advanced one task after the other, as Celery would have it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import time_machine
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from connections import sync
from connections.models import Connection, SyncRun

SOON = timedelta(seconds=1)


def work_off(connection: Connection, seconds: float = 60) -> None:
    """Advance what is due of a connection until nothing is, or will be within a second."""
    give_up_at = time.monotonic() + seconds
    while (run := _next(connection)) is not None:
        assert time.monotonic() < give_up_at, f"{run} is still open: {run.reason}"
        step(run)


def walk(connection: Connection, stream: str) -> SyncRun:
    """Start a run of one stream, work off what is due, and return the run as it stands then."""
    run = sync.start_run(connection, stream, trigger=SyncRun.Trigger.PERSON)
    assert run is not None, f"{stream} does not start: {connection.status}"
    work_off(connection)
    return SyncRun.objects.get(pk=run.pk)


def step(run: SyncRun) -> SyncRun:
    """One task's work on a run, at the moment when it is due."""
    assert run.due_at is not None, f"{run} waits for a person"
    time.sleep(max((due(run) - timezone.now()).total_seconds(), 0))
    sync.advance(run.pk)
    return SyncRun.objects.get(pk=run.pk)


def due(run: SyncRun) -> datetime:
    """When a run is due, by the clock of Python: its row goes by the database's, which `at` cannot move."""
    assert run.due_at is not None, f"{run} waits for a person"
    if not time_machine.escape_hatch.is_travelling():
        return run.due_at
    return run.due_at + (timezone.now() - time_machine.escape_hatch.datetime.datetime.now(tz=UTC))


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Live at another moment, from which time goes on: Python, the sandbox, and what the open runs wait for."""
    ahead = moment - timezone.now()
    _bring_nearer(ahead)
    with time_machine.travel(moment, tick=True):
        yield
    _bring_nearer(-ahead)


def _bring_nearer(ahead: timedelta) -> None:
    SyncRun.objects.open().update(due_at=F("due_at") - ahead)


def _next(connection: Connection) -> SyncRun | None:
    runs = SyncRun.objects.open().filter(connection=connection, due_at__lte=Now() + SOON)
    return runs.filter(connection__status=Connection.Status.ACTIVE).order_by("due_at", "pk").first()
