from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F
from drf_spectacular.utils import extend_schema, extend_schema_view

from connections.api.filters import StrictFilters
from connections.api.views import RowsView
from youtube.api.filters import ChannelFilters, CommentFilters, VideoFilters
from youtube.api.serializers import ChannelSerializer, CommentSerializer, VideoSerializer
from youtube.api.triage import triage_of
from youtube.models import YouTubeComment, YouTubeConnection, YouTubeVideo


@extend_schema_view(
    list=extend_schema(summary="List channels", description="The YouTube channels connected to your workspaces."),
    retrieve=extend_schema(summary="Read a channel"),
)
class ChannelViewSet(RowsView[YouTubeConnection]):
    rows = YouTubeConnection.objects.select_related("workspace")
    orderings = ("-connected_at", "display_name")
    serializer_class = ChannelSerializer
    filterset_class = ChannelFilters
    filter_backends = [StrictFilters]


@extend_schema_view(
    list=extend_schema(summary="List videos", description="A figure that YouTube withholds is null, not zero."),
    retrieve=extend_schema(summary="Read a video"),
)
class VideoViewSet(RowsView[YouTubeVideo]):
    rows = YouTubeVideo.objects.select_related("workspace", "connection").defer(
        "traffic_sources", "device_types", "audience_demographics", "retention_curve"
    )
    orderings = ("-published_at", "-view_count")
    serializer_class = VideoSerializer
    filterset_class = VideoFilters
    filter_backends = [StrictFilters]


@extend_schema_view(
    list=extend_schema(
        summary="List comments as YouTube has them",
        description="With the inbox's word on each. To work on comments of every platform, see `/interactions`.",
    ),
    retrieve=extend_schema(summary="Read a comment"),
)
class CommentViewSet(RowsView[YouTubeComment]):
    rows = YouTubeComment.objects.select_related("workspace", "connection", "video").annotate(
        parent_uuid=F("parent__uuid")
    )
    orderings = ("-published_at",)
    serializer_class = CommentSerializer
    filterset_class = CommentFilters
    filter_backends = [StrictFilters]

    def extra_context(self, rows: Sequence[YouTubeComment]) -> Mapping[str, Any]:
        return {"triage": triage_of(rows)}
