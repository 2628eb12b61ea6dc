"""Google's OAuth for a channel: consent, refresh, revocation, and whose the tokens are.

One token speaks for one channel, so an account is what `channels.list(mine=true)` answers: never an
e-mail address, which of a Brand Account is not even its owner's.
https://developers.google.com/youtube/v3/guides/auth/server-side-web-apps
"""

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from connections import http, quota
from connections.errors import Gone, NeedsReauthorization, NotPermitted, OurFault, Transient
from connections.oauth import ConnectBackend, grant_from, parse_object
from connections.registry import AccountIdentity, TokenGrant
from youtube import payloads
from youtube.client import CHANNEL_PARTS
from youtube.failures import platform_error
from youtube.scopes import ANALYTICS, COMMENTS
from youtube.streams.channel import channel_columns

# A person waits for the page: https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke
REVOKE_SECONDS = 5

NO_COMMENTS = (
    "Google did not grant access to the comments. Connect again and leave the box “See, edit, and "
    "permanently delete your YouTube videos, ratings, comments and captions” ticked: Google has no smaller "
    "permission for reading comments, and Greenroom writes nothing until somebody switches writing on."
)
NO_CHANNEL = (
    "This Google account has no YouTube channel. Connect again and choose the account, or the Brand Account, "
    "that owns the channel."
)
LOST = (
    "Google no longer accepts this channel's access: it was withdrawn, or not used for six months, or the "
    "Google Cloud project is still in Testing, where access ends after seven days. Connect the channel again."
)
BAD_CLIENT = "Google refuses this Greenroom's own credentials: check GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET."


class YouTubeBackend(ConnectBackend):
    """Offline access, with the picker: without `select_account` Brand Accounts' channels are not offered."""

    name = "youtube"
    scopes = (COMMENTS, ANALYTICS)

    def get_key_and_secret(self) -> tuple[str, str]:
        return settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET

    def authorization_url(self) -> str:
        return settings.GOOGLE_OAUTH_AUTHORIZE_URL

    def access_token_url(self) -> str:
        return settings.GOOGLE_OAUTH_TOKEN_URL

    def auth_extra_arguments(self) -> dict[str, str]:
        # Google gives a refresh token only with the consent page, hence `consent`.
        return {
            "access_type": "offline",
            "prompt": "consent select_account",
            "include_granted_scopes": "true",
        }


@sensitive_variables()
def refresh_access(refresh_token: str) -> TokenGrant:
    """Only `invalid_grant` is final. https://developers.google.com/identity/protocols/oauth2/web-server#offline"""
    if not refresh_token:
        raise NeedsReauthorization("There is no lasting access: connect the channel.", code="no_refresh_token")
    answer = http.request(
        "POST",
        settings.GOOGLE_OAUTH_TOKEN_URL,
        data={
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
            "client_id": settings.GOOGLE_CLIENT_ID,
            "client_secret": settings.GOOGLE_CLIENT_SECRET,
        },
    )
    if answer.status == 200:
        return grant_from(parse_object(answer), scopes=())
    raise _token_error(answer)


def _token_error(answer: http.Response) -> Exception:
    if answer.status >= 500 or answer.status == 429:
        return Transient(f"Google answered {answer.status}.", code="server_error", status=answer.status)
    error = str(parse_object(answer).get("error", ""))
    if error == "invalid_grant":
        return NeedsReauthorization(LOST, code=error, status=answer.status)
    if error in {"invalid_client", "unauthorized_client"}:
        return OurFault(BAD_CLIENT, code=error, status=answer.status)
    return OurFault(f"Google refused a token request ({error[:40]}).", code="token_refused", status=answer.status)


@sensitive_variables()
def revoke(token: str) -> None:
    """End the whole consent behind a token. One that is dead already is as good as revoked."""
    answer = http.request("POST", settings.GOOGLE_OAUTH_REVOKE_URL, data={"token": token}, timeout=REVOKE_SECONDS)
    if answer.status == 200:
        return
    if answer.status >= 500 or answer.status == 429:
        raise Transient(f"Google answered {answer.status}.", code="server_error", status=answer.status)
    if parse_object(answer).get("error") != "invalid_token":
        raise OurFault("Google refused to revoke a token.", code="revoke_refused", status=answer.status)


@sensitive_variables()
def identify(grant: TokenGrant) -> AccountIdentity:
    """The channel a grant speaks for; `NotPermitted` without the comments' scope, `Gone` without a channel."""
    if COMMENTS not in grant.scopes:
        raise NotPermitted(NO_COMMENTS, code="missing_scope")
    quota.reserve("youtube", "default", 1, for_people=True)
    asked_at = timezone.now()
    answer = http.request(
        "GET",
        f"{settings.YOUTUBE_API_URL}/youtube/v3/channels",
        params={"part": CHANNEL_PARTS, "mine": "true"},
        bearer=grant.access_token,
    )
    if answer.status != 200:
        error = platform_error(answer.status, answer.headers, answer.content, "default", asked_at)
        raise Gone(NO_CHANNEL, code="no_channel") if error.code == "youtubeSignupRequired" else error
    item = _only_item(answer.content)
    channel = payloads.channel(item)
    columns = channel_columns(channel)
    shared = {name: str(columns.pop(name)) for name in ("display_name", "handle", "avatar_url")}
    return AccountIdentity(external_id=channel.channel_id, extra=columns, **shared)


def _only_item(content: bytes) -> Mapping[str, Any]:
    """An account without a channel gets an answer without `items`."""
    try:
        items = json.loads(content).get("items", [])
    except (ValueError, AttributeError):
        raise Transient("YouTube's answer was not readable.", code="malformed") from None
    if not items:
        raise Gone(NO_CHANNEL, code="no_channel")
    item: Mapping[str, Any] = items[0]
    return item
