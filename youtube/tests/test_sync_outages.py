import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from connections import sync
from connections.models import Connection, QuotaLedger, SyncRun
from connections.tests.factories import make_workspace
from connections.tests.working import at, due, step, walk, work_off
from youtube.tests.connecting import connect
from youtube.tests.invariants import check_always, check_synced
from youtube.tests.sandbox_control import SandboxControl


def start(connection: Connection, stream: str) -> SyncRun:
    run = sync.start_run(connection, stream)
    assert run is not None
    return run


def test_rel_15_two_errors_of_the_server_cost_two_tries_and_growing_waits(
    vendor: SandboxControl, synced: Connection
) -> None:
    used, before = QuotaLedger.objects.get(bucket="default").used, vendor.last_call()
    vendor.fault("error", {"path": "commentThreads", "nth": [1, 2]}, status=500)

    run, waits = start(synced, "comments"), []
    for tries in (1, 2):
        run = step(run)
        assert (run.state, run.attempts, run.reason_code) == (SyncRun.State.WAITING, tries, "backendError")
        waits.append(due(run) - timezone.now())
    run = step(run)

    assert run.state == SyncRun.State.SUCCEEDED
    assert waits[0] < waits[1]
    held = vendor.calls("commentThreads", since=before, moderationStatus="heldForReview")
    assert [call.status for call in held] == [500, 500, 200]
    calls = [call for call in vendor.calls(since=before) if call.is_data_api]
    assert QuotaLedger.objects.get(bucket="default").used - used == len(calls) == run.units
    check_synced(vendor, synced)


def test_rel_16_an_hour_of_errors_opens_the_circuit_of_one_channel_alone(
    vendor: SandboxControl, synced: Connection
) -> None:
    before = vendor.last_call()
    mine = {"allThreadsRelatedToChannelId": synced.external_id}
    vendor.fault("error", {"path": "commentThreads", "params": mine}, status=503)

    run = walk(synced, "comments")

    assert run.due_at is not None
    assert timedelta(seconds=590) < run.due_at - timezone.now() < timedelta(seconds=760)
    assert len(vendor.calls("commentThreads", since=before)) == 6
    synced.refresh_from_db()
    assert "503" in synced.last_error

    other = connect(vendor, make_workspace(), "slow-miles")
    work_off(other)
    check_synced(vendor, other)
    assert walk(synced, "video_stats").state == SyncRun.State.SUCCEEDED

    opened_at, asked = timezone.now(), vendor.last_call()
    for minutes in range(15, 61, 15):
        with at(opened_at + timedelta(minutes=minutes)):
            work_off(synced)
    assert len(vendor.calls("commentThreads", since=asked)) == 4, "one careful try each ten minutes at most"
    vendor.heal()
    with at(opened_at + timedelta(minutes=75)):
        work_off(synced)

    run.refresh_from_db()
    synced.refresh_from_db()
    assert (run.state, synced.last_error) == (SyncRun.State.SUCCEEDED, "")
    check_synced(vendor, synced)


@contextmanager
def nobody_answers() -> Iterator[str]:
    """An address whose queue of connections is full: a further one is never accepted nor refused."""
    with ExitStack() as sockets:
        server = sockets.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(2):
            waiting = sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_rel_19_a_host_that_does_not_answer_costs_a_timeout(
    vendor: SandboxControl, synced: Connection, settings: Settings
) -> None:
    settings.HTTP_TIMEOUT_SECONDS, address = 0.3, settings.YOUTUBE_API_URL
    with nobody_answers() as settings.YOUTUBE_API_URL:
        started = timezone.now()
        run = step(start(synced, "comments"))
        took = timezone.now() - started

    assert took < timedelta(seconds=1.5)
    assert (run.state, run.reason_code) == (SyncRun.State.WAITING, "network")
    settings.YOUTUBE_API_URL = address
    work_off(synced)
    check_synced(vendor, synced)


@pytest.mark.parametrize(
    ("effect", "args", "code"),
    [
        pytest.param("delay", {"seconds": 2}, "network", id="nothing-is-sent"),
        pytest.param("drip", {"seconds": 0.1, "bytes": 1}, "deadline", id="a-byte-at-a-time"),
    ],
)
def test_rel_19_an_answer_that_takes_too_long_is_cut_off(
    vendor: SandboxControl, synced: Connection, settings: Settings, effect: str, args: dict[str, Any], code: str
) -> None:
    settings.HTTP_TIMEOUT_SECONDS, settings.HTTP_DEADLINE_SECONDS = 0.4, 0.8
    vendor.fault(effect, {"path": "commentThreads", "nth": 1}, **args)

    started = timezone.now()
    run = step(start(synced, "comments"))
    took = timezone.now() - started

    assert took < timedelta(seconds=1.5)
    assert (run.state, run.reason_code) == (SyncRun.State.WAITING, code)
    check_always(vendor, synced)
    work_off(synced)
    check_synced(vendor, synced)
