"""The list of syncs, and what becomes of records that could not be read."""

from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from connections import quarantine
from connections.errors import InvalidRecord
from connections.models import AuditEvent, Connection, QuarantinedRecord, Role, SyncRun, User
from connections.registry import platform_of
from connections.tests.factories import make_connection, make_member, make_outsider

pytestmark = pytest.mark.django_db

RUNS = reverse("admin:connections_syncrun_changelist")
RECORDS = reverse("admin:connections_quarantinedrecord_changelist")
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def account() -> Connection:
    return make_connection()


@pytest.fixture
def manager(account: Connection) -> User:
    return make_member(account.workspace, Role.MANAGER)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def run_of(account: Connection, **fields: Any) -> SyncRun:
    values = {"workspace": account.workspace, "connection": account, "stream": "comments", **fields}
    return SyncRun.objects.create(**values)


def held(account: Connection, digest: str = "1", **fields: Any) -> QuarantinedRecord:
    values = {"workspace": account.workspace, "connection": account, "stream": "comments", "raw": b"{}", "error": "?"}
    return QuarantinedRecord.objects.create(**{**values, "digest": digest, **fields})


# --- The list


def test_a_run_under_way_shows_how_far_it_is_and_asks_again(account: Connection, manager: User) -> None:
    run_of(account, state="running", seen=120, expected=480)
    page = signed_in(manager).get(RUNS).content.decode()
    assert '<progress class="gr-progress" max="480" value="120">' in page
    assert "120 of about 480 records" in page
    assert f'hx-get="{RUNS}" hx-trigger="every 3s"' in page
    assert f'<a href="{RUNS}">Refresh</a>' in page


def test_a_run_that_met_more_than_was_foretold_is_not_beyond_its_end(account: Connection, manager: User) -> None:
    run_of(account, state="running", seen=30, expected=21)
    assert 'max="21" value="21"' in signed_in(manager).get(RUNS).content.decode()


def test_nothing_asks_again_once_all_is_closed(account: Connection, manager: User) -> None:
    run_of(account, state="failed", reason=HOSTILE)
    page = signed_in(manager).get(RUNS).content.decode()
    assert "hx-get" not in page
    assert "&lt;img src=x" in page
    assert HOSTILE not in page


def test_the_script_evaluates_nothing_and_writes_no_styles(account: Connection, manager: User) -> None:
    page = signed_in(manager).get(RUNS).content.decode()
    assert """content='{"includeIndicatorStyles": false, "allowEval": false}'""" in page


def test_the_list_costs_the_same_for_one_run_and_three(account: Connection, manager: User) -> None:
    client, counts = signed_in(manager), []
    for streams in (("a",), ("b", "c")):
        for stream in streams:
            run_of(account, stream=stream, state="running", expected=10)
        with CaptureQueriesContext(database) as captured:
            assert client.get(RUNS).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


# --- Quarantine


@pytest.fixture
def stream(account: Connection, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Its comments can be read again, but for those that say `bad`."""
    stored: list[bytes] = []

    def replay(connection: Connection, raw: bytes, context: Any) -> None:
        if raw == b"bad":
            raise InvalidRecord("It has no author.", raw=raw)
        if raw == b"nonsense":
            raise ValueError("secret detail")
        stored.append(raw)

    monkeypatch.setattr(platform_of(account).streams["comments"], "replay", replay)
    return stored


def act(user: User, action: str, *records: QuarantinedRecord) -> str:
    data = {"action": action, "_selected_action": [record.pk for record in records]}
    return str(signed_in(user).post(RECORDS, data, follow=True).content.decode())


def test_a_replay_stores_and_is_recorded(account: Connection, manager: User, stream: list[bytes]) -> None:
    record = held(account, raw=b"good")

    page = act(manager, "replay", record)

    record.refresh_from_db()
    event = AuditEvent.objects.get(kind="records_replayed")
    assert "Replayed and stored: 1." in page
    assert (stream, record.state) == ([b"good"], "replayed")
    assert (event.actor, event.workspace, event.detail["record"]) == (manager, account.workspace, record.pk)


def test_what_is_still_unreadable_stays_and_says_why(account: Connection, manager: User, stream: list[bytes]) -> None:
    bad, good, nonsense = held(account, "1", raw=b"bad"), held(account, "2"), held(account, "3", raw=b"nonsense")

    page = act(manager, "replay", bad, good, nonsense)

    assert "Still held: 1. It has no author." in page
    assert "It still cannot be read (ValueError)." in page
    assert "secret detail" not in page
    states = QuarantinedRecord.objects.order_by("digest").values_list("state", flat=True)
    assert list(states) == ["held", "replayed", "held"]
    assert AuditEvent.objects.filter(kind="records_replayed").count() == 1


def test_a_record_is_replayed_once(account: Connection, manager: User, stream: list[bytes]) -> None:
    record = held(account)
    rows = QuarantinedRecord.objects.all()
    assert (quarantine.replay(rows, by=manager).done, quarantine.replay(rows, by=manager).done) == (1, 0)
    assert len(stream) == 1
    assert "None of these is held any more." in act(manager, "replay", record)


def test_a_disconnected_account_takes_nothing_back(account: Connection, manager: User, stream: list[bytes]) -> None:
    Connection.objects.update(status=Connection.Status.DISCONNECTED)
    assert "Its account is disconnected" in act(manager, "replay", held(account))
    assert stream == []


def test_discarding_is_recorded_too(account: Connection, manager: User) -> None:
    record = held(account)
    assert "Discarded: 1." in act(manager, "discard", record)
    record.refresh_from_db()
    assert record.state == "discarded"
    assert AuditEvent.objects.get(kind="records_replayed").detail["what"] == "discarded"


def test_others_replay_nothing(account: Connection, stream: list[bytes]) -> None:
    record = held(account)
    for user in (make_outsider(), make_member(account.workspace, Role.AGENT)):
        act(user, "replay", record)
        act(user, "discard", record)
    record.refresh_from_db()
    assert (record.state, stream) == ("held", [])


# --- The page of connected accounts


def test_the_page_says_what_is_wrong_and_what_to_do(account: Connection, manager: User) -> None:
    Connection.objects.update(status=Connection.Status.NEEDS_REAUTH, last_error=HOSTILE)
    page = signed_in(manager).get(reverse("connections:accounts")).content.decode()
    assert "Needs to be connected again" in page
    assert "Connect it again with the same account" in page
    assert "&lt;img src=x" in page
    assert HOSTILE not in page
    assert "Sync now" not in page
