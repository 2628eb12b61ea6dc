"""The schedule as beat keeps it."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from connections.models import Connection, SyncRun
from connections.tests.working import work_off
from youtube.tests.invariants import check_synced
from youtube.tests.processes.installation import Installation
from youtube.tests.sandbox_control import SandboxControl

pytestmark = pytest.mark.timeout(240)

TICK = "Sending due task YouTube: new comments"


@pytest.fixture
def schedule(installation: Installation, connection: Connection) -> PeriodicTask:
    """New comments each fifteen minutes, last looked for six hours ago; the channel is synced."""
    work_off(connection)
    quarter, _ = IntervalSchedule.objects.get_or_create(every=15, period=IntervalSchedule.MINUTES)
    task = PeriodicTask.objects.get(task="youtube.tasks.sync_youtube_comments")
    task.enabled, task.interval, task.last_run_at = True, quarter, timezone.now() - timedelta(hours=6)
    task.save()
    return task


def scheduled_runs() -> list[SyncRun]:
    return list(SyncRun.objects.filter(stream="comments").exclude(slot=""))


def test_rel_53_two_beats_start_one_run_a_slot(
    installation: Installation, vendor: SandboxControl, connection: Connection, schedule: PeriodicTask
) -> None:
    new = vendor.comment(video=vendor.videos(connection.external_id)[0]["id"], n=3)
    beats = [installation.start_beat(), installation.start_beat()]
    installation.wait_for(lambda: all(beat.says(TICK) for beat in beats), "both beats have ticked")

    worker = installation.start_worker()
    received = "Task youtube.tasks.sync_youtube_comments["
    installation.wait_for(lambda: worker.says(f"{received}") >= 4, "both ticks are done")
    installation.wait_until_synced(connection)

    runs = scheduled_runs()
    assert set(Counter(run.slot for run in runs).values()) == {1}
    assert len(runs) == 1
    assert new
    check_synced(vendor, connection)


def test_rel_54_a_beat_that_slept_for_hours_catches_up_once(
    installation: Installation, vendor: SandboxControl, connection: Connection, schedule: PeriodicTask
) -> None:
    worker, beat = installation.start_worker(), installation.start_beat()
    installation.wait_for(scheduled_runs, "the schedule starts a run")
    swept = worker.says("Task connections.tasks.sweep[")
    installation.wait_for(lambda: worker.says("Task connections.tasks.sweep[") >= swept + 6, "beat has ticked on")
    installation.wait_until_synced(connection)

    assert beat.says(TICK) == 1
    assert len(scheduled_runs()) == 1
    check_synced(vendor, connection)
