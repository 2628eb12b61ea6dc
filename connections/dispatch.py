"""Sends a run's id to a worker. A broker that is down costs minutes, never work: the sweep finds the run."""

import logging
from datetime import timedelta

from celery import current_app
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from connections.after_commit import after_commit
from connections.models import SyncRun

logger = logging.getLogger(__name__)

# Longer waits stay in the database: the broker forgets, and redelivers what it holds for long.
LONGEST_COUNTDOWN_SECONDS = 300
# A message that arrives before the database's clock says that its run is due would be spent for nothing.
MARGIN_SECONDS = 0.5


def dispatch(run: SyncRun, seconds: float = 0) -> bool:
    """Publish "advance this run" once the transaction commits, to arrive when it is due in so many seconds.

    False if that is too far away to be sent now; the sweep will.
    """
    if seconds > LONGEST_COUNTDOWN_SECONDS:
        return False
    SyncRun.objects.filter(pk=run.pk).update(dispatched_at=Now() + timedelta(seconds=seconds))
    countdown = seconds + MARGIN_SECONDS if seconds else None
    after_commit(_publish, run.pk, countdown)
    return True


def _publish(run_id: int, countdown: float | None) -> None:
    try:
        current_app.send_task("connections.tasks.advance_run", args=[run_id], countdown=countdown)
    except OperationalError as error:
        logger.warning("The broker is out of reach (%s); run %s waits for the sweep", type(error).__name__, run_id)
