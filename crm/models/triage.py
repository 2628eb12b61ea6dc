from typing import Any

from django.db import models

from connections.models import User, Workspace
from connections.models.people import WorkspaceQuerySet
from crm.models.interactions import Interaction


class InteractionNote(models.Model):
    """What the team tells itself about a comment; never sent to a platform. Added, not rewritten."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    author_name = models.CharField(max_length=150, blank=True, help_text="Stays when the account is gone.")
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet["InteractionNote"].as_manager()

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"Note by {self.author_name} {self.created_at:%Y-%m-%d %H:%M}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        _refuse_change(self)
        super().save(*args, **kwargs)


class TriageEvent(models.Model):
    """One step of a comment's triage: who did what, when and why. Appended, never changed.

    `before` and `after` name states, people and tags, never a commenter's text.
    """

    class Kind(models.TextChoices):
        STATUS = "status", "Status"
        ASSIGNED = "assigned_to", "Assignee"
        SNOOZED = "snoozed_until", "Snoozed"
        TAG_ADDED = "tag_added", "Tag added"
        TAG_REMOVED = "tag_removed", "Tag removed"
        NOTE = "note", "Note"
        CORRECTED = "corrected", "Label corrected"

    class Source(models.TextChoices):
        PERSON = "person", "Person"
        SYNC = "sync", "Sync"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+", db_index=False)
    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="triage_events", db_index=False)
    source = models.CharField(max_length=10, choices=Source.choices)
    actor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    actor_name = models.CharField(max_length=150, blank=True, help_text="Stays when the account is gone.")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    before = models.CharField(max_length=255, blank=True)
    after = models.CharField(max_length=255, blank=True)
    reason = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet["TriageEvent"].as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["interaction", "-created_at", "-id"], name="triage_of_interaction"),
            models.Index(fields=["workspace", "-created_at", "-id"], name="triage_by_workspace"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.before or '–'} → {self.after or '–'}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        _refuse_change(self)
        super().save(*args, **kwargs)


class SignalCorrection(models.Model):
    """A person's word against the machine's. The latest of a field stands in the comment's own column.

    Written under the workspace's intake lock (`crm.triage.correct_signal`), so that no sync that read the
    comment before can write the machine's value back.
    """

    class Field(models.TextChoices):
        SENTIMENT = "sentiment", "Sentiment"
        CATEGORIES = "categories", "Categories"
        LANGUAGE = "language", "Language"
        PRIORITY = "priority_score", "Priority"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    interaction = models.ForeignKey(
        Interaction, on_delete=models.CASCADE, related_name="signal_corrections", db_index=False
    )
    field = models.CharField(max_length=20, choices=Field.choices)
    machine_value = models.JSONField(null=True)
    value = models.JSONField()
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet["SignalCorrection"].as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["interaction", "id"], name="corrections_of_interaction")]

    def __str__(self) -> str:
        return f"{self.get_field_display()}: {self.machine_value} → {self.value}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        _refuse_change(self)
        super().save(*args, **kwargs)


def _refuse_change(row: models.Model) -> None:
    if not row._state.adding:  # noqa: SLF001 - Django's documented way to ask
        raise TypeError(f"{row._meta.verbose_name_plural} are appended, never changed.")
