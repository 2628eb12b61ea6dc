from connections import sync
from connections.models import Connection, SyncRun, Workspace
from connections.tests.working import walk
from youtube.tests.connecting import connect
from youtube.tests.invariants import check_synced
from youtube.tests.sandbox_control import SandboxControl


def test_the_first_sync_stores_everything_there_is(vendor: SandboxControl, synced: Connection) -> None:
    check_synced(vendor, synced)
    assert not SyncRun.objects.open().exists()


def test_a_second_sync_changes_nothing(vendor: SandboxControl, synced: Connection) -> None:
    walk(synced, "comments")
    run = walk(synced, "comments_complete")

    assert (run.state, run.created, run.updated, run.removed) == (SyncRun.State.SUCCEEDED, 0, 0, 0)
    check_synced(vendor, synced)


def test_a_run_that_has_to_wait_for_another_gives_its_turn_away(vendor: SandboxControl, workspace: Workspace) -> None:
    connection = connect(vendor, workspace)
    SyncRun.objects.update(dispatched_at=None)

    sync.advance(SyncRun.objects.get(connection=connection, stream="comments").pk)

    assert SyncRun.objects.get(connection=connection, stream="comments").reason_code == "after"
    assert SyncRun.objects.get(connection=connection, stream="channel").dispatched_at is not None
