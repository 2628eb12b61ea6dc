from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver

from connections.audit import record_event
from connections.front_page import sections_for
from connections.models import AuditEvent, User


class SignInForm(AuthenticationForm):
    """Django's own asks for staff; here every active person signs in and sees what their roles open."""

    required_css_class = "required"

    def clean(self) -> dict[str, Any]:
        try:
            cleaned = super().clean()
        except ValidationError:
            username = str(self.cleaned_data.get("username", ""))
            record_event(AuditEvent.Kind.SIGN_IN_FAILED, username=username[:150])
            raise
        user = self.get_user()
        if isinstance(user, User):
            record_event(AuditEvent.Kind.SIGNED_IN, actor=user)
        return cleaned


class GreenroomAdminSite(AdminSite):
    """Django's admin as the product's front door: open to every member of a workspace, and to operators."""

    site_header = "Greenroom"
    site_title = "Greenroom"
    index_title = "Inbox"
    site_url = None
    login_form = SignInForm

    def has_permission(self, request: HttpRequest) -> bool:
        """Anybody with an active account; what they find inside is decided page by page."""
        return isinstance(request.user, User) and request.user.is_active

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, {"sections": sections_for(request), **(extra_context or {})})

    def get_urls(self) -> list[URLPattern | URLResolver]:
        # `view_on_site` tells whether any row of any table exists, whoever asks.
        return [url for url in super().get_urls() if getattr(url, "name", None) != "view_on_site"]
