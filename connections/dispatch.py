"""Sends a run's id to a worker. A broker that is down costs minutes, never work: the sweep finds the run."""

import logging
from datetime import timedelta
from functools import partial

from celery import current_app
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from connections.models import SyncRun

logger = logging.getLogger(__name__)

# Longer waits stay in the database: the broker forgets, and redelivers what it holds for long.
LONGEST_COUNTDOWN = timedelta(minutes=5)


def dispatch(run: SyncRun) -> bool:
    """Publish "advance this run" once the transaction commits; False if it is due too late to be sent now."""
    if run.due_at is None:
        return False
    wait = run.due_at - timezone.now()
    if wait > LONGEST_COUNTDOWN:
        return False
    SyncRun.objects.filter(pk=run.pk).update(dispatched_at=timezone.now() + max(wait, timedelta()))
    transaction.on_commit(partial(_publish, run.pk, max(wait.total_seconds(), 0)), robust=True)
    return True


def _publish(run_id: int, countdown: float) -> None:
    try:
        current_app.send_task("connections.tasks.advance_run", args=[run_id], countdown=countdown or None)
    except OperationalError as error:
        logger.warning("The broker is out of reach (%s); run %s waits for the sweep", type(error).__name__, run_id)
