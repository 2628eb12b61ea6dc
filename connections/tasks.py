from celery import shared_task
from django.db import close_old_connections

from connections import connecting, sync


@shared_task(name="connections.tasks.advance_run", max_retries=2, default_retry_delay=10)
def advance_run(run_id: int) -> None:
    close_old_connections()
    sync.advance(run_id)


@shared_task(name="connections.tasks.sweep")
def sweep() -> None:
    close_old_connections()
    sync.sweep()


@shared_task(name="connections.tasks.purge_disconnected")
def purge_disconnected() -> None:
    close_old_connections()
    connecting.purge_disconnected()
