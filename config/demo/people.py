"""The demo's workspace and one person for each role."""

from dataclasses import dataclass

from connections.models import Membership, Role, User, Workspace

PASSWORD = "greenroom-demo"  # noqa: S105 - printed at the start, and good on loopback only
OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Cast:
    workspace: str
    owner: str
    logins: dict[str, str]


def create() -> Cast:
    workspace, _ = Workspace.objects.get_or_create(slug="demo", defaults={"name": "Demo"})
    logins = {OPERATOR: "runs the installation: schedules, quota, people; no comments"}
    _user(OPERATOR, is_staff=True, is_superuser=True)
    for role in reversed(Role):
        member = _user(role.value)
        Membership.objects.update_or_create(user=member, workspace=workspace, defaults={"role": role})
        logins[role.value] = f"{role.label} of the workspace {workspace.name}"
    return Cast(str(workspace.uuid), Role.OWNER.value, logins)


def _user(username: str, *, is_staff: bool = False, is_superuser: bool = False) -> User:
    user, _ = User.objects.get_or_create(username=username)
    user.is_staff, user.is_superuser = is_staff, is_superuser
    user.set_password(PASSWORD)
    user.save()
    return user
