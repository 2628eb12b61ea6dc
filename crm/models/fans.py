import uuid
from typing import TYPE_CHECKING

from django.db import models

from connections.models import Workspace
from connections.models.people import WorkspaceQuerySet

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from crm.models.interactions import Interaction


class Fan(models.Model):
    """A person who comments, as a workspace knows them; recognised by `FanIdentity`, never by name.

    The totals count the comments that stand: `crm.fan_totals` computes them anew from the comments
    whenever one of them comes, changes hands or goes.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="fans", db_index=False)
    name = models.CharField(
        max_length=255, blank=True, help_text="Follows the platform until somebody here gives another."
    )
    notes = models.TextField(blank=True)
    is_vip = models.BooleanField("VIP", default=False)
    is_blocked = models.BooleanField("blocked", default=False)
    interaction_count = models.PositiveIntegerField(default=0, editable=False)
    answered_count = models.PositiveIntegerField(default=0, editable=False, help_text="How many of them we answered.")
    first_interaction_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_interaction_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet["Fan"].as_manager()

    interactions: "RelatedManager[Interaction]"
    identities: "RelatedManager[FanIdentity]"

    class Meta:
        ordering = ["-last_interaction_at", "-id"]
        indexes = [
            models.Index(fields=["workspace", "-last_interaction_at", "-id"], name="fans_by_last_interaction"),
            models.Index(fields=["workspace", "-interaction_count", "-id"], name="fans_by_interaction_count"),
        ]

    def __str__(self) -> str:
        return self.name or f"Fan {self.pk}"


class FanIdentity(models.Model):
    """One account of a fan on one platform. Name and username are the platform's, the newest we saw."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+", db_index=False)
    fan = models.ForeignKey(Fan, on_delete=models.CASCADE, related_name="identities")
    platform = models.CharField(max_length=20)
    platform_user_id = models.CharField(max_length=255)
    username = models.CharField(max_length=255, blank=True)
    name = models.CharField(max_length=255, blank=True)
    profile_url = models.CharField("profile URL", max_length=2048, blank=True)
    observed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the platform last told us of this account."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet["FanIdentity"].as_manager()

    class Meta:
        verbose_name_plural = "fan identities"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "platform", "platform_user_id"], name="one_fan_an_account"),
            models.CheckConstraint(condition=~models.Q(platform_user_id=""), name="identity_has_a_user_id"),
        ]

    def __str__(self) -> str:
        return f"{self.username or self.name or self.platform_user_id} · {self.platform}"
