from connections.models import Connection, SyncRun
from connections.tests.working import walk
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
