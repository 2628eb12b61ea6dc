"""Who may do what. Whose rows exist for a person is decided before, by `for_user`: a stranger gets 404."""

from typing import Any, ClassVar

from django.db.models import Model
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from connections.models import APIToken, Role, User
from connections.models.people import WorkspaceQuerySet


class TokenMayWrite(BasePermission):
    message = "This token reads only."

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.method in SAFE_METHODS or not isinstance(request.auth, APIToken) or request.auth.may_write


class WritersRole(BasePermission):
    """Everybody who sees a row may read it; changing it takes the view's `writers_role` in its workspace."""

    writers_role: ClassVar[Role] = Role.AGENT

    def has_object_permission(self, request: Request, view: Any, obj: Model) -> bool:
        return request.method in SAFE_METHODS or has_role(request, obj, view.writers_role)


def has_role(request: Request, row: Model, role: Role) -> bool:
    rows = type(row)._default_manager.all()
    return isinstance(rows, WorkspaceQuerySet) and rows.for_user(request.user, role).filter(pk=row.pk).exists()


def require_role(request: Request, row: Model, role: Role) -> None:
    if not has_role(request, row, role):
        raise PermissionDenied


def person_behind(request: Request) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
