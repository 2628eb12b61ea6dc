"""A worker in the test's own process: runs are advanced one task after the other, as Celery would have it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import cast

import time_machine
from django.db.models.functions import Now
from django.utils import timezone

from connections import sync
from connections.connecting import connect_account
from connections.models import Connection, SyncRun, User, Workspace
from connections.oauth import grant_from
from youtube.models import YouTubeConnection
from youtube.platform import youtube
from youtube.tests.sandbox_control import SandboxControl

SOON = timedelta(seconds=1)


def connect(vendor: SandboxControl, workspace: Workspace, account: str = "", actor: User | None = None) -> Connection:
    """Connect an account of the sandbox, or connect it again, with tokens as a consent would grant them."""
    answer = vendor.post("tokens", **({"account": account} if account else {}))
    return connect_account(youtube, workspace, grant_from(answer, scopes=()), actor=actor)


def channel_of(connection: Connection) -> YouTubeConnection:
    return YouTubeConnection.objects.get(pk=connection.pk)


def work_off(connection: Connection, seconds: float = 60) -> None:
    """Advance what is due of a connection until nothing is, or will be within a second."""
    give_up_at = time.monotonic() + seconds
    while (run := _next(connection)) is not None:
        assert time.monotonic() < give_up_at, f"{run} is still open: {run.reason}"
        due_at = cast(datetime, run.due_at)
        time.sleep(max((due_at - timezone.now()).total_seconds(), 0))
        sync.advance(run.pk)


def walk(connection: Connection, stream: str) -> SyncRun:
    """Start a run of one stream, work off what is due, and return the run as it stands then."""
    run = sync.start_run(connection, stream, trigger=SyncRun.Trigger.PERSON)
    assert run is not None, f"{stream} does not start: {connection.status}"
    work_off(connection)
    return SyncRun.objects.get(pk=run.pk)


def step(run: SyncRun) -> SyncRun:
    """One task's work on a run, at the moment when it is due."""
    due_at = cast(datetime, run.due_at)
    time.sleep(max((due_at - timezone.now()).total_seconds(), 0))
    sync.advance(run.pk)
    return SyncRun.objects.get(pk=run.pk)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Live at another moment, from which time goes on.

    The clock of Python moves, and the sandbox's with it; the database's cannot be moved, so that what is
    due by the moved clock is made due by the database's.
    """
    with time_machine.travel(moment, tick=True):
        SyncRun.objects.open().filter(due_at__lte=timezone.now()).update(due_at=Now())
        yield


def _next(connection: Connection) -> SyncRun | None:
    soon = timezone.now() + SOON
    runs = SyncRun.objects.open().filter(connection=connection, due_at__lte=soon)
    return runs.filter(connection__status=Connection.Status.ACTIVE).order_by("due_at", "pk").first()
