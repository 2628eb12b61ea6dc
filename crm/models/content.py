import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from connections.models import Connection, Workspace
from connections.models.people import WorkspaceQuerySet

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from crm.models.interactions import Interaction


class ContentPiece(models.Model):
    """One video, post, reel … of a connected account.

    Theme, summary and topics are ours, the rest is the platform's.
    `day_of_week` (0 is Monday) and `hour_of_day` are in the workspace's time zone.
    """

    class Type(models.TextChoices):
        VIDEO = "video", "Video"
        SHORT = "short", "Short"
        LIVE = "live", "Live"
        POST = "post", "Post"
        REEL = "reel", "Reel"
        CAROUSEL = "carousel", "Carousel"
        STORY = "story", "Story"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="content_pieces", db_index=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="content_pieces", db_index=False)
    platform = models.CharField(max_length=20)
    platform_id = models.CharField(max_length=255)
    type = models.CharField(max_length=10, choices=Type.choices)
    title = models.CharField(max_length=500, blank=True)
    caption = models.TextField(blank=True)
    url = models.CharField("URL", max_length=2048, blank=True)
    thumbnail_url = models.CharField("thumbnail URL", max_length=2048, blank=True)
    duration_seconds = models.PositiveIntegerField(null=True, blank=True)
    tags = models.JSONField(default=list, blank=True, help_text="The platform's own, not those of the workspace.")
    hashtags = models.JSONField(default=list, blank=True)
    mentions = models.JSONField(default=list, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    day_of_week = models.PositiveSmallIntegerField(null=True, blank=True)
    hour_of_day = models.PositiveSmallIntegerField(null=True, blank=True)
    follower_count_at_post = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="As first told, which is as near to its publication as we know."
    )
    theme = models.CharField(max_length=60, blank=True)
    summary = models.TextField(blank=True)
    topics = models.JSONField(default=list, blank=True)
    observed_at = models.DateTimeField(help_text="When the platform last told us of it.")
    deleted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet["ContentPiece"].as_manager()

    interactions: "RelatedManager[Interaction]"
    performance: "ContentPerformance"

    class Meta:
        ordering = ["-published_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["connection", "platform_id"], name="one_piece_a_platform_id"),
            models.CheckConstraint(condition=Q(day_of_week=None) | Q(day_of_week__lte=6), name="day_of_week_0_to_6"),
            models.CheckConstraint(condition=Q(hour_of_day=None) | Q(hour_of_day__lte=23), name="hour_of_day_0_to_23"),
        ]
        indexes = [models.Index(fields=["workspace", "-published_at", "-id"], name="content_by_publication")]

    def __str__(self) -> str:
        return self.title or self.caption[:60] or self.platform_id


class ContentPerformance(models.Model):
    """How a piece of content does, in the platform's own figures; a figure it withholds stays NULL."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    content_piece = models.OneToOneField(ContentPiece, on_delete=models.CASCADE, related_name="performance")
    views = models.PositiveBigIntegerField(null=True, blank=True)
    impressions = models.PositiveBigIntegerField(null=True, blank=True)
    reach = models.PositiveBigIntegerField(null=True, blank=True)
    likes = models.PositiveBigIntegerField(null=True, blank=True)
    comments = models.PositiveBigIntegerField(null=True, blank=True)
    shares = models.PositiveBigIntegerField(null=True, blank=True)
    saves = models.PositiveBigIntegerField(null=True, blank=True)
    watch_time_minutes = models.FloatField(null=True, blank=True)
    average_view_duration = models.FloatField(null=True, blank=True, help_text="Seconds.")
    average_view_percentage = models.FloatField(null=True, blank=True)
    click_through_rate = models.FloatField(null=True, blank=True, help_text="Percent of impressions.")
    followers_gained = models.IntegerField(null=True, blank=True)
    platform_metrics = models.JSONField(default=dict, blank=True)
    observed_at = models.DateTimeField(help_text="When the platform gave these figures.")

    objects = WorkspaceQuerySet["ContentPerformance"].as_manager()

    class Meta:
        verbose_name_plural = "content performance"

    def __str__(self) -> str:
        return f"Performance of {self.content_piece}"
