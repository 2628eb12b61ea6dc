import base64
import hashlib
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from youtube.sandbox.app import Sandbox
from youtube.sandbox.oauth import ANALYTICS, FORCE_SSL
from youtube.tests.sandbox.conftest import ANCHOR, Answer, Caller

AUTHORIZE, TOKEN, REVOKE, USERINFO = "/o/oauth2/v2/auth", "/token", "/revoke", "/oauth2/v3/userinfo"
CALLBACK = "http://127.0.0.1:8000/youtube/callback?next=/"
CLIENT = {"client_id": "sandbox-client-id", "client_secret": "sandbox-client-secret"}
ASKED = {
    "client_id": "sandbox-client-id",
    "redirect_uri": CALLBACK,
    "response_type": "code",
    "scope": f"{FORCE_SSL} {ANALYTICS} openid email profile",
    "state": "s t&te",
    "access_type": "offline",
    "prompt": "consent select_account",
}


def landed(answer: Answer) -> dict[str, str]:
    """What came back with the redirect."""
    assert answer.status == 302, answer.body
    assert answer.headers["Location"].startswith("http://127.0.0.1:8000/youtube/callback?next=%2F&")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def approve(nobody: Caller, account: str = "spoke-and-solder", **changes: Any) -> dict[str, str]:
    asked = ASKED | changes
    granted = asked.pop("granted", asked["scope"].split())
    form = asked | {"account": account, "granted": granted, "decision": asked.pop("decision", "allow")}
    return landed(nobody.raw("POST", AUTHORIZE, form=form))


def exchange(nobody: Caller, code: str, **changes: str) -> Answer:
    form = CLIENT | {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK} | changes
    return nobody.raw("POST", TOKEN, form=form)


def refresh(nobody: Caller, token: str, **changes: str) -> Answer:
    return nobody.raw("POST", TOKEN, form=CLIENT | {"grant_type": "refresh_token", "refresh_token": token} | changes)


def channel_of(nobody: Caller, token: str) -> list[str]:
    answer = Caller(nobody.sandbox, token).get("/youtube/v3/channels", part="snippet", mine="true")
    return [item["snippet"]["title"] for item in answer.items]


def test_consent_page_offers_accounts_and_scopes(nobody: Caller) -> None:
    page = nobody.raw("GET", AUTHORIZE, ASKED).body.decode()
    assert re.findall(r'name="account" value="([\w-]+)"', page) == ["spoke-and-solder", "slow-miles", "no-channel"]
    assert re.findall(r'name="granted" value="([^"]+)"', page) == ASKED["scope"].split()
    assert 'value="s t&amp;te"' in page


def test_approval_becomes_a_token_of_the_chosen_channel(nobody: Caller) -> None:
    back = approve(nobody, "slow-miles")
    assert back["state"] == "s t&te"
    tokens = exchange(nobody, back["code"]).json
    assert channel_of(nobody, tokens["access_token"]) == ["Slow Miles"]
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 3599)
    assert set(tokens["scope"].split()) == set(ASKED["scope"].split())


def test_unticked_scope_is_not_granted(nobody: Caller) -> None:
    back = approve(nobody, granted=[FORCE_SSL])
    assert back["scope"] == FORCE_SSL
    tokens = exchange(nobody, back["code"]).json
    assert tokens["scope"] == FORCE_SSL
    answer = Caller(nobody.sandbox, tokens["access_token"]).get("/v1/jobs")
    assert answer.reason == "insufficientPermissions"


def test_denial_comes_back_with_the_state(nobody: Caller) -> None:
    assert approve(nobody, decision="deny") == {"next": "/", "state": "s t&te", "error": "access_denied"}


@pytest.mark.parametrize("hint", ["auto", "auto:spoke-and-solder"])
def test_launcher_connects_without_a_click(nobody: Caller, hint: str) -> None:
    back = landed(nobody.raw("GET", AUTHORIZE, ASKED | {"login_hint": hint}))
    assert channel_of(nobody, exchange(nobody, back["code"]).json["access_token"]) == ["Spoke & Solder"]


def test_consent_can_be_automatic_for_everybody(nobody: Caller) -> None:
    nobody.control("POST", "settings", {"auto_consent": "slow-miles"})
    back = landed(nobody.raw("GET", AUTHORIZE, ASKED))
    assert channel_of(nobody, exchange(nobody, back["code"]).json["access_token"]) == ["Slow Miles"]


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "stranger"},
        {"redirect_uri": "http://evil.example/callback"},
        {"redirect_uri": ""},
        {"response_type": "token"},
        {"scope": "https://www.googleapis.com/auth/everything"},
    ],
)
def test_bad_authorisation_requests_never_redirect(nobody: Caller, change: dict[str, str]) -> None:
    answer = nobody.raw("GET", AUTHORIZE, ASKED | change | {"login_hint": "auto"})
    assert answer.status == 400
    assert "Location" not in answer.headers


def test_code_works_once_and_for_its_redirect(nobody: Caller) -> None:
    code = approve(nobody)["code"]
    assert exchange(nobody, code).status == 200
    again = exchange(nobody, code)
    assert (again.status, again.json["error"]) == (400, "invalid_grant")
    moved = exchange(nobody, approve(nobody)["code"], redirect_uri="http://127.0.0.1:8000/elsewhere")
    assert (moved.status, moved.json["error"]) == (400, "redirect_uri_mismatch")


def test_code_expires(nobody: Caller) -> None:
    code = approve(nobody)["code"]
    nobody.control("POST", "clock", {"advance": 601})
    assert exchange(nobody, code).json["error"] == "invalid_grant"


def test_pkce_is_verified(nobody: Caller) -> None:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"verifier").digest()).decode().rstrip("=")
    more = {"code_challenge": challenge, "code_challenge_method": "S256"}
    assert exchange(nobody, approve(nobody, **more)["code"]).json["error"] == "invalid_grant"
    assert exchange(nobody, approve(nobody, **more)["code"], code_verifier="verifier").status == 200


@pytest.mark.parametrize("change", [{"client_id": "stranger"}, {"client_secret": "wrong"}])
def test_unknown_clients_get_no_tokens(nobody: Caller, change: dict[str, str]) -> None:
    answer = exchange(nobody, approve(nobody)["code"], **change)
    assert (answer.status, answer.json["error"]) == (401, "invalid_client")


def test_client_may_use_basic_authentication(nobody: Caller) -> None:
    form = {"grant_type": "authorization_code", "code": approve(nobody)["code"], "redirect_uri": CALLBACK}
    basic = base64.b64encode(b"sandbox-client-id:sandbox-client-secret").decode()
    assert nobody.raw("POST", TOKEN, form=form, headers={"Authorization": f"Basic {basic}"}).status == 200


def test_refresh_token_comes_with_the_first_offline_consent_only(nobody: Caller) -> None:
    def has_refresh(**changes: str) -> bool:
        return "refresh_token" in exchange(nobody, approve(nobody, **changes)["code"]).json

    assert not has_refresh(access_type="online")
    assert has_refresh(access_type="offline", prompt="consent")
    assert not has_refresh(access_type="offline", prompt="select_account")


def test_refresh_answers_no_refresh_token_and_old_access_lives_on(nobody: Caller) -> None:
    first = exchange(nobody, approve(nobody)["code"]).json
    second = refresh(nobody, first["refresh_token"]).json
    assert "refresh_token" not in second
    for tokens in (first, second):
        assert channel_of(nobody, tokens["access_token"]) == ["Spoke & Solder"]


def test_refresh_tokens_can_rotate(nobody: Caller) -> None:
    nobody.control("POST", "settings", {"rotate_refresh_tokens": True})
    first = exchange(nobody, approve(nobody)["code"]).json["refresh_token"]
    second = refresh(nobody, first).json["refresh_token"]
    assert refresh(nobody, first).json["error"] == "invalid_grant"
    assert refresh(nobody, second).status == 200


def test_access_expires_by_the_clock_and_by_request(nobody: Caller) -> None:
    tokens = exchange(nobody, approve(nobody)["code"]).json
    caller = Caller(nobody.sandbox, tokens["access_token"])
    nobody.control("POST", "clock", {"advance": 3600})
    assert caller.get("/v1/jobs").status == 401
    caller.token = refresh(nobody, tokens["refresh_token"]).json["access_token"]
    assert caller.get("/v1/jobs").status == 200
    assert nobody.control("POST", "tokens/expire", {})["expired"] >= 1
    assert caller.get("/v1/jobs").status == 401


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_revoking_either_token_ends_both(nobody: Caller, kind: str) -> None:
    tokens = exchange(nobody, approve(nobody)["code"]).json
    assert nobody.raw("POST", REVOKE, form={"token": tokens[kind]}).json == {}
    assert Caller(nobody.sandbox, tokens["access_token"]).get("/v1/jobs").status == 401
    dead = refresh(nobody, tokens["refresh_token"])
    assert dead.json == {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
    again = nobody.raw("POST", REVOKE, form={"token": tokens[kind]})
    assert (again.status, again.json["error"]) == (400, "invalid_token")


def test_revocation_is_a_post(nobody: Caller) -> None:
    assert nobody.raw("GET", REVOKE, {"token": "x"}).status == 405


def test_restarted_sandbox_honours_refresh_tokens_it_gave_out(nobody: Caller) -> None:
    token = exchange(nobody, approve(nobody)["code"]).json["refresh_token"]
    restarted = Caller(Sandbox(1, "small", anchor=ANCHOR))
    assert channel_of(restarted, refresh(restarted, token).json["access_token"]) == ["Spoke & Solder"]
    elsewhere = Caller(Sandbox(2, "small", anchor=ANCHOR))
    assert refresh(elsewhere, token).json["error"] == "invalid_grant"


def test_earlier_grants_are_included_on_request(nobody: Caller) -> None:
    approve_code = approve(nobody, scope=FORCE_SSL)["code"]
    exchange(nobody, approve_code)
    back = approve(nobody, scope=ANALYTICS, include_granted_scopes="true")
    assert set(back["scope"].split()) == {FORCE_SSL, ANALYTICS}


def test_userinfo_tells_what_the_scopes_allow(nobody: Caller) -> None:
    def about(*scopes: str) -> Answer:
        caller = nobody.as_account("slow-miles", *scopes)
        return caller.raw("GET", USERINFO)

    assert about("openid").json == {"sub": "108000000000000000002"}
    full = about("openid", "email", "profile").json
    assert full["email"].endswith("@pages.plusgoogle.com")
    assert full["email_verified"] is True
    assert about(FORCE_SSL).status == 401


def test_withdrawn_scope_leaves_the_rest(owner: Caller) -> None:
    owner.control("POST", "tokens/drop_scope", {"token": owner.token, "scope": ANALYTICS})
    assert owner.get("/v1/jobs").reason == "insufficientPermissions"
    assert owner.get("/youtube/v3/channels", part="id", mine="true").status == 200


def test_malformed_grants_are_refused(nobody: Caller) -> None:
    def error(**form: str) -> str:
        return str(nobody.raw("POST", TOKEN, form=CLIENT | form).json["error"])

    assert error(grant_type="password") == "unsupported_grant_type"
    assert error(grant_type="refresh_token", refresh_token="1//0nonsense") == "invalid_grant"
    basic = nobody.raw("POST", TOKEN, form={}, headers={"Authorization": "Basic ###"})
    assert basic.json["error"] == "invalid_client"


def test_refresh_can_repeat_the_refresh_token(nobody: Caller) -> None:
    nobody.control("POST", "settings", {"refresh_answers_refresh_token": True})
    token = exchange(nobody, approve(nobody)["code"]).json["refresh_token"]
    assert refresh(nobody, token).json["refresh_token"] == token
