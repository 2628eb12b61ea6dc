import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from connections.models import Connection, User, Workspace
from connections.models.people import WorkspaceQuerySet
from connections.records import Category
from crm.category_set import CategorySetField
from crm.models.content import ContentPiece
from crm.models.fans import Fan
from crm.models.tags import InteractionTag, Tag
from enrichment.models import SignalFields

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from crm.models.triage import InteractionNote, SignalCorrection, TriageEvent


class Interaction(SignalFields):
    """A comment or reply of any platform, with what the team has done about it: the one home of triage state.

    Three owners share the row. The platform's columns are written by `crm.intake` alone; the signals by the
    intake and by `crm.tasks`, and where a person corrected one (`SignalCorrection`) the column holds the
    person's value; status, tags, assignee, snooze and reply belong to people and to `crm.triage`.
    A deleted comment stays as a row without text or author, so that its history and thread stay readable.
    """

    class Type(models.TextChoices):
        COMMENT = "comment", "Comment"
        REPLY = "reply", "Reply"

    class Status(models.TextChoices):
        UNREAD = "unread", "Unread"
        READ = "read", "Read"
        AWAITING_APPROVAL = "awaiting_approval", "Awaiting approval"
        ANSWERED = "answered", "Answered"
        IGNORED = "ignored", "Ignored"
        ARCHIVED = "archived", "Archived"

    class Moderation(models.TextChoices):
        PUBLISHED = "published", "Published"
        HELD = "held", "Held for review"
        SPAM = "spam", "Likely spam"
        REJECTED = "rejected", "Rejected"
        HIDDEN = "hidden", "Hidden"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="interactions", db_index=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="interactions", db_index=False)
    platform = models.CharField(max_length=20)
    type = models.CharField(max_length=10, choices=Type.choices)
    platform_id = models.CharField(max_length=255)
    content = models.TextField(blank=True)
    is_truncated = models.BooleanField("cut short", default=False)
    permalink = models.CharField(max_length=2048, blank=True)
    is_own = models.BooleanField("our own", default=False)
    moderation = models.CharField(max_length=10, choices=Moderation.choices, default=Moderation.PUBLISHED)
    like_count = models.PositiveIntegerField(default=0)
    reply_count = models.PositiveIntegerField(default=0)

    author_platform_id = models.CharField(max_length=255, blank=True)
    author_name = models.CharField(max_length=255, blank=True)
    author_handle = models.CharField(max_length=255, blank=True)
    fan = models.ForeignKey(
        Fan, on_delete=models.SET_NULL, null=True, blank=True, related_name="interactions", db_index=False
    )

    # Ids are kept beside the links: a reply may arrive before its parent, a comment before its video.
    content_platform_id = models.CharField(max_length=255, blank=True)
    content_piece = models.ForeignKey(
        ContentPiece,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="interactions",
        db_index=False,
    )
    thread_platform_id = models.CharField(max_length=255)
    parent_platform_id = models.CharField(max_length=255, blank=True)
    thread_root = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="thread_replies",
        db_index=False,
    )
    parent = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replies", db_index=False
    )

    platform_created_at = models.DateTimeField("written")
    edited_at = models.DateTimeField(null=True, blank=True)
    last_activity_at = models.DateTimeField(
        help_text="Of a thread's first comment: when anybody last wrote in the thread."
    )
    deleted_at = models.DateTimeField(null=True, blank=True)
    observed_at = models.DateTimeField(help_text="When the platform last told us of it.")
    created_at = models.DateTimeField("received", auto_now_add=True)

    categories = CategorySetField()  # a bit mask here, JSON on the platforms' tables

    status = models.CharField(max_length=20, choices=Status.choices, default=Status.UNREAD)
    tags = models.ManyToManyField(Tag, through=InteractionTag, related_name="interactions", blank=True)
    assigned_to = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="assigned_interactions",
        db_index=False,
    )
    snoozed_until = models.DateTimeField(null=True, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    response_text = models.TextField(blank=True)
    version = models.PositiveIntegerField(
        default=0,
        editable=False,
        help_text="Rises with each change of triage or text; decisions name the one they saw.",
    )

    objects = WorkspaceQuerySet["Interaction"].as_manager()

    thread_replies: "RelatedManager[Interaction]"
    replies: "RelatedManager[Interaction]"
    notes: "RelatedManager[InteractionNote]"
    tag_links: "RelatedManager[InteractionTag]"
    triage_events: "RelatedManager[TriageEvent]"
    signal_corrections: "RelatedManager[SignalCorrection]"

    class Meta:
        ordering = ["-platform_created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["connection", "platform_id"], name="one_interaction_a_platform_id"),
            models.CheckConstraint(condition=Q(priority_score__lte=100), name="priority_within_100"),
        ]
        indexes = [
            models.Index(fields=["workspace", "status", "-priority_score", "-id"], name="queue_by_priority"),
            models.Index(fields=["workspace", "-platform_created_at", "-id"], name="interactions_by_date"),
            models.Index(fields=["fan", "-platform_created_at"], name="interactions_of_fan"),
            models.Index(fields=["content_piece", "-platform_created_at"], name="interactions_of_content"),
            models.Index(
                fields=["assigned_to", "status", "-priority_score", "-id"],
                condition=Q(assigned_to__isnull=False),
                name="queue_of_assignee",
            ),
            models.Index(
                fields=["snoozed_until"],
                condition=Q(snoozed_until__isnull=False),
                name="interactions_snoozed",
            ),
            # Replies only: most comments are none, and the two serve the foreign keys' own look-ups too.
            models.Index(
                fields=["thread_root", "platform_created_at"],
                condition=Q(thread_root__isnull=False),
                name="replies_of_thread",
            ),
            models.Index(fields=["parent"], condition=Q(parent__isnull=False), name="replies_of_parent"),
            # What waits for its thread or its video to arrive; nearly empty.
            models.Index(
                fields=["connection", "thread_platform_id"],
                condition=Q(thread_root__isnull=True, type="reply") | Q(parent__isnull=True, type="reply"),
                name="replies_without_parent",
            ),
            models.Index(
                fields=["connection", "content_platform_id"],
                condition=Q(content_piece__isnull=True),
                name="comments_without_content",
            ),
        ]

    def __str__(self) -> str:
        # Neither text nor author: the admin's log keeps this line when the comment itself has been erased.
        return f"{self.get_type_display()} {self.platform_id}"

    @classmethod
    def category_columns(cls, categories: Sequence[Category]) -> dict[str, Any]:
        return {"categories": tuple(categories)}
