"""What YouTube serves of a channel. Platform-owned: a sync may overwrite any of it, and no person edits it here.

What people do with a comment (status, tags, assignee, notes, reply) lives on the CRM's interaction alone.
YouTube's policy wants everything here refreshed or deleted within 30 days, but for statistics: `refreshed_at`
is the clock.
"""

import uuid

from django.db import models
from django.db.models import Q

from connections.models import Connection, Workspace
from connections.models.people import WorkspaceQuerySet
from enrichment.models import SignalFields


class YouTubeConnection(Connection):
    """A YouTube channel. Counters are the platform's own; subscriber_count is rounded down by YouTube."""

    subscriber_count = models.BigIntegerField(null=True, blank=True)
    total_views = models.BigIntegerField(null=True, blank=True)
    video_count = models.PositiveBigIntegerField(null=True, blank=True)
    average_views_per_video = models.FloatField(null=True, blank=True)
    engagement_rate = models.FloatField(null=True, blank=True)
    subscriber_growth_30d = models.IntegerField(null=True, blank=True)
    views_growth_30d = models.BigIntegerField(null=True, blank=True)
    last_metrics_update = models.DateTimeField(null=True, blank=True)
    uploads_playlist = models.CharField(max_length=64, blank=True)
    reach_job_id = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = "YouTube channel"


class YouTubeVideo(models.Model):
    class Privacy(models.TextChoices):
        PUBLIC = "public", "Public"
        UNLISTED = "unlisted", "Unlisted"
        PRIVATE = "private", "Private"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(YouTubeConnection, on_delete=models.CASCADE, related_name="videos")
    video_id = models.CharField(max_length=32)
    title = models.CharField(max_length=255, blank=True)
    description = models.TextField(blank=True)
    thumbnail = models.URLField(max_length=2048, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    duration_seconds = models.PositiveIntegerField(null=True, blank=True)
    privacy = models.CharField(max_length=10, choices=Privacy.choices, blank=True)
    is_short = models.BooleanField(default=False, help_text="Our guess from duration: the API does not say.")
    is_live = models.BooleanField(default=False)
    category_id = models.CharField(max_length=16, blank=True)
    video_tags = models.JSONField(default=list, blank=True)
    default_language = models.CharField(max_length=16, blank=True)
    default_audio_language = models.CharField(max_length=16, blank=True)
    comments_disabled = models.BooleanField(default=False)
    comments_walked_at = models.DateTimeField(
        null=True, blank=True, help_text="When its comments were last listed to the end."
    )

    # A counter that YouTube withholds stays empty: missing is not zero.
    view_count = models.BigIntegerField(null=True, blank=True)
    like_count = models.BigIntegerField(null=True, blank=True)
    comment_count = models.BigIntegerField(null=True, blank=True)

    # From the Analytics API
    average_view_duration = models.FloatField(null=True, blank=True, help_text="Seconds.")
    average_view_percentage = models.FloatField(null=True, blank=True)
    watch_time_minutes = models.FloatField(null=True, blank=True)
    subscribers_gained = models.IntegerField(null=True, blank=True)
    subscribers_lost = models.IntegerField(null=True, blank=True)
    shares_count = models.IntegerField(null=True, blank=True)
    traffic_sources = models.JSONField(default=dict, blank=True)
    device_types = models.JSONField(default=dict, blank=True)
    audience_demographics = models.JSONField(default=dict, blank=True)
    retention_curve = models.JSONField(default=list, blank=True)
    # From the Reporting API: nothing else serves thumbnail impressions
    impressions = models.BigIntegerField(null=True, blank=True)
    click_through_rate = models.FloatField(null=True, blank=True)
    # Ours, copied from the CRM
    engagement_rate = models.FloatField(null=True, blank=True)
    performance_score = models.PositiveSmallIntegerField(null=True, blank=True)
    percentile_rank = models.FloatField(null=True, blank=True)
    is_trending = models.BooleanField(default=False)

    refreshed_at = models.DateTimeField(help_text="When YouTube last served it.")
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceQuerySet["YouTubeVideo"].as_manager()

    class Meta:
        verbose_name = "YouTube video"
        ordering = ["-published_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["connection", "video_id"], name="one_row_a_video")]
        indexes = [
            models.Index(fields=["workspace", "-published_at", "-id"], name="videos_newest"),
            models.Index(fields=["connection", "refreshed_at"], name="videos_stale"),
        ]

    def __str__(self) -> str:
        return self.title or self.video_id

    @property
    def url(self) -> str:
        return f"https://www.youtube.com/watch?v={self.video_id}"


class YouTubeComment(SignalFields):
    """A comment or reply. `parent` is empty on a top-level comment, whose id is also its thread's.

    `listed_at` and `queue_listed_at` say when a listing of published comments, or of a moderation queue,
    last showed it; YouTube leaves the state itself out of most answers.
    """

    class Moderation(models.TextChoices):
        PUBLISHED = "published", "Published"
        HELD = "held", "Held for review"
        SPAM = "spam", "Likely spam"
        REJECTED = "rejected", "Rejected"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(YouTubeConnection, on_delete=models.CASCADE, related_name="comments")
    video = models.ForeignKey(YouTubeVideo, on_delete=models.CASCADE, related_name="comments")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="replies")
    comment_id = models.CharField(max_length=128)
    author_name = models.CharField(max_length=255, blank=True)
    author_channel_id = models.CharField(max_length=64, blank=True)
    author_avatar = models.URLField(max_length=2048, blank=True)
    text = models.TextField(blank=True)
    is_truncated = models.BooleanField(default=False)
    like_count = models.PositiveBigIntegerField(default=0)
    reply_count = models.PositiveBigIntegerField(
        default=0, help_text="YouTube's count; it may exceed what can be fetched."
    )
    replies_read = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="YouTube's count when its replies were last read to the end."
    )
    published_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    moderation = models.CharField(max_length=10, choices=Moderation.choices, default=Moderation.PUBLISHED)
    is_channel_owner_comment = models.BooleanField(default=False)

    refreshed_at = models.DateTimeField(help_text="When YouTube last served it.")
    listed_at = models.DateTimeField(null=True, blank=True)
    queue_listed_at = models.DateTimeField(null=True, blank=True)
    queue = models.CharField(max_length=10, blank=True)
    missing_since = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceQuerySet["YouTubeComment"].as_manager()

    class Meta:
        verbose_name = "YouTube comment"
        ordering = ["-published_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["connection", "comment_id"], name="one_row_a_comment")]
        indexes = [
            models.Index(fields=["workspace", "-published_at", "-id"], name="comments_newest"),
            models.Index(fields=["connection", "refreshed_at"], name="comments_stale"),
            models.Index(
                fields=["connection", "missing_since"],
                condition=Q(missing_since__isnull=False),
                name="comments_missing",
            ),
        ]

    def __str__(self) -> str:
        return self.comment_id


class YouTubeChannelDay(models.Model):
    """A channel's metrics of one Pacific day, for the charts."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(YouTubeConnection, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    views = models.BigIntegerField(null=True, blank=True)
    engaged_views = models.BigIntegerField(null=True, blank=True)
    watch_time_minutes = models.FloatField(null=True, blank=True)
    average_view_duration = models.FloatField(null=True, blank=True)
    likes = models.IntegerField(null=True, blank=True)
    comments = models.IntegerField(null=True, blank=True)
    shares = models.IntegerField(null=True, blank=True)
    subscribers_gained = models.IntegerField(null=True, blank=True)
    subscribers_lost = models.IntegerField(null=True, blank=True)
    impressions = models.BigIntegerField(null=True, blank=True)
    click_through_rate = models.FloatField(null=True, blank=True)

    objects = WorkspaceQuerySet["YouTubeChannelDay"].as_manager()

    class Meta:
        verbose_name = "YouTube channel day"
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["connection", "day"], name="one_row_a_channel_day")]

    def __str__(self) -> str:
        return f"{self.connection} {self.day}"


class YouTubeVideoDay(models.Model):
    """A video's metrics of one Pacific day, for the charts."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    video = models.ForeignKey(YouTubeVideo, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    views = models.BigIntegerField(null=True, blank=True)
    watch_time_minutes = models.FloatField(null=True, blank=True)
    likes = models.IntegerField(null=True, blank=True)
    comments = models.IntegerField(null=True, blank=True)
    impressions = models.BigIntegerField(null=True, blank=True)
    click_through_rate = models.FloatField(null=True, blank=True)

    objects = WorkspaceQuerySet["YouTubeVideoDay"].as_manager()

    class Meta:
        verbose_name = "YouTube video day"
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["video", "day"], name="one_row_a_video_day")]

    def __str__(self) -> str:
        return f"{self.video} {self.day}"
