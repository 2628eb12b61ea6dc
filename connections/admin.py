"""Admin pages of workspaces, people, connected accounts and their syncs."""

import json
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django_celery_beat import admin as beat_admin
from django_celery_beat import models as beat
from social_django import admin as _social_admin  # noqa: F401 - registers what is taken back below
from social_django import models as social

from connections import quarantine
from connections.admin_scope import (
    OperatorModelAdmin,
    OperatorOnlyMixin,
    ReadOnlyMixin,
    SameWorkspaceForm,
    ScopedModelAdmin,
    ScopedRelatedFilter,
    ScopedTabularInline,
    is_operator,
    permits,
)
from connections.members import is_last_owner, remove, set_role
from connections.models import (
    AuditEvent,
    Connection,
    Membership,
    QuarantinedRecord,
    QuotaLedger,
    Role,
    StreamState,
    SyncRun,
    User,
    WebhookEvent,
    Workspace,
)
from connections.redaction import redact
from connections.registry import platforms

RAW_SHOWN = 4_000

# --- Workspaces and people


def _time_zones() -> list[tuple[str, str]]:
    return [(name, name) for name in sorted(available_timezones())]


class WorkspaceForm(SameWorkspaceForm[Workspace]):
    time_zone = forms.ChoiceField(choices=_time_zones, initial="UTC")


@admin.register(Workspace)
class WorkspaceAdmin(ScopedModelAdmin[Workspace]):
    """An owner's settings; operators open workspaces and name them, and read nothing inside."""

    form = WorkspaceForm
    change_role = Role.OWNER
    operators_may_view = operators_may_change = True
    list_display = ("name", "slug", "time_zone", "derived_metrics", "claude_enabled")
    fields = ("name", "slug", "time_zone", "derived_metrics", "claude_enabled")
    search_fields = ("name",)
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: Workspace | None = None) -> tuple[str, ...]:
        """Comments go to Claude only where an owner wants it; an address, once given, is the operator's."""
        owned = obj is not None and permits(request, Role.OWNER, obj)
        return (*(() if owned else ("claude_enabled",)), *(() if is_operator(request) else ("slug",)))

    def has_delete_permission(self, request: HttpRequest, obj: Workspace | None = None) -> bool:
        return False


class MembershipForm(SameWorkspaceForm[Membership]):
    people_from_outside = ("user",)

    def clean_role(self) -> str:
        role: str = self.cleaned_data["role"]
        if self.instance.pk and role != Role.OWNER and is_last_owner(self.instance):
            raise ValidationError("A workspace keeps at least one owner: make somebody else an owner first.")
        return role


@admin.register(Membership)
class MembershipAdmin(ScopedModelAdmin[Membership]):
    """Operators let people in; from then on a workspace's owners say who may do what."""

    form = MembershipForm
    change_role = delete_role = Role.OWNER
    operators_may_view = operators_may_change = True
    list_display = ("user", "workspace", "role")
    list_filter = (("workspace", ScopedRelatedFilter), "role")
    list_select_related = ("user", "workspace")
    ordering = ("workspace__name", "user__username")
    fields = ("workspace", "user", "role")
    actions = None  # several at once could leave a workspace without an owner

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> tuple[str, ...]:
        return ("workspace", "user") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and is_last_owner(obj))

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: Any) -> None:
        actor = _person(request)
        if not (self.has_change_permission(request, obj) if change else self.has_add_permission(request)):
            raise PermissionDenied
        set_role(obj, Role(obj.role), actor=actor)

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        remove(obj, actor=_person(request))


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


if TYPE_CHECKING:
    _DjangoUserAdmin = DjangoUserAdmin[User]
else:
    _DjangoUserAdmin = DjangoUserAdmin


@admin.register(User)
class UserAdmin(OperatorOnlyMixin, _DjangoUserAdmin):
    """Accounts. What a person may do comes from memberships, so groups and permissions are not offered."""

    list_display = ("username", "email", "is_active", "is_staff", "is_superuser", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser")
    filter_horizontal = ()
    view_on_site = False
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("This installation", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        return (*self.readonly_fields, *(() if _is_superuser(request) else ("is_superuser",)))

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever sets a superuser's password is one."""
        above = isinstance(obj, User) and obj.is_superuser
        return super().has_change_permission(request, obj) and (not above or _is_superuser(request))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False  # an account is switched off; what it did stays readable


def _is_superuser(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser


# --- Connected accounts and their syncs


class StreamStateInline(ReadOnlyMixin, ScopedTabularInline[StreamState, Connection]):
    model = StreamState
    fields = ("stream", "completed_at", "failures", "blocked_reason")
    can_delete = False


@admin.register(Connection)
class ConnectionAdmin(ScopedModelAdmin[Connection]):
    """Accounts are connected through their platform's consent page; no page shows a token."""

    change_role = Role.OWNER
    operators_may_view = True
    list_display = ("__str__", "platform", "handle", "workspace", "status", "last_sync_at", "problem")
    list_filter = (("workspace", ScopedRelatedFilter), "platform", "status")
    list_select_related = ("workspace",)
    search_fields = ("display_name", "handle", "external_id")
    fieldsets = (
        (None, {"fields": ("workspace", "platform", "external_id", "display_name", "handle")}),
        ("State", {"fields": ("status", "last_error", "last_error_at", "last_sync_at", "next_sync_at")}),
        (
            "Authorisation",
            {"fields": ("scopes", "authorization_verified_at", "connected_at", "disconnected_at")},
        ),
        ("Writing to the platform", {"fields": ("writing_enabled",)}),
    )
    inlines = (StreamStateInline,)
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: Connection | None = None) -> tuple[str, ...]:
        """Everything but the switch that lets replies and moderation go out."""
        named = [name for _, options in self.fieldsets for name in options["fields"] if isinstance(name, str)]
        return tuple(name for name in named if name != "writing_enabled")

    @admin.display(description="Problem")
    def problem(self, connection: Connection) -> str:
        first = connection.last_error.strip().split("\n")[0]
        return first if len(first) <= 120 else f"{first[:119]}…"

    @admin.display(description="Granted scopes")
    def scopes(self, connection: Connection) -> str:
        return ", ".join(connection.granted_scopes) or "none"


RUN_TONES = {
    SyncRun.State.RUNNING: "info",
    SyncRun.State.WAITING: "warn",
    SyncRun.State.SUCCEEDED: "good",
    SyncRun.State.PARTIAL: "warn",
    SyncRun.State.FAILED: "bad",
}


@admin.register(SyncRun)
class SyncRunAdmin(ReadOnlyMixin, ScopedModelAdmin[SyncRun]):
    """The list keeps itself up to date while something moves; without JavaScript a link does."""

    operators_may_view = True
    list_display = ("run", "state_and_reason", "progress", "units", "finished")
    list_display_links = ("run",)
    list_filter = (
        ("workspace", ScopedRelatedFilter),
        ("connection", ScopedRelatedFilter),
        "state",
        "trigger",
    )
    list_select_related = ("connection",)
    fields = (
        ("connection", "stream", "trigger"),
        ("state", "reason_code", "reason"),
        ("progress", "pages", "units"),
        ("created", "updated", "removed", "quarantined"),
        ("attempts", "due_at", "lease_until"),
        ("created_at", "started_at", "finished_at"),
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data and "cl" in response.context_data:
            rows = response.context_data["cl"].result_list
            response.context_data["is_moving"] = any(run.is_open for run in rows)
        return response

    @admin.display(description="Sync", ordering="created_at")
    def run(self, run: SyncRun) -> str:
        context = {"run": run, "title": _stream_title(run), "begun": naturaltime(run.created_at)}
        return render_to_string("connections/run_cell.html", context)

    @admin.display(description="State", ordering="state")
    def state_and_reason(self, run: SyncRun) -> str:
        context = {"run": run, "tone": RUN_TONES.get(SyncRun.State(run.state), "")}
        return render_to_string("connections/run_state.html", context)

    @admin.display(description="Progress")
    def progress(self, run: SyncRun) -> str:
        context = {"run": run, "reached": min(run.seen, run.expected or run.seen)}
        return render_to_string("connections/run_progress.html", context)

    @admin.display(description="Ended", ordering="finished_at", empty_value="")
    def finished(self, run: SyncRun) -> str | None:
        return str(naturaltime(run.finished_at)) if run.finished_at else None


def _stream_title(run: SyncRun) -> str:
    platform = platforms().get(run.connection.platform)
    stream = platform.streams.get(run.stream) if platform else None
    return stream.title if stream else run.stream


@admin.register(QuarantinedRecord)
class QuarantinedRecordAdmin(ReadOnlyMixin, ScopedModelAdmin[QuarantinedRecord]):
    """Holds what commenters wrote, so operators do not read it."""

    view_role = action_role = Role.MANAGER
    actions = ("replay", "discard")
    list_display = ("stream", "external_id", "connection", "state", "times_seen", "error", "last_seen_at")
    list_filter = (("workspace", ScopedRelatedFilter), ("connection", ScopedRelatedFilter), "state")
    list_select_related = ("connection",)
    fields = (
        ("connection", "stream", "external_id"),
        ("state", "times_seen"),
        "error",
        "received",
        ("first_seen_at", "last_seen_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuarantinedRecord]:
        return super().get_queryset(request).defer("raw")

    @admin.display(description="As received")
    def received(self, record: QuarantinedRecord) -> str:
        text = bytes(record.raw[: RAW_SHOWN + 1]).decode("utf-8", errors="backslashreplace")
        return redact(text if len(text) <= RAW_SHOWN else f"{text[:RAW_SHOWN]} …")

    @admin.action(description="Replay: store what can be read now")
    def replay(self, request: HttpRequest, queryset: QuerySet[QuarantinedRecord]) -> None:
        outcome = quarantine.replay(queryset, by=_person(request))
        if outcome.done:
            self.message_user(request, f"Replayed and stored: {outcome.done}.", messages.SUCCESS)
        for reason, count in outcome.failed.items():
            self.message_user(request, f"Still held: {count}. {reason}", messages.WARNING)
        if not outcome.done and not outcome.failed:
            self.message_user(request, "None of these is held any more.", messages.WARNING)

    @admin.action(description="Discard")
    def discard(self, request: HttpRequest, queryset: QuerySet[QuarantinedRecord]) -> None:
        done = quarantine.discard(queryset, by=_person(request))
        self.message_user(request, f"Discarded: {done}.")


# --- What runs and records the installation


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyMixin, ScopedModelAdmin[AuditEvent]):
    """Managers read their workspace's trail, operators that of the installation."""

    view_role = Role.MANAGER
    list_display = ("created_at", "kind", "actor_name", "workspace")
    list_filter = ("kind", ("workspace", ScopedRelatedFilter))
    list_select_related = ("workspace",)
    fields = ("created_at", "kind", "workspace", "actor_name", "details")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        own = super().get_queryset(request)
        return own | AuditEvent.objects.filter(workspace=None) if is_operator(request) else own

    def has_view_permission(self, request: HttpRequest, obj: AuditEvent | None = None) -> bool:
        if is_operator(request) and (obj is None or obj.workspace_id is None):
            return True
        return super().has_view_permission(request, obj)

    @admin.display(description="Details")
    def details(self, event: AuditEvent) -> str:
        return json.dumps(event.detail, ensure_ascii=False, indent=1, sort_keys=True)


@admin.register(QuotaLedger)
class QuotaLedgerAdmin(ReadOnlyMixin, OperatorModelAdmin[QuotaLedger]):
    list_display = ("day", "platform", "bucket", "used", "reserved", "limit", "exhausted_at")
    list_filter = ("platform", "bucket")


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnlyMixin, OperatorModelAdmin[WebhookEvent]):
    """A delivery's envelope. Its body holds what commenters wrote, and stays closed."""

    list_display = ("received_at", "platform", "processed_at", "error")
    list_filter = ("platform",)
    fields = ("platform", "digest", "received_at", "processed_at", "error")
    ordering = ("-received_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookEvent]:
        return super().get_queryset(request).defer("body")


# --- Libraries' models

# Roles come from memberships, and the handshake's own rows hold secrets: neither has a page.
admin.site.unregister((Group, social.UserSocialAuth, social.Nonce, social.Association))
admin.site.unregister(
    (
        beat.PeriodicTask,
        beat.IntervalSchedule,
        beat.CrontabSchedule,
        beat.ClockedSchedule,
        beat.SolarSchedule,
    )
)


@admin.register(beat.PeriodicTask)
class PeriodicTaskAdmin(OperatorOnlyMixin, beat_admin.PeriodicTaskAdmin):  # type: ignore[misc]  # untyped library
    change_form_template = None  # the library's adds an inline script, which our pages do not run


@admin.register(beat.IntervalSchedule, beat.CrontabSchedule, beat.ClockedSchedule, beat.SolarSchedule)
class ScheduleAdmin(OperatorModelAdmin[Model]):
    pass
