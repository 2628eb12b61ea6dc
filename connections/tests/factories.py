"""The cast of the tests: workspaces, their people by role, people of none, and connected accounts."""

from itertools import count
from typing import Any

from connections.models import Connection, Membership, Role, User, Workspace

_numbers = count(1)


def make_workspace(name: str = "", **fields: Any) -> Workspace:
    number = next(_numbers)
    return Workspace.objects.create(name=name or f"Workspace {number}", slug=f"workspace-{number}", **fields)


def make_user(username: str = "", **fields: Any) -> User:
    """A person who belongs nowhere. Without a password: tests sign in by `client.force_login`."""
    return User.objects.create_user(username or f"person-{next(_numbers)}", **fields)


def make_member(workspace: Workspace, role: Role = Role.AGENT, username: str = "", **fields: Any) -> User:
    user = make_user(username, **fields)
    Membership.objects.create(user=user, workspace=workspace, role=role)
    return user


def make_outsider() -> User:
    """The owner of a workspace of their own, and of no other."""
    return make_member(make_workspace(), Role.OWNER)


def make_operator(**fields: Any) -> User:
    """Runs the installation; a member of nothing."""
    return make_user(is_staff=True, **fields)


def make_superuser(**fields: Any) -> User:
    return make_user(is_staff=True, is_superuser=True, **fields)


def make_connection(workspace: Workspace | None = None, **fields: Any) -> Connection:
    number = next(_numbers)
    values = {"platform": "youtube", "external_id": f"UC{number:022}", "display_name": f"Channel {number}"}
    return Connection.objects.create(workspace=workspace or make_workspace(), **(values | fields))
