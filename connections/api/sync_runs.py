"""Syncs: watched by everybody in the workspace, started by its managers."""

from collections.abc import Mapping
from typing import Any, cast

from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from connections import sync
from connections.api.errors import Conflict
from connections.api.fields import RowField
from connections.api.filters import FlagFilter, MomentFilter, SeveralFilter, StrictFilters
from connections.api.permissions import require_role
from connections.api.throttling import QuotaThrottle
from connections.api.views import RowsView
from connections.models import Connection, Role, SyncRun
from connections.registry import platform_of, platforms


class ProgressSerializer(serializers.Serializer[SyncRun]):
    seen = serializers.IntegerField(help_text="Records met so far.")
    expected = serializers.IntegerField(allow_null=True, help_text="The platform's own count: a guide, not a promise.")
    percent = serializers.IntegerField(allow_null=True, help_text="Null while nothing is known of the whole.")


class SyncRunSerializer(serializers.ModelSerializer[SyncRun]):
    workspace = serializers.UUIDField(source="workspace.uuid")
    connection = serializers.UUIDField(source="connection.uuid")
    platform = serializers.CharField(source="connection.platform")
    progress = serializers.SerializerMethodField()
    is_open = serializers.BooleanField(help_text="Whether it may still change: queued, running or waiting.")

    class Meta:
        model = SyncRun
        fields = (
            "uuid", "workspace", "connection", "platform", "stream", "trigger", "state", "is_open", "progress",
            "pages", "created", "updated", "removed", "quarantined", "units", "reason_code", "reason", "due_at",
            "created_at", "started_at", "finished_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(ProgressSerializer)
    def get_progress(self, run: SyncRun) -> Mapping[str, int | None]:
        return {"seen": run.seen, "expected": run.expected, "percent": _percent(run)}


def _percent(run: SyncRun) -> int | None:
    if run.state == SyncRun.State.SUCCEEDED:
        return 100
    return min(100 * run.seen // run.expected, 100) if run.expected else None


def _own_connections(context: Mapping[str, Any]) -> Any:
    return Connection.objects.for_user(context["request"].user).select_related("workspace")


class StartSyncSerializer(serializers.Serializer[Any]):
    """Without `stream`: everything that is due a look, or with `full` everything there is."""

    connection = RowField(_own_connections, help_text="The account's `uuid`.")
    stream = serializers.CharField(required=False, max_length=40, help_text="One stream alone, for example `comments`.")
    full = serializers.BooleanField(default=False, help_text="Walk everything, not only what is new.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        stream = attrs.get("stream")
        if stream is None:
            return attrs
        if attrs["full"]:
            raise ValidationError({"full": "Name a stream, or ask for everything, not both."})
        known = platform_of(attrs["connection"]).streams
        if stream not in known:
            raise ValidationError({"stream": f"There is no such stream. There are: {', '.join(known)}."})
        return attrs


class StartedSerializer(serializers.Serializer[Any]):
    results = SyncRunSerializer(many=True)


class SyncRunFilters(filters.FilterSet):
    connection = filters.UUIDFilter(field_name="connection__uuid")
    platform = filters.ChoiceFilter(
        field_name="connection__platform", choices=lambda: [(one.slug, one.name) for one in platforms().values()]
    )
    stream = filters.CharFilter(max_length=40)
    state = SeveralFilter(choices=SyncRun.State.choices, help_text="Repeat it for several.")
    open = FlagFilter(method="filter_open", help_text="Whether it may still change.")
    since = MomentFilter(field_name="created_at", lookup_expr="gte", help_text="Started at this moment or later.")
    until = MomentFilter(field_name="created_at", lookup_expr="lt", help_text="Started before this moment.")

    def filter_open(self, rows: Any, name: str, value: bool) -> Any:
        return rows.filter(state__in=SyncRun.OPEN) if value else rows.exclude(state__in=SyncRun.OPEN)


@extend_schema_view(
    list=extend_schema(summary="List syncs", description="The newest first."),
    retrieve=extend_schema(
        summary="Watch a sync", description="Ask again every few seconds while `is_open` is true; `reason` says why."
    ),
)
class SyncRunViewSet(RowsView[SyncRun]):
    rows = SyncRun.objects.select_related("workspace", "connection").defer("cursor")
    orderings = ("-created_at",)
    serializer_class = SyncRunSerializer
    filterset_class = SyncRunFilters
    filter_backends = [StrictFilters]

    def get_throttles(self) -> list[Any]:
        return [*super().get_throttles(), *([QuotaThrottle()] if self.action == "create" else [])]

    @extend_schema(
        summary="Start a sync",
        description="For managers and owners. A stream that is being walked already answers with that run.",
        request=StartSyncSerializer,
        responses={202: StartedSerializer, 409: None},
        examples=[
            OpenApiExample(
                "New comments",
                {"connection": "6f1f6a1e-5e0c-4d3c-9f0a-3a3c1a6f2b55", "stream": "comments"},
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        asked = StartSyncSerializer(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        connection = cast(Connection, asked.validated_data["connection"])
        require_role(request, connection, Role.MANAGER)
        runs = _start(connection, asked.validated_data)
        if not runs:
            raise Conflict("This account is not connected, so there is nothing to sync.", "not_connected")
        return Response({"results": self.get_serializer(runs, many=True).data}, status=202)


def _start(connection: Connection, asked: Mapping[str, Any]) -> list[SyncRun]:
    person = SyncRun.Trigger.PERSON
    if "stream" in asked:
        return sync.start_streams(connection, [asked["stream"]], trigger=person)
    return sync.start_streams(connection, sync.streams_due(connection, full=asked["full"]), trigger=person)
