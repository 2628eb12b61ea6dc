"""Reading stored comments again: after new rules, a correction of them, or a sync without them."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils import timezone

from connections.models import Connection
from connections.records import Signals
from connections.registry import platform_of
from crm.bulk_upsert import upsert
from crm.enriching import Authored, enrich
from crm.intake_lock import lock_workspace
from crm.models import Interaction
from crm.stored_signals import corrections_of, derives


def enrich_again(interaction_ids: Collection[int]) -> int:
    """Write fresh signals to comments and to the platforms' own rows of them; says how many.

    Deleted and unknown ones are passed over, as are those of a workspace that has derived metrics switched
    off. A person's corrections stay in force. One transaction a workspace; safe to run twice or in parallel.
    """
    by_workspace: defaultdict[int, list[int]] = defaultdict(list)
    places = Interaction.objects.filter(pk__in=list(interaction_ids)).order_by("workspace_id")
    for workspace_id, interaction_id in places.values_list("workspace_id", "pk"):
        by_workspace[workspace_id].append(interaction_id)
    return sum(_enrich_workspace(workspace_id, ids) for workspace_id, ids in by_workspace.items())


@transaction.atomic
def _enrich_workspace(workspace_id: int, interaction_ids: list[int]) -> int:
    workspace = lock_workspace(workspace_id)
    rows = [
        row
        for row in Interaction.objects.filter(pk__in=interaction_ids, deleted_at=None)
        .select_related("connection", "fan")
        .order_by("connection_id", "platform_id")
        if derives(workspace, row.platform)
    ]
    corrections = corrections_of([row.pk for row in rows])
    found = enrich([Authored(row, row.fan, is_counted=True) for row in rows], corrections, timezone.now())
    upsert(rows, unique=("connection", "platform_id"), update=Interaction.SIGNAL_COLUMNS)
    _tell_platforms(rows, found)
    return len(rows)


def _tell_platforms(rows: Sequence[Interaction], found: Sequence[Signals]) -> None:
    by_connection: defaultdict[Connection, dict[str, Signals]] = defaultdict(dict)
    for row, signals in zip(rows, found, strict=True):
        by_connection[row.connection][row.platform_id] = signals
    for connection, signals_by_id in by_connection.items():
        platform_of(connection).store_signals(connection, signals_by_id)
