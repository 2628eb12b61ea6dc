"""Signing in, and who may make whom what."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from connections.members import LastOwner, remove, set_role
from connections.models import AuditEvent, Connection, Membership, Role, User, Workspace
from connections.tests.factories import (
    make_connection,
    make_member,
    make_operator,
    make_superuser,
    make_user,
    make_workspace,
)
from connections.tests.forms_on_pages import form_on

pytestmark = pytest.mark.django_db

LOGIN = "/admin/login/"
PASSWORD = "a long enough password"


def _as(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _sign_in(client: Client, user: User, password: str = PASSWORD) -> Any:
    user.set_password(PASSWORD)
    user.save()
    return client.post(LOGIN, {"username": user.username, "password": password, "next": "/admin/"})


def _post_back(client: Client, url: str, **changed: Any) -> Any:
    return client.post(url, {**form_on(client.get(url)).data, **changed})


def _membership(user: User) -> str:
    return reverse("admin:connections_membership_change", args=[Membership.objects.get(user=user).pk])


# --- Signing in


def test_a_member_who_is_no_staff_signs_in(client: Client) -> None:
    user = make_member(make_workspace())

    assert _sign_in(client, user).headers["Location"] == "/admin/"
    assert list(AuditEvent.objects.values_list("kind", "actor")) == [("signed_in", user.pk)]


def test_a_failed_sign_in_is_recorded_without_the_password(client: Client) -> None:
    user = make_user("anna")

    assert _sign_in(client, user, password="not the password").status_code == 200
    event = AuditEvent.objects.get()
    assert (event.kind, event.detail) == ("sign_in_failed", {"username": "anna"})


def test_an_unknown_name_is_answered_as_a_wrong_password(client: Client) -> None:
    wrong = _sign_in(client, make_user("anna"), password="not the password")
    unknown = client.post(LOGIN, {"username": "nobody", "password": PASSWORD, "next": "/admin/"})

    assert wrong.context["form"].errors == unknown.context["form"].errors


def test_an_account_switched_off_does_not_sign_in(client: Client) -> None:
    _sign_in(client, make_member(make_workspace(), is_active=False))

    assert client.get("/admin/").status_code == 302


def test_who_has_no_workspace_is_told_whom_to_ask(client: Client) -> None:
    client.force_login(make_user())

    assert "does not belong to a workspace yet" in client.get("/admin/").content.decode()


def test_signing_in_leads_nowhere_else(client: Client) -> None:
    user = make_member(make_workspace())
    user.set_password(PASSWORD)
    user.save()

    response = client.post(f"{LOGIN}?next=//evil.example", {"username": user.username, "password": PASSWORD})

    assert response.headers["Location"] == "/admin/"


# --- Roles


def test_an_owner_changes_a_role_and_it_is_recorded() -> None:
    workspace = make_workspace()
    owner, member = make_member(workspace, Role.OWNER), make_member(workspace, Role.AGENT, "ben")

    assert _post_back(_as(owner), _membership(member), role="manager").status_code == 302

    assert Membership.objects.get(user=member).role == Role.MANAGER
    event = AuditEvent.objects.get(kind=AuditEvent.Kind.ROLE_CHANGED)
    assert (event.workspace, event.actor) == (workspace, owner)
    assert event.detail == {"member": "ben", "before": "agent", "after": "manager"}


def test_the_last_owner_stays_one() -> None:
    owner = make_member(make_workspace(), Role.OWNER)

    response = _post_back(_as(owner), _membership(owner), role="viewer")

    assert "keeps at least one owner" in response.content.decode()
    assert Membership.objects.get(user=owner).role == Role.OWNER
    assert not AuditEvent.objects.exists()


def test_an_owner_may_step_down_beside_another() -> None:
    workspace = make_workspace()
    owner = make_member(workspace, Role.OWNER)
    make_member(workspace, Role.OWNER)

    _post_back(_as(owner), _membership(owner), role="viewer")

    assert Membership.objects.get(user=owner).role == Role.VIEWER


def test_an_owner_removes_a_member_and_it_is_recorded() -> None:
    workspace = make_workspace()
    owner, member = make_member(workspace, Role.OWNER), make_member(workspace, Role.AGENT)
    url = _membership(member).replace("change", "delete")

    assert _as(owner).post(url, {"post": "yes"}).status_code == 302

    assert not Membership.objects.filter(user=member).exists()
    assert AuditEvent.objects.get().detail["after"] is None


def test_the_last_owner_is_not_removed() -> None:
    workspace = make_workspace()
    owner = make_member(workspace, Role.OWNER)
    url = _membership(owner).replace("change", "delete")

    assert _as(make_operator()).post(url, {"post": "yes"}).status_code == 403
    with pytest.raises(LastOwner):
        remove(Membership.objects.get(user=owner), actor=owner)
    with pytest.raises(LastOwner):
        set_role(Membership.objects.get(user=owner), Role.VIEWER, actor=owner)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT, Role.MANAGER])
def test_only_owners_change_roles(role: Role) -> None:
    user = make_member(make_workspace(), role)

    assert _as(user).post(_membership(user), {"role": "owner"}).status_code == 403


def test_an_operator_lets_a_person_in() -> None:
    workspace, person = make_workspace(), make_user()
    url = reverse("admin:connections_membership_add")

    response = _as(make_operator()).post(url, {"workspace": workspace.pk, "user": person.pk, "role": "owner"})

    assert response.status_code == 302
    assert Membership.objects.get(user=person).role == Role.OWNER
    assert AuditEvent.objects.get().detail["before"] is None


# --- Settings of a workspace


def test_an_owner_sets_the_time_zone_and_switches_claude_on() -> None:
    workspace = make_workspace()
    url = reverse("admin:connections_workspace_change", args=[workspace.pk])

    _post_back(_as(make_member(workspace, Role.OWNER)), url, time_zone="Europe/Vienna", claude_enabled="on")

    workspace.refresh_from_db()
    assert (workspace.time_zone, workspace.claude_enabled) == ("Europe/Vienna", True)


def test_an_operator_does_not_send_comments_to_claude() -> None:
    workspace = make_workspace()
    url = reverse("admin:connections_workspace_change", args=[workspace.pk])

    assert _post_back(_as(make_operator()), url, claude_enabled="on", name="Renamed").status_code == 302

    workspace.refresh_from_db()
    assert (workspace.name, workspace.claude_enabled) == ("Renamed", False)


def test_a_time_zone_that_does_not_exist_is_refused() -> None:
    workspace = make_workspace()
    url = reverse("admin:connections_workspace_change", args=[workspace.pk])

    response = _post_back(_as(make_member(workspace, Role.OWNER)), url, time_zone="Mars/Olympus")

    assert "time_zone" in response.context["adminform"].form.errors
    assert Workspace.objects.get().time_zone == "UTC"


def test_an_owner_switches_writing_on_and_nothing_else() -> None:
    connection = make_connection()
    url = reverse("admin:connections_connection_change", args=[connection.pk])

    _post_back(
        _as(make_member(connection.workspace, Role.OWNER)), url, writing_enabled="on", status="error", external_id="x"
    )

    saved = Connection.objects.get()
    assert saved.writing_enabled
    assert (saved.status, saved.external_id) == (connection.status, connection.external_id)


# --- Operators


def test_an_operator_makes_an_account() -> None:
    url = reverse("admin:connections_user_add")
    passwords = {"usable_password": "true", "password1": "Fresh-tin-47-kettle", "password2": "Fresh-tin-47-kettle"}

    assert _as(make_operator()).post(url, {"username": "carla", **passwords}).status_code == 302
    assert not User.objects.get(username="carla").is_staff


def test_only_a_superuser_makes_superusers() -> None:
    person = make_user()
    url = reverse("admin:connections_user_change", args=[person.pk])

    _post_back(_as(make_operator()), url, is_superuser="on", is_staff="on")
    person.refresh_from_db()
    assert (person.is_staff, person.is_superuser) == (True, False)

    _post_back(_as(make_superuser()), url, is_superuser="on")
    person.refresh_from_db()
    assert person.is_superuser


@pytest.mark.parametrize("page", ["admin:connections_user_change", "admin:auth_user_password_change"])
def test_an_operator_does_not_take_over_a_superuser(page: str) -> None:
    superuser = make_superuser()
    url = reverse(page, args=[superuser.pk])
    passwords = {"password1": "Fresh-tin-47-kettle", "password2": "Fresh-tin-47-kettle", "set-password": "1"}

    assert _as(make_operator()).post(url, {"username": "mine", **passwords}).status_code == 403

    assert User.objects.get(pk=superuser.pk).password == superuser.password


def test_an_operator_reads_the_installations_trail_and_no_workspaces() -> None:
    workspace = make_workspace()
    AuditEvent.objects.create(kind=AuditEvent.Kind.KEYS_ROTATED, actor_name="of the installation")
    AuditEvent.objects.create(kind=AuditEvent.Kind.ROLE_CHANGED, workspace=workspace, actor_name="of a workspace")
    url = reverse("admin:connections_auditevent_changelist")

    of_operator = _as(make_operator()).get(url).content.decode()
    of_manager = _as(make_member(workspace, Role.MANAGER)).get(url).content.decode()

    assert ("of the installation" in of_operator, "of a workspace" in of_operator) == (True, False)
    assert ("of the installation" in of_manager, "of a workspace" in of_manager) == (False, True)
