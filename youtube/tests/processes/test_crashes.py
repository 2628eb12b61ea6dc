"""Workers that die, are stopped or fall asleep in the middle of a page."""

import signal
import time
from collections import Counter

import pytest

from connections import faults, sync
from connections.models import Connection, StreamState, SyncRun
from connections.tests.working import work_off
from youtube.tests.invariants import check_always, check_synced, stored_comments
from youtube.tests.processes.installation import Installation, Process
from youtube.tests.sandbox_control import SandboxControl

pytestmark = pytest.mark.timeout(240)

# At which pass of each fault point a worker of these tests dies, if the test does not say.
DIES_AT = {"after_fetch": 9, "after_page_commit": 9, "before_finish": 1}


def test_every_fault_point_is_used() -> None:
    assert DIES_AT.keys() == set(faults.POINTS)


def crash_worker(installation: Installation, point: str, nth: int | None = None) -> Process:
    """Run a worker into a fault point and end what is left of it."""
    worker = installation.start_worker(FAULT_POINT=f"{point}:{nth or DIES_AT[point]}")
    installation.wait_for(lambda: worker.has_lost_its_child, f"the worker dies at {point}")
    worker.signal(signal.SIGKILL)
    return worker


def pages_asked_twice(vendor: SandboxControl) -> list[tuple[tuple[str, str], ...]]:
    """Pages after the first of any list of comments that were asked for more than once."""
    pages = Counter(
        tuple(sorted(call.params.items()))
        for call in vendor.calls()
        if call.method in ("commentThreads", "comments") and "pageToken" in call.params
    )
    return [page for page, times in pages.items() if times > 1]


def test_rel_01_a_worker_killed_after_a_fetch_asks_for_the_page_again(
    installation: Installation, vendor: SandboxControl, connection: Connection
) -> None:
    installation.start_beat()
    crash_worker(installation, "after_fetch")
    asked = [call for call in vendor.calls() if call.is_data_api][-1]
    check_always(vendor, connection)

    installation.start_worker()
    installation.wait_until_synced(connection)

    repeated = [call for call in vendor.calls() if call.params == asked.params]
    assert [call.status for call in repeated] == [200, 200]
    check_synced(vendor, connection)


def test_rel_02_a_worker_killed_after_a_page_was_stored_goes_on_with_the_next(
    installation: Installation, vendor: SandboxControl, connection: Connection
) -> None:
    installation.start_beat()
    crash_worker(installation, "after_page_commit")
    check_always(vendor, connection)
    kept, before, died_at = stored_comments(connection), vendor.last_call(), time.monotonic()

    installation.start_worker()
    installation.wait_for(lambda: vendor.calls(since=before), "the walk goes on")
    assert time.monotonic() - died_at < 120
    installation.wait_until_synced(connection)

    assert kept
    assert pages_asked_twice(vendor) == []
    check_synced(vendor, connection)


def test_rel_03_comments_that_arrive_above_a_crash_leave_no_hole_below_it(
    installation: Installation, vendor: SandboxControl, connection: Connection
) -> None:
    work_off(connection)
    video = vendor.videos(connection.external_id)[0]["id"]
    began = int(time.time()) - 7200
    new = {
        comment_id
        for minutes in range(0, 75, 5)
        for comment_id in vendor.comment(video=video, n=10, text="Unseen", published=began + minutes * 60)
    }
    run = sync.start_run(connection, "comments")
    installation.start_beat()
    crash_worker(installation, "after_page_commit", 5)
    stored = new & stored_comments(connection).keys()
    assert len(stored) == 60, "three pages of published comments, after one of each queue"
    check_always(vendor, connection)

    above = set(vendor.comment(video=video, n=30, text="While the worker was dead"))
    installation.start_worker()
    installation.wait_until_synced(connection)

    assert new <= stored_comments(connection).keys()
    check_always(vendor, connection)
    assert run is not None
    assert SyncRun.objects.get(pk=run.pk).state == SyncRun.State.SUCCEEDED
    sync.start_run(connection, "comments")
    installation.wait_until_synced(connection)
    assert above <= stored_comments(connection).keys()
    check_synced(vendor, connection)


def test_a_worker_killed_while_it_ends_a_walk_has_moved_no_watermark(
    installation: Installation, vendor: SandboxControl, connection: Connection
) -> None:
    work_off(connection)
    before = StreamState.objects.get(connection=connection, stream="comments").watermark
    vendor.comment(video=vendor.videos(connection.external_id)[0]["id"], n=5)
    sync.start_run(connection, "comments")
    installation.start_beat()
    crash_worker(installation, "before_finish")

    assert StreamState.objects.get(connection=connection, stream="comments").watermark == before
    check_always(vendor, connection)
    installation.start_worker()
    installation.wait_until_synced(connection)
    assert StreamState.objects.get(connection=connection, stream="comments").watermark != before
    check_synced(vendor, connection)


def test_rel_04_another_worker_goes_on_when_a_whole_container_is_killed(
    installation: Installation, vendor: SandboxControl, connection: Connection
) -> None:
    installation.hold_page(6, seconds=20)
    installation.start_beat()
    worker = installation.start_worker()
    held = installation.wait_for_page(6)

    installation.start_worker()
    worker.signal(signal.SIGKILL)
    killed_at = time.monotonic()
    installation.wait_for(lambda: vendor.calls("commentThreads", since=held.number), "another worker goes on")

    assert time.monotonic() - killed_at < 30
    installation.wait_until_synced(connection)
    check_synced(vendor, connection)


def test_rel_05_a_worker_told_to_stop_finishes_its_page_and_leaves_the_rest(
    installation: Installation, vendor: SandboxControl, connection: Connection
) -> None:
    installation.hold_page(6, seconds=2)
    installation.start_beat()
    worker = installation.start_worker()
    held = installation.wait_for_page(6)

    worker.terminate()
    installation.wait_for(lambda: worker.popen.poll() is not None, "the worker stops", 45)

    assert worker.popen.returncode == 0
    page = next(call for call in vendor.calls() if call.number == held.number)
    assert page.status == 200
    assert not SyncRun.objects.exclude(lease_until=None).exists(), "it gave everything back"
    check_always(vendor, connection)
    installation.start_worker()
    installation.wait_until_synced(connection)
    assert pages_asked_twice(vendor) == []
    check_synced(vendor, connection)


def test_rel_52_a_worker_that_slept_past_its_lease_cannot_write(
    installation: Installation, vendor: SandboxControl, connection: Connection
) -> None:
    installation.hold_page(6, seconds=2)
    installation.start_beat()
    sleeper = installation.start_worker()
    held = installation.wait_for_page(6)
    sleeper.signal(signal.SIGSTOP)

    installation.start_worker()
    installation.wait_for(lambda: vendor.calls("commentThreads", since=held.number), "another worker takes over")
    sleeper.signal(signal.SIGCONT)
    installation.wait_for(
        lambda: sleeper.says("was taken over by another worker"), "the worker notices that it was too late"
    )
    installation.wait_until_synced(connection)

    fetched = [call for call in vendor.calls("commentThreads") if call.params == held.params]
    assert len(fetched) == 2
    pages = sum(SyncRun.objects.filter(stream="comments").values_list("pages", flat=True))
    # On a slow machine the complete walk may have begun meanwhile: then more pages were asked for than these.
    assert pages <= len(pages_asked_for(vendor)), "the page that came too late was not counted"
    check_synced(vendor, connection)


def pages_asked_for(vendor: SandboxControl) -> set[tuple[tuple[str, str], ...]]:
    """Different pages of the whole channel's comments."""
    calls = vendor.calls()
    return {
        tuple(sorted(call.params.items()))
        for call in calls
        if call.method in ("commentThreads", "comments") and "videoId" not in call.params
    }
