from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection as database
from django.utils import timezone
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from connections.connecting import Refused, connect_account, disconnect_account, purge_disconnected
from connections.errors import NeedsReauthorization, Transient
from connections.models import AuditEvent, Connection, Credential, SyncRun, User, Workspace
from connections.registry import TokenGrant
from connections.tests.at_once import at_once
from connections.tests.postcards import PostOffice, grant_of, postcards
from connections.tokens import access_token

Capture = DjangoCaptureOnCommitCallbacks


def workspace_of(user: User) -> Workspace:
    return Workspace.objects.get(memberships__user=user)


def test_an_account_is_what_the_platform_says_it_is(
    office: PostOffice, anna: User, django_capture_on_commit_callbacks: Capture
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        connection = connect_account(postcards, workspace_of(anna), grant_of(office.grant("A1")), actor=anna)

    assert (connection.external_id, connection.display_name, connection.handle) == ("A1", "Anna's cards", "@a1")
    assert connection.status == Connection.Status.ACTIVE
    assert connection.granted_scopes == ["comment", "read"]
    assert not connection.writing_enabled
    assert office.access_tokens[access_token(connection)] == "A1"
    event = AuditEvent.objects.get()
    assert (event.kind, event.actor, event.workspace) == ("account_connected", anna, workspace_of(anna))


def test_sec_22_connected_once_more_an_account_is_renewed(account: Connection, office: PostOffice, anna: User) -> None:
    Connection.objects.update(status=Connection.Status.NEEDS_REAUTH, last_error="Lost.")

    connection = connect_account(
        postcards, account.workspace, grant_of(office.grant("A1")), actor=anna, reconnecting=account
    )

    assert connection.pk == account.pk
    assert (connection.status, connection.last_error) == (Connection.Status.ACTIVE, "")
    assert office.access_tokens[access_token(connection)] == "A1"


def test_sec_22_another_account_than_the_one_being_connected_again_is_refused(
    account: Connection, office: PostOffice, anna: User
) -> None:
    before = access_token(account)

    with pytest.raises(Refused, match="another account, Ben's cards"):
        connect_account(postcards, account.workspace, grant_of(office.grant("B2")), actor=anna, reconnecting=account)

    assert Connection.objects.count() == 1
    assert access_token(account) == before


def test_sec_22_an_account_of_another_workspace_is_refused_without_saying_whose(
    account: Connection, office: PostOffice, ben: User
) -> None:
    before = access_token(account)

    with pytest.raises(Refused) as caught:
        connect_account(postcards, workspace_of(ben), grant_of(office.grant("A1")), actor=ben)

    assert str(caught.value) == (
        "Anna's cards is already connected to this Greenroom elsewhere. "
        "Whoever connected it can disconnect it there first."
    )
    assert access_token(account) == before
    assert "/revoke" not in office.calls, "at a vendor, revoking one token of a consent revokes all of them"


def test_sec_21_a_grant_without_what_is_needed_is_explained_revoked_and_forgotten(
    office: PostOffice, anna: User
) -> None:
    with pytest.raises(Refused, match="Tick “read”"):
        connect_account(postcards, workspace_of(anna), grant_of(office.grant("A1", scope="comment")), actor=anna)

    assert office.calls == ["/revoke"]
    assert not Connection.objects.exists()
    assert not Credential.objects.exists()


def test_sec_21_a_grant_of_less_is_kept_as_granted(office: PostOffice, anna: User) -> None:
    connection = connect_account(postcards, workspace_of(anna), grant_of(office.grant("A1", scope="read")), actor=anna)

    assert connection.has_scope("read")
    assert not connection.has_scope("comment")


def test_a_platform_out_of_reach_stores_nothing(office: PostOffice, anna: User) -> None:
    office.drops = {"/me"}

    with pytest.raises(Transient):
        connect_account(postcards, workspace_of(anna), grant_of(office.grant("A1")), actor=anna)

    assert not Connection.objects.exists()


def test_trouble_after_connecting_shows_on_the_account_and_undoes_nothing(
    office: PostOffice, anna: User, django_capture_on_commit_callbacks: Capture
) -> None:
    postcards.fails_after_connecting = True

    with django_capture_on_commit_callbacks(execute=True):
        connection = connect_account(postcards, workspace_of(anna), grant_of(office.grant("A1")), actor=anna)

    connection.refresh_from_db()
    assert connection.status == Connection.Status.ACTIVE
    assert connection.last_error == "Postcards could not prepare the reports."


def test_sec_25_disconnecting_revokes_forgets_and_stops(account: Connection, office: PostOffice, anna: User) -> None:
    run = SyncRun.objects.create(workspace=account.workspace, connection=account, stream="cards", due_at=timezone.now())
    Connection.objects.update(writing_enabled=True)

    assert disconnect_account(account, actor=anna)

    account.refresh_from_db()
    run.refresh_from_db()
    assert account.status == Connection.Status.DISCONNECTED
    assert account.disconnected_at is not None
    assert not account.writing_enabled
    assert (run.state, run.is_open) == (SyncRun.State.CANCELLED, False)
    assert not Credential.objects.exists()
    assert office.calls == ["/revoke"]
    assert office.refresh_tokens == {}
    with pytest.raises(NeedsReauthorization):
        access_token(account)
    event = AuditEvent.objects.get()
    assert (event.kind, event.actor, event.detail["revocation"]) == ("account_disconnected", anna, "confirmed")


@pytest.mark.parametrize("fault", ["500", "drop"])
def test_sec_25_without_the_platforms_confirmation_the_tokens_are_gone_all_the_same(
    account: Connection, office: PostOffice, anna: User, fault: str
) -> None:
    if fault == "drop":
        office.drops = {"/revoke"}
    else:
        office.statuses = {"/revoke": 500}

    assert not disconnect_account(account, actor=anna)

    assert not Credential.objects.exists()
    assert office.calls == ["/revoke", "/revoke"], "it is asked once more"
    assert AuditEvent.objects.get().detail["revocation"] == "not confirmed by the platform"


def test_disconnecting_twice_is_disconnecting_once(account: Connection, office: PostOffice, anna: User) -> None:
    disconnect_account(account, actor=anna)
    disconnect_account(account, actor=anna)

    assert office.calls == ["/revoke"]
    assert AuditEvent.objects.count() == 1


def test_sec_25_an_account_connected_again_in_time_is_not_erased(
    account: Connection, office: PostOffice, anna: User
) -> None:
    disconnect_account(account, actor=anna)
    connect_account(postcards, account.workspace, grant_of(office.grant("A1")), actor=anna)
    Connection.objects.update(connected_at=timezone.now() - timedelta(days=30))

    assert purge_disconnected() == 0
    account.refresh_from_db()
    assert (account.status, account.disconnected_at) == (Connection.Status.ACTIVE, None)


@pytest.mark.parametrize(("days", "erased"), [(5, 0), (7, 1)])
def test_sec_25_a_disconnected_account_is_erased_within_seven_days(
    account: Connection, office: PostOffice, anna: User, days: int, erased: int
) -> None:
    Connection.objects.update(display_name="ERASED-CANARY")
    account.refresh_from_db()
    disconnect_account(account, actor=anna)
    Connection.objects.update(disconnected_at=timezone.now() - timedelta(days=days))

    assert purge_disconnected() == erased

    assert Connection.objects.count() == 1 - erased
    assert postcards.erased == ["A1"] * erased
    assert AuditEvent.objects.count() == 1, "what was done stays on record"
    assert ("ERASED-CANARY" in everything_in_the_database()) == (not erased)


def test_sec_24_no_token_outside_its_ciphertext(
    account: Connection,
    office: PostOffice,
    anna: User,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Capture,
) -> None:
    caplog.set_level("DEBUG")
    with django_capture_on_commit_callbacks(execute=True):
        connection = connect_account(postcards, account.workspace, grant_of(office.grant("A1")), actor=anna)
        office.drops = {"/token"}
        with pytest.raises(Transient):
            access_token(connection, stale=access_token(connection))
        office.drops = set()
        office.refresh_tokens.clear()
        with pytest.raises(NeedsReauthorization):
            access_token(connection, stale=access_token(connection))

    assert "CANARY" in str(office.access_tokens), "there is something to leak"
    assert "CANARY" not in everything_in_the_database()
    assert "CANARY" not in caplog.text
    assert mail.outbox
    assert "CANARY" not in "".join(str(message.message()) for message in mail.outbox)


def test_sec_24_a_grant_shows_no_token_wherever_it_is_printed() -> None:
    grant = TokenGrant("CANARY-a", "CANARY-r", None, ())

    assert "CANARY" not in f"{grant} {grant!r} {[grant]}"


def everything_in_the_database() -> str:
    """Every cell of every table, as text."""
    found = []
    with database.cursor() as cursor:
        for table in database.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a table's own name
            found += [
                str(bytes(cell) if isinstance(cell, memoryview) else cell) for row in cursor.fetchall() for cell in row
            ]
    return "\n".join(found)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_sec_22_of_two_workspaces_connecting_at_once_one_gets_the_account(
    office: PostOffice, anna: User, ben: User
) -> None:
    office.delay = 0.2
    grants = [grant_of(office.grant("A1")), grant_of(office.grant("A1"))]

    results = at_once(
        lambda: connect_account(postcards, workspace_of(anna), grants[0], actor=anna),
        lambda: connect_account(postcards, workspace_of(ben), grants[1], actor=ben),
    )

    assert sorted(type(result).__name__ for result in results) == ["Connection", "Refused"]
    assert Connection.objects.count() == 1
