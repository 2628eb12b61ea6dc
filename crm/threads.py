"""Threads: replies find their parents whichever comes first."""

from collections.abc import Collection

from django.db.models import DateTimeField, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest

from crm.models import Interaction


def link_replies(connection_id: int, thread_ids: Collection[str]) -> int:
    """Link replies of these threads to a parent or root that has arrived since; one query. Says how many."""
    same_connection = Interaction.objects.filter(connection_id=connection_id).order_by()
    waiting = Interaction.objects.filter(
        Q(thread_root__isnull=True, type=Interaction.Type.REPLY) | Q(parent__isnull=True, type=Interaction.Type.REPLY),
        connection_id=connection_id,
        thread_platform_id__in=sorted(thread_ids),
    )
    root = same_connection.filter(platform_id=OuterRef("thread_platform_id")).values("pk")
    parent = same_connection.filter(platform_id=OuterRef("parent_platform_id")).values("pk")
    return waiting.update(thread_root_id=Subquery(root), parent_id=Subquery(parent))


def refresh_last_activity(connection_id: int, thread_ids: Collection[str]) -> None:
    """Set when anybody last wrote in these threads, from the replies that stand; one query."""
    roots = Interaction.objects.filter(
        connection_id=connection_id, platform_id__in=sorted(thread_ids), type=Interaction.Type.COMMENT
    )
    latest = (
        Interaction.objects.filter(thread_root=OuterRef("pk"), deleted_at=None)
        .order_by()
        .values("thread_root")
        .values(latest=Max("platform_created_at"))
    )
    written = F("platform_created_at")
    last = Greatest(written, Coalesce(Subquery(latest), written), output_field=DateTimeField())
    roots.exclude(last_activity_at=last).update(last_activity_at=last)
