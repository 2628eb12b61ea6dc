from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from connections.models import Connection, SyncRun
from connections.tests.working import work_off
from youtube.tasks import sync_youtube_comments


@pytest.fixture
def minute() -> Iterator[None]:
    """The middle of a minute, so that no test ends in another one than it began in."""
    with time_machine.travel(timezone.now().replace(second=30), tick=True):
        yield


def runs_of_the_schedule() -> int:
    return SyncRun.objects.filter(stream="comments", trigger=SyncRun.Trigger.SCHEDULE).count()


def test_rel_53_one_tick_that_comes_twice_starts_one_run(synced: Connection, minute: None) -> None:
    sync_youtube_comments()
    sync_youtube_comments()

    assert runs_of_the_schedule() == 1


def test_rel_53_not_even_when_the_run_has_ended_before_the_tick_comes_again(synced: Connection, minute: None) -> None:
    sync_youtube_comments()
    work_off(synced)
    sync_youtube_comments()

    assert not SyncRun.objects.open().exists()
    assert runs_of_the_schedule() == 1


def test_rel_54_ticks_kept_by_the_broker_while_nothing_ran_start_one_run(synced: Connection, minute: None) -> None:
    for _ in range(72):
        sync_youtube_comments()

    work_off(synced)
    assert runs_of_the_schedule() == 1


def test_the_next_tick_starts_the_next_run(synced: Connection, minute: None) -> None:
    sync_youtube_comments()
    work_off(synced)
    with time_machine.travel(timezone.now() + timedelta(minutes=15), tick=True):
        sync_youtube_comments()

    assert runs_of_the_schedule() == 2
