import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

from connections.models.people import Workspace, WorkspaceQuerySet

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from connections.models.sync import StreamState, SyncRun


class Connection(models.Model):
    """An account of a workspace on a platform: what every platform's own connection extends."""

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        NEEDS_REAUTH = "needs_reauth", "Needs to be connected again"
        DISCONNECTED = "disconnected", "Disconnected"
        ERROR = "error", "Error"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="connections")
    platform = models.CharField(max_length=20)
    external_id = models.CharField(max_length=64)
    display_name = models.CharField(max_length=255, blank=True)
    handle = models.CharField(max_length=255, blank=True)
    avatar_url = models.URLField(max_length=2048, blank=True)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.ACTIVE)
    granted_scopes = models.JSONField(default=list, blank=True)
    # A new connection reads only; writing to the platform is switched on by a person.
    writing_enabled = models.BooleanField(default=False)
    last_sync_at = models.DateTimeField(null=True, blank=True)
    next_sync_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True, help_text="What is wrong, in words an operator can act on.")
    last_error_at = models.DateTimeField(null=True, blank=True)
    authorization_verified_at = models.DateTimeField(null=True, blank=True)
    connected_at = models.DateTimeField(auto_now_add=True)
    disconnected_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceQuerySet["Connection"].as_manager()

    credential: "Credential"
    stream_states: "RelatedManager[StreamState]"
    sync_runs: "RelatedManager[SyncRun]"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "external_id"], name="one_connection_an_account"),
        ]
        ordering = ["display_name"]

    def __str__(self) -> str:
        return self.display_name or self.external_id

    def has_scope(self, scope: str) -> bool:
        return scope in self.granted_scopes


class Credential(models.Model):
    """A connection's tokens, encrypted; read and written by `connections.tokens` alone.

    A table of its own, so that no page that reads connections ever loads a token, and so that
    refreshing one does not contend with the syncs that update the connection.
    """

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="credential")
    access_token = models.TextField(blank=True)
    refresh_token = models.TextField(blank=True)
    issued_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    refresh_lease_until = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"Credential of connection {self.connection_id}"

    def lifetime_used(self, now: datetime) -> float:
        """0 when just issued, 1 at expiry; 0 for a token whose expiry nobody told us."""
        if self.issued_at is None or self.expires_at is None or self.expires_at <= self.issued_at:
            return 1.0 if self.expires_at is not None and self.expires_at <= now else 0.0
        return (now - self.issued_at) / (self.expires_at - self.issued_at)
