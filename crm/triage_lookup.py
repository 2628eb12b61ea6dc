"""What the platforms' own pages and API show of a comment's triage."""

from collections.abc import Sequence

from connections.models import Connection
from connections.registry import Triage
from crm.models import Interaction


def triage_lookup(connection: Connection, platform_ids: Sequence[str]) -> dict[str, Triage]:
    """Triage by platform id; comments we do not hold are absent. Three queries, however many ids.

    For pages that have already established that the person may see this connection.
    """
    rows = (
        Interaction.objects.filter(connection=connection, platform_id__in=list(platform_ids))
        .select_related("assigned_to")
        .prefetch_related("tags", "notes")
        .order_by()
    )
    return {row.platform_id: _triage(row) for row in rows}


def _triage(row: Interaction) -> Triage:
    return Triage(
        interaction_id=row.pk,
        interaction_uuid=str(row.uuid),
        status=row.status,
        tags=tuple(tag.name for tag in row.tags.all()),
        assigned_to=row.assigned_to.get_username() if row.assigned_to else "",
        internal_notes="\n".join(f"{note.author_name}: {note.text}" for note in row.notes.all()),
        workflow="",
        workflow_action="",
        replied_at=row.replied_at,
        response_text=row.response_text,
    )
