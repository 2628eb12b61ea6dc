"""Between django-celery-beat's rows, which operators edit, and the runs that they start."""

from django.db import close_old_connections
from django.utils import timezone

from connections.models import Connection
from connections.sync import start_run


def start_everywhere(platform: str, stream: str, connection_id: int | None = None) -> int:
    """Start a stream's run on every connected account of a platform, or on one. Returns how many are open.

    The minute names the slot: two beats that tick together, or a task delivered twice, start one run; a
    beat that slept for hours starts one run too, since nothing of what it missed is kept.
    """
    close_old_connections()
    slot = timezone.now().strftime("%Y-%m-%dT%H:%M")
    connections = Connection.objects.filter(platform=platform, status=Connection.Status.ACTIVE)
    if connection_id is not None:
        connections = connections.filter(pk=connection_id)
    runs = [start_run(connection, stream, slot=slot) for connection in connections.order_by("pk").iterator()]
    return sum(run is not None for run in runs)
