"""Who is asking, and who there is to give comments to."""

from typing import Any, cast

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from connections.api.filters import StrictFilters
from connections.api.permissions import person_behind
from connections.api.views import CountedView, RowsView
from connections.models import Membership, User, Workspace


class PersonSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ("uuid", "username")
        read_only_fields = fields


class MemberSerializer(serializers.ModelSerializer[Membership]):
    person = PersonSerializer(source="user")

    class Meta:
        model = Membership
        fields = ("person", "role")
        read_only_fields = fields


class WorkspaceSerializer(serializers.ModelSerializer[Workspace]):
    members = MemberSerializer(source="memberships", many=True)

    class Meta:
        model = Workspace
        fields = ("uuid", "name", "slug", "time_zone", "derived_metrics", "members")
        read_only_fields = fields


@extend_schema_view(
    list=extend_schema(summary="List workspaces", description="Yours, with their members and roles."),
    retrieve=extend_schema(summary="Read a workspace"),
)
class WorkspaceViewSet(RowsView[Workspace]):
    rows = Workspace.objects.prefetch_related(
        Prefetch("memberships", queryset=Membership.objects.select_related("user").order_by("user__username"))
    )
    orderings = ("name",)
    serializer_class = WorkspaceSerializer
    filter_backends = [StrictFilters]


class MeView(CountedView):
    @extend_schema(
        summary="Who am I", description="The person whose token or session this is.", responses=PersonSerializer
    )
    def get(self, request: Request) -> Response:
        return Response(cast(dict[str, Any], PersonSerializer(person_behind(request)).data))
