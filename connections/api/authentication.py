from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from rest_framework.exceptions import AuthenticationFailed

from connections.models import APIToken, User

LAST_USED_GRAIN = timedelta(hours=1)  # a busy token costs one write an hour, not one a request


class BearerAuthentication(TokenAuthentication):
    """`Authorization: Bearer …`. Unknown, expired and switched off look the same from outside."""

    @sensitive_variables()
    def authenticate_credentials(self, token: bytes) -> tuple[User, APIToken]:
        digest = hash_token(token.decode("ascii", errors="replace"))
        found: APIToken | None = APIToken.objects.select_related("user").filter(digest=digest).first()
        now = timezone.now()
        if found is None or found.has_expired(now) or not found.user.is_active:
            raise AuthenticationFailed("The token is not valid.")
        if found.last_used_at is None or found.last_used_at <= now - LAST_USED_GRAIN:
            APIToken.objects.filter(pk=found.pk).update(last_used_at=now)
        return found.user, found


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers the subclass
    target_class = BearerAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token made on the page “API tokens”, or by `manage.py create_token`.",
        }
