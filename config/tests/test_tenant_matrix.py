"""Every page, for every kind of person, with rows of two workspaces in every table.

The entries are in `access.py`, the rows in `tenants.py`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models, transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from config.tests.access import ADD, ADMIN, CHANGE, DELETE, LIST, ROUTES, VIEW, Access, Route, access_to
from config.tests.routes import admin_pages, all_routes
from config.tests.tenants import UNSEEN, Tenant, foreign_keys, make_tenants, tenant_models
from connections.admin_scope import OperatorOnlyMixin, ScopedModelAdmin, workspace_id_of, workspace_path
from connections.models import Role, User, Workspace
from connections.tests.factories import make_operator, make_superuser
from connections.tests.forms_on_pages import PageForm, form_on

pytestmark = pytest.mark.django_db

PAGE_NEEDS = {"changelist": LIST, "add": ADD, "change": VIEW, "history": VIEW, "delete": DELETE}
UNNAMED = {
    "": "the front page",
    "admin/(?P<url>.*)$": "the catch-all, which answers 404",
}


@dataclass(frozen=True)
class Actor:
    """Somebody at the door: who they are, which workspace is theirs, if any, and which is not."""

    user: User | None
    role: Role | None
    own: Tenant
    foreign: Tenant

    @property
    def is_operator(self) -> bool:
        return self.user is not None and self.user.is_staff

    def may(self, access: Access, what: str) -> bool:
        least = access.least(what)
        by_role = self.role is not None and least is not None and self.role in Role.at_least(least)
        return by_role or (self.is_operator and what in access.operators)

    def knows(self, tenant: Tenant, access: Access) -> bool:
        """Whether rows of `tenant` exist for this person."""
        return (self.role is not None and tenant is self.own) or (self.is_operator and VIEW in access.operators)

    def client(self) -> Client:
        client = Client()
        if self.user is not None:
            client.force_login(self.user)
        return client


ACTORS = ["nobody", "viewer of A", "agent of A", "manager of A", "owner of A", "owner of B", "operator", "superuser"]
# For what does not hang on the role: the least and the most that somebody may be.
few_actors = pytest.mark.parametrize(
    "actor", ["nobody", "viewer of A", "owner of A", "owner of B", "operator"], indirect=True
)


@pytest.fixture
def tenants(db: None) -> tuple[Tenant, Tenant]:
    return make_tenants(*admin.site._registry)


@pytest.fixture(params=ACTORS)
def actor(request: pytest.FixtureRequest, tenants: tuple[Tenant, Tenant]) -> Actor:
    a, b = tenants
    match request.param.split():
        case ["nobody"]:
            return Actor(None, None, a, b)
        case ["operator"]:
            return Actor(make_operator(), None, a, b)
        case ["superuser"]:
            return Actor(make_superuser(), None, a, b)
        case [role, "of", "A"]:
            return Actor(a.people[Role(role)], Role(role), a, b)
        case _:
            return Actor(b.owner, Role.OWNER, b, a)


def test_every_route_has_an_entry() -> None:
    known = {*ROUTES, *admin_pages()}

    missing = [route for route in all_routes() if route.name not in known or not _is_named(route.pattern, route.name)]

    assert not missing, f"Say who may open these in config/tests/access.py: {missing}"


def _is_named(pattern: str, name: str) -> bool:
    """Routes without a name: the front page, the admin's catch-all, and each admin's old address of a row."""
    return bool(name) or pattern in UNNAMED or pattern.endswith("/<path:object_id>/")


def test_no_entry_is_left_of_a_route_that_is_gone() -> None:
    assert set(ROUTES) <= {route.name for route in all_routes()}
    assert set(ADMIN) == {model._meta.label for model in admin.site._registry}


def test_every_admin_stands_on_the_scope() -> None:
    unscoped = [
        type(one).__name__
        for one in admin.site._registry.values()
        if not isinstance(one, ScopedModelAdmin | OperatorOnlyMixin)
    ]

    assert not unscoped


def test_every_table_with_a_workspace_is_scoped_or_has_no_page() -> None:
    for model, model_admin in admin.site._registry.items():
        if model in tenant_models() or model is Workspace:
            assert isinstance(model_admin, ScopedModelAdmin), model._meta.label


def test_admin_pages_answer_by_role_and_name_nobody_elses_rows(actor: Actor) -> None:
    client = actor.client()
    for name, (model, page) in admin_pages().items():
        access = access_to(model)
        for tenant in (actor.own, actor.foreign) if page in {"change", "history", "delete"} else (actor.own,):
            url = _page_url(name, page, tenant.row(model))
            response = client.get(url)
            assert response.status_code == _expected(actor, access, page, tenant), (url, model._meta.label)
            _names_only_their_own(actor, response, url)


def _page_url(name: str, page: str, row: Model) -> str:
    return reverse(name, args=[] if page in {"changelist", "add"} else [row.pk])


def _expected(actor: Actor, access: Access, page: str, tenant: Tenant) -> int:
    if actor.user is None:
        return 302
    if not actor.may(access, PAGE_NEEDS[page]):
        if actor.is_operator and page in {"change", "history"} and actor.may(access, LIST):
            return 404
        return 403
    return 200 if page in {"changelist", "add"} or actor.knows(tenant, access) else 404


def _names_only_their_own(actor: Actor, response: Any, url: str) -> None:
    """Members never read the other workspace's canary; operators do where their entry says."""
    assert UNSEEN not in _text(response), url
    if actor.role is not None:
        assert actor.foreign.canary not in _text(response), url
    if actor.user is None:
        assert "-CANARY" not in _text(response), url


def _text(response: Any) -> str:
    return f"{response.content.decode(errors='replace')}{response.headers}"


def test_a_leak_would_show(tenants: tuple[Tenant, Tenant]) -> None:
    """The canaries do reach the pages of those who may read them."""
    client = Client()
    client.force_login(tenants[0].owner)
    for name, (model, page) in admin_pages().items():
        if page == "change" and access_to(model).view is not None:
            body = client.get(_page_url(name, page, tenants[0].row(model))).content.decode()
            assert tenants[0].canary in body, model._meta.label


def test_a_row_of_somebody_else_answers_as_one_that_is_not_there(tenants: tuple[Tenant, Tenant]) -> None:
    a, b = tenants
    client = Client()
    client.force_login(a.owner)
    for name, (model, page) in admin_pages().items():
        if page in {"change", "history", "delete"}:
            foreign, missing = (
                client.get(reverse(name, args=[b.row(model).pk])),
                client.get(reverse(name, args=[987654])),
            )
            assert (foreign.status_code, foreign.content) == (missing.status_code, missing.content), name


def test_other_routes_answer_by_role_and_name_nobody_elses_rows(actor: Actor) -> None:
    for name, route in ROUTES.items():
        if not name:
            continue
        for tenant in (actor.own, actor.foreign):
            url = reverse(name, kwargs=dict(route.args(tenant)))
            response = actor.client().get(url)
            assert response.status_code == _route_expected(actor, route, tenant), url
            _names_only_their_own(actor, response, url)


def _route_expected(actor: Actor, route: Route, tenant: Tenant) -> int:
    if actor.user is None:
        return route.anonymous
    if actor.is_operator and route.operator is not None:
        return route.operator
    if route.role is None:
        return route.allowed
    if actor.role is None or (tenant is not actor.own and not route.anywhere):
        return route.foreign
    return route.allowed if actor.role in Role.at_least(route.role) else route.refused


@few_actors
def test_nobody_learns_which_rows_exist_from_the_way_to_their_pages(actor: Actor) -> None:
    """Django's own `admin/r/<type>/<id>/` answers for any row of any table."""
    if actor.user is not None:
        assert actor.client().get("/admin/r/1/1/").status_code == 404


# --- Addresses with questions in them


@few_actors
def test_lists_answer_no_question_about_other_tables(actor: Actor) -> None:
    client = actor.client()
    for model, url in _lists_open_to(actor):
        for lookup, value in _questions(model, actor.foreign):
            response = client.get(url, {lookup: value})
            assert response.status_code in {400, 302, 200}, (url, lookup)
            _names_only_their_own(actor, response, f"{url}?{lookup}={value}")
            if "__name__" in lookup:
                assert response.status_code == 400, (url, lookup)


def _lists_open_to(actor: Actor) -> Iterator[tuple[type[Model], str]]:
    for name, (model, page) in admin_pages().items():
        # Of operators, their entries say what they see.
        if page == "changelist" and actor.role is not None and actor.may(access_to(model), LIST):
            yield model, reverse(name)


def _questions(model: type[Model], foreign: Tenant) -> Iterator[tuple[str, str]]:
    for key in foreign_keys(model):
        if key.related_model is Workspace:
            yield f"{key.name}__name__startswith", "TENANT"
        if workspace_path(key.related_model) is not None:
            yield f"{key.name}__id__exact", str(foreign.row(key.related_model).pk)
            yield f"{key.name}__{key.target_field.name}__exact", str(foreign.row(key.related_model).pk)
            yield f"{key.name}__isnull", "False"
    yield "q", foreign.canary[:8]
    yield "_popup", "1"
    yield "pk__workspace__name__startswith", "TENANT"
    yield "_facets", "True"
    yield "p", "2"
    yield "o", "1.2"


def test_a_popup_hands_out_no_column_but_the_key(tenants: tuple[Tenant, Tenant]) -> None:
    client = Client()
    client.force_login(tenants[0].owner)
    for model, url in _lists_open_to(Actor(tenants[0].owner, Role.OWNER, *tenants)):
        columns = {one.name for one in model._meta.concrete_fields if not one.primary_key}
        for column in columns & {"uuid", "slug", "external_id", "username"}:
            assert client.get(url, {"_popup": "1", "_to_field": str(column)}).status_code == 400, url


@few_actors
def test_autocompletion_offers_only_their_own(actor: Actor) -> None:
    client = actor.client()
    for model in admin.site._registry:
        for key in [*foreign_keys(model), *model._meta.many_to_many]:
            names = {"app_label": model._meta.app_label, "model_name": str(model._meta.model_name)}
            asked = {**names, "field_name": key.name}
            for term in ("", "TENANT", actor.foreign.canary[:8]):
                response = client.get(reverse("admin:autocomplete"), {**asked, "term": term})
                assert response.status_code in {200, 302, 403, 404}, asked
                _names_only_their_own(actor, response, str(asked))


# --- Forms


def test_forms_offer_only_their_own(actor: Actor) -> None:
    """Every dropdown of every form, inlines too."""
    if actor.role is None:
        return  # operators are offered what their entries say; nobody else gets a form
    for name, (model, page) in admin_pages().items():
        if page in {"add", "change"} and actor.may(access_to(model), ADD if page == "add" else CHANGE):
            response = actor.client().get(_page_url(name, page, actor.own.row(model)))
            for field, offered in _offered(response):
                outside = [one for one in offered if workspace_id_of(one) == actor.foreign.workspace.pk]
                assert not outside, f"{model._meta.label}.{field} offers {outside}"


def _offered(response: Any) -> Iterator[tuple[str, Any]]:
    for form in [response.context["adminform"].form, *_inline_forms(response)]:
        for name, field in form.fields.items():
            if hasattr(field, "queryset"):
                yield name, field.queryset


def _inline_forms(response: Any) -> Iterator[Any]:
    for inline in response.context["inline_admin_formsets"]:
        yield from [*inline.formset.forms, inline.formset.empty_form]


def test_forms_save_for_those_who_may_and_never_reach_across(actor: Actor) -> None:
    if actor.role is None:
        return
    for name, (model, page) in admin_pages().items():
        if page == "change" and actor.may(access_to(model), CHANGE):
            url = _page_url(name, page, actor.own.row(model))
            form = form_on(actor.client().get(url))
            with _undone():
                assert actor.client().post(url, form.data).status_code == 302, f"{url} does not save as it is shown"
            for data in _reaching_across(form, model, actor.foreign):
                with _undone():
                    _changes_nothing_across(actor, model, url, data)


def _reaching_across(form: PageForm, model: type[Model], foreign: Tenant) -> Iterator[Mapping[str, Any]]:
    """What the page would post, with each of our rows in turn swapped for one of theirs, and all at once."""
    theirs = {
        key.name: foreign.owner.pk if key.related_model is User else foreign.row(key.related_model).pk
        for key in foreign_keys(model)
    }
    for name, pk in theirs.items():
        yield {**form.data, name: pk}
    unchanged = {"uuid": foreign.row(model).uuid} if hasattr(model, "uuid") else {}
    yield {**form.data, **theirs, **{f"{name}_id": pk for name, pk in theirs.items()}, **unchanged, "id": 987654}


def _changes_nothing_across(actor: Actor, model: type[Model], url: str, data: Mapping[str, Any]) -> None:
    before = _snapshot(actor.foreign)
    uuid = getattr(actor.own.row(model), "uuid", None)
    actor.client().post(url, data)
    row = model._default_manager.get(pk=actor.own.row(model).pk)
    assert workspace_id_of(row) == actor.own.workspace.pk
    assert getattr(row, "uuid", None) == uuid
    for key in foreign_keys(model):
        held = getattr(row, key.attname)
        theirs = actor.foreign.owner.pk if key.related_model is User else actor.foreign.row(key.related_model).pk
        assert held != theirs, f"{url}: {key.name} was attached to a row of {actor.foreign.canary}"
    assert _snapshot(actor.foreign) == before


@few_actors
def test_posting_at_a_row_of_somebody_else_changes_nothing(actor: Actor) -> None:
    before = _snapshot(actor.foreign)
    for name, (model, page) in admin_pages().items():
        access = access_to(model)
        if page in {"change", "delete"} and not actor.knows(actor.foreign, access):
            with _undone():
                response = actor.client().post(_page_url(name, page, actor.foreign.row(model)), {"post": "yes"})
                assert response.status_code in {302, 403, 404}, name
                _names_only_their_own(actor, response, name)
                assert _snapshot(actor.foreign) == before, name


@few_actors
def test_actions_pass_by_rows_of_somebody_else(actor: Actor) -> None:
    """Every action of every list, deletion too, with the ids of theirs."""
    before = _snapshot(actor.foreign)
    for name, (model, page) in admin_pages().items():
        access = access_to(model)
        if page != "changelist" or actor.knows(actor.foreign, access) or model not in tenant_models():
            continue
        for action in ["delete_selected", *_actions(model)]:
            data = {"action": action, "_selected_action": [actor.foreign.row(model).pk], "post": "yes", "index": 0}
            with _undone():
                response = actor.client().post(reverse(name), data)
                _names_only_their_own(actor, response, f"{name} {action}")
                assert _snapshot(actor.foreign) == before, f"{name} {action}"


def _actions(model: type[Model]) -> list[str]:
    actions = admin.site._registry[model].actions or ()
    return [one if isinstance(one, str) else one.__name__ for one in actions]


def test_deleting_several_leaves_those_of_somebody_else(actor: Actor) -> None:
    for name, (model, page) in admin_pages().items():
        access = access_to(model)
        if page != "changelist" or model not in tenant_models() or actor.is_operator:
            continue
        own, foreign = actor.own.row(model).pk, actor.foreign.row(model).pk
        with _undone():
            actor.client().post(
                reverse(name), {"action": "delete_selected", "_selected_action": [own, foreign], "post": "yes"}
            )
            left = set(model._default_manager.filter(pk__in=[own, foreign]).values_list("pk", flat=True))
            assert foreign in left, name
            assert own in left or actor.may(access, DELETE), name


class _undone:  # noqa: N801 - reads as the word it stands for
    """What happens inside is taken back, so that each attempt starts from the same rows."""

    def __enter__(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()

    def __exit__(self, *problem: Any) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(*problem)


def _snapshot(tenant: Tenant) -> list[tuple[str, list[tuple[Any, ...]]]]:
    """Every row of every table that belongs to the tenant, as stored."""
    return [
        (model._meta.label, list(model._default_manager.filter(pk=row.pk).order_by("pk").values_list()))
        for model, row in tenant.rows.items()
    ]


# --- Reading changes nothing


@few_actors
def test_no_get_changes_a_table(actor: Actor) -> None:
    client = actor.client()
    before = _tables()
    for name, (model, page) in admin_pages().items():
        client.get(_page_url(name, page, actor.own.row(model)))
    for name, route in ROUTES.items():
        if name:
            client.get(reverse(name, kwargs=dict(route.args(actor.own))))

    assert _tables() == before


def _tables() -> dict[str, list[tuple[Any, ...]]]:
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_models()
        if model._meta.managed and not isinstance(model._meta.pk, models.CompositePrimaryKey)
    }
