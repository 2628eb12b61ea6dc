from typing import Any

from django.db import models

from connections.models.people import User, Workspace, WorkspaceQuerySet


class AuditEvent(models.Model):
    """What was done to an installation or a workspace, by whom; appended by `connections.audit`, never changed."""

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", "Signed in"
        SIGN_IN_FAILED = "sign_in_failed", "Sign-in failed"
        ROLE_CHANGED = "role_changed", "Role changed"
        ACCOUNT_CONNECTED = "account_connected", "Account connected"
        ACCOUNT_DISCONNECTED = "account_disconnected", "Account disconnected"
        AUTHORIZATION_LOST = "authorization_lost", "Authorisation lost"
        KEYS_ROTATED = "keys_rotated", "Encryption keys rotated"
        API_TOKEN_CREATED = "api_token_created", "API token created"
        API_TOKEN_REVOKED = "api_token_revoked", "API token revoked"
        RECORDS_REPLAYED = "records_replayed", "Quarantined records replayed"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=32, choices=Kind.choices)
    actor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    actor_name = models.CharField(max_length=150, blank=True, help_text="Stays when the account is gone.")
    detail = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet["AuditEvent"].as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["workspace", "-created_at"], name="audit_by_workspace")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.created_at:%Y-%m-%d %H:%M}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("Audit events are appended, never changed.")
        super().save(*args, **kwargs)
