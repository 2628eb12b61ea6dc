from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser

from connections.models import Connection, Membership, Role, User, Workspace
from connections.tests.factories import (
    make_connection,
    make_member,
    make_operator,
    make_outsider,
    make_superuser,
    make_user,
    make_workspace,
)

pytestmark = pytest.mark.django_db


def test_a_member_sees_the_rows_of_their_own_workspaces_only() -> None:
    own = make_connection()
    make_connection()

    seen = Connection.objects.for_user(make_member(own.workspace))

    assert list(seen) == [own]


def test_a_member_of_two_workspaces_sees_both() -> None:
    first, second = make_connection(), make_connection()
    user = make_member(first.workspace)
    Membership.objects.create(user=user, workspace=second.workspace)

    assert set(Connection.objects.for_user(user)) == {first, second}


@pytest.mark.parametrize("make", [make_user, make_outsider, make_operator, make_superuser])
def test_whoever_is_no_member_sees_nothing(make: Callable[[], User]) -> None:
    connection = make_connection()

    assert not Connection.objects.for_user(make()).filter(pk=connection.pk).exists()


def test_nobody_is_signed_in_and_nothing_is_seen() -> None:
    make_connection()

    assert not Connection.objects.for_user(AnonymousUser()).exists()


def test_an_account_switched_off_sees_nothing() -> None:
    connection = make_connection()
    user = make_member(connection.workspace, Role.OWNER)
    user.is_active = False
    user.save()

    assert not Connection.objects.for_user(user).exists()


@pytest.mark.parametrize("held", Role)
@pytest.mark.parametrize("asked", Role)
def test_a_role_includes_those_before_it(held: Role, asked: Role) -> None:
    connection = make_connection()
    user = make_member(connection.workspace, held)

    assert Connection.objects.for_user(user, asked).exists() == (list(Role).index(held) >= list(Role).index(asked))


def test_a_role_counts_in_its_own_workspace_only() -> None:
    owned, watched = make_connection(), make_connection()
    user = make_member(owned.workspace, Role.OWNER)
    Membership.objects.create(user=user, workspace=watched.workspace, role=Role.VIEWER)

    assert list(Connection.objects.for_user(user, Role.MANAGER)) == [owned]


def test_a_workspace_is_seen_by_its_members() -> None:
    workspace, other = make_workspace(), make_workspace()

    assert list(Workspace.objects.for_user(make_member(workspace, Role.VIEWER))) == [workspace]
    assert other not in Workspace.objects.for_user(make_member(workspace, Role.VIEWER))
