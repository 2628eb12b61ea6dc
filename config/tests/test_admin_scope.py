"""The ways past a scoped list that Django's admin leaves open, tried on an admin that offers all of them."""

from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet
from django.http import HttpRequest
from django.test import Client
from django.urls import path, reverse

from config.admin_site import GreenroomAdminSite
from config.tests.tenants import Tenant, make_tenants
from connections.admin_scope import (
    CappedPaginator,
    SameWorkspaceForm,
    ScopedModelAdmin,
    ScopedRelatedFilter,
    ScopedTabularInline,
)
from connections.models import Connection, Membership, QuotaLedger, Role, User
from connections.tests.factories import make_member
from connections.tests.forms_on_pages import form_on
from crm.models import ContentPiece, Fan, Interaction, InteractionNote, Tag

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

site = GreenroomAdminSite(name="admin")
urlpatterns = [path("admin/", site.urls)]


@admin.register(Fan, ContentPiece, Tag, site=site)
class NamedAdmin(ScopedModelAdmin[Any]):
    search_fields = ("pk",)


class NoteInline(ScopedTabularInline[InteractionNote, Interaction]):
    model = InteractionNote
    fields = ("author", "text")
    add_role = change_role = Role.AGENT


@admin.register(Interaction, site=site)
class InteractionAdmin(ScopedModelAdmin[Interaction]):
    change_role = add_role = Role.AGENT
    delete_role = Role.MANAGER
    fields = ("workspace", "connection", "fan", "content_piece", "parent", "assigned_to", "status")
    autocomplete_fields = ("content_piece",)
    list_filter = (("fan", ScopedRelatedFilter), ("connection", ScopedRelatedFilter), "status")
    inlines = (NoteInline,)
    actions = ("archive",)

    def archive(self, request: HttpRequest, queryset: QuerySet[Interaction]) -> None:
        queryset.update(status=Interaction.Status.ARCHIVED)


# Rebuilt now that the models are registered.
urlpatterns = [path("admin/", site.urls)]

LIST = "/admin/crm/interaction/"


@pytest.fixture
def tenants() -> tuple[Tenant, Tenant]:
    return make_tenants()


@pytest.fixture
def a(tenants: tuple[Tenant, Tenant]) -> Tenant:
    return tenants[0]


@pytest.fixture
def b(tenants: tuple[Tenant, Tenant]) -> Tenant:
    return tenants[1]


@pytest.fixture
def agent(a: Tenant) -> Client:
    return _signed_in(a.people[Role.AGENT])


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _member_of_both(a: Tenant, b: Tenant, role_in_a: Role, role_in_b: Role) -> Client:
    user = make_member(a.workspace, role_in_a)
    Membership.objects.create(user=user, workspace=b.workspace, role=role_in_b)
    return _signed_in(user)


def _page(row: Interaction) -> str:
    return reverse("admin:crm_interaction_change", args=[row.pk])


def _errors(client: Client, row: Interaction, **swapped: Any) -> Any:
    """What the page says when its own form is posted back with some values swapped."""
    response = client.post(_page(row), {**form_on(client.get(_page(row))).data, **swapped})
    assert response.status_code == 200
    return response.context["adminform"].form.errors or response.context["errors"]


def test_filters_name_only_their_own(agent: Client, a: Tenant, b: Tenant) -> None:
    Fan.objects.create(workspace=a.workspace, name="A second fan, so that the filter shows")

    body = agent.get(LIST).content.decode()

    assert "A second fan" in body
    assert b.canary not in body


def test_a_page_saves_as_it_is_shown(agent: Client, a: Tenant) -> None:
    row = a.row(Interaction)

    assert agent.post(_page(row), form_on(agent.get(_page(row))).data).status_code == 302


@pytest.mark.parametrize(
    ("name", "model"),
    [("fan", Fan), ("connection", Connection), ("content_piece", ContentPiece), ("parent", Interaction)],
)
def test_a_row_of_somebody_else_is_refused_as_one_that_is_not_there(
    agent: Client, a: Tenant, b: Tenant, name: str, model: Any
) -> None:
    row = a.row(Interaction)

    theirs = _errors(agent, row, **{name: b.row(model).pk})

    assert theirs == _errors(agent, row, **{name: 987654})
    assert list(theirs) == [name]


@pytest.mark.parametrize(("name", "model"), [("fan", Fan), ("content_piece", ContentPiece), ("parent", Interaction)])
def test_a_member_of_two_workspaces_does_not_mix_them(a: Tenant, b: Tenant, name: str, model: Any) -> None:
    client = _member_of_both(a, b, Role.AGENT, Role.AGENT)

    assert list(_errors(client, a.row(Interaction), **{name: b.row(model).pk})) == [name]


def test_work_is_assigned_to_members_only(a: Tenant, b: Tenant) -> None:
    client = _member_of_both(a, b, Role.AGENT, Role.AGENT)

    assert list(_errors(client, a.row(Interaction), assigned_to=b.owner.pk)) == ["assigned_to"]


def test_people_of_other_workspaces_are_not_offered(agent: Client, a: Tenant, b: Tenant) -> None:
    form = agent.get(_page(a.row(Interaction))).context["adminform"].form

    assert set(form.fields["assigned_to"].queryset) == set(a.people.values())


def test_inlines_offer_and_take_only_their_own(agent: Client, a: Tenant, b: Tenant) -> None:
    author = {"notes-0-author": b.owner.pk}

    assert "notes-0-author" in form_on(agent.get(_page(a.row(Interaction)))).data
    assert _errors(agent, a.row(Interaction), **author)


def test_a_row_stays_in_its_workspace(a: Tenant, b: Tenant) -> None:
    client, row = _member_of_both(a, b, Role.AGENT, Role.AGENT), a.row(Interaction)

    client.post(_page(row), {**form_on(client.get(_page(row))).data, "workspace": b.workspace.pk})

    assert Interaction.objects.get(pk=row.pk).workspace == a.workspace


def test_new_rows_go_where_the_role_suffices(a: Tenant, b: Tenant) -> None:
    client = _member_of_both(a, b, Role.AGENT, Role.VIEWER)

    form = client.get(reverse("admin:crm_interaction_add")).context["adminform"].form

    assert list(form.fields["workspace"].queryset) == [a.workspace]


def test_whoever_may_add_to_one_workspace_is_not_asked_which(a: Tenant, b: Tenant) -> None:
    url = reverse("admin:crm_interaction_add")

    one = _member_of_both(a, b, Role.AGENT, Role.VIEWER).get(url).context["adminform"].form
    either = _member_of_both(a, b, Role.AGENT, Role.AGENT).get(url).context["adminform"].form

    assert (one["workspace"].value(), either["workspace"].value()) == (a.workspace.pk, None)


def test_a_viewer_there_does_not_change_what_an_agent_here_may(a: Tenant, b: Tenant) -> None:
    client, theirs = _member_of_both(a, b, Role.AGENT, Role.VIEWER), b.row(Interaction)

    assert client.get(_page(theirs)).status_code == 200
    assert client.post(_page(theirs), {"status": "archived"}).status_code == 403


def test_actions_run_where_the_role_suffices(a: Tenant, b: Tenant) -> None:
    client = _member_of_both(a, b, Role.AGENT, Role.VIEWER)
    rows = [a.row(Interaction).pk, b.row(Interaction).pk]

    client.post(LIST, {"action": "archive", "_selected_action": rows})

    assert list(Interaction.objects.filter(status="archived")) == [a.row(Interaction)]


def test_deleting_several_needs_the_role_everywhere(a: Tenant, b: Tenant) -> None:
    client = _member_of_both(a, b, Role.MANAGER, Role.AGENT)
    rows = [a.row(Interaction).pk, b.row(Interaction).pk]

    client.post(LIST, {"action": "delete_selected", "_selected_action": rows, "post": "yes"})

    assert Interaction.objects.filter(pk__in=rows).count() == 2


def test_autocompletion_offers_only_their_own(agent: Client, a: Tenant) -> None:
    asked = {"app_label": "crm", "model_name": "interaction", "field_name": "content_piece"}

    offered = agent.get(reverse("admin:autocomplete"), asked).json()["results"]

    assert [one["id"] for one in offered] == [str(a.row(ContentPiece).pk)]


@pytest.mark.parametrize(
    "question",
    ["workspace__name__startswith", "fan__name__startswith", "author_name__startswith", "pk__fan__name__startswith"],
)
def test_a_list_answers_only_its_own_filters(agent: Client, question: str) -> None:
    assert agent.get(LIST, {question: "T"}).status_code == 400
    assert agent.get(LIST, {"status__exact": "unread"}).status_code == 200


def test_a_page_beyond_the_cap_is_refused(agent: Client, a: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CappedPaginator, "cap", 2)
    monkeypatch.setattr(NamedAdmin, "list_per_page", 1)
    Fan.objects.bulk_create(Fan(workspace=a.workspace, name=str(number)) for number in range(3))

    assert agent.get("/admin/crm/fan/", {"p": "2"}).status_code == 200
    assert agent.get("/admin/crm/fan/", {"p": "3"}).status_code == 302


def test_counting_stops_at_the_cap(a: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CappedPaginator, "cap", 1)

    assert CappedPaginator(Interaction.objects.order_by("pk"), 50).count == 1


class UnscopedInline(admin.TabularInline):  # type: ignore[type-arg]
    model = InteractionNote


@pytest.mark.parametrize(
    ("number", "options"),
    [
        ("E001", {"list_filter": ("fan",)}),
        ("E001", {"list_filter": (("fan", admin.RelatedOnlyFieldListFilter),)}),
        ("E001", {"list_filter": ("fan__name",)}),
        ("E002", {"autocomplete_fields": ("assigned_to",)}),
        ("E003", {"inlines": (UnscopedInline,)}),
        ("E004", {"form": forms.ModelForm}),
        ("E005", {"raw_id_fields": ("fan",)}),
        ("E006", {"list_editable": ("status",), "list_display": ("uuid", "status")}),
    ],
)
def test_options_that_reach_past_the_workspace_do_not_start(number: str, options: dict[str, Any]) -> None:
    reaching = type("Reaching", (ScopedModelAdmin,), options)

    assert f"greenroom.{number}" in [error.id for error in reaching(Interaction, site).check()]


def test_options_that_stay_inside_start() -> None:
    assert InteractionAdmin(Interaction, site).check() == []


def test_a_model_of_no_workspace_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured):
        ScopedModelAdmin(QuotaLedger, site)


def test_a_form_without_a_workspace_on_it_still_checks(a: Tenant, b: Tenant) -> None:
    class Attaching(SameWorkspaceForm[Interaction]):
        class Meta:
            model = Interaction
            fields = ("fan",)

    form = Attaching({"fan": b.row(Fan).pk}, instance=a.row(Interaction))

    assert "fan" in form.errors
