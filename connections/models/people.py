import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Self, TypeVar

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import models

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

Model = TypeVar("Model", bound=models.Model)


class Role(models.TextChoices):
    """What a member may do in a workspace; each includes those before it."""

    VIEWER = "viewer", "Viewer"
    AGENT = "agent", "Agent"
    MANAGER = "manager", "Manager"
    OWNER = "owner", "Owner"

    @property
    def rank(self) -> int:
        return list(Role).index(self)

    @classmethod
    def at_least(cls, role: "Role") -> list["Role"]:
        return [one for one in cls if one.rank >= role.rank]


class User(AbstractUser):
    """A person who signs in. What they may see and do comes from their memberships alone.

    `is_staff` marks an operator of the installation: schedules, users, sync health; no workspace's
    comments unless they are a member of it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    memberships: "RelatedManager[Membership]"


class WorkspaceQuerySet(models.QuerySet[Model]):
    """Rows that belong to a workspace. `for_user` is where every query that serves a person starts.

    `workspace_path` leads from the model to its workspace's id.
    """

    workspace_path = "workspace_id"

    def for_user(self, user: User | AnonymousUser, role: Role = Role.VIEWER) -> Self:
        """The rows in workspaces where `user` has `role` or more; none for a stranger, also a superuser."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        workspaces = Membership.objects.filter(user=user, role__in=Role.at_least(role)).values("workspace_id")
        return self.filter(**{f"{self.workspace_path}__in": workspaces})

    def for_user_at_once(self, user: User | AnonymousUser, role: Role = Role.VIEWER) -> Self:
        """The same rows, but the workspaces are looked up now, by a query of its own.

        For long lists in an order: PostgreSQL walks an index that begins with the workspace only when it
        knows the workspace, and else sorts everything.
        """
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        held = Membership.objects.filter(user=user, role__in=Role.at_least(role))
        return self.in_workspaces(held.values_list("workspace_id", flat=True))

    def in_workspaces(self, workspace_ids: Iterable[int]) -> Self:
        """The rows of these workspaces, for callers that have established whose they are."""
        return self.filter(**{f"{self.workspace_path}__in": list(workspace_ids)})


class OwnWorkspaceQuerySet(WorkspaceQuerySet[Model]):
    workspace_path = "id"


class Workspace(models.Model):
    """A creator or brand: the tenant. Its time zone decides what "today" and "Monday" mean on its pages."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=120, unique=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    derived_metrics = models.BooleanField(
        default=True,
        help_text="Scores and labels of ours on YouTube data. YouTube's policy asks for an audited amendment for them.",
    )
    claude_enabled = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OwnWorkspaceQuerySet["Workspace"].as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.AGENT)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet["Membership"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "workspace"], name="one_membership_a_workspace")]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} of {self.workspace}"
