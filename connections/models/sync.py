import uuid
from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from connections.models.accounts import Connection
from connections.models.people import Workspace, WorkspaceQuerySet


class StreamState(models.Model):
    """What outlives a run of one stream of one connection: how far it got and when it is due again.

    `watermark` moves only when a walk is complete. Its form is the stream's own.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="stream_states")
    stream = models.CharField(max_length=40)
    watermark = models.JSONField(default=dict, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True, help_text="When a walk last reached its end.")
    failures = models.PositiveIntegerField(default=0, help_text="Transient failures in a row.")
    blocked_at = models.DateTimeField(null=True, blank=True)
    blocked_reason = models.TextField(
        blank=True, help_text="Why this stream alone is stopped, for example a missing scope."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "stream"], name="one_state_a_stream")]

    def __str__(self) -> str:
        return f"{self.connection} · {self.stream}"

    def is_blocked(self, lately: timedelta) -> bool:
        """Whether it was stopped for want of a permission within so long."""
        return self.blocked_at is not None and self.blocked_at > timezone.now() - lately


class SyncRunQuerySet(WorkspaceQuerySet["SyncRun"]):
    def open(self) -> Self:
        return self.filter(state__in=SyncRun.OPEN)


class SyncRun(models.Model):
    """One walk of one stream: its place, its lease, its counts and its outcome (`connections.sync`).

    At most one run of a stream is open. A worker owns it by the lease and the fence: every write of a
    page checks the fence, so a worker that slept past its lease cannot write. A closed run is a report.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        WAITING = "waiting", "Waiting"
        SUCCEEDED = "succeeded", "Succeeded"
        PARTIAL = "partial", "Partial"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    OPEN = (State.QUEUED, State.RUNNING, State.WAITING)

    class Trigger(models.TextChoices):
        SCHEDULE = "schedule", "Schedule"
        PERSON = "person", "Person"
        CONNECT = "connect", "Account connected"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="sync_runs")
    stream = models.CharField(max_length=40)
    trigger = models.CharField(max_length=10, choices=Trigger.choices, default=Trigger.SCHEDULE)
    slot = models.CharField(
        max_length=40, blank=True, help_text="Which tick of the schedule this is, so that two beats start one run."
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)

    cursor = models.JSONField(default=dict, blank=True)
    cursor_saved_at = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(
        null=True, blank=True, help_text="When it may go on; empty while it waits for a person."
    )
    dispatched_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0, help_text="Tries of the present page.")
    crashes = models.PositiveIntegerField(default=0, help_text="Workers that died with the present page.")

    pages = models.PositiveIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    units = models.PositiveIntegerField(default=0, help_text="Quota units spent.")
    expected = models.PositiveIntegerField(
        null=True, blank=True, help_text="The platform's own count, a guide for the progress bar."
    )

    reason_code = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True, help_text="Why it waits or how it ended, in words.")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = SyncRunQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "stream"],
                condition=Q(state__in=["queued", "running", "waiting"]),
                name="one_open_run_a_stream",
            ),
            models.UniqueConstraint(
                fields=["connection", "stream", "slot"], condition=~Q(slot=""), name="one_run_a_slot"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state__in=["queued", "running", "waiting"]), name="open_runs_due"
            ),
            models.Index(fields=["workspace", "-created_at"], name="runs_by_workspace"),
        ]

    def __str__(self) -> str:
        return f"{self.connection} · {self.stream} · {self.get_state_display()}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN


class QuarantinedRecord(models.Model):
    """Something a platform sent that we could not read, kept as it came, to be replayed after a fix."""

    class State(models.TextChoices):
        HELD = "held", "Held"
        REPLAYED = "replayed", "Replayed"
        DISCARDED = "discarded", "Discarded"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="quarantined_records")
    stream = models.CharField(max_length=40)
    external_id = models.CharField(max_length=255, blank=True)
    digest = models.CharField(max_length=64)
    raw = models.BinaryField()
    context = models.JSONField(default=dict, blank=True, help_text="What the replay needs beside the record itself.")
    error = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.HELD)
    times_seen = models.PositiveIntegerField(default=1)
    first_seen_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(auto_now=True)

    objects = WorkspaceQuerySet["QuarantinedRecord"].as_manager()

    class Meta:
        ordering = ["-last_seen_at"]
        constraints = [
            models.UniqueConstraint(fields=["connection", "stream", "digest"], name="one_quarantine_a_record")
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.external_id or self.digest[:12]}"
