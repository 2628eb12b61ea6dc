import threading
import time

import pytest
from django.db import connection as database
from django.db import transaction

from connections import sync
from connections.models import Connection, SyncRun, Workspace
from connections.tests.at_once import at_once
from connections.tests.working import work_off
from youtube.models import YouTubeComment
from youtube.tests.connecting import connect
from youtube.tests.invariants import check_synced
from youtube.tests.sandbox_control import SandboxControl

pytestmark = pytest.mark.postgres


def deadlocks() -> int:
    """How many PostgreSQL has resolved in this database, once the statistics of every session have arrived."""
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def wait_until_somebody_waits_for_us() -> None:
    give_up_at = time.monotonic() + 20
    with database.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute("SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))")
            if cursor.fetchone():
                return
            assert time.monotonic() < give_up_at, "nobody waits for our locks"
            time.sleep(0.02)


def test_rel_14_two_channels_with_the_same_people_are_stored_at_once_without_a_deadlock(
    vendor: SandboxControl, workspace: Workspace
) -> None:
    channels = [connect(vendor, workspace, account) for account in ("spoke-and-solder", "slow-miles")]
    for channel, order in zip(channels, (1, -1), strict=True):
        video = vendor.videos(channel.external_id)[0]["id"]
        for person in range(40)[::order]:
            vendor.comment(video=video, author=f"@person{person}", author_id=f"UCperson{person:016}", text="On both")
    before = deadlocks()

    results = at_once(*[lambda channel=channel: work_off(channel) for channel in channels])

    assert results == [None, None]
    assert deadlocks() == before
    for channel in channels:
        check_synced(vendor, channel)


def test_rel_14_a_page_that_is_the_victim_of_a_deadlock_is_stored_again(
    vendor: SandboxControl, synced: Connection
) -> None:
    comment = YouTubeComment.objects.filter(moderation="held").order_by("comment_id").first()
    run, before = sync.start_run(synced, "comments"), deadlocks()
    assert comment is not None
    assert run is not None
    vendor.patch(f"comments/{comment.comment_id}", text="Changed, so that its row is written")
    has_comment = threading.Event()

    def hold_the_comment_then_want_the_run() -> None:
        with transaction.atomic():
            YouTubeComment.objects.select_for_update().get(pk=comment.pk)
            has_comment.set()
            wait_until_somebody_waits_for_us()
            SyncRun.objects.select_for_update().get(pk=run.pk)

    def store_a_page() -> SyncRun | None:
        assert has_comment.wait(20)
        return sync.advance(run.pk)

    results = at_once(hold_the_comment_then_want_the_run, store_a_page)

    give_up_at = time.monotonic() + 20
    while deadlocks() == before:
        assert time.monotonic() < give_up_at, "there was no deadlock"
        time.sleep(0.05)
    [stored] = [result for result in results if result is not None]
    assert (stored.state, stored.attempts) == (SyncRun.State.SUCCEEDED, 0), results
    check_synced(vendor, synced)
