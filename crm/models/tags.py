from django.db import models
from django.db.models.functions import Lower

from connections.models import User, Workspace
from connections.models.people import WorkspaceQuerySet


class Tag(models.Model):
    """A word of a workspace's own for sorting comments. "VIP" and "vip" are one tag."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="tags", db_index=False)
    name = models.CharField(max_length=60)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet["Tag"].as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("workspace", Lower("name"), name="one_tag_a_name")]

    def __str__(self) -> str:
        return self.name


class InteractionTag(models.Model):
    """That a comment carries a tag, and who put it there."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    interaction = models.ForeignKey(
        "crm.Interaction", on_delete=models.CASCADE, related_name="tag_links", db_index=False
    )
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="links")
    added_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet["InteractionTag"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["interaction", "tag"], name="one_link_a_tag")]

    def __str__(self) -> str:
        return str(self.tag)
