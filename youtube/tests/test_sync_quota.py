from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from connections import quota, sync
from connections.errors import QuotaExhausted
from connections.models import Connection, QuotaLedger, SyncRun, Workspace
from connections.tests.working import at, due, walk, work_off
from youtube.streams import CompleteCommentsStream
from youtube.tests.connecting import connect
from youtube.tests.invariants import check_always, check_synced
from youtube.tests.sandbox_control import SandboxControl

PACIFIC = ZoneInfo("America/Los_Angeles")
JITTER = timedelta(minutes=2)


def leave(units: int, share: float = 1.0) -> QuotaLedger:
    """Make today's ledger look as if syncs that may use this share may spend only so many units more."""
    ledger = QuotaLedger.objects.get(bucket="default", day=timezone.now().astimezone(PACIFIC).date())
    ledger.used = int((ledger.limit - ledger.reserved) * share) - units
    ledger.save()
    return ledger


def next_midnight() -> datetime:
    tomorrow = timezone.now().astimezone(PACIFIC).date() + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=PACIFIC)


@pytest.mark.usefixtures("small_pages")
def test_rel_31_a_walk_that_uses_up_the_quota_parks_and_resumes_at_its_page(
    vendor: SandboxControl, synced: Connection
) -> None:
    before, midnight = vendor.last_call(), next_midnight()
    leave(5, CompleteCommentsStream.quota_share)

    run = walk(synced, "comments_complete")

    assert len(vendor.calls(since=before)) == 5
    assert (run.state, run.reason_code, run.units) == (SyncRun.State.WAITING, "quota", 5)
    assert midnight <= due(run) <= midnight + JITTER
    check_always(vendor, synced)
    quota.reserve("youtube", "default", 50, for_people=True)
    assert run.cursor["page_token"], "it stopped inside of a list"

    parked, token = vendor.last_call(), run.cursor["page_token"]
    sync.advance(run.pk)
    assert vendor.calls(since=parked) == []
    with at(due(run) + timedelta(seconds=1)):
        work_off(synced)
        run.refresh_from_db()
        assert run.state == SyncRun.State.SUCCEEDED
    assert vendor.calls("commentThreads", since=parked)[0].params["pageToken"] == token
    check_synced(vendor, synced)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 11, 1), 25), (date(2027, 3, 14), 23), (date(2027, 3, 15), 24)])
@pytest.mark.django_db(transaction=True)
def test_rel_32_a_quota_day_is_a_pacific_date_however_long_it_is(day: date, hours: int) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=PACIFIC).astimezone(UTC)
    for half_hours in range(-2, 2 * hours + 2):
        with at(midnight + timedelta(minutes=30 * half_hours)):
            quota.reserve("youtube", "default", 1)

    one_day = timedelta(days=1)
    assert dict(QuotaLedger.objects.values_list("day", "used")) == {
        day - one_day: 2,
        day: 2 * hours,
        day + one_day: 2,
    }


@pytest.mark.parametrize(
    ("moment", "reset"),
    [
        # The clock strikes one twice on this day …
        (datetime(2026, 11, 1, 8, 30, tzinfo=UTC), datetime(2026, 11, 2, 8, 0, tzinfo=UTC)),
        # … and skips the hour after two on this one.
        (datetime(2027, 3, 14, 9, 30, tzinfo=UTC), datetime(2027, 3, 15, 7, 0, tzinfo=UTC)),
    ],
)
def test_rel_32_a_walk_parked_on_the_day_of_the_change_resumes_once_at_midnight(
    vendor: SandboxControl, workspace: Workspace, moment: datetime, reset: datetime
) -> None:
    with at(moment):
        vendor.post("reset")
        connection = connect(vendor, workspace)
        work_off(connection)
        leave(0)
        run = walk(connection, "comments")
        resumes = due(run)
        assert reset <= resumes <= reset + JITTER
    with at(resumes + timedelta(seconds=1)):
        work_off(connection)
        check_synced(vendor, connection)
    assert SyncRun.objects.get(pk=run.pk).state == SyncRun.State.SUCCEEDED
    assert QuotaLedger.objects.filter(bucket="default").count() == 2


@pytest.mark.parametrize("as_429", [False, True])
def test_rel_33_when_youtube_says_that_nothing_is_left_it_is_believed(
    vendor: SandboxControl, synced: Connection, as_429: bool
) -> None:
    leave(500)
    before = vendor.last_call()
    vendor.fault("quota_exceeded", {"path": "/youtube/v3/"}, as_429=as_429)

    runs = [walk(synced, stream) for stream in ("comments", "comments_complete", "videos", "channel")]

    assert len(vendor.calls(since=before)) == 1, "one refusal is enough for all"
    assert QuotaLedger.objects.get(bucket="default").exhausted_at is not None
    for run in runs:
        assert next_midnight() <= due(run) <= next_midnight() + JITTER
    with pytest.raises(QuotaExhausted):
        quota.reserve("youtube", "default", 50, for_people=True)
    check_always(vendor, synced)

    vendor.heal()
    with at(next_midnight() + JITTER):
        work_off(synced)
    check_synced(vendor, synced)
