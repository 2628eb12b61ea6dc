from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection as database
from pytest_django.fixtures import Settings

from connections.models import AuditEvent, Connection, Credential
from connections.tests.at_once import at_once
from connections.tests.postcards import PostOffice, grant_of
from connections.tokens import access_token, reseal, store_tokens

NEW = ("new", b"n" * 32)


@pytest.fixture
def accounts(account: Connection, office: PostOffice) -> list[Connection]:
    """Three accounts, their tokens sealed with what is about to be the old key."""
    more = [
        Connection.objects.create(workspace=account.workspace, platform="postcards", external_id=f"C{n}")
        for n in range(2)
    ]
    for connection in more:
        store_tokens(connection, grant_of(office.grant("A1")))
    return [account, *more]


def sealed() -> str:
    """All the ciphertexts as the database holds them."""
    with database.cursor() as cursor:
        cursor.execute("SELECT access_token, refresh_token FROM connections_credential ORDER BY id")
        return " ".join(cell for row in cursor.fetchall() for cell in row)


def rotate(**options: object) -> str:
    out = StringIO()
    call_command("rotate_keys", stdout=out, **options)
    return out.getvalue()


def test_sec_23_after_rotation_the_old_key_is_not_needed(accounts: list[Connection], settings: Settings) -> None:
    before = [access_token(connection) for connection in accounts]
    assert "CANARY" not in sealed()
    settings.TOKEN_KEYS = [NEW, *settings.TOKEN_KEYS]

    output = rotate(batch=2)

    settings.TOKEN_KEYS = [NEW]
    assert [access_token(connection) for connection in accounts] == before
    assert "v1.sandbox." not in sealed()
    assert output.splitlines()[:2] == ["2/3 accounts", "3/3 accounts"]
    event = AuditEvent.objects.get(kind=AuditEvent.Kind.KEYS_ROTATED)
    assert event.detail == {"key_id": "new", "changed": 6, "unreadable": 0}


def test_sec_23_rotation_stopped_half_way_goes_on_where_it_was(accounts: list[Connection], settings: Settings) -> None:
    settings.TOKEN_KEYS = [NEW, *settings.TOKEN_KEYS]
    reseal(after=0, limit=1)

    rotate()

    assert AuditEvent.objects.get(kind=AuditEvent.Kind.KEYS_ROTATED).detail["changed"] == 4


def test_sec_23_rotation_leaves_a_token_alone_that_was_refreshed_meanwhile(
    accounts: list[Connection], office: PostOffice, settings: Settings
) -> None:
    settings.TOKEN_KEYS = [NEW, *settings.TOKEN_KEYS]
    fresh = access_token(accounts[0], stale=access_token(accounts[0]))

    rotate()

    assert access_token(accounts[0]) == fresh
    assert AuditEvent.objects.get(kind=AuditEvent.Kind.KEYS_ROTATED).detail["changed"] == 4


def test_sec_23_a_refresh_reseals_by_itself(account: Connection, office: PostOffice, settings: Settings) -> None:
    office.returns_refresh_token = False
    settings.TOKEN_KEYS = [NEW, *settings.TOKEN_KEYS]

    access_token(account, stale=access_token(account))

    credential = Credential.objects.get(connection=account)
    assert credential.access_token.startswith("v1.new.")
    assert credential.refresh_token.startswith("v1.new.")


def test_tokens_that_no_key_opens_are_counted_and_left(accounts: list[Connection], settings: Settings) -> None:
    before = sealed()
    settings.TOKEN_KEYS = [NEW]

    with pytest.raises(CommandError, match="6 tokens open with none of the keys"):
        rotate()

    assert sealed() == before


def test_a_new_key_is_an_entry_that_the_settings_take() -> None:
    entry = rotate(new_key=True).strip()

    name, _, digits = entry.partition(":")
    assert name.isalnum()
    assert len(name) <= 16
    assert len(bytes.fromhex(digits)) == 32
    assert rotate(new_key=True).strip() != entry


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_sec_23_tokens_are_read_and_refreshed_while_keys_rotate(
    accounts: list[Connection], office: PostOffice, settings: Settings
) -> None:
    settings.TOKEN_KEYS = [NEW, *settings.TOKEN_KEYS]
    office.rotates = True
    account = accounts[0]

    def read() -> list[str]:
        return [access_token(account) for _ in range(20)]

    def refresh() -> list[str]:
        return [access_token(account, stale=access_token(account)) for _ in range(5)]

    results = at_once(read, refresh, rotate, lambda: rotate(batch=1))

    assert [result for result in results if isinstance(result, Exception)] == []
    settings.TOKEN_KEYS = [NEW]
    assert {office.access_tokens[access_token(connection)] for connection in accounts} == {"A1"}
    access_token(account, stale=access_token(account))
