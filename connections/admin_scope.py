"""What every admin page stands on: a person sees and touches the rows of their own workspaces, by role.

Narrowing a list is not enough: dropdowns, list filters, lookups in the address, autocompletion, inlines
and what a form posts each reach other rows by a way of their own, and each of those ways is closed here.
A row of another workspace answers exactly as one that does not exist. Being staff or a superuser opens
no workspace; it opens the pages that operate the installation (`OperatorOnlyMixin`).
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar
from weakref import WeakKeyDictionary

from django import forms
from django.contrib import admin
from django.contrib.admin.checks import ModelAdminChecks
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import get_fields_from_path
from django.core import checks
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from connections.models import Membership, Role, User, Workspace
from connections.models.people import WorkspaceQuerySet

ModelT = TypeVar("ModelT", bound=Model)
ParentT = TypeVar("ParentT", bound=Model)

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin
    _TabularInline = admin.TabularInline
    _StackedInline = admin.StackedInline
    _ModelForm = forms.ModelForm
    _Paginator = Paginator
    _Inline = admin.options.InlineModelAdmin[Any, Any]
    _AnyAdmin = admin.ModelAdmin[Any]
    _RelatedField = models.fields.related.RelatedField[Any, Any]
else:  # Django's admin classes are generic for the type checker only.

    class _ModelAdmin(admin.ModelAdmin, Generic[ModelT]):
        pass

    class _TabularInline(admin.TabularInline, Generic[ModelT, ParentT]):
        pass

    class _StackedInline(admin.StackedInline, Generic[ModelT, ParentT]):
        pass

    class _ModelForm(forms.ModelForm, Generic[ModelT]):
        pass

    class _Paginator(Paginator, Generic[ModelT]):
        pass

    class _Inline:
        pass

    class _AnyAdmin:
        pass


# --- Who may do what

_roles: "WeakKeyDictionary[HttpRequest, Mapping[int, Role]]" = WeakKeyDictionary()


def roles_of(request: HttpRequest) -> Mapping[int, Role]:
    """The role of the person behind `request` in each of their workspaces, by the workspace's id."""
    if request not in _roles:
        _roles[request] = _memberships(request.user) if isinstance(request.user, User) else {}
    return _roles[request]


def _memberships(user: User) -> Mapping[int, Role]:
    if not user.is_active:
        return {}
    rows = Membership.objects.filter(user=user).values_list("workspace_id", "role")
    return {workspace_id: Role(role) for workspace_id, role in rows}


def is_operator(request: HttpRequest) -> bool:
    """Whether this person runs the installation: users, schedules, quota; nobody's comments."""
    return isinstance(request.user, User) and request.user.is_active and request.user.is_staff


def permits(request: HttpRequest, role: Role | None, obj: Model | None = None) -> bool:
    """Whether the person has `role` or more where `obj` belongs, or anywhere when no row is named yet.

    `None` stands for a role that nobody has.
    """
    if role is None:
        return False
    if obj is None:
        return any(held.rank >= role.rank for held in roles_of(request).values())
    workspace_id = workspace_id_of(obj)
    held = roles_of(request).get(workspace_id) if workspace_id is not None else None
    return held is not None and held.rank >= role.rank


# --- Which rows

_MISSING = object()


def workspace_path(model: type[Model]) -> str | None:
    """How `model` leads to its workspace's id; None for a model that belongs to no workspace."""
    queryset = model._default_manager.all()
    return queryset.workspace_path if isinstance(queryset, WorkspaceQuerySet) else None


def workspace_id_of(obj: Model) -> int | None:
    """The workspace of a row, saved or not; None where it has none, or none yet."""
    path = workspace_path(type(obj))
    if path is None:
        return None
    found: Any = obj
    for name in path.split("__"):
        found = getattr(found, name, None)
    return found if isinstance(found, int) else None


def rows_for(model: type[ModelT], request: HttpRequest, role: Role = Role.VIEWER) -> QuerySet[ModelT]:
    """The rows of `model` this person may choose from; of people, those who share a workspace with them."""
    queryset: QuerySet[ModelT] = model._default_manager.all()
    if isinstance(queryset, WorkspaceQuerySet):
        return queryset.for_user(request.user, role)
    if issubclass(model, User):
        colleagues = Membership.objects.filter(workspace_id__in=list(roles_of(request)))
        return queryset.filter(pk__in=colleagues.values("user_id"))
    return queryset.none()


# --- Forms


class SameWorkspaceForm(_ModelForm[ModelT]):
    """Refuses a row whose parts lie in several workspaces, in Django's words for a choice that is not there.

    Fields that point at people ask for members of the row's workspace, except `people_from_outside`.
    """

    people_from_outside: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._workspace_before = workspace_id_of(self.instance) if self.instance.pk else None

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # the one step that runs after the row has its new values
        for name in list(self._fields_outside(self._home())):
            self.add_error(name if name in self.fields else None, self._invalid_choice(name))

    def _home(self) -> int | None:
        """Where the row is, or will be: where it was, what its column says, or where its parents are."""
        if self._workspace_before is not None:
            return self._workspace_before
        own = workspace_id_of(self.instance)
        return own if own is not None else next((found for _, found in self._workspaces_of_parents()), None)

    def _fields_outside(self, home: int | None) -> Iterator[str]:
        for name, workspace_id in self._workspaces_of_parents():
            if workspace_id != home:
                yield name
        for name in self._people_changed():
            person = getattr(self.instance, name)
            if person and not Membership.objects.filter(user=person, workspace=home).exists():
                yield name
        for name, chosen in self.cleaned_data.items():
            if isinstance(chosen, QuerySet) and any(workspace_id_of(row) not in (home, None) for row in chosen):
                yield name

    def _workspaces_of_parents(self) -> Iterator[tuple[str, int]]:
        for field in self._foreign_keys():
            if workspace_path(field.related_model) is not None:
                parent = _parent(self.instance, field)
                workspace_id = workspace_id_of(parent) if parent else None
                if workspace_id is not None:
                    yield field.name, workspace_id

    def _people_changed(self) -> Iterator[str]:
        for field in self._foreign_keys():
            asked = field.name in self.changed_data and field.name not in self.people_from_outside
            if asked and issubclass(field.related_model, User):
                yield field.name

    def _foreign_keys(self) -> "Iterator[models.ForeignKey[Any, Any]]":
        for field in self.instance._meta.concrete_fields:
            if isinstance(field, models.ForeignKey):
                yield field

    def _invalid_choice(self, name: str) -> str:
        field = self.fields.get(name)
        given = field.error_messages.get("invalid_choice") if field else None
        text = str(given or "Select a valid choice. That choice is not one of the available choices.")
        return text if "%(value)s" not in text else text % {"value": self.data.get(self.add_prefix(name), "")}


def _parent(instance: Model, field: "models.ForeignKey[Any, Any]") -> Model | None:
    if getattr(instance, field.attname) is None:
        return None
    parent: Model | None = getattr(instance, field.name, None)
    return parent


# --- Lists


class CappedPaginator(_Paginator[ModelT]):
    """Counts up to `cap` rows and no further: counting a million comments takes longer than showing a page.

    Pages beyond the cap are refused, which says: narrow the filter.
    """

    cap = 10_001

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if isinstance(rows, QuerySet):
            return rows.order_by()[: self.cap].count()
        return len(rows)


class ScopedRelatedFilter(admin.RelatedFieldListFilter):
    """A list filter over a relation that names only what the person may see. Django's own names every row."""

    limit = 200

    def field_choices(
        self, field: "_RelatedField", request: HttpRequest, model_admin: "admin.ModelAdmin[Any]"
    ) -> list[tuple[str, Any]]:
        rows = rows_for(field.related_model, request)
        if isinstance(model_admin, ScopedModelAdmin) and model_admin.sees_all(request):
            rows = field.related_model._default_manager.all()
        return [(row.pk, str(row)) for row in rows[: self.limit]]


class ScopeChecks(ModelAdminChecks):
    """Refuses, when the program starts, admin options that would reach past the workspace."""

    def check(self, admin_obj: "BaseModelAdmin[Any]", **kwargs: object) -> list[checks.CheckMessage]:
        found = super().check(admin_obj, **kwargs)
        if isinstance(admin_obj, ScopedModelAdmin):
            found += [
                checks.Error(message, hint=hint, obj=type(admin_obj), id=f"greenroom.E{number:03}")
                for number, message, hint in _reaching_past(admin_obj)
            ]
        return found


def _reaching_past(model_admin: "ScopedModelAdmin[Any]") -> Iterator[tuple[int, str, str]]:
    for item in model_admin.list_filter:
        if not _filter_is_scoped(model_admin.model, item):
            yield (
                1,
                f"list_filter {item!r} names rows of every workspace.",
                "Use (field, ScopedRelatedFilter).",
            )
    for name in model_admin.autocomplete_fields:
        related = model_admin.model._meta.get_field(name).related_model
        if not isinstance(related, type) or workspace_path(related) is None:
            yield 2, f"autocomplete field {name!r} leads to rows of no workspace.", "Use a plain select."
    for inline in model_admin.inlines:
        if not issubclass(inline, ScopedInlineMixin):
            yield (
                3,
                f"{inline.__name__} is not scoped.",
                "Derive it from ScopedTabularInline or ScopedStackedInline.",
            )
    yield from _unguarded_forms(model_admin)


def _unguarded_forms(model_admin: "ScopedModelAdmin[Any]") -> Iterator[tuple[int, str, str]]:
    if not issubclass(model_admin.form, SameWorkspaceForm):
        yield (
            4,
            "The form does not check that the row stays in one workspace.",
            "Derive it from SameWorkspaceForm.",
        )
    if model_admin.raw_id_fields:
        yield 5, "raw_id_fields shows the name of any row whose id is typed in.", "Use autocomplete_fields."
    if model_admin.list_editable:
        yield 6, "list_editable saves without the form's checks.", "Use an action, or the change page."


def _filter_is_scoped(model: type[Model], item: Any) -> bool:
    if isinstance(item, type):
        return issubclass(item, admin.SimpleListFilter)  # written by hand, with a request at hand
    path, kind = item if isinstance(item, list | tuple) else (item, None)
    *through, last = get_fields_from_path(model, str(path))
    if last.is_relation:
        return kind is not None and issubclass(kind, ScopedRelatedFilter)
    names_values = kind is admin.AllValuesFieldListFilter or not (
        getattr(last, "choices", None) or isinstance(last, models.BooleanField | models.DateField)
    )
    return not (through and names_values)


# --- Admin classes


class ScopedModelAdmin(_ModelAdmin[ModelT]):
    """Base of every admin of rows that belong to a workspace.

    Set `change_role` (and, seldom, the others) to the least role that may; `None` is nobody. Actions run on
    the rows where the person has `action_role`, by default `change_role`. `operators_may_view` and
    `operators_may_change` open the rows of all workspaces to those who run the installation: only for rows
    that hold nothing a commenter wrote.
    """

    view_role: ClassVar[Role] = Role.VIEWER
    change_role: ClassVar[Role | None] = None
    add_role: ClassVar[Role | None] = None
    delete_role: ClassVar[Role | None] = None
    action_role: ClassVar[Role | None] = None
    operators_may_view: ClassVar[bool] = False
    operators_may_change: ClassVar[bool] = False

    checks_class = ScopeChecks
    form: "type[forms.ModelForm[ModelT]]" = SameWorkspaceForm
    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    view_on_site = False
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def __init__(self, model: type[ModelT], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        if workspace_path(model) is None:
            raise ImproperlyConfigured(f"{model.__name__} has no for_user(): its manager is no WorkspaceQuerySet.")

    # Rows

    def sees_all(self, request: HttpRequest) -> bool:
        return self.operators_may_view and is_operator(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelT]:
        queryset = super().get_queryset(request)
        if self.sees_all(request):
            return queryset
        return _narrow(queryset, request, self.view_role)

    def get_field_queryset(
        self, db: str | None, db_field: "_RelatedField", request: HttpRequest
    ) -> QuerySet[Any] | None:
        if self.operators_may_change and is_operator(request):
            return super().get_field_queryset(db, db_field, request)
        return _choices(db_field, request, self.change_role or self.add_role)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404  # the same answer, to the byte, for a row of somebody else

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):  # before Django looks whether there is such a row
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    # Roles

    def _may(self, request: HttpRequest, role: Role | None, obj: Model | None) -> bool:
        return (self.operators_may_change and is_operator(request)) or permits(request, role, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: ModelT | None = None) -> bool:
        return self.sees_all(request) or permits(request, self.view_role, obj)

    def has_change_permission(self, request: HttpRequest, obj: ModelT | None = None) -> bool:
        return self._may(request, self.change_role, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request, self.add_role, None)

    def has_delete_permission(self, request: HttpRequest, obj: ModelT | None = None) -> bool:
        return self._may(request, self.delete_role, obj)

    # Addresses

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what the page's own filters ask: answers to other questions leak one letter at a time."""
        first = lookup.split("__", maxsplit=1)[0]
        if first == "pk":
            return lookup in {"pk", "pk__exact", "pk__in"}
        if first in {field.name for field in self.opts.get_fields()} and first not in self._filtered_fields(request):
            return False
        return super().lookup_allowed(lookup, value, request)

    def _filtered_fields(self, request: HttpRequest) -> set[str]:
        paths = [item[0] if isinstance(item, list | tuple) else item for item in self.get_list_filter(request)]
        named = {str(path).split("__")[0] for path in paths if not isinstance(path, type)}
        return named | ({self.date_hierarchy.split("__")[0]} if self.date_hierarchy else set())

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        return to_field == self.opts.pk.name and super().to_field_allowed(request, to_field)

    # Writing

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Whoever may add to one workspace only is not asked which."""
        open_to = [pk for pk, held in roles_of(request).items() if self.add_role and held.rank >= self.add_role.rank]
        only = {"workspace": open_to[0]} if len(open_to) == 1 else {}
        return {**only, **super().get_changeform_initial_data(request)}

    def get_readonly_fields(self, request: HttpRequest, obj: ModelT | None = None) -> Any:
        """A row stays in the workspace it was made in."""
        readonly = tuple(super().get_readonly_fields(request, obj))
        return (*readonly, "workspace") if obj and _has_field(self.model, "workspace") else readonly

    def save_model(self, request: HttpRequest, obj: ModelT, form: Any, change: Any) -> None:
        # The form may have chosen the workspace: a member of two may add to one and only read the other.
        if not self._may(request, self.change_role if change else self.add_role, obj):
            raise PermissionDenied
        super().save_model(request, obj, form, change)

    def get_actions(self, request: HttpRequest) -> Any:
        if self._least_role_for_actions() is None and not (self.operators_may_change and is_operator(request)):
            return {}
        return super().get_actions(request)

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *args: Any) -> HttpResponse | None:
        """Run an action on those of the chosen rows where the person's role suffices."""
        role = self._least_role_for_actions()
        if role is not None and not (self.operators_may_change and is_operator(request)):
            queryset = _narrow(queryset, request, role)
        return super().response_action(request, queryset, *args)

    def _least_role_for_actions(self) -> Role | None:
        return self.action_role or self.change_role or self.delete_role


def _narrow(queryset: QuerySet[ModelT], request: HttpRequest, role: Role) -> QuerySet[ModelT]:
    if not isinstance(queryset, WorkspaceQuerySet):
        raise ImproperlyConfigured(f"{queryset.model.__name__} has no for_user().")
    # By the ids themselves: a subquery keeps PostgreSQL off the indexes that begin with the workspace.
    held = roles_of(request)
    return queryset.in_workspaces(pk for pk, one in held.items() if one.rank >= role.rank)


def _choices(db_field: "_RelatedField", request: HttpRequest, role: Role | None) -> QuerySet[Any]:
    related = db_field.remote_field.model
    if related is Workspace and role is not None:
        return rows_for(Workspace, request, role)
    return rows_for(related, request)


def _has_field(model: type[Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.get_fields())


class ReadOnlyMixin:
    """For rows that are appended, or that belong to a platform: looked at, never edited by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class OperatorOnlyMixin(_AnyAdmin):
    """For what runs the installation. Put it before Django's or a library's admin class."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_operator(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_operator(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_operator(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_operator(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_operator(request)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        if not is_operator(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)


class OperatorModelAdmin(OperatorOnlyMixin, _ModelAdmin[ModelT]):
    paginator = CappedPaginator
    show_full_result_count = False
    view_on_site = False


class ScopedInlineMixin(_Inline):
    """Rows shown on their parent's page: seen with the parent, changed with the roles named here."""

    change_role: ClassVar[Role | None] = None
    add_role: ClassVar[Role | None] = None
    delete_role: ClassVar[Role | None] = None
    form = SameWorkspaceForm
    extra = 0
    show_change_link = False
    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset = super().get_queryset(request)
        parent = self.admin_site.get_model_admin(self.parent_model)
        if isinstance(parent, ScopedModelAdmin) and parent.sees_all(request):
            return queryset
        return queryset.for_user(request.user) if isinstance(queryset, WorkspaceQuerySet) else queryset

    def get_field_queryset(
        self, db: str | None, db_field: "_RelatedField", request: HttpRequest
    ) -> QuerySet[Any] | None:
        return _choices(db_field, request, self.change_role or self.add_role)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True  # whoever may not see the parent never gets as far as its inlines

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return permits(request, self.change_role, obj)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return permits(request, self.add_role, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return permits(request, self.delete_role, obj)


class ScopedTabularInline(ScopedInlineMixin, _TabularInline[ModelT, ParentT]):
    pass


class ScopedStackedInline(ScopedInlineMixin, _StackedInline[ModelT, ParentT]):
    pass
