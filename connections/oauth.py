"""python-social-auth's OAuth handshake, used to connect accounts and never to sign anybody in.

Its backends stand in no `AUTHENTICATION_BACKENDS`, and the handshake ends with the tokens, before
social-auth's pipeline would look for a user: it creates nobody and stores nothing but the state.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, ClassVar, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.debug import sensitive_variables
from social_core.backends.oauth import BaseOAuth2PKCE
from social_core.exceptions import AuthSessionError
from social_django.utils import load_strategy

from connections import http
from connections.errors import OurFault, Transient
from connections.models import User
from connections.registry import Platform, TokenGrant


@dataclass(frozen=True, slots=True)
class Intent:
    """Who set out to connect what; kept in the session under the state, out of the callback's reach."""

    user: int
    workspace: str
    reconnecting: str = ""


class ConnectBackend(BaseOAuth2PKCE[HttpResponse]):
    """A vendor's handshake: `begin` gives the consent page's address, `resume` and `exchange` take the reply.

    The state is random (190 bits), of one session, used once and good for `SOCIAL_AUTH_STATE_LIFETIME`.
    Subclasses set `name` and `scopes` and answer the vendor's addresses and our credentials there.
    https://www.rfc-editor.org/rfc/rfc9700 is what all of this follows.
    """

    REDIRECT_STATE = False
    scopes: ClassVar[tuple[str, ...]] = ()
    intent: Intent | None = None

    def get_scope(self) -> list[str]:
        return list(self.scopes)

    def begin(self, intent: Intent) -> str:
        self.intent = intent
        return self.auth_url()

    def get_or_create_state(self) -> str | None:
        state = super().get_or_create_state()
        if state is None or self.intent is None:
            raise AuthSessionError(self, code="session_context_missing", stage="begin")
        key = self.transaction_key(state)
        self.strategy.session_set(key, {**self.strategy.session_get(key), "intent": asdict(self.intent)})
        return state

    def resume(self, user: User) -> Intent:
        """Use up the state and return what it stands for. Raises social-auth's errors; calls nobody."""
        self.state = self.validate_state()
        transaction = self._oauth2_transaction or {}
        intent = Intent(**transaction["intent"])
        if intent.user != user.pk:
            raise AuthSessionError(self, code="user_mismatch", stage="callback")
        self._check_issuer()
        self.process_error(self.data)
        return intent

    def _check_issuer(self) -> None:
        """An answer that names another issuer was meant for another platform. https://www.rfc-editor.org/rfc/rfc9207"""
        issuer = self.data.get("iss")
        if issuer and not self.authorization_url().startswith(f"{issuer.rstrip('/')}/"):
            raise AuthSessionError(self, code="state_mismatch", stage="callback")

    @sensitive_variables()
    def exchange(self) -> TokenGrant:
        """Trade the code for tokens, after `resume`. Raises social-auth's errors and `Transient`."""
        form = self.auth_complete_params(self.state)  # type: ignore[no-untyped-call]
        answer = self.request_access_token(self.access_token_url(), data=form, headers=dict(self.auth_headers()))
        return grant_from(answer, scopes=self.scopes)

    @sensitive_variables()
    def request_access_token(self, url: str, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        """Through our own HTTP, which neither follows redirects nor quotes the request in its errors."""
        answer = http.request("POST", url, data=kwargs["data"], headers=kwargs["headers"], timeout=10)
        if answer.status >= 500 or answer.status == 429:
            raise Transient(
                "The platform could not complete the connection just now.",
                code="server_error",
                status=answer.status,
            )
        facts = parse_object(answer)
        self.process_error(facts, stage="token_exchange")
        return facts


def backend_for(request: HttpRequest, platform: Platform) -> ConnectBackend:
    """The redirect address comes from the settings: a forged Host header must not choose where codes go."""
    address = settings.SITE_URL + reverse("connections:callback", args=[platform.slug])
    strategy = load_strategy(request)  # type: ignore[no-untyped-call]
    backend = import_string(platform.oauth)(strategy, redirect_uri=address)
    return cast(ConnectBackend, backend)


def requested_scopes(platform: Platform) -> tuple[str, ...]:
    """What a person is asked for when they connect an account of this platform."""
    return cast(type[ConnectBackend], import_string(platform.oauth)).scopes


def parse_object(answer: http.Response) -> dict[str, Any]:
    """The JSON object of a token endpoint's answer; anything else is `Transient`, whatever its status."""
    try:
        facts = json.loads(answer.content)
    except ValueError:
        facts = None
    if not isinstance(facts, dict):
        raise Transient("The platform's answer was not readable.", code="malformed", status=answer.status)
    return facts


@sensitive_variables()
def grant_from(answer: Mapping[str, Any], *, scopes: tuple[str, ...]) -> TokenGrant:
    """An answer of RFC 6749 §5.1, in which a missing `scope` means all that was asked, `scopes`."""
    token = answer.get("access_token")
    if not isinstance(token, str) or not token:
        raise OurFault("The platform granted no access token.", code="no_access_token")
    seconds = answer.get("expires_in")
    lifetime = timedelta(seconds=int(seconds)) if seconds else None
    granted = answer.get("scope")
    return TokenGrant(
        access_token=token,
        refresh_token=answer.get("refresh_token") or "",
        expires_at=timezone.now() + lifetime if lifetime else None,
        scopes=tuple(granted.split()) if isinstance(granted, str) and granted else scopes,
    )
