from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks, Settings

from connections.errors import NeedsReauthorization, Transient
from connections.models import AuditEvent, Connection, Credential, Membership, Role, User
from connections.tests.at_once import at_once
from connections.tests.postcards import PostOffice, grant_of
from connections.tokens import access_token, mark_needs_reauth, store_tokens

Capture = DjangoCaptureOnCommitCallbacks


def age(account: Connection, share: float) -> None:
    """Make the stored token look `share` of its hour old."""
    issued = timezone.now() - timedelta(hours=1) * share
    Credential.objects.filter(connection=account).update(issued_at=issued, expires_at=issued + timedelta(hours=1))


def test_a_young_token_is_used_as_it_is(account: Connection, office: PostOffice) -> None:
    token = access_token(account)

    assert office.access_tokens[token] == "A1"
    assert access_token(account) == token
    assert office.calls == []


@pytest.mark.parametrize(("share", "calls"), [(0.79, []), (0.81, ["/token"]), (1.5, ["/token"])])
def test_sec_27_a_token_is_refreshed_at_four_fifths_of_its_life(
    account: Connection, office: PostOffice, share: float, calls: list[str]
) -> None:
    age(account, share)

    access_token(account)
    access_token(account)

    assert office.calls == calls


def test_rel_26_a_refused_token_is_refreshed_once_for_all_who_were_refused(
    account: Connection, office: PostOffice
) -> None:
    refused = access_token(account)

    fresh = access_token(account, stale=refused)

    assert fresh != refused
    assert access_token(account, stale=refused) == fresh
    assert office.calls == ["/token"]


def test_rel_28_a_refresh_without_a_refresh_token_keeps_the_old_one(account: Connection, office: PostOffice) -> None:
    office.returns_refresh_token = False
    before = dict(office.refresh_tokens)

    access_token(account, stale=access_token(account))
    access_token(account, stale=access_token(account))

    assert office.calls == ["/token", "/token"]
    assert office.refresh_tokens == before


def test_sec_27_a_rotated_refresh_token_is_stored_before_it_is_needed(account: Connection, office: PostOffice) -> None:
    office.rotates = True

    for _ in range(3):
        access_token(account, stale=access_token(account))

    assert office.calls == ["/token"] * 3


@pytest.mark.parametrize("fault", ["drop", "500"])
def test_rel_29_a_network_error_is_no_lost_authorisation(account: Connection, office: PostOffice, fault: str) -> None:
    age(account, 1.1)
    if fault == "drop":
        office.drops = {"/token"}
    else:
        office.statuses = {"/token": 503}

    with pytest.raises(Transient):
        access_token(account)

    account.refresh_from_db()
    assert account.status == Connection.Status.ACTIVE
    assert mail.outbox == []
    office.drops, office.statuses = set(), {}
    assert office.access_tokens[access_token(account)] == "A1"


def test_rel_29_a_failed_early_refresh_leaves_the_living_token_in_use(account: Connection, office: PostOffice) -> None:
    age(account, 0.9)
    office.drops = {"/token"}

    assert office.access_tokens[access_token(account)] == "A1"


def test_rel_25_a_revoked_token_stops_the_account_without_further_calls(
    account: Connection, office: PostOffice, django_capture_on_commit_callbacks: Capture
) -> None:
    refused = access_token(account)
    office.refresh_tokens.clear()

    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(3):
            with pytest.raises(NeedsReauthorization, match="no longer accepts"):
                access_token(account, stale=refused)

    account.refresh_from_db()
    assert account.status == Connection.Status.NEEDS_REAUTH
    assert account.last_error == "Postcards no longer accepts this access."
    assert office.calls == ["/token"]
    assert len(mail.outbox) == 1
    assert AuditEvent.objects.filter(kind=AuditEvent.Kind.AUTHORIZATION_LOST).count() == 1


def test_owners_with_an_address_are_told_which_account_and_where_to_go(
    account: Connection, anna: User, settings: Settings, django_capture_on_commit_callbacks: Capture
) -> None:
    settings.SITE_URL = "https://greenroom.example"
    for name, address, role in (
        ("cleo", "cleo@example.com", Role.OWNER),
        ("dan", "", Role.OWNER),
        ("eve", "e@x.y", "agent"),
    ):
        user = User.objects.create_user(name, address)
        Membership.objects.create(user=user, workspace=account.workspace, role=role)

    with django_capture_on_commit_callbacks(execute=True):
        assert mark_needs_reauth(account, "Somebody changed the password.")
        assert not mark_needs_reauth(account, "Somebody changed the password.")

    assert sorted(message.to for message in mail.outbox) == [["anna@example.com"], ["cleo@example.com"]]
    assert mail.outbox[0].subject == "Anna's cards on Postcards needs to be connected again"
    assert "Somebody changed the password." in mail.outbox[0].body
    assert "https://greenroom.example/connect/" in mail.outbox[0].body


def test_a_mail_server_that_is_down_costs_the_notice_only(
    account: Connection, settings: Settings, django_capture_on_commit_callbacks: Capture
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    with django_capture_on_commit_callbacks(execute=True):
        assert mark_needs_reauth(account, "Lost.")

    account.refresh_from_db()
    assert account.status == Connection.Status.NEEDS_REAUTH


def test_a_late_failure_of_old_tokens_does_not_stop_an_account_connected_again(
    account: Connection, office: PostOffice
) -> None:
    version = Credential.objects.get(connection=account).version
    store_tokens(account, grant_of(office.grant("A1")))

    assert not mark_needs_reauth(account, "Too late.", version=version)

    account.refresh_from_db()
    assert account.status == Connection.Status.ACTIVE


def test_sec_23_a_lost_key_stops_the_account_with_the_reason(
    account: Connection, office: PostOffice, settings: Settings
) -> None:
    settings.TOKEN_KEYS = [("other", b"o" * 32)]

    for _ in range(2):
        with pytest.raises(NeedsReauthorization, match="'sandbox' that encrypted it is not in TOKEN_KEYS"):
            access_token(account)

    account.refresh_from_db()
    assert account.status == Connection.Status.NEEDS_REAUTH
    assert "Restore the key" in account.last_error
    assert office.calls == []


def test_sec_23_swapped_ciphertexts_do_not_open(account: Connection, office: PostOffice) -> None:
    credential = Credential.objects.get(connection=account)
    Credential.objects.filter(pk=credential.pk).update(
        access_token=credential.refresh_token, refresh_token=credential.access_token
    )

    with pytest.raises(NeedsReauthorization, match="moved"):
        access_token(account)


@pytest.mark.parametrize("status", [Connection.Status.NEEDS_REAUTH, Connection.Status.DISCONNECTED])
def test_a_stopped_account_gives_no_token(account: Connection, office: PostOffice, status: str) -> None:
    Connection.objects.filter(pk=account.pk).update(status=status, last_error="Stopped.")

    with pytest.raises(NeedsReauthorization, match=r"Stopped\."):
        access_token(account)

    assert office.calls == []


def test_a_waiting_worker_gives_up_in_time(account: Connection, office: PostOffice, settings: Settings) -> None:
    settings.TOKEN_WAIT_SECONDS = 0.2
    age(account, 1.1)
    Credential.objects.update(refresh_lease_until=timezone.now() + timedelta(minutes=1))

    with pytest.raises(Transient, match="still refreshing"):
        access_token(account)

    assert office.calls == []


def test_the_lease_of_a_worker_that_died_runs_out(account: Connection, office: PostOffice, settings: Settings) -> None:
    settings.TOKEN_LEASE_SECONDS = 0.3
    age(account, 1.1)
    Credential.objects.update(refresh_lease_until=timezone.now() + timedelta(seconds=0.3))

    access_token(account)

    assert office.calls == ["/token"]


@pytest.mark.django_db(transaction=True)
def test_no_refresh_inside_a_transaction(account: Connection, office: PostOffice) -> None:
    age(account, 1.1)

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        access_token(account)

    assert office.calls == []


def test_a_token_does_not_show_in_a_grant(office: PostOffice) -> None:
    assert "CANARY" not in repr(grant_of(office.grant("A1")))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_rel_27_workers_at_once_refresh_once_and_all_go_on(account: Connection, office: PostOffice) -> None:
    age(account, 1.1)
    office.rotates, office.delay = True, 0.3

    tokens = at_once(*[lambda: access_token(account)] * 8)

    assert len(set(tokens)) == 1
    assert office.access_tokens[tokens[0]] == "A1"
    assert office.calls == ["/token"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_rel_25_workers_that_notice_at_once_send_one_notice(account: Connection) -> None:
    marked = at_once(*[lambda: mark_needs_reauth(account, "Revoked.")] * 8)

    assert sorted(marked) == [False] * 7 + [True]
    assert len(mail.outbox) == 1
    assert AuditEvent.objects.count() == 1
