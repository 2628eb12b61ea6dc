"""The sync engine: runs of streams as rows, advanced a page at a time by whichever worker holds the lease.

A task means "advance this run": it may be lost, doubled or late without harm, since the run's row says
all there is to know and `sweep` finds every run that is due. One worker at a time works on a connection.
"""

import hashlib
import logging
import random
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db import connection as database
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from connections import errors, faults, tokens
from connections.dispatch import dispatch
from connections.models import Connection, QuarantinedRecord, StreamState, SyncRun
from connections.redaction import redact
from connections.registry import platform_of
from connections.streams import FenceLost, Stored, Stream, Walk

logger = logging.getLogger(__name__)

CIRCUIT_SECONDS = 600
LONGEST_BACKOFF_SECONDS = 300
# After a week of open circuits, or three workers that died with one page, a person should look.
GIVE_UP_TRIES = 1000
CRASHES_UNTIL_FAILED = 3
BUG_TRIES = 3
AFTER = "after"
# More rejects than this are no bad records but a changed schema: stop before the watermark moves.
QUARANTINE_SHARE, QUARANTINE_FLOOR, QUARANTINE_CAP = 0.2, 20, 500
MAX_WAIT = timedelta(days=2)
BLOCKED_TRIED_AGAIN = timedelta(days=1)
# A stream that others build on is begun again this long after it failed, each time twice as long.
FAILED_TRIED_AGAIN = timedelta(minutes=10)
LONGEST_PAUSE_AFTER_FAILURE = timedelta(hours=12)


def start_run(
    connection: Connection, stream: str, *, trigger: SyncRun.Trigger = SyncRun.Trigger.SCHEDULE, slot: str = ""
) -> SyncRun | None:
    """The open run of a stream, or a new one, dispatched to a worker once the transaction commits.

    None when there is nothing to start: the account is not connected, the stream has been stopped for
    want of a permission within the day (a person's request tries again), or `slot` has had its run.
    """
    if connection.status != Connection.Status.ACTIVE:
        return None
    state, _ = StreamState.objects.get_or_create(connection=connection, stream=stream)
    if trigger == SyncRun.Trigger.SCHEDULE and state.is_blocked(BLOCKED_TRIED_AGAIN):
        return None
    open_run = SyncRun.objects.open().filter(connection=connection, stream=stream).first()
    if open_run is not None:
        return open_run
    try:
        with transaction.atomic():
            run = SyncRun.objects.create(
                workspace_id=connection.workspace_id,
                connection=connection,
                stream=stream,
                trigger=trigger,
                slot=slot,
                due_at=Now(),
            )
    except IntegrityError:
        return SyncRun.objects.open().filter(connection=connection, stream=stream).first()
    dispatch(run)
    run.refresh_from_db()
    return run


def start_streams(
    connection: Connection, streams: Iterable[str], *, trigger: SyncRun.Trigger = SyncRun.Trigger.SCHEDULE
) -> list[SyncRun]:
    runs = (start_run(connection, stream, trigger=trigger) for stream in streams)
    return [run for run in runs if run is not None]


def streams_due(connection: Connection, *, full: bool) -> list[str]:
    """In the platform's order; those that rest on a walk over everything, on request or at first."""
    done = set(connection.stream_states.exclude(completed_at=None).values_list("stream", flat=True))
    streams = platform_of(connection).streams
    return [name for name, stream in streams.items() if full or not stream.is_complete_walk or name not in done]


def start_first_sync(connection: Connection) -> list[SyncRun]:
    """Everything there is, in the platform's order; runs that waited for a reconnection go on where they stopped."""
    waiting = SyncRun.objects.open().filter(connection=connection, due_at=None)
    waiting.update(due_at=Now(), attempts=0, crashes=0, reason_code="", reason="")
    StreamState.objects.filter(connection=connection).update(blocked_reason="", blocked_at=None, failures=0)
    return start_streams(connection, platform_of(connection).streams, trigger=SyncRun.Trigger.CONNECT)


def cancel_runs(connection: Connection, reason: str) -> None:
    """Close every open run. The fence moves, so that a worker in the middle of a page cannot write it."""
    SyncRun.objects.open().filter(connection=connection).update(
        state=SyncRun.State.CANCELLED,
        fence=F("fence") + 1,
        reason_code="cancelled",
        reason=reason,
        finished_at=Now(),
        lease_until=None,
        due_at=None,
    )


def advance(run_id: int) -> SyncRun | None:
    """Work on a run for one task's time, then hand the connection to whatever of it is due next.

    Returns the run as it stands, or None if another worker holds it or it is not due.
    """
    walk = _claim(run_id)
    if walk is None:
        _pass_on(run_id)
        return None
    deadline = time.monotonic() + settings.SYNC_TASK_SECONDS
    try:
        for _ in range(settings.SYNC_TASK_PAGES):
            if not _step(walk) or time.monotonic() > deadline:
                break
        _release(walk)
    except FenceLost:
        logger.info("Run %s was taken over by another worker", run_id)
        return None
    dispatch_next(walk.connection)
    return SyncRun.objects.get(pk=run_id)


def dispatch_next(connection: Connection) -> None:
    """Dispatch the run of this connection that has been due longest."""
    run = SyncRun.objects.open().filter(connection=connection, due_at__lte=Now()).order_by("due_at", "id").first()
    if run is not None:
        dispatch(run)


def _pass_on(run_id: int) -> None:
    """A run that cannot go on gives its turn away, unless somebody is at work on the connection and will do so."""
    connection = Connection.objects.get(sync_runs=run_id)
    at_work = SyncRun.objects.open().filter(connection=connection, lease_until__gt=Now()).exists()
    if connection.status == Connection.Status.ACTIVE and not at_work:
        dispatch_next(connection)


def sweep() -> int:
    """Dispatch every run that is due and that nobody works on, whatever became of its message."""
    lately = Now() - timedelta(seconds=settings.SYNC_REDISPATCH_SECONDS)
    due = (
        SyncRun.objects.open()
        .filter(due_at__lte=Now(), connection__status=Connection.Status.ACTIVE)
        .filter(Q(lease_until=None) | Q(lease_until__lt=Now()))
        .filter(Q(dispatched_at=None) | Q(dispatched_at__lt=lately))
        .order_by("due_at")[:500]
    )
    return sum(dispatch(run) for run in due)


def _claim(run_id: int) -> Walk | None:
    """Take the lease, unless another run of the connection has one. The fence tells the owners apart."""
    with transaction.atomic():
        run = SyncRun.objects.get(pk=run_id)
        # Two claims for one connection wait for each other here.
        connection = Connection.objects.select_for_update().get(pk=run.connection_id)
        stream = platform_of(connection).streams.get(run.stream)
        if stream is None:
            _retire(run)
            return None
        if connection.status != Connection.Status.ACTIVE or _busy(run) or _held_back(connection, run, stream):
            return None
        taken = (
            SyncRun.objects.open()
            .filter(Q(lease_until=None) | Q(lease_until__lt=Now()), pk=run_id, fence=run.fence, due_at__lte=Now())
            .update(
                fence=F("fence") + 1,
                lease_until=Now() + timedelta(seconds=settings.SYNC_LEASE_SECONDS),
                state=SyncRun.State.RUNNING,
                started_at=Coalesce("started_at", Now()),
                # A lease that was never given back is a worker that died with the page.
                crashes=F("crashes") + (1 if run.lease_until else 0),
            )
        )
        if not taken:
            return None
        run.refresh_from_db()
        state, _ = StreamState.objects.get_or_create(connection=connection, stream=run.stream)
        walk = Walk(run=run, connection=connection, state=state, fence=run.fence, share=stream.quota_share)
        if run.crashes >= CRASHES_UNTIL_FAILED:
            _close(walk, SyncRun.State.FAILED, "crash", "The worker died on this page again and again.", units=0)
            return None
        return walk


def _retire(run: SyncRun) -> None:
    SyncRun.objects.filter(pk=run.pk).update(
        state=SyncRun.State.CANCELLED,
        reason_code="retired",
        reason="This version of Greenroom has no such stream.",
        finished_at=Now(),
        lease_until=None,
        due_at=None,
    )


def _busy(run: SyncRun) -> bool:
    others = SyncRun.objects.open().filter(connection_id=run.connection_id, lease_until__gt=Now())
    return others.exclude(pk=run.pk).exists()


def _held_back(connection: Connection, run: SyncRun, stream: Stream[Any]) -> bool:
    """Whether a stream that this one builds on has yet to walk to an end; it is then started, in good time."""
    missing = [name for name in stream.after if not _has_walked(connection, name)]
    if not missing:
        return False
    for name in missing:
        if not _failed_lately(connection, name):
            start_run(connection, name)
    SyncRun.objects.filter(pk=run.pk).update(
        state=SyncRun.State.WAITING,
        due_at=Now() + timedelta(seconds=settings.SYNC_SWEEP_SECONDS),
        reason_code=AFTER,
        reason=f"Waits for the first walk of: {', '.join(missing)}.",
    )
    return True


def waits_in_vain(run: SyncRun) -> bool:
    """Whether it waits for a stream that has failed and is not being walked again for the time being."""
    if run.reason_code != AFTER:
        return False
    needed = [name for name in _stream_of(run).after if not _has_walked(run.connection, name)]
    return not SyncRun.objects.open().filter(connection=run.connection, stream__in=needed).exists()


def _stream_of(run: SyncRun) -> Stream[Any]:
    return platform_of(run.connection).streams[run.stream]


def _has_walked(connection: Connection, stream: str) -> bool:
    ended = (SyncRun.State.SUCCEEDED, SyncRun.State.PARTIAL)
    if StreamState.objects.filter(connection=connection, stream=stream, completed_at__isnull=False).exists():
        return True
    return SyncRun.objects.filter(connection=connection, stream=stream, state__in=ended).exists()


def _failed_lately(connection: Connection, stream: str) -> bool:
    state = StreamState.objects.filter(connection=connection, stream=stream).first()
    last = SyncRun.objects.filter(connection=connection, stream=stream, state=SyncRun.State.FAILED).first()
    if state is None or last is None or last.finished_at is None:
        return False
    pause = min(FAILED_TRIED_AGAIN * 2 ** min(state.failures, 10), LONGEST_PAUSE_AFTER_FAILURE)
    return bool(last.finished_at > timezone.now() - pause)


def _step(walk: Walk) -> bool:
    """One page. True if there is more to do right away."""
    stream = platform_of(walk.connection).streams[walk.run.stream]
    try:
        _require_scope(walk.connection, stream)
        cursor = _cursor(walk, stream)
        batch = stream.fetch(walk, cursor)
        faults.hit("after_fetch")
        return _store_patiently(walk, stream, cursor, batch)
    except FenceLost:
        raise
    except errors.PlatformError as error:
        _settle(walk, stream, error)
    except (OperationalError, InterfaceError) as error:
        # The row may be out of reach too; then the lease runs out and the sweep finds the run.
        database.close()
        _settle(walk, stream, errors.Transient(f"The database failed ({type(error).__name__}).", code="database"))
    except SoftTimeLimitExceeded:
        _settle(walk, stream, errors.Transient("The page took longer than a task may take.", code="time_limit"))
    except Exception as error:
        logger.exception("Run %s of %s failed", walk.run.pk, walk.run.stream)
        problem = f"Greenroom failed on this page ({type(error).__name__}); the log says where."
        _settle(walk, stream, errors.OurFault(problem, code="internal"))
    return False


def _require_scope(connection: Connection, stream: Stream[Any]) -> None:
    """No call where the answer is known. An account attached by a bare token has no list of its scopes."""
    if stream.scope and connection.granted_scopes and not connection.has_scope(stream.scope):
        raise errors.NotPermitted(
            "A permission is missing: connect the account again and leave every box ticked.", code="missing_scope"
        )


def _cursor(walk: Walk, stream: Stream[Any]) -> dict[str, Any]:
    """The saved place, or a fresh start when it is of an older version or its page token too old to be known."""
    run = walk.run
    fresh_after = timezone.now() - timedelta(hours=stream.cursor_lasts_hours)
    if run.cursor.get("version") != stream.version or run.cursor_saved_at is None:
        return _first_cursor(walk, stream)
    if run.cursor_saved_at > fresh_after:
        return dict(run.cursor)
    return stream.restart_cursor(dict(run.cursor)) or _first_cursor(walk, stream)


def _first_cursor(walk: Walk, stream: Stream[Any]) -> dict[str, Any]:
    return {**stream.first_cursor(walk.connection, walk.state, timezone.now()), "version": stream.version}


def _store_patiently(walk: Walk, stream: Stream[Any], cursor: dict[str, Any], batch: Any) -> bool:
    rejects = len(walk.rejects)
    for tries_left in (2, 1, 0):
        try:
            return _store(walk, stream, cursor, batch)
        except OperationalError as error:
            if not tries_left or not _is_conflict(error):
                raise
            del walk.rejects[rejects:]
            time.sleep(random.uniform(0.05, 0.3))  # noqa: S311
    return False


def _is_conflict(error: OperationalError) -> bool:
    """Deadlocks and serialisation failures: the same page again will do."""
    return getattr(error.__cause__, "sqlstate", "") in ("40P01", "40001")


def _store(walk: Walk, stream: Stream[Any], cursor: dict[str, Any], batch: Any) -> bool:
    """Rows, cursor, counts and lease in one transaction; nothing of it if the fence has moved."""
    with transaction.atomic():
        walk.hold()
        stored = stream.store(walk, cursor, batch)
        held = _quarantine(walk)
        _check_rejects(walk.run, stored, held)
        _count(walk, stream, stored, held)
        if stored.done:
            faults.hit("before_finish")
            _finish(walk, stream, stored.cursor)
    if stored.done:
        # Outside: whoever disconnects the account locks it before its runs.
        Connection.objects.filter(pk=walk.connection.pk).update(last_sync_at=Now(), last_error="", last_error_at=None)
    walk.units = 0
    walk.rejects.clear()
    walk.run.refresh_from_db()
    faults.hit("after_page_commit")
    return not stored.done


def _count(walk: Walk, stream: Stream[Any], stored: Stored, held: int) -> None:
    values: dict[str, Any] = {
        "pages": F("pages") + 1,
        "seen": F("seen") + stored.seen,
        "created": F("created") + stored.created,
        "updated": F("updated") + stored.updated,
        "removed": F("removed") + stored.removed,
        "quarantined": F("quarantined") + held,
        "units": F("units") + walk.units,
        "attempts": 0,
        "crashes": 0,
        "reason_code": "",
        "reason": "",
        "cursor": {**stored.cursor, "version": stream.version, "restarts": walk.run.cursor.get("restarts", 0)},
        "cursor_saved_at": timezone.now(),
    }
    if stored.expected is not None:
        values["expected"] = stored.expected
    SyncRun.objects.filter(pk=walk.run.pk).update(**values)


def _quarantine(walk: Walk) -> int:
    for error, context in walk.rejects:
        row, created = QuarantinedRecord.objects.get_or_create(
            connection=walk.connection,
            stream=walk.run.stream,
            digest=hashlib.sha256(error.raw).hexdigest(),
            defaults={
                "workspace_id": walk.connection.workspace_id,
                "external_id": error.external_id[:255],
                "raw": error.raw,
                "context": dict(context),
                "error": redact(error.message),
            },
        )
        if not created:
            row.times_seen += 1
            row.error = redact(error.message)
            row.save(update_fields=["times_seen", "error", "last_seen_at"])
    return len(walk.rejects)


def _check_rejects(run: SyncRun, stored: Stored, held: int) -> None:
    rejected, seen = run.quarantined + held, run.seen + stored.seen + held
    is_much = rejected > QUARANTINE_FLOOR and rejected > QUARANTINE_SHARE * seen
    if is_much or rejected > max(QUARANTINE_CAP, seen // 100):
        raise errors.OurFault(
            f"{rejected} of {seen} records could not be read: the platform seems to have changed its answers.",
            code="schema",
        )


def _finish(walk: Walk, stream: Stream[Any], cursor: dict[str, Any]) -> None:
    ending = stream.ending(walk, cursor)
    state = walk.state
    if not ending.partial_reason:
        state.completed_at = timezone.now()
    if ending.watermark is not None:
        state.watermark = dict(ending.watermark)
    state.failures = 0
    state.save(update_fields=["completed_at", "watermark", "failures"])
    outcome = SyncRun.State.PARTIAL if ending.partial_reason else SyncRun.State.SUCCEEDED
    _close(walk, outcome, "partial" if ending.partial_reason else "", ending.partial_reason, units=0)
    _wake_dependants(walk)


def _wake_dependants(walk: Walk) -> None:
    waiting = [name for name, other in platform_of(walk.connection).streams.items() if walk.run.stream in other.after]
    SyncRun.objects.open().filter(connection=walk.connection, stream__in=waiting, reason_code=AFTER).update(
        due_at=Now()
    )


def _close(walk: Walk, state: SyncRun.State, code: str, reason: str, *, units: int) -> None:
    changed = SyncRun.objects.filter(pk=walk.run.pk, fence=walk.fence).update(
        state=state,
        reason_code=code,
        reason=redact(reason),
        finished_at=Now(),
        lease_until=None,
        due_at=None,
        units=F("units") + units,
    )
    if not changed:
        raise FenceLost


def _release(walk: Walk) -> None:
    """Give the lease back. A run that is still running goes to the end of its connection's line."""
    SyncRun.objects.filter(pk=walk.run.pk, fence=walk.fence, state=SyncRun.State.RUNNING).update(
        lease_until=None, due_at=Now()
    )


def _wait(walk: Walk, error: errors.PlatformError, seconds: float | None) -> None:
    """Put the run down for so long, by the database's clock; None: until a person has done something."""
    changed = SyncRun.objects.filter(pk=walk.run.pk, fence=walk.fence).update(
        state=SyncRun.State.WAITING,
        lease_until=None,
        due_at=None if seconds is None else Now() + timedelta(seconds=seconds),
        attempts=walk.run.attempts,
        units=F("units") + walk.units,
        reason_code=error.code,
        reason=redact(error.message),
    )
    if not changed:
        raise FenceLost
    walk.units = 0
    walk.rejects.clear()
    _tell(walk, error)
    if seconds is not None:
        dispatch(walk.run, seconds)


def _tell(walk: Walk, error: errors.PlatformError) -> None:
    if not isinstance(error, errors.QuotaExhausted | errors.RateLimited):
        Connection.objects.filter(pk=walk.connection.pk).update(last_error=redact(error.message), last_error_at=Now())


def _fail(walk: Walk, error: errors.PlatformError) -> None:
    _close(walk, SyncRun.State.FAILED, error.code, error.message, units=walk.units)
    StreamState.objects.filter(pk=walk.state.pk).update(failures=F("failures") + 1)
    _tell(walk, error)


def _settle(walk: Walk, stream: Stream[Any], error: errors.PlatformError) -> None:
    """The one policy for each kind of error (`connections.errors`).

    The run's row goes first: a worker whose fence is gone must not stop an account that others go on with.
    """
    with transaction.atomic():
        match error:
            case errors.NeedsReauthorization():
                _wait(walk, error, None)
                tokens.mark_needs_reauth(walk.connection, error.message)
            case errors.RateLimited() | errors.QuotaExhausted():
                _pause(walk, error)
            case errors.NotPermitted():
                _fail(walk, error)
                StreamState.objects.filter(pk=walk.state.pk).update(
                    blocked_reason=redact(error.message), blocked_at=Now()
                )
            case errors.StaleCursor():
                _restart(walk, stream, error)
            case errors.Transient():
                _try_again(walk, error, error.max_tries)
            case errors.OurFault() if error.code == "internal":
                _try_again(walk, error, BUG_TRIES)
            case _:
                _fail(walk, error)


def _pause(walk: Walk, error: errors.RateLimited | errors.QuotaExhausted) -> None:
    seconds = min(max(error.until - timezone.now(), timedelta(seconds=1)), MAX_WAIT).total_seconds()
    _wait(walk, error, seconds)
    if isinstance(error, errors.RateLimited):
        # It is the account that is to slow down, not this walk.
        until = Now() + timedelta(seconds=seconds)
        others = SyncRun.objects.open().filter(connection=walk.connection, due_at__lt=until)
        others.exclude(pk=walk.run.pk).update(due_at=until, reason_code=error.code, reason=redact(error.message))


def _try_again(walk: Walk, error: errors.PlatformError, max_tries: int) -> None:
    """Five growing waits, then one try each ten minutes: the circuit of this run is open and its row says why."""
    walk.run.attempts += 1
    tries = walk.run.attempts
    patient = isinstance(error, errors.Transient) and max_tries >= 5
    if tries >= (GIVE_UP_TRIES if patient else max_tries):
        _fail(walk, error)
        return
    if tries > max_tries:
        seconds = float(CIRCUIT_SECONDS)
    else:
        seconds = min(settings.SYNC_RETRY_SECONDS * 2 ** (tries - 1), LONGEST_BACKOFF_SECONDS)
    _wait(walk, error, seconds * random.uniform(1.0, 1.25))  # noqa: S311


def _restart(walk: Walk, stream: Stream[Any], error: errors.StaleCursor) -> None:
    """Begin again where the stream says, or end the run as partial when that has happened too often."""
    cursor = dict(walk.run.cursor)
    restarts = int(cursor.get("restarts", 0)) + 1
    if restarts > stream.restarts:
        reason = f"{error.message} The rest is left to the next run."
        _close(walk, SyncRun.State.PARTIAL, error.code, reason, units=walk.units)
        return
    fresh = stream.restart_cursor(cursor) or _first_cursor(walk, stream)
    SyncRun.objects.filter(pk=walk.run.pk, fence=walk.fence).update(
        cursor={**fresh, "version": stream.version, "restarts": restarts}, cursor_saved_at=timezone.now()
    )
    _wait(walk, error, 0)
