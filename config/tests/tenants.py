"""Two workspaces with a row of everything, every text of which says whose it is.

The rows are filled by looking at the models, so that a new table takes part without being asked. Where that
cannot work (a check constraint, a format), name the values under `NEEDS`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models
from django.utils import timezone

from connections.models import Membership, Role, User, Workspace
from connections.tests.factories import make_member, make_workspace

OURS = {"connections", "enrichment", "crm", *settings.PLATFORMS}

UNSEEN = "SEEN-BY-NOBODY-CANARY"  # stands in every column that no page shows to anybody

# Values that cannot be guessed from a model, by its label; each is given the tenant.
NEEDS: Mapping[str, Callable[["Tenant"], Mapping[str, Any]]] = {
    "connections.Credential": lambda tenant: {"access_token": UNSEEN, "refresh_token": UNSEEN},
    "connections.WebhookEvent": lambda tenant: {"body": UNSEEN.encode()},
    "django_celery_beat.PeriodicTask": lambda tenant: {
        "crontab": None,
        "solar": None,
        "clocked": None,
        "args": "[]",
        "kwargs": "{}",
        "headers": "{}",
    },
}


@dataclass
class Tenant:
    """A workspace, one person a role, and a row of any model: `row(Model)`."""

    canary: str
    workspace: Workspace
    people: Mapping[Role, User]
    installation: dict[type[models.Model], models.Model]  # rows of no workspace, one for both
    rows: dict[type[models.Model], models.Model] = field(default_factory=dict)

    @property
    def owner(self) -> User:
        return self.people[Role.OWNER]

    def row(self, model: type[models.Model]) -> Any:
        rows = self.rows if model in self.rows or model in tenant_models() else self.installation
        if model not in rows:
            rows[model] = self._make(model)
        return rows[model]

    def _make(self, model: type[models.Model]) -> models.Model:
        child = next((one for one in model.__subclasses__() if one in tenant_models()), None)
        if child is not None and not child._meta.proxy:
            return model._default_manager.get(pk=self.row(child).pk)
        instance = model(**_values(model, self))
        try:
            instance.save()
        except (DatabaseError, ValidationError, TypeError, ValueError) as error:
            pytest.fail(
                f"The tenant matrix has no row of {model._meta.label}: {error} "
                f"Name the values it needs under NEEDS in config/tests/tenants.py."
            )
        instance.refresh_from_db()
        return instance


def make_tenants(*others: type[models.Model]) -> tuple[Tenant, Tenant]:
    """A and B, complete, and one row of each of the `others`."""
    installation: dict[type[models.Model], models.Model] = {}
    a, b = _make_tenant("TENANT-A-CANARY", installation), _make_tenant("TENANT-B-CANARY", installation)
    for model in others:
        a.row(model)
    return a, b


def _make_tenant(canary: str, installation: dict[type[models.Model], models.Model]) -> Tenant:
    workspace = make_workspace(canary)
    people = {role: make_member(workspace, role, f"{role}-{canary}") for role in Role}
    tenant = Tenant(canary, workspace, people, installation)
    tenant.rows[Workspace] = workspace
    tenant.rows[User] = people[Role.VIEWER]
    tenant.rows[Membership] = Membership.objects.get(user=people[Role.VIEWER])
    for model in tenant_models():
        tenant.row(model)
    return tenant


@cache
def tenant_models() -> tuple[type[models.Model], ...]:
    """Our models from which foreign keys lead to a workspace."""
    return tuple(model for model in apps.get_models() if model._meta.app_label in OURS and _leads_home(model))


def _leads_home(model: type[models.Model], seen: frozenset[type[models.Model]] = frozenset()) -> bool:
    parents = {key.related_model for key in foreign_keys(model)} - seen
    return Workspace in parents or any(_leads_home(parent, seen | {model}) for parent in parents)


def foreign_keys(model: type[models.Model]) -> "list[models.ForeignKey[Any, Any]]":
    return [one for one in model._meta.concrete_fields if isinstance(one, models.ForeignKey)]


def _values(model: type[models.Model], tenant: Tenant) -> dict[str, Any]:
    filled = {
        one.name: _value(one, tenant) for one in model._meta.concrete_fields if _is_filled(one) and not one.primary_key
    }
    needs = NEEDS.get(model._meta.label)
    return {**filled, **(needs(tenant) if needs else {})}


def _is_filled(one: "models.Field[Any, Any]") -> bool:
    if isinstance(one, models.ForeignKey):
        return one.related_model is not one.model and not one.remote_field.parent_link
    if one.choices or isinstance(one, models.CharField | models.TextField | models.BinaryField | models.JSONField):
        return True
    return not one.null and not one.has_default() and not getattr(one, "auto_now", False)


def _value(one: "models.Field[Any, Any]", tenant: Tenant) -> Any:
    if isinstance(one, models.ForeignKey):
        return tenant.owner if one.related_model is User else tenant.row(one.related_model)
    if one.name == "platform":
        return one.model._meta.app_label if one.model._meta.app_label in settings.PLATFORMS else "youtube"
    if one.choices:
        return one.get_default() or one.flatchoices[0][0]
    return next((make(one, tenant.canary) for kind, make in _BY_KIND if isinstance(one, kind)), 1)


_BY_KIND: "tuple[tuple[type[models.Field[Any, Any]], Callable[[Any, str], Any]], ...]" = (
    (models.URLField, lambda one, canary: f"https://example.org/{canary}"),
    (models.CharField, lambda one, canary: canary[: one.max_length]),
    (models.TextField, lambda one, canary: canary),
    (models.BinaryField, lambda one, canary: canary.encode()),
    (models.JSONField, lambda one, canary: [canary] if one.default is list else {"note": canary}),
    (models.DateTimeField, lambda one, canary: timezone.now()),
    (models.DateField, lambda one, canary: timezone.now().date()),
)
