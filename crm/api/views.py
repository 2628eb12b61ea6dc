from django.db.models import F
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from connections.api.errors import Conflict
from connections.api.filters import StrictFilters
from connections.api.permissions import TokenMayWrite, WritersRole, person_behind
from connections.api.schema import ErrorSerializer
from connections.api.views import RowsView
from connections.models import Role
from crm import triage
from crm.api.filters import ContentFilters, FanFilters, InteractionFilters
from crm.api.serializers import (
    ContentSerializer,
    FanSerializer,
    InteractionDetailSerializer,
    InteractionSerializer,
)
from crm.api.triage_change import TriageChangeSerializer, apply
from crm.models import ContentPiece, Fan, Interaction


class ChangedMeanwhileSerializer(ErrorSerializer):
    current = InteractionDetailSerializer(help_text="As it stands now.")


IF_MATCH = OpenApiParameter(
    "If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description='The version you have read, as in `"7"`.'
)


@extend_schema_view(
    list=extend_schema(summary="List comments", description="Of every platform; filters narrow the list together."),
    retrieve=extend_schema(summary="Read a comment", description="With the team's notes and its history."),
)
class InteractionViewSet(RowsView[Interaction]):
    rows = (
        Interaction.objects.select_related("workspace", "assigned_to")
        .prefetch_related("tags")
        .annotate(
            connection_uuid=F("connection__uuid"),
            content_uuid=F("content_piece__uuid"),
            content_title=F("content_piece__title"),
            fan_uuid=F("fan__uuid"),
            thread_uuid=F("thread_root__uuid"),
            parent_uuid=F("parent__uuid"),
        )
    )
    orderings = ("-platform_created_at", "-priority_score", "-last_activity_at")
    serializer_class = InteractionSerializer
    detail_serializer_class = InteractionDetailSerializer
    filterset_class = InteractionFilters
    filter_backends = [StrictFilters]
    permission_classes = [IsAuthenticated, TokenMayWrite, WritersRole]
    writers_role = Role.AGENT

    def retrieve(self, request: Request, uuid: str) -> Response:
        return self._answer(self.get_object())

    @extend_schema(
        summary="Decide on a comment",
        description="For agents, managers and owners. All of the change is made, or nothing of it.",
        request=TriageChangeSerializer,
        responses={200: InteractionDetailSerializer, 409: ChangedMeanwhileSerializer},
        parameters=[IF_MATCH],
        examples=[
            OpenApiExample(
                "Mark as read and tag",
                {"version": 3, "status": "read", "tags": ["idea"], "note": "Ask Ben about the lamp."},
                request_only=True,
            )
        ],
    )
    def partial_update(self, request: Request, uuid: str) -> Response:
        row = self.get_object()
        asked = TriageChangeSerializer(data=request.data, context={**self.get_serializer_context(), "interaction": row})
        asked.is_valid(raise_exception=True)
        try:
            apply(row, asked.validated_data, by=person_behind(request))
        except triage.ChangedMeanwhile as refused:
            raise Conflict(str(refused), "changed_meanwhile", self.presented(self.get_object())) from None
        except ValueError as refused:
            raise ValidationError(str(refused)) from None
        return self._answer(self.get_object())

    def _answer(self, row: Interaction) -> Response:
        return Response(self.presented(row), headers={"ETag": f'"{row.version}"'})


@extend_schema_view(
    list=extend_schema(summary="List fans", description="People who comment, as a workspace knows them."),
    retrieve=extend_schema(summary="Read a fan"),
)
class FanViewSet(RowsView[Fan]):
    rows = Fan.objects.select_related("workspace").prefetch_related("identities")
    orderings = ("-last_interaction_at", "-interaction_count")
    serializer_class = FanSerializer
    filterset_class = FanFilters
    filter_backends = [StrictFilters]


@extend_schema_view(
    list=extend_schema(summary="List content", description="Videos and posts of every platform, with their figures."),
    retrieve=extend_schema(summary="Read a piece of content"),
)
class ContentViewSet(RowsView[ContentPiece]):
    rows = ContentPiece.objects.select_related("workspace", "connection", "performance")
    orderings = ("-published_at",)
    serializer_class = ContentSerializer
    filterset_class = ContentFilters
    filter_backends = [StrictFilters]
