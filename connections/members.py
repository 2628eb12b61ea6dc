"""Who belongs to a workspace and as what. A workspace is never left without an owner."""

from django.db import transaction

from connections.audit import record_event
from connections.models import AuditEvent, Membership, Role, User, Workspace


class LastOwner(ValueError):
    """The change would leave a workspace that nobody may manage."""


def is_last_owner(membership: Membership) -> bool:
    others = Membership.objects.filter(workspace_id=membership.workspace_id, role=Role.OWNER).exclude(pk=membership.pk)
    held = Membership.objects.filter(pk=membership.pk, role=Role.OWNER)
    return held.exists() and not others.exists()


@transaction.atomic
def set_role(membership: Membership, role: Role, *, actor: User) -> None:
    """Give a member, new or not, `role`. Raises `LastOwner`."""
    _one_at_a_time(membership)
    before = Membership.objects.filter(pk=membership.pk).values_list("role", flat=True).first()
    if role != Role.OWNER and is_last_owner(membership):
        raise LastOwner(f"{membership.user} is the last owner of {membership.workspace}.")
    membership.role = role
    membership.save()
    _record(membership, actor=actor, before=before, after=str(role))


@transaction.atomic
def remove(membership: Membership, *, actor: User) -> None:
    """End a membership. Raises `LastOwner`."""
    _one_at_a_time(membership)
    if is_last_owner(membership):
        raise LastOwner(f"{membership.user} is the last owner of {membership.workspace}.")
    _record(membership, actor=actor, before=membership.role, after=None)
    membership.delete()


def _one_at_a_time(membership: Membership) -> None:
    """Two owners who step down together would each see the other still there."""
    Workspace.objects.select_for_update().get(pk=membership.workspace_id)


def _record(membership: Membership, *, actor: User, before: str | None, after: str | None) -> None:
    record_event(
        AuditEvent.Kind.ROLE_CHANGED,
        workspace=membership.workspace,
        actor=actor,
        member=membership.user.get_username(),
        before=before,
        after=after,
    )
