"""The pages on which a workspace's accounts are connected and disconnected."""

import uuid
from collections.abc import Mapping
from typing import cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST, require_safe
from social_core.exceptions import AuthCanceled, AuthInputError, AuthSessionError, SocialAuthBaseException

from connections import sync
from connections.account_status import described
from connections.admin_scope import is_operator, permits
from connections.connecting import Refused, connect_account, disconnect_account
from connections.errors import PlatformError
from connections.models import Connection, Role, SyncRun, User, Workspace
from connections.oauth import Intent, backend_for
from connections.quota_forecast import todays_quota
from connections.registry import Platform, platforms


class StartForm(forms.Form):
    workspace = forms.UUIDField()
    connection = forms.UUIDField(required=False)


@login_required
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """The accounts of the workspaces in which the person may connect them."""
    user = cast(User, request.user)
    owned = set(Workspace.objects.for_user(user, Role.OWNER).values_list("pk", flat=True))
    workspaces = Workspace.objects.for_user(user, Role.MANAGER).prefetch_related("connections")
    homes = [(one, [described(row, one.pk in owned) for row in one.connections.all()]) for one in workspaces]
    context = {"homes": homes, "platforms": platforms().values()}
    return _page(request, "connections/accounts.html", "Connected accounts", context)


@login_required
@require_POST
def sync_now(request: HttpRequest, connection_uuid: uuid.UUID) -> HttpResponse:
    """Start a walk of everything that is due a look."""
    user = cast(User, request.user)
    connection = get_object_or_404(Connection.objects.for_user(user), uuid=connection_uuid)
    _workspace(user, connection.workspace.uuid, Role.MANAGER)
    streams = sync.streams_due(connection, full=False)
    runs = sync.start_streams(connection, streams, trigger=SyncRun.Trigger.PERSON)
    if runs:
        messages.success(request, f"{connection} is being synced.")
    else:
        messages.warning(request, f"{connection} is not connected, so there is nothing to sync.")
    runs_of_it = f"{reverse('admin:connections_syncrun_changelist')}?connection__id__exact={connection.pk}"
    return HttpResponseRedirect(runs_of_it if runs else reverse("connections:accounts"))


@login_required
@require_safe
def quota(request: HttpRequest) -> HttpResponse:
    """Today's use of every bucket; for operators, and for the managers whose syncs draw on it."""
    if not (is_operator(request) or permits(request, Role.MANAGER)):
        raise PermissionDenied
    context = {"buckets": todays_quota(), "is_operator": is_operator(request)}
    return _page(request, "connections/quota.html", "Quota today", context)


@login_required
@require_POST
def start(request: HttpRequest, platform: str) -> HttpResponse:
    """Send the person to the platform's consent page."""
    chosen = _platform(platform)
    form = StartForm(request.POST)
    if not form.is_valid():
        raise Http404
    user = cast(User, request.user)
    workspace = _workspace(user, form.cleaned_data["workspace"], Role.MANAGER)
    reconnecting = form.cleaned_data["connection"]
    if reconnecting:
        get_object_or_404(workspace.connections, uuid=reconnecting, platform=chosen.slug)
    backend = backend_for(request, chosen)
    if not all(backend.get_key_and_secret()):
        return _problem(request, chosen, f"This Greenroom has no credentials for {chosen.name} yet.", status=503)
    intent = Intent(user.pk, str(workspace.uuid), str(reconnecting or ""))
    return HttpResponseRedirect(backend.begin(intent))


@require_GET
@sensitive_variables()
def callback(request: HttpRequest, platform: str) -> HttpResponse:
    """Where the platform sends people back; called only after the state has proved whose answer this is."""
    chosen = _platform(platform)
    backend = backend_for(request, chosen)
    try:
        user = _person(request)
        workspace, reconnecting = _still_allowed(user, backend.resume(user))
        connection = connect_account(chosen, workspace, backend.exchange(), actor=user, reconnecting=reconnecting)
    except AuthCanceled:
        return _problem(request, chosen, f"{chosen.name} was not connected: access was not granted there.", status=200)
    except (AuthSessionError, AuthInputError, PermissionDenied):
        return _problem(
            request,
            chosen,
            "This answer belongs to no connection that you have just started here.",
            status=400,
        )
    except SocialAuthBaseException as error:
        return _problem(request, chosen, f"{chosen.name} refused the connection: {error}", status=502)
    except Refused as error:
        return _problem(request, chosen, str(error), status=409)
    except PlatformError as error:
        return _problem(request, chosen, error.message, status=503)
    messages.success(request, f"{connection} is connected. Its first sync has started.")
    if connection.last_error:
        messages.warning(request, connection.last_error)
    return redirect("connections:accounts")


@login_required
def disconnect(request: HttpRequest, connection_uuid: uuid.UUID) -> HttpResponse:
    """Ask once more, then disconnect."""
    user = cast(User, request.user)
    connection = get_object_or_404(Connection.objects.for_user(user), uuid=connection_uuid)
    _workspace(user, connection.workspace.uuid, Role.OWNER)
    platform = platforms()[connection.platform]
    if request.method != "POST":
        context = {"connection": connection, "platform": platform}
        return _page(request, "connections/disconnect.html", f"Disconnect {connection}?", context)
    if disconnect_account(connection, actor=user):
        messages.success(request, f"{connection} is disconnected. What was synced is erased within seven days.")
    else:
        messages.warning(
            request,
            f"{connection} is disconnected and its access deleted here, but {platform.name} did not confirm. "
            f"Please remove Greenroom there yourself: {platform.permissions_url}",
        )
    return redirect("connections:accounts")


def _platform(slug: str) -> Platform:
    if slug not in platforms():
        raise Http404
    return platforms()[slug]


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _workspace(user: User, wanted: uuid.UUID, role: Role) -> Workspace:
    """404 for a stranger, 403 for a member whose role is too small."""
    workspace = get_object_or_404(Workspace.objects.for_user(user), uuid=wanted)
    if not Workspace.objects.for_user(user, role).filter(pk=workspace.pk).exists():
        raise PermissionDenied
    return workspace


def _still_allowed(user: User, intent: Intent) -> tuple[Workspace, Connection | None]:
    """Roles may have changed while the person was away, and what is being connected again may be gone."""
    workspace = Workspace.objects.for_user(user, Role.MANAGER).filter(uuid=intent.workspace).first()
    if workspace is None:
        raise PermissionDenied
    if not intent.reconnecting:
        return workspace, None
    connection = workspace.connections.filter(uuid=intent.reconnecting).first()
    if connection is None:
        raise PermissionDenied
    return workspace, connection


def _problem(request: HttpRequest, platform: Platform, text: str, *, status: int) -> HttpResponse:
    context = {"text": text, "platform": platform}
    return _page(request, "connections/problem.html", f"{platform.name} is not connected", context, status=status)


def _page(
    request: HttpRequest, template: str, title: str, context: Mapping[str, object], *, status: int = 200
) -> HttpResponse:
    return render(request, template, {**admin.site.each_context(request), "title": title, **context}, status=status)
