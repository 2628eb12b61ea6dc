"""What every platform's sync must do, tested once and inherited by each platform.

A platform's tests subclass `PlatformContract` as a class whose name begins with `Test` and give it a fixture
`vendor` that answers a `Vendor`: the platform's sandbox with one connected account of several pages.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Literal, Protocol

import pytest
from django.apps import apps
from django.core import mail
from django.db.models import Sum
from django.utils import timezone
from pytest_django.fixtures import Settings

from connections import sync
from connections.connecting import disconnect_account
from connections.models import Connection, QuotaLedger, SyncRun
from connections.tests.working import at, due, step, walk, work_off

Fault = Literal["server_error", "rate_limited", "quota_used_up", "unauthorized", "dropped", "no_json", "same_page"]
RETRY_AFTER = timedelta(minutes=2)


class Vendor(Protocol):
    """A platform's sandbox, and the account of it that is connected. Nothing is synced yet."""

    @property
    def connection(self) -> Connection: ...

    @property
    def stream(self) -> str:
        """The stream that walks every comment there is."""

    @property
    def pages_at_least(self) -> int:
        """How many pages a walk of that stream asks for, or more."""

    def add_comments(self, number: int) -> set[str]:
        """New comments at the platform; their ids."""

    def truth(self) -> Mapping[str, str]:
        """Text of every comment that the account can read, by id."""

    def stored(self) -> Mapping[str, str]:
        """The same in the platform app's own table."""

    def pages(self) -> Sequence[str]:
        """Requests for pages that came so far, in their order, told apart by what they asked for."""

    def requests(self) -> int:
        """How many requests of any kind came so far."""

    def refreshes(self) -> int:
        """How many of them asked for a fresh access token."""

    def units(self) -> int:
        """Quota that the platform charged so far; 0 where it has none."""

    def break_page(self, fault: Fault, *, after: int, times: int) -> None:
        """Answer so many pages like that, once `after` pages have been served from now on.

        `rate_limited` asks for `RETRY_AFTER`; `unauthorized` refuses the token, not the authorisation;
        `same_page` serves the page before once more, as if the place had not been given.
        """

    def heal(self) -> None: ...
    def expire_access(self) -> None: ...
    def revoke_access(self) -> None: ...

    def reconnect(self) -> None:
        """As a person would after the authorisation was lost."""


class PlatformContract:
    @pytest.fixture
    def vendor(self) -> Vendor:
        raise NotImplementedError

    @pytest.fixture
    def synced(self, vendor: Vendor) -> Vendor:
        work_off(vendor.connection)
        assert_complete(vendor)
        return vendor

    # Walking

    def test_a_walk_stores_every_page_once(self, vendor: Vendor) -> None:
        work_off(vendor.connection)

        assert_complete(vendor)
        assert len(vendor.pages()) > vendor.pages_at_least

    def test_a_second_walk_changes_nothing(self, synced: Vendor) -> None:
        run = walk(synced.connection, synced.stream)

        assert (run.state, run.created, run.updated, run.removed) == (SyncRun.State.SUCCEEDED, 0, 0, 0)
        assert_complete(synced)

    def test_a_walk_of_one_page_a_task_asks_for_no_page_twice(self, synced: Vendor, settings: Settings) -> None:
        settings.SYNC_TASK_PAGES = 1
        before = len(synced.pages())

        run = walk(synced.connection, synced.stream)

        asked = Counter(synced.pages()[before:])
        assert run.pages >= len(asked) >= synced.pages_at_least
        assert set(asked.values()) == {1}

    def test_a_walk_interrupted_by_an_error_resumes_at_its_cursor(self, synced: Vendor) -> None:
        before = len(synced.pages())
        synced.break_page("server_error", after=2, times=3)

        run = walk(synced.connection, synced.stream)

        assert run.state == SyncRun.State.SUCCEEDED
        asked = synced.pages()[before:]
        assert asked[2:6] == [asked[2]] * 4, "the page that failed, and no page before it"
        assert len(asked) == len(set(asked)) + 3

    @pytest.mark.parametrize("fault", ["dropped", "no_json"])
    def test_an_answer_that_cannot_be_read_is_asked_for_again(self, synced: Vendor, fault: Fault) -> None:
        new = synced.add_comments(3)
        synced.break_page(fault, after=1, times=2)

        run = walk(synced.connection, synced.stream)

        assert (run.state, run.removed) == (SyncRun.State.SUCCEEDED, 0)
        assert new <= synced.stored().keys()
        assert_complete(synced)

    def test_a_page_served_twice_is_stored_once_and_ends_the_walk_in_time(self, synced: Vendor) -> None:
        synced.add_comments(30)
        synced.break_page("same_page", after=2, times=10_000)

        run = walk(synced.connection, synced.stream)

        assert not run.is_open
        assert run.removed == 0
        synced.heal()
        walk(synced.connection, synced.stream)
        assert_complete(synced)

    # Limits

    def test_a_rate_limit_is_waited_for_as_long_as_the_platform_asks(self, synced: Vendor) -> None:
        synced.break_page("rate_limited", after=1, times=1)

        run = walk(synced.connection, synced.stream)

        assert run.state == SyncRun.State.WAITING
        assert RETRY_AFTER - timedelta(seconds=30) < due(run) - timezone.now() <= RETRY_AFTER * 1.5
        before = synced.requests()
        sync.advance(run.pk)
        assert synced.requests() == before
        with at(due(run) + timedelta(seconds=1)):
            work_off(synced.connection)
        assert_complete(synced)

    def test_a_used_up_quota_is_left_alone_until_it_is_renewed(self, synced: Vendor) -> None:
        synced.break_page("quota_used_up", after=1, times=10_000)

        run = walk(synced.connection, synced.stream)

        assert run.state == SyncRun.State.WAITING
        assert due(run) > timezone.now()
        before = synced.requests()
        sync.advance(run.pk)
        work_off(synced.connection)
        assert synced.requests() == before
        synced.heal()
        with at(due(run) + timedelta(seconds=1)):
            work_off(synced.connection)
        assert_complete(synced)

    # Authorisation

    def test_an_access_token_that_expires_on_the_way_goes_unnoticed(self, synced: Vendor) -> None:
        synced.expire_access()
        before = synced.refreshes()

        run = walk(synced.connection, synced.stream)

        assert (run.state, run.attempts, run.reason) == (SyncRun.State.SUCCEEDED, 0, "")
        assert synced.refreshes() == before + 1

    def test_a_revoked_authorisation_stops_everything_and_is_said_once(self, synced: Vendor) -> None:
        synced.revoke_access()

        run = walk(synced.connection, synced.stream)

        assert (run.state, run.due_at) == (SyncRun.State.WAITING, None)
        assert_stopped(synced)

    def test_a_refusal_that_survives_a_refresh_is_a_lost_authorisation(self, synced: Vendor) -> None:
        pages, refreshes = len(synced.pages()), synced.refreshes()
        synced.break_page("unauthorized", after=0, times=10_000)

        walk(synced.connection, synced.stream)

        assert len(synced.pages()) == pages + 2
        assert synced.refreshes() == refreshes + 1
        assert_stopped(synced)

    def test_a_walk_goes_on_where_it_was_when_the_account_is_connected_again(
        self, synced: Vendor, settings: Settings
    ) -> None:
        settings.SYNC_TASK_PAGES = 2
        run = sync.start_run(synced.connection, synced.stream)
        assert run is not None
        before = len(synced.pages())
        step(run)
        passed = synced.pages()[before:]
        synced.revoke_access()
        work_off(synced.connection)
        stopped = len(synced.pages())

        synced.reconnect()
        run.refresh_from_db()
        while run.is_open:
            run = step(run)

        assert passed
        assert set(passed).isdisjoint(synced.pages()[stopped:])
        assert_complete(synced)

    def test_a_disconnected_account_is_asked_nothing(self, synced: Vendor) -> None:
        sync.start_run(synced.connection, synced.stream)
        disconnect_account(synced.connection, actor=None)
        before = synced.requests()

        for run in SyncRun.objects.filter(connection=synced.connection):
            sync.advance(run.pk)
        synced.connection.refresh_from_db()

        assert sync.start_run(synced.connection, synced.stream) is None
        assert synced.requests() == before
        assert not SyncRun.objects.open().exists()


def assert_complete(vendor: Vendor) -> None:
    """Everything is stored once, on the platform's side and in the inbox, and no call went by the ledger."""
    assert vendor.stored() == vendor.truth()
    inbox = apps.get_model("crm", "Interaction")._default_manager.filter(connection_id=vendor.connection.pk)
    assert dict(inbox.filter(deleted_at=None).values_list("platform_id", "content")) == vendor.truth()
    assert inbox.count() == inbox.values("platform_id").distinct().count()
    spent = QuotaLedger.objects.filter(platform=vendor.connection.platform).aggregate(used=Sum("used"))["used"] or 0
    assert spent >= vendor.units()


def assert_stopped(vendor: Vendor) -> None:
    """A person is told, once, and nothing is asked of the platform until they have acted."""
    vendor.connection.refresh_from_db()
    assert vendor.connection.status == Connection.Status.NEEDS_REAUTH
    assert vendor.connection.last_error
    assert len(mail.outbox) == 1
    before = vendor.requests()
    for run in SyncRun.objects.filter(connection=vendor.connection):
        sync.advance(run.pk)
    sync.sweep()
    assert sync.start_run(vendor.connection, vendor.stream) is None
    work_off(vendor.connection)
    assert vendor.requests() == before
    assert len(mail.outbox) == 1
