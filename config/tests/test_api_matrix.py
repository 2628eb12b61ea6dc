"""Every operation of the API for every kind of person: the reading is in the tenant matrix, the rest is here."""

import json
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from config.tests.access import ROUTES, Route
from config.tests.routes import all_routes
from config.tests.tenants import UNSEEN, Tenant, make_tenants
from connections.api.documents import document
from connections.models import Connection, Role, SyncRun, User
from connections.tests.calling import API, by_token
from connections.tests.factories import make_operator, make_superuser, make_user
from crm.models import Interaction

pytestmark = pytest.mark.django_db

JSON = "application/json"
# Who may do what beyond reading, by operation: the least role in the row's workspace.
WRITING = {("patch", f"{API}/interactions/{{uuid}}"): Role.AGENT, ("post", f"{API}/sync-runs"): Role.MANAGER}


@pytest.fixture
def tenants(db: None) -> tuple[Tenant, Tenant]:
    return make_tenants()


def test_every_operation_that_writes_has_an_entry() -> None:
    writing = {(method, path) for path, methods in document()["paths"].items() for method in methods if method != "get"}

    assert writing == set(WRITING), "Say who may do it: a line in WRITING, and a test below."


def rows_and_lists() -> dict[str, Route]:
    return {name: ROUTES[name] for name in (route.name for route in all_routes()) if name.startswith("api:")}


@pytest.mark.parametrize("role", Role)
def test_a_token_reads_its_persons_workspaces_and_no_other(tenants: tuple[Tenant, Tenant], role: Role) -> None:
    a, b = tenants
    client = by_token(a.people[role], may_write=False)
    for name, route in rows_and_lists().items():
        own = client.get(reverse(name, kwargs=dict(route.args(a))))
        body = own.content.decode()
        assert own.status_code == route.allowed, name
        assert b.canary not in body, name
        assert UNSEEN not in body, name
        assert route.allowed != 200 or name in {"api:schema", "api:docs"} or a.canary in body, f"{name} shows nothing"


def test_a_foreign_row_answers_as_a_missing_one_to_the_byte(tenants: tuple[Tenant, Tenant]) -> None:
    a, b = tenants
    client = by_token(a.owner)
    for name, route in rows_and_lists().items():
        if "uuid" in route.args(b):
            missing = {"uuid": uuid.uuid4()}
            for method in (client.get, client.patch, client.delete):
                foreign = method(reverse(name, kwargs=dict(route.args(b))))
                nothing = method(reverse(name, kwargs=missing))
                assert (foreign.status_code, foreign.content) == (nothing.status_code, nothing.content), name
                assert foreign.status_code in {404, 405}, name


@pytest.mark.parametrize("who", ["stranger", "operator", "superuser"])
def test_who_is_no_member_reads_nothing(tenants: tuple[Tenant, Tenant], who: str) -> None:
    user = {"stranger": make_user, "operator": make_operator, "superuser": make_superuser}[who]()
    client = by_token(user)
    for name, route in rows_and_lists().items():
        for tenant in tenants:
            body = client.get(reverse(name, kwargs=dict(route.args(tenant)))).content.decode()
            assert "-CANARY" not in body, name


def people(a: Tenant, b: Tenant) -> list[tuple[User | None, Role | None]]:
    members: list[tuple[User | None, Role | None]] = [(a.people[role], role) for role in Role]
    return [*members, (b.owner, None), (make_operator(), None), (make_superuser(), None), (None, None)]


def test_who_may_decide_on_a_comment(tenants: tuple[Tenant, Tenant]) -> None:
    a, b = tenants
    row: Interaction = a.row(Interaction)
    for user, role in people(a, b):
        before = Interaction.objects.values().get(pk=row.pk)
        change = {"version": before["version"], "tags": [f"by {role}"]}
        client = by_token(user) if user else Client()
        response = client.patch(f"{API}/interactions/{row.uuid}", change, content_type=JSON)
        assert response.status_code == _expected(user, role, Role.AGENT, 200, foreign=404), role
        changed = Interaction.objects.values().get(pk=row.pk) != before
        assert changed == (response.status_code == 200), role


def test_who_may_start_a_sync(tenants: tuple[Tenant, Tenant]) -> None:
    a, b = tenants
    Connection.objects.update(status=Connection.Status.ACTIVE)
    account: Connection = a.row(Connection)
    for user, role in people(a, b):
        SyncRun.objects.open().delete()
        asked = {"connection": str(account.uuid), "stream": "comments"}
        client = by_token(user) if user else Client()
        response = client.post(f"{API}/sync-runs", asked, content_type=JSON)
        assert response.status_code == _expected(user, role, Role.MANAGER, 202, foreign=400), role
        assert SyncRun.objects.open().exists() == (response.status_code == 202), role


def _expected(user: User | None, role: Role | None, least: Role, allowed: int, *, foreign: int) -> int:
    if user is None:
        return 401
    if role is None:
        return foreign
    return allowed if role in Role.at_least(least) else 403


def test_a_change_cannot_move_a_comment_or_reach_across(tenants: tuple[Tenant, Tenant]) -> None:
    a, b = tenants
    row, theirs = a.row(Interaction), b.row(Interaction)
    before = Interaction.objects.values().get(pk=theirs.pk)
    everything = json.loads(by_token(b.owner).get(f"{API}/interactions/{theirs.uuid}").content)
    mine = {"version": row.version, "assigned_to": None, "tags": []}
    change = {**everything, **mine, "id": theirs.pk, "workspace_id": b.workspace.pk}

    response = by_token(a.owner).patch(f"{API}/interactions/{row.uuid}", change, content_type=JSON)

    row.refresh_from_db()
    assert response.status_code == 200
    assert b.canary not in response.content.decode()
    assert (row.workspace_id, row.content) == (a.workspace.pk, a.canary)
    assert Interaction.objects.values().get(pk=theirs.pk) == before
