"""Keys to the API: made, listed and revoked by the person they belong to, and told apart by name."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from knox.models import get_digest_token
from knox.settings import CONSTANTS

from connections.audit import record_event
from connections.models import APIToken, AuditEvent, User


@sensitive_variables("text", "digest")
@transaction.atomic
def create_token(user: User, name: str, *, lifetime: timedelta, may_write: bool) -> tuple[APIToken, str]:
    """The row and the token itself, which nobody can read again: show it once and keep it nowhere."""
    digest, text = get_digest_token()
    token = APIToken.objects.create(
        user=user,
        digest=digest,
        token_key=text[: CONSTANTS.TOKEN_KEY_LENGTH],
        name=name,
        may_write=may_write,
        expiry=timezone.now() + lifetime,
    )
    record_event(AuditEvent.Kind.API_TOKEN_CREATED, actor=user, **_described(token))
    return token, text


@transaction.atomic
def revoke_token(token: APIToken, *, by: User) -> None:
    """The next request with it is refused."""
    record_event(AuditEvent.Kind.API_TOKEN_REVOKED, actor=by, **_described(token))
    token.delete()


def tokens_of(user: User) -> QuerySet[APIToken]:
    return APIToken.objects.filter(user=user)


def _described(token: APIToken) -> dict[str, Any]:
    return {"name": token.name, "may_write": token.may_write, "expires": str(token.expiry)}
