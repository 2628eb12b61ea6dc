"""One intake at a time in a workspace."""

from connections.models import Workspace


def lock_workspace(workspace_id: int) -> Workspace:
    """The workspace, its row locked until the transaction ends. Call it before reading what you will write.

    The intake reads a page's comments and fans, decides, and writes them back; two of them at once would
    each miss what the other adds (a fan's totals, a newer text) or wait for each other in a circle when a
    transaction holds several pages. A transaction lasts milliseconds and fetches nothing, so they queue.
    Whoever changes a signal, a correction or a fan's identity takes the same lock. Triage does not.
    On SQLite, where a writer is alone anyway, this only reads.
    """
    return Workspace.objects.select_for_update(no_key=True).get(pk=workspace_id)
