import uuid
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from connections.models import Connection, Credential, Membership, User, Workspace
from connections.tests.postcards import PostOffice
from connections.tests.test_connecting import everything_in_the_database
from connections.tokens import access_token

pytestmark = pytest.mark.django_db


def connect(office: PostOffice, **options: str) -> Connection:
    out = StringIO()
    tokens = office.grant("A1")
    call_command("connect", "postcards", stdout=out, **{"token": tokens["access_token"], **options})
    return Connection.objects.get(uuid=uuid.UUID(out.getvalue().strip()))


def test_the_first_account_gets_a_workspace_named_after_it_and_owned_by_the_superuser(office: PostOffice) -> None:
    user = User.objects.create_superuser("root")

    connection = connect(office)

    assert (connection.workspace.name, connection.workspace.slug) == ("Anna's cards", "annas-cards")
    assert Membership.objects.get().user == user
    assert office.access_tokens[access_token(connection)] == "A1"
    assert connection.granted_scopes == ["comment", "read"]
    assert "CANARY" not in everything_in_the_database()


def test_an_owner_can_be_named(office: PostOffice) -> None:
    for name in ("root", "toor"):
        User.objects.create_superuser(name)
    eve = User.objects.create_user("eve")

    connect(office, owner="eve")

    assert [(member.user, member.role) for member in Membership.objects.all()] == [(eve, "owner")]


def test_with_two_superusers_nobody_is_made_owner(office: PostOffice) -> None:
    for name in ("root", "toor"):
        User.objects.create_superuser(name)

    connect(office)

    assert not Membership.objects.exists()


def test_a_name_in_another_script_still_gives_a_workspace(office: PostOffice) -> None:
    office.accounts["A1"] = "絵はがき"

    connection = connect(office)

    assert (connection.workspace.name, connection.workspace.slug) == ("絵はがき", "a1")


def test_the_only_workspace_is_taken(office: PostOffice, anna: User) -> None:
    assert connect(office).workspace == Workspace.objects.get(slug="anna")


def test_a_workspace_can_be_named(office: PostOffice, anna: User, ben: User) -> None:
    assert connect(office, workspace="ben").workspace.slug == "ben"


def test_a_refresh_token_is_kept(office: PostOffice) -> None:
    connection = connect(office, refresh_token=office.grant("A1")["refresh_token"])

    access_token(connection, stale=access_token(connection))

    assert office.calls == ["/me", "/token"]


def test_a_token_on_standard_input_stands_in_no_history(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(office.grant("A1")["access_token"] + "\n"))

    assert connect(office, token="-").external_id == "A1"


def test_several_workspaces_need_a_name(office: PostOffice, anna: User, ben: User) -> None:
    with pytest.raises(CommandError, match=r"Name the workspace with --workspace\. There are: anna, ben\."):
        connect(office)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"workspace": "nowhere"}, r"There is no workspace 'nowhere'\. There are: none\."),
        ({"owner": "nobody"}, "There is no user 'nobody'"),
        ({"token": " "}, "The token is empty"),
        ({"token": "wrong"}, "Postcards refuses this token"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(office: PostOffice, options: dict[str, str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        connect(office, **options)

    assert not Workspace.objects.exists()
    assert not Credential.objects.exists()


def test_an_account_of_another_workspace_is_refused(office: PostOffice, account: Connection, ben: User) -> None:
    with pytest.raises(CommandError, match="already connected"):
        connect(office, workspace="ben")
