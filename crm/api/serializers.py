"""Comments, fans and content as the API shows them. What a platform said and what we make of it stand apart."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from connections.api.people import PersonSerializer
from connections.records import CATEGORIES
from crm.models import ContentPerformance, ContentPiece, Fan, FanIdentity, Interaction, InteractionNote, TriageEvent
from crm.stored_signals import derives


class ReasonSerializer(serializers.Serializer[Any]):
    """Why a signal is as it is. `detail` may quote the comment: a stranger's text."""

    signal = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not the base's attribute
    detail = serializers.CharField()
    weight = serializers.FloatField(help_text="Positive when it speaks for the label.")


class SignalsSerializer(serializers.ModelSerializer[Interaction]):
    """What Greenroom reads in a comment, or what a person said it should have."""

    categories = serializers.ListField(child=serializers.ChoiceField(choices=CATEGORIES))
    detected_keywords = serializers.ListField(child=serializers.CharField())
    confidence = serializers.DictField(source="signal_confidence", child=serializers.FloatField())
    source = serializers.ChoiceField(  # type: ignore[assignment]  # a field, not the base's attribute
        source="signal_source", choices=Interaction.SignalSource.choices
    )
    reasons = ReasonSerializer(source="signal_reasons", many=True)

    class Meta:
        model = Interaction
        fields = (
            "sentiment", "priority_score", "categories", "detected_keywords", "language", "confidence", "source",
            "reasons", "enriched_at",
        )  # fmt: skip
        read_only_fields = fields
        extra_kwargs = {"priority_score": {"help_text": "100: answer first; 1: never mind."}}


class AuthorSerializer(serializers.ModelSerializer[Interaction]):
    platform_id = serializers.CharField(source="author_platform_id")
    name = serializers.CharField(source="author_name")
    handle = serializers.CharField(source="author_handle")
    fan = serializers.UUIDField(source="fan_uuid", allow_null=True)

    class Meta:
        model = Interaction
        fields = ("platform_id", "name", "handle", "fan")
        read_only_fields = fields


class InteractionSerializer(serializers.ModelSerializer[Interaction]):
    workspace = serializers.UUIDField(source="workspace.uuid")
    connection = serializers.UUIDField(source="connection_uuid")
    content_piece = serializers.UUIDField(source="content_uuid", allow_null=True)
    content_title = serializers.CharField(allow_null=True)
    thread = serializers.UUIDField(source="thread_uuid", allow_null=True, help_text="The first comment of its thread.")
    parent = serializers.UUIDField(  # type: ignore[assignment]  # a field, not the base's attribute
        source="parent_uuid", allow_null=True
    )
    author = AuthorSerializer(source="*")
    signals = serializers.SerializerMethodField(help_text="Null where switched off, or not read yet.")
    tags = serializers.SerializerMethodField()
    assigned_to = PersonSerializer(allow_null=True)

    class Meta:
        model = Interaction
        fields = (
            "uuid", "version", "workspace", "connection", "platform", "platform_id", "type", "content",
            "is_truncated", "permalink", "is_own", "moderation", "like_count", "reply_count", "author",
            "content_piece", "content_title", "thread", "parent", "platform_created_at", "edited_at",
            "last_activity_at", "deleted_at", "signals", "status", "tags", "assigned_to", "snoozed_until",
            "replied_at", "response_text",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(SignalsSerializer(allow_null=True))
    def get_signals(self, row: Interaction) -> Any:
        held = row.enriched_at is not None and row.deleted_at is None
        return SignalsSerializer(row).data if held and derives(row.workspace, row.platform) else None

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_tags(self, row: Interaction) -> list[str]:
        return [tag.name for tag in row.tags.all()]


class NoteSerializer(serializers.ModelSerializer[InteractionNote]):
    class Meta:
        model = InteractionNote
        fields = ("author_name", "text", "created_at")
        read_only_fields = fields


class EventSerializer(serializers.ModelSerializer[TriageEvent]):
    class Meta:
        model = TriageEvent
        fields = ("kind", "source", "actor_name", "before", "after", "reason", "created_at")
        read_only_fields = fields


class InteractionDetailSerializer(InteractionSerializer):
    notes = NoteSerializer(many=True, help_text="The team's own words about it, oldest first.")
    history = EventSerializer(source="triage_events", many=True, help_text="What was done about it, newest first.")

    class Meta(InteractionSerializer.Meta):
        fields = (*InteractionSerializer.Meta.fields, "notes", "history")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]


class IdentitySerializer(serializers.ModelSerializer[FanIdentity]):
    class Meta:
        model = FanIdentity
        fields = ("platform", "platform_user_id", "username", "name", "profile_url")
        read_only_fields = fields


class FanSerializer(serializers.ModelSerializer[Fan]):
    workspace = serializers.UUIDField(source="workspace.uuid")
    identities = IdentitySerializer(many=True)

    class Meta:
        model = Fan
        fields = (
            "uuid", "workspace", "name", "notes", "is_vip", "is_blocked", "identities", "interaction_count",
            "answered_count", "first_interaction_at", "last_interaction_at",
        )  # fmt: skip
        read_only_fields = fields


class PerformanceSerializer(serializers.ModelSerializer[ContentPerformance]):
    """The platform's figures; what it withholds is null."""

    class Meta:
        model = ContentPerformance
        fields = (
            "views", "impressions", "reach", "likes", "comments", "shares", "saves", "watch_time_minutes",
            "average_view_duration", "average_view_percentage", "click_through_rate", "followers_gained",
            "observed_at",
        )  # fmt: skip
        read_only_fields = fields


class ContentDerivedSerializer(serializers.ModelSerializer[ContentPiece]):
    topics = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = ContentPiece
        fields = ("theme", "summary", "topics")
        read_only_fields = fields


class ContentSerializer(serializers.ModelSerializer[ContentPiece]):
    workspace = serializers.UUIDField(source="workspace.uuid")
    connection = serializers.UUIDField(source="connection.uuid")
    tags = serializers.ListField(child=serializers.CharField(), help_text="The platform's own.")
    hashtags = serializers.ListField(child=serializers.CharField())
    mentions = serializers.ListField(child=serializers.CharField())
    performance = serializers.SerializerMethodField(help_text="Null until the platform has given figures.")
    derived = serializers.SerializerMethodField(help_text="Ours; null where the workspace has it switched off.")

    class Meta:
        model = ContentPiece
        fields = (
            "uuid", "workspace", "connection", "platform", "platform_id", "type", "title", "caption", "url",
            "thumbnail_url", "duration_seconds", "tags", "hashtags", "mentions", "published_at",
            "follower_count_at_post", "performance", "derived", "deleted_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(PerformanceSerializer(allow_null=True))
    def get_performance(self, piece: ContentPiece) -> Any:
        performance = getattr(piece, "performance", None)
        return PerformanceSerializer(performance).data if performance else None

    @extend_schema_field(ContentDerivedSerializer(allow_null=True))
    def get_derived(self, piece: ContentPiece) -> Any:
        return ContentDerivedSerializer(piece).data if derives(piece.workspace, piece.platform) else None
