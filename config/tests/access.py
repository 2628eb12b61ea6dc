"""Who may open what. Every admin model and every other route has an entry here, or the tenant matrix fails.

A new admin: a line in `ADMIN`, under its label, with the least role that may do each thing (None: nobody).
A new route outside the five pages that every admin has: a line in `ROUTES`, under its full name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.db.models import Model

from config.tests.tenants import Tenant
from connections.models import Connection, Role, SyncRun, Workspace
from crm.models import ContentPiece, Fan, Interaction
from youtube.models import YouTubeComment, YouTubeConnection, YouTubeVideo

LIST, VIEW, CHANGE, ADD, DELETE = "list", "view", "change", "add", "delete"
HISTORY = VIEW


@dataclass(frozen=True)
class Access:
    """The least role for each thing, and what operators do without being members."""

    view: Role | None = Role.VIEWER
    change: Role | None = None
    add: Role | None = None
    delete: Role | None = None
    operators: frozenset[str] = frozenset()

    def least(self, what: str) -> Role | None:
        return {LIST: self.view, VIEW: self.view, CHANGE: self.change, ADD: self.add, DELETE: self.delete}[what]


LOOK = frozenset({LIST, VIEW})
EVERYTHING = frozenset({LIST, VIEW, CHANGE, ADD, DELETE})
SCHEDULES = Access(view=None, operators=EVERYTHING)

ADMIN: Mapping[str, Access] = {
    "connections.Workspace": Access(change=Role.OWNER, operators=EVERYTHING - {DELETE}),
    "connections.Membership": Access(change=Role.OWNER, delete=Role.OWNER, operators=EVERYTHING),
    "connections.User": Access(view=None, operators=EVERYTHING - {DELETE}),
    "connections.Connection": Access(change=Role.OWNER, operators=LOOK),
    "connections.SyncRun": Access(operators=LOOK),
    "connections.QuarantinedRecord": Access(view=Role.MANAGER),
    "connections.AuditEvent": Access(view=Role.MANAGER, operators=frozenset({LIST})),
    "connections.QuotaLedger": Access(view=None, operators=LOOK),
    "connections.WebhookEvent": Access(view=None, operators=LOOK),
    "youtube.YouTubeConnection": Access(),
    "youtube.YouTubeVideo": Access(),
    "youtube.YouTubeComment": Access(),
    "youtube.YouTubeChannelDay": Access(),
    "youtube.YouTubeVideoDay": Access(),
    "crm.Interaction": Access(change=Role.AGENT),
    "crm.InteractionNote": Access(),
    "crm.InteractionTag": Access(),
    "crm.TriageEvent": Access(),
    "crm.SignalCorrection": Access(),
    "crm.Tag": Access(change=Role.MANAGER, add=Role.AGENT, delete=Role.MANAGER),
    "crm.Fan": Access(change=Role.AGENT),
    "crm.FanIdentity": Access(),
    "crm.ContentPiece": Access(),
    "crm.ContentPerformance": Access(),
    "django_celery_beat.PeriodicTask": SCHEDULES,
    "django_celery_beat.IntervalSchedule": SCHEDULES,
    "django_celery_beat.CrontabSchedule": SCHEDULES,
    "django_celery_beat.ClockedSchedule": SCHEDULES,
    "django_celery_beat.SolarSchedule": SCHEDULES,
}


def access_to(model: type[Model]) -> Access:
    found = ADMIN.get(model._meta.label)
    if found is None:
        pytest.fail(f"Say who may open {model._meta.label}: a line in ADMIN of config/tests/access.py.")
    return found


@dataclass(frozen=True)
class Route:
    """A page outside the five of every admin, asked by GET with `args` of a tenant's rows.

    `role` is the least that gets `allowed`; a lower one gets `refused`, a member of another workspace
    `foreign`, which is what a row that is not there gives. Without a role it is for everybody signed in, and
    `public` pages are for everybody.
    """

    allowed: int = 200
    role: Role | None = None
    refused: int = 403
    foreign: int = 404
    anonymous: int = 302
    operator: int | None = None
    anywhere: bool = False  # the page is of no workspace: the role counts wherever it is held
    args: Callable[[Tenant], Mapping[str, Any]] = lambda tenant: {}


def public(status: int = 200, args: Callable[[Tenant], Mapping[str, Any]] = lambda tenant: {}) -> Route:
    return Route(allowed=status, anonymous=status, args=args)


def _app(tenant: Tenant) -> Mapping[str, Any]:
    return {"app_label": "connections"}


def _connection(tenant: Tenant) -> Mapping[str, Any]:
    return {"connection_uuid": tenant.row(Connection).uuid}


def _platform(tenant: Tenant) -> Mapping[str, Any]:
    return {"platform": "youtube"}


def _person(tenant: Tenant) -> Mapping[str, Any]:
    return {"id": tenant.owner.pk}


def _api_list() -> Route:
    return Route(anonymous=401)


def _api_row(model: type[Model]) -> Route:
    return Route(role=Role.VIEWER, anonymous=401, args=lambda tenant: {"uuid": tenant.row(model).uuid})


ROUTES: Mapping[str, Route] = {
    "": public(302),  # the bare address leads to the admin
    "admin:index": Route(),
    "admin:login": Route(allowed=302, anonymous=200),
    "admin:logout": Route(allowed=405),
    "admin:password_change": Route(),
    "admin:password_change_done": Route(),
    "admin:jsi18n": Route(),
    "admin:autocomplete": Route(allowed=403),  # asked with its parameters by a test of its own
    "admin:app_list": Route(args=_app, foreign=200, operator=200),
    "admin:auth_user_password_change": Route(role=None, allowed=403, operator=200, args=_person),
    "connections:accounts": Route(),
    "connections:quota": Route(role=Role.MANAGER, anywhere=True, foreign=403, operator=200),
    "connections:sync": Route(allowed=405, args=_connection),
    "connections:start": Route(allowed=405, args=_platform),
    "connections:callback": public(400, _platform),
    "connections:disconnect": Route(role=Role.OWNER, args=_connection),
    "api_tokens:list": Route(),
    "api_tokens:revoke": Route(allowed=405, args=lambda tenant: {"token_uuid": tenant.workspace.uuid}),
    "api:schema": public(),
    "api:docs": public(),
    "api:nowhere": public(404),
    "api:me": _api_list(),
    "api:workspace-list": _api_list(),
    "api:workspace-detail": _api_row(Workspace),
    "api:sync-run-list": _api_list(),
    "api:sync-run-detail": _api_row(SyncRun),
    "api:interaction-list": _api_list(),
    "api:interaction-detail": _api_row(Interaction),
    "api:fan-list": _api_list(),
    "api:fan-detail": _api_row(Fan),
    "api:content-list": _api_list(),
    "api:content-detail": _api_row(ContentPiece),
    "api:youtube-connection-list": _api_list(),
    "api:youtube-connection-detail": _api_row(YouTubeConnection),
    "api:youtube-video-list": _api_list(),
    "api:youtube-video-detail": _api_row(YouTubeVideo),
    "api:youtube-comment-list": _api_list(),
    "api:youtube-comment-detail": _api_row(YouTubeComment),
}
