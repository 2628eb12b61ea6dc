"""Google's OAuth 2.0 for web servers: consent page, token endpoint, revocation, user info.

https://developers.google.com/identity/protocols/oauth2/web-server. One token is one channel: the picker lists
channels, as Google's does for somebody who owns Brand Accounts. Consent is granular: each scope can be
unticked.

A launcher without a browser adds `login_hint=auto` (the first account) or `login_hint=auto:<account>`; the
page then redirects at once, through the same code path as a click.
"""

import base64
import binascii
import hashlib
import hmac
import html
import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from youtube.sandbox.wire import ApiError, Json, Request, Response, html_response, json_response, redirect
from youtube.sandbox.world import Account, World

SCOPE_ROOT = "https://www.googleapis.com/auth/"
YOUTUBE = SCOPE_ROOT + "youtube"
FORCE_SSL = SCOPE_ROOT + "youtube.force-ssl"
READONLY = SCOPE_ROOT + "youtube.readonly"
ANALYTICS = SCOPE_ROOT + "yt-analytics.readonly"
ANALYTICS_MONEY = SCOPE_ROOT + "yt-analytics-monetary.readonly"
SCOPES: dict[str, str] = {
    YOUTUBE: "Manage your YouTube account",
    FORCE_SSL: "See, edit, and permanently delete your YouTube videos, ratings, comments and captions",
    READONLY: "View your YouTube account",
    ANALYTICS: "View YouTube Analytics reports for your YouTube content",
    ANALYTICS_MONEY: "View monetary and non-monetary YouTube Analytics reports for your YouTube content",
    "openid": "Associate you with your personal info on Google",
    "email": "See your primary Google Account email address",
    "profile": "See your personal info",
    SCOPE_ROOT + "userinfo.email": "See your primary Google Account email address",
    SCOPE_ROOT + "userinfo.profile": "See your personal info",
}
CODE_LIFETIME = 600
AUTHORIZE_PATHS = ("/o/oauth2/v2/auth", "/o/oauth2/auth")
TOKEN_PATHS = ("/token", "/o/oauth2/token")


@dataclass(slots=True)
class Grant:
    account: str
    client_id: str
    scopes: frozenset[str]
    refresh_token: str = ""
    revoked: bool = False
    access: dict[str, float] = field(default_factory=dict)  # token to the time it expires


@dataclass(slots=True)
class Code:
    grant: Grant
    redirect_uri: str
    offline: bool
    challenge: str
    challenge_method: str
    expires: float


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls: an account's token, or an API key (no account, public data only)."""

    account: Account | None
    scopes: frozenset[str]
    token: str = ""

    @property
    def channel_id(self) -> str | None:
        return self.account.channel_id if self.account else None


class OAuthError(Exception):
    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.status = status
        self.body = {"error": error, "error_description": description}


class OAuth:
    def __init__(self, world: World, client_id: str, client_secret: str) -> None:
        self._world = world
        self._client_id = client_id
        self._client_secret = client_secret
        self._codes: dict[str, Code] = {}
        self._grants: list[Grant] = []
        self._tokens: dict[str, Grant] = {}
        self._rotated: set[str] = set()

    # Tokens

    def mint(
        self, account: str, scopes: frozenset[str], lifetime: float | None = None, *, offline: bool = True
    ) -> Json:
        """A token as an approved consent would give it, without the page."""
        grant = self._grant(account, self._client_id, scopes)
        return self._answer(grant, lifetime, with_refresh=True)

    def principal(self, token: str) -> Principal | None:
        grant = self._tokens.get(token)
        if grant is None or grant.revoked or grant.access.get(token, 0.0) <= self._world.clock.now():
            return None
        return Principal(self._world.accounts[grant.account], grant.scopes, token)

    def expire(self, token: str = "") -> int:
        """End this access token, or all of them; refresh tokens go on living."""
        count = 0
        for known, grant in self._tokens.items():
            if token in {"", known} and known in grant.access:
                grant.access[known] = 0.0
                count += 1
        return count

    def revoke(self, token: str = "", account: str = "") -> int:
        """End the whole grant behind a token (either kind), of an account, or every grant."""
        wanted = [
            grant
            for grant in self._grants
            if not grant.revoked
            and token in {"", grant.refresh_token, *grant.access}
            and account in {"", grant.account}
        ]
        for grant in wanted:
            grant.revoked = True
        return len(wanted)

    def drop_scope(self, token: str, scope: str) -> None:
        """What a user does on Google's account page: the grant lives on with less."""
        grant = self._tokens[token]
        grant.scopes -= {scope}

    def _grant(self, account: str, client_id: str, scopes: frozenset[str]) -> Grant:
        grant = Grant(account, client_id, scopes)
        self._grants.append(grant)
        return grant

    def _answer(self, grant: Grant, lifetime: float | None, *, with_refresh: bool) -> Json:
        settings = self._world.settings
        seconds = settings.access_token_lifetime if lifetime is None else lifetime
        token = f"ya29.{secrets.token_urlsafe(48)}"
        grant.access[token] = self._world.clock.now() + seconds
        self._tokens[token] = grant
        answer: Json = {
            "access_token": token,
            "expires_in": int(seconds),
            "scope": " ".join(sorted(grant.scopes)),
            "token_type": "Bearer",
        }
        if with_refresh:
            grant.refresh_token = self._refresh_token(grant)
            answer["refresh_token"] = grant.refresh_token
        return answer

    def _refresh_token(self, grant: Grant) -> str:
        """Tells whose it is, signed, so that a restarted sandbox still honours the tokens it gave out."""
        facts = json.dumps([grant.account, grant.client_id, sorted(grant.scopes), secrets.token_urlsafe(9)])
        payload = base64.urlsafe_b64encode(facts.encode()).decode().rstrip("=")
        return f"1//0{payload}-{self._signature(payload)}"

    def _signature(self, payload: str) -> str:
        return hmac.new(f"refresh-{self._world.seed}".encode(), payload.encode(), "sha256").hexdigest()[:24]

    def _by_refresh_token(self, token: str) -> Grant | None:
        for grant in self._grants:
            if grant.refresh_token == token:
                return None if grant.revoked else grant
        return self._adopt(token)

    def _adopt(self, token: str) -> Grant | None:
        payload, _, signature = token.removeprefix("1//0").rpartition("-")
        if not hmac.compare_digest(signature, self._signature(payload)):
            return None
        try:
            facts = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        except (ValueError, binascii.Error):
            return None
        account, client_id, scopes, _ = facts
        if account not in self._world.accounts or token in self._rotated:
            return None
        grant = self._grant(account, client_id, frozenset(scopes))
        grant.refresh_token = token
        return grant

    # Endpoints

    def handle(self, request: Request) -> Response | None:
        if request.path in AUTHORIZE_PATHS:
            return self._authorize(request)
        if request.path in TOKEN_PATHS:
            return self._guarded(self._token, request)
        if request.path in {"/revoke", "/o/oauth2/revoke"}:
            return self._guarded(self._revoke, request)
        return self.userinfo(request) if request.path == "/oauth2/v3/userinfo" else None

    def _guarded(self, endpoint: Callable[[Request], Json], request: Request) -> Response:
        if request.method != "POST":
            return json_response({"error": "invalid_request", "error_description": "POST only"}, 405, {"Allow": "POST"})
        try:
            return json_response(endpoint(request), headers={"Cache-Control": "no-store"})
        except OAuthError as error:
            return json_response(error.body, error.status)

    def _authorize(self, request: Request) -> Response:
        if request.method == "POST":
            request.params = request.form()
        problem = self._authorize_problem(request)
        if problem:
            return html_response(f"<!DOCTYPE html><title>Error 400</title><h1>Error 400: {problem}</h1>", 400)
        account = self._automatic(request.one("login_hint"))
        if request.method == "POST":
            return self._decide(request, request.one("decision"), frozenset(request.params.get("granted", ())))
        if account:
            request.params["account"] = [account]
            return self._decide(request, "allow", frozenset(request.one("scope").split()))
        return html_response(consent_page(self._world.accounts.values(), request))

    def _authorize_problem(self, request: Request) -> str:
        if request.one("client_id") != self._client_id:
            return "invalid_client"
        if request.one("response_type") != "code":
            return "invalid_request (response_type)"
        if not _acceptable_redirect(request.one("redirect_uri")):
            return "redirect_uri_mismatch"
        scopes = request.one("scope").split()
        return "" if scopes and set(scopes) <= set(SCOPES) else "invalid_scope"

    def _automatic(self, hint: str) -> str:
        name, _, account = hint.partition(":")
        if name == "auto":
            return account if account in self._world.accounts else next(iter(self._world.accounts))
        return self._world.settings.auto_consent

    def _decide(self, request: Request, decision: str, granted: frozenset[str]) -> Response:
        account = request.one("account")
        asked = frozenset(request.one("scope").split())
        answer = {"state": request.one("state")} if "state" in request.params else {}
        if decision != "allow" or account not in self._world.accounts or not granted & asked:
            return redirect(_with_query(request.one("redirect_uri"), answer | {"error": "access_denied"}))
        scopes = granted & asked
        if request.one("include_granted_scopes") == "true":
            scopes |= self._granted_before(account)
        answer |= {"code": self._code(request, account, scopes), "scope": " ".join(sorted(scopes))}
        return redirect(_with_query(request.one("redirect_uri"), answer))

    def _granted_before(self, account: str) -> frozenset[str]:
        live = [grant.scopes for grant in self._grants if grant.account == account and not grant.revoked]
        return frozenset().union(*live)

    def _code(self, request: Request, account: str, scopes: frozenset[str]) -> str:
        first = not any(grant.account == account and not grant.revoked for grant in self._grants)
        asks_again = "consent" in request.one("prompt").split()
        code = f"4/0{secrets.token_urlsafe(48)}"
        self._codes[code] = Code(
            grant=Grant(account, self._client_id, scopes),
            redirect_uri=request.one("redirect_uri"),
            offline=request.one("access_type") == "offline" and (first or asks_again),
            challenge=request.one("code_challenge"),
            challenge_method=request.one("code_challenge_method", "plain"),
            expires=self._world.clock.now() + CODE_LIFETIME,
        )
        return code

    def _token(self, request: Request) -> Json:
        form = {name: values[-1] for name, values in request.form().items()}
        self._check_client(request, form)
        kind = form.get("grant_type", "")
        if kind == "authorization_code":
            return self._exchange(form)
        if kind == "refresh_token":
            return self._refresh(form)
        raise OAuthError("unsupported_grant_type", f"Invalid grant_type: {kind}")

    def _check_client(self, request: Request, form: dict[str, str]) -> None:
        given = (form.get("client_id", ""), form.get("client_secret", ""))
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            try:
                user, _, password = base64.b64decode(encoded).decode().partition(":")
            except ValueError:
                raise OAuthError("invalid_client", "Malformed credentials.", 401) from None
            given = (user, password)
        if given[0] != self._client_id:
            raise OAuthError("invalid_client", "The OAuth client was not found.", 401)
        if given[1] != self._client_secret:
            raise OAuthError("invalid_client", "Unauthorized", 401)

    def _exchange(self, form: dict[str, str]) -> Json:
        code = self._codes.pop(form.get("code", ""), None)
        if code is None:
            raise OAuthError("invalid_grant", "Malformed auth code.")
        if code.expires <= self._world.clock.now():
            raise OAuthError("invalid_grant", "Bad Request")
        if form.get("redirect_uri", "") != code.redirect_uri:
            raise OAuthError("redirect_uri_mismatch", "Bad Request")
        if code.challenge and not _verifies(code, form.get("code_verifier", "")):
            raise OAuthError("invalid_grant", "Invalid code verifier.")
        self._grants.append(code.grant)
        return self._answer(code.grant, None, with_refresh=code.offline)

    def _refresh(self, form: dict[str, str]) -> Json:
        grant = self._by_refresh_token(form.get("refresh_token", ""))
        if grant is None:
            raise OAuthError("invalid_grant", "Token has been expired or revoked.")
        settings = self._world.settings
        if settings.rotate_refresh_tokens:
            self._rotated.add(grant.refresh_token)
            return self._answer(grant, None, with_refresh=True)
        answer = self._answer(grant, None, with_refresh=False)
        if settings.refresh_answers_refresh_token:
            answer["refresh_token"] = grant.refresh_token
        return answer

    def _revoke(self, request: Request) -> Json:
        token = request.form().get("token", request.params.get("token", [""]))[-1]
        if not token or not (self.revoke(token) or self._revoke_adopted(token)):
            raise OAuthError("invalid_token", "Token expired or revoked")
        return {}

    def _revoke_adopted(self, token: str) -> int:
        grant = self._by_refresh_token(token)
        return self.revoke(token) if grant else 0

    def userinfo(self, request: Request) -> Response:
        """https://openid.net/specs/openid-connect-core-1_0.html#UserInfo, at Google's address."""
        principal = self.principal(bearer(request))
        scopes = principal.scopes if principal else frozenset()
        account = principal.account if principal else None
        about = {"openid", "email", "profile", SCOPE_ROOT + "userinfo.email", SCOPE_ROOT + "userinfo.profile"}
        if account is None or not scopes & about:
            body = {"error": "invalid_request", "error_description": "Invalid Credentials"}
            return json_response(body, 401, {"WWW-Authenticate": CHALLENGE + ', error="invalid_token"'})
        facts: Json = {"sub": account.sub}
        if scopes & {"profile", SCOPE_ROOT + "userinfo.profile"}:
            first, _, last = account.name.partition(" ")
            facts |= {"name": account.name, "given_name": first, "family_name": last, "picture": PICTURE}
        if scopes & {"email", SCOPE_ROOT + "userinfo.email"}:
            facts |= {"email": account.email, "email_verified": True}
        return json_response(facts)


def bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.one("access_token")


def authorise(oauth: OAuth, request: Request, scopes: frozenset[str], method: str) -> Principal:
    """The caller's identity; refuses a dead token with 401 and a token without one of the scopes with 403."""
    principal = oauth.principal(bearer(request))
    if principal is None:
        raise unauthenticated()
    if not principal.scopes & scopes:
        raise insufficient_scope(method, scopes)
    request.channel_id = principal.channel_id
    return principal


def unauthenticated() -> ApiError:
    return ApiError(
        401,
        "authError",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or "
        "other valid "
        "authentication credential. See "
        "https://developers.google.com/identity/sign-in/web/devconsole-project.",
        location="header:Authorization",
        status="UNAUTHENTICATED",
    ).with_headers({"WWW-Authenticate": CHALLENGE + ', error="invalid_token"'})


def insufficient_scope(method: str, scopes: frozenset[str]) -> ApiError:
    service = "youtube.googleapis.com"
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        "domain": "googleapis.com",
        "metadata": {"service": service, "method": method},
    }
    wanted = f'{CHALLENGE}, error="insufficient_scope", scope="{" ".join(sorted(scopes))}"'
    return ApiError(
        403,
        "insufficientPermissions",
        "Request had insufficient authentication scopes.",
        status="PERMISSION_DENIED",
        details=[info],
    ).with_headers({"WWW-Authenticate": wanted})


def _acceptable_redirect(uri: str) -> bool:
    """Google takes registered addresses only, and plain http on loopback alone."""
    parts = urlsplit(uri)
    loopback = parts.hostname in {"localhost", "127.0.0.1", "::1", "testserver"}
    return not parts.fragment and (parts.scheme == "https" or (parts.scheme == "http" and loopback))


def _with_query(uri: str, added: dict[str, str]) -> str:
    parts = urlsplit(uri)
    return urlunsplit(parts._replace(query=urlencode(parse_qsl(parts.query) + list(added.items()))))


def _verifies(code: Code, verifier: str) -> bool:
    if code.challenge_method == "S256":
        digest = hashlib.sha256(verifier.encode()).digest()
        verifier = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return hmac.compare_digest(verifier, code.challenge)


def consent_page(accounts: Iterable[Account], request: Request) -> str:
    hidden = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(values[-1])}">'
        for name, values in request.params.items()
        if name not in {"granted", "account", "decision"}
    )
    people = "".join(
        f'<li><label><input type="radio" name="account" value="{account.slug}"{" checked" if not n else ""}> '
        f"{html.escape(account.name)} <small>{html.escape(account.email)}</small></label></li>"
        for n, account in enumerate(accounts)
    )
    boxes = "".join(
        f'<li><label><input type="checkbox" name="granted" value="{html.escape(scope)}" checked> '
        f"{html.escape(SCOPES[scope])}</label></li>"
        for scope in request.one("scope").split()
    )
    return CONSENT_PAGE.format(people=people, boxes=boxes, hidden=hidden)


CHALLENGE = 'Bearer realm="https://accounts.google.com/"'
PICTURE = "https://lh3.googleusercontent.com/a/default-user=s96-c"
CONSENT_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Sign in - Google Accounts (sandbox)</title> <meta
name="viewport" content="width=device-width"> <style>body{{font:16px/1.5
sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem}}ul{{list-style:none;padding:0}}
button{{font:inherit;padding:.5rem 1.25rem;margin-right:.5rem}}</style>
</head> <body><p><strong>This is the
sandbox, not Google.</strong></p> <h1>Choose your account or a brand account</h1> <form
method="post"><ul>{people}</ul> <h2>Select what this app can access</h2><ul>{boxes}</ul>{hidden} <button
name="decision" value="allow" type="submit">Continue</button> <button name="decision" value="deny"
type="submit">Cancel</button></form></body></html>
"""
