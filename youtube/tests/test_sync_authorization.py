"""What losing, expiring and renewing access does to a sync; `connections/tests/test_tokens.py` has the tokens alone."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from connections import schedule, sync
from connections.models import AuditEvent, Connection, SyncRun, Workspace
from connections.tests.at_once import at_once
from connections.tests.working import at, step, walk, work_off
from youtube.client import YouTubeClient
from youtube.tests.connecting import connect
from youtube.tests.invariants import check_always, check_synced, stored_comments
from youtube.tests.sandbox_control import SandboxControl


def try_everything(connection: Connection) -> None:
    """All that starts work on an account by itself."""
    for run in SyncRun.objects.open().filter(connection=connection):
        sync.advance(run.pk)
    sync.sweep()
    for stream in ("channel", "videos", "comments", "comments_complete", "video_stats"):
        schedule.start_everywhere("youtube", stream)
    work_off(connection)


def refreshes(vendor: SandboxControl, since: int = 0) -> int:
    return len([call for call in vendor.calls(since=since) if call.path == "/token"])


def assert_stopped(vendor: SandboxControl, connection: Connection) -> None:
    """It is said once, to a person, and nothing more is asked of YouTube."""
    connection.refresh_from_db()
    assert connection.status == Connection.Status.NEEDS_REAUTH
    assert connection.last_error
    assert [message.to for message in mail.outbox] == [["mara@spoke.example"]]
    assert AuditEvent.objects.filter(kind=AuditEvent.Kind.AUTHORIZATION_LOST).count() == 1
    before = vendor.last_call()
    try_everything(connection)
    assert vendor.calls(since=before) == []
    assert len(mail.outbox) == 1


@pytest.mark.usefixtures("small_pages")
def test_rel_25_access_revoked_between_two_pages_keeps_the_first_and_resumes_at_the_second(
    vendor: SandboxControl, connection: Connection, workspace: Workspace
) -> None:
    vendor.fault("revoke_token", {"path": "commentThreads", "nth": 5})
    work_off(connection)

    run = SyncRun.objects.get(stream="comments")
    refused = vendor.calls("commentThreads")[-1]
    kept = stored_comments(connection)
    assert refused.status == 401
    assert "pageToken" in refused.params
    assert (run.state, run.due_at) == (SyncRun.State.WAITING, None)
    assert run.pages == len(vendor.calls("commentThreads") + vendor.calls("comments")) - 1
    assert kept
    check_always(vendor, connection)
    assert_stopped(vendor, connection)

    connect(vendor, workspace)
    before = vendor.last_call()
    run.refresh_from_db()
    step(run)

    assert vendor.calls("commentThreads", since=before)[0].params == refused.params
    work_off(connection)
    assert kept.keys() <= stored_comments(connection).keys()
    check_synced(vendor, connection)


def test_invalid_grant_stops_the_account_and_says_why(vendor: SandboxControl, synced: Connection) -> None:
    before = vendor.last_call()
    vendor.post("tokens/revoke")

    run = walk(synced, "comments")

    assert [call.status for call in vendor.calls(since=before)] == [401, 400], "one call, one try to refresh"
    assert (run.state, run.due_at) == (SyncRun.State.WAITING, None)
    assert_stopped(vendor, synced)


def test_a_refusal_that_survives_a_refresh_stops_the_account(vendor: SandboxControl, synced: Connection) -> None:
    before = vendor.last_call()
    vendor.fault("error", {"path": "/youtube/v3/"}, status=401, reason="authError")

    walk(synced, "comments")

    assert [(call.method, call.status) for call in vendor.calls(since=before)] == [
        ("commentThreads", 401),
        ("/token", 200),
        ("commentThreads", 401),
    ]
    assert_stopped(vendor, synced)


@pytest.mark.usefixtures("small_pages")
def test_rel_26_a_token_that_expires_between_two_pages_goes_unnoticed(
    vendor: SandboxControl, synced: Connection
) -> None:
    before = vendor.last_call()
    vendor.fault("expire_token", {"path": "commentThreads", "nth": 3})

    run = walk(synced, "comments_complete")

    assert (run.state, run.attempts, run.reason) == (SyncRun.State.SUCCEEDED, 0, "")
    assert refreshes(vendor, since=before) == 1
    assert [call.status for call in vendor.calls(since=before)].count(401) == 1
    synced.refresh_from_db()
    assert (synced.status, synced.last_error, mail.outbox) == (Connection.Status.ACTIVE, "", [])


def test_rel_26_a_token_past_its_hour_is_renewed_before_it_is_refused(
    vendor: SandboxControl, synced: Connection
) -> None:
    before = vendor.last_call()
    for hours in (1, 2, 3):
        with at(timezone.now() + timedelta(hours=hours, minutes=1)):
            assert walk(synced, "comments").state == SyncRun.State.SUCCEEDED

    assert {call.status for call in vendor.calls(since=before)} == {200}
    assert refreshes(vendor, since=before) == 3


@pytest.mark.postgres
def test_rel_27_two_workers_refresh_one_token_once(vendor: SandboxControl, synced: Connection) -> None:
    vendor.post("settings", rotate_refresh_tokens=True)
    vendor.post("tokens/expire")
    before = vendor.last_call()

    def ask() -> object:
        return YouTubeClient(synced, lambda bucket, units: None).my_channel()

    answers = at_once(*[ask] * 4)

    assert [answer["id"] for answer in answers] == [synced.external_id] * 4
    assert refreshes(vendor, since=before) == 1
    vendor.post("tokens/expire")
    assert ask(), "the refresh token that was rotated in is the one that is kept"


def test_rel_28_a_refresh_that_answers_no_refresh_token_keeps_the_old_one(
    vendor: SandboxControl, synced: Connection
) -> None:
    vendor.post("settings", refresh_answers_refresh_token=False)
    before = vendor.last_call()

    for _ in range(3):
        vendor.post("tokens/expire")
        assert walk(synced, "comments").state == SyncRun.State.SUCCEEDED

    assert refreshes(vendor, since=before) == 3


@pytest.mark.parametrize(("effect", "args"), [("drop", {}), ("error", {"status": 503}), ("html", {"status": 200})])
def test_rel_29_a_refresh_that_does_not_get_through_is_no_lost_access(
    vendor: SandboxControl, synced: Connection, effect: str, args: dict[str, int]
) -> None:
    vendor.post("tokens/expire")
    vendor.fault(effect, {"path": "/token", "times": 3}, **args)
    before = vendor.last_call()

    run = walk(synced, "comments")

    assert refreshes(vendor, since=before) == 4
    assert run.state == SyncRun.State.SUCCEEDED
    synced.refresh_from_db()
    assert (synced.status, mail.outbox) == (Connection.Status.ACTIVE, [])
    check_synced(vendor, synced)
