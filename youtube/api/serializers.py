"""YouTube's rows as the API shows them. What YouTube counted and what we computed of it stand apart."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from connections.registry import Triage
from youtube.models import YouTubeComment, YouTubeConnection, YouTubeVideo


class ChannelDerivedSerializer(serializers.ModelSerializer[YouTubeConnection]):
    class Meta:
        model = YouTubeConnection
        fields = ("average_views_per_video", "engagement_rate", "subscriber_growth_30d", "views_growth_30d")
        read_only_fields = fields


class ChannelSerializer(serializers.ModelSerializer[YouTubeConnection]):
    workspace = serializers.UUIDField(source="workspace.uuid")
    channel_id = serializers.CharField(source="external_id")
    granted_scopes = serializers.ListField(child=serializers.CharField())
    derived = serializers.SerializerMethodField(help_text="Ours; null where the workspace has it switched off.")

    class Meta:
        model = YouTubeConnection
        fields = (
            "uuid", "workspace", "channel_id", "display_name", "handle", "avatar_url", "status", "last_error",
            "last_error_at", "granted_scopes", "writing_enabled", "subscriber_count", "total_views", "video_count",
            "last_metrics_update", "derived", "last_sync_at", "next_sync_at", "authorization_verified_at",
            "connected_at", "disconnected_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(ChannelDerivedSerializer(allow_null=True))
    def get_derived(self, channel: YouTubeConnection) -> Any:
        return ChannelDerivedSerializer(channel).data if channel.workspace.derived_metrics else None


class VideoDerivedSerializer(serializers.ModelSerializer[YouTubeVideo]):
    class Meta:
        model = YouTubeVideo
        fields = ("engagement_rate", "performance_score", "percentile_rank", "is_trending")
        read_only_fields = fields


class VideoSerializer(serializers.ModelSerializer[YouTubeVideo]):
    workspace = serializers.UUIDField(source="workspace.uuid")
    connection = serializers.UUIDField(source="connection.uuid")
    url = serializers.CharField()
    video_tags = serializers.ListField(child=serializers.CharField())
    privacy = serializers.ChoiceField(choices=YouTubeVideo.Privacy.choices, allow_blank=True)
    derived = serializers.SerializerMethodField(help_text="Ours; null where the workspace has it switched off.")

    class Meta:
        model = YouTubeVideo
        fields = (
            "uuid", "workspace", "connection", "video_id", "url", "title", "description", "thumbnail",
            "published_at", "duration_seconds", "privacy", "is_short", "is_live", "category_id", "video_tags",
            "default_language", "default_audio_language", "comments_disabled", "view_count", "like_count",
            "comment_count", "average_view_duration", "average_view_percentage", "watch_time_minutes",
            "subscribers_gained", "subscribers_lost", "shares_count", "impressions", "click_through_rate",
            "derived", "refreshed_at", "deleted_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(VideoDerivedSerializer(allow_null=True))
    def get_derived(self, video: YouTubeVideo) -> Any:
        return VideoDerivedSerializer(video).data if video.workspace.derived_metrics else None


class CommentTriageSerializer(serializers.Serializer[Triage]):
    """The inbox's word on a comment; change it through `interaction`."""

    interaction = serializers.UUIDField(source="interaction_uuid")
    status = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    assigned_to = serializers.CharField(help_text="A username, or empty.")
    internal_notes = serializers.CharField()
    workflow = serializers.CharField()
    workflow_action = serializers.CharField()
    replied_at = serializers.DateTimeField(allow_null=True)
    response_text = serializers.CharField()


class CommentSignalsSerializer(serializers.ModelSerializer[YouTubeComment]):
    categories = serializers.ListField(child=serializers.CharField())
    detected_keywords = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = YouTubeComment
        fields = ("sentiment", "priority_score", "categories", "detected_keywords", "language", "signal_source")
        read_only_fields = fields


class CommentSerializer(serializers.ModelSerializer[YouTubeComment]):
    workspace = serializers.UUIDField(source="workspace.uuid")
    connection = serializers.UUIDField(source="connection.uuid")
    video = serializers.UUIDField(source="video.uuid")
    parent = serializers.UUIDField(  # type: ignore[assignment]  # a field, not the base's attribute
        source="parent_uuid", allow_null=True, help_text="Null on a top-level comment."
    )
    signals = serializers.SerializerMethodField(help_text="Ours; null where switched off, or not read yet.")
    triage = serializers.SerializerMethodField(help_text="Null for a comment that the inbox does not hold.")

    class Meta:
        model = YouTubeComment
        fields = (
            "uuid", "workspace", "connection", "video", "parent", "comment_id", "author_name", "author_channel_id",
            "text", "is_truncated", "like_count", "reply_count", "published_at", "edited_at", "moderation",
            "is_channel_owner_comment", "signals", "triage", "refreshed_at", "deleted_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(CommentSignalsSerializer(allow_null=True))
    def get_signals(self, comment: YouTubeComment) -> Any:
        held = comment.enriched_at is not None and comment.deleted_at is None
        return CommentSignalsSerializer(comment).data if held and comment.workspace.derived_metrics else None

    @extend_schema_field(CommentTriageSerializer(allow_null=True))
    def get_triage(self, comment: YouTubeComment) -> Any:
        triage = self.context["triage"].get((comment.connection_id, comment.comment_id))
        return CommentTriageSerializer(triage).data if triage else None
