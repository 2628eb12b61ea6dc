from django.contrib.admin import AdminSite
from django.http import HttpRequest

from connections.models import User


class GreenroomAdminSite(AdminSite):
    """Django's admin as the product's front door: open to every member of a workspace, and to operators."""

    site_header = "Greenroom"
    site_title = "Greenroom"
    index_title = "Inbox"

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        if not isinstance(user, User) or not user.is_active:
            return False
        return user.is_staff or user.memberships.exists()
