"""Connecting a channel, against the sandbox's consent page, token endpoint and APIs over HTTP."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks, Settings

from connections import http
from connections.connecting import disconnect_account
from connections.errors import NeedsReauthorization, NotPermitted, OurFault, Transient
from connections.models import AuditEvent, Connection, Credential, QuotaLedger, Role, User, Workspace
from connections.sandbox_server import SandboxServer, load
from connections.tests.at_once import at_once
from connections.tests.factories import make_member, make_workspace
from connections.tokens import access_token
from youtube.models import YouTubeConnection
from youtube.reach_job import ensure_reach_job
from youtube.scopes import ANALYTICS, COMMENTS

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Page

Capture = DjangoCaptureOnCommitCallbacks
CALLBACK = "/connect/youtube/callback/"
CHANNEL = "UC9bFlIkpYt5HfavHYMD5hzc"


@dataclass
class Google:
    """The sandbox, looked at and changed from behind."""

    url: str

    def control(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        return json.loads(http.request(method, f"{self.url}/sandbox/{path}", data=data).content)

    def breaks(self, path: str, effect: str, **args: object) -> None:
        self.control("POST", "faults", {"match": {"path": path}, "effect": effect, "args": args})

    def heals(self) -> None:
        self.control("DELETE", "faults")

    def calls(self) -> list[str]:
        """Method and path of what it was asked since it last forgot, but for the consent page."""
        entries = self.control("GET", "log")["requests"]
        return [f"{entry['method']} {entry['path']}" for entry in entries if "/o/oauth2/" not in entry["path"]]

    def forgets(self) -> None:
        self.control("POST", "log/clear", {})

    def consent(self, location: str, account: str = "spoke-and-solder", untick: str = "") -> dict[str, str]:
        """What the browser brings back after a person has chosen and agreed on the page at `location`."""
        page, _, query = location.partition("?")
        form = parse_qsl(query)
        granted = [scope for scope in dict(form)["scope"].split() if scope != untick]
        form += [("granted", scope) for scope in granted] + [("account", account), ("decision", "allow")]
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = http.request("POST", page, data=urlencode(form).encode(), headers=headers)
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


@pytest.fixture
def google(settings: Settings) -> Iterator[Google]:
    with SandboxServer(load(["youtube.sandbox"], seed=1, size="small")) as server:
        url = f"{server.url}/youtube"
        settings.YOUTUBE_API_URL = settings.YOUTUBE_REPORTING_API_URL = url
        settings.GOOGLE_OAUTH_AUTHORIZE_URL = f"{url}/o/oauth2/v2/auth"
        settings.GOOGLE_OAUTH_TOKEN_URL = f"{url}/token"
        settings.GOOGLE_OAUTH_REVOKE_URL = f"{url}/revoke"
        settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET = "sandbox-client-id", "sandbox-client-secret"
        yield Google(url)


@pytest.fixture
def workspace(db: None) -> Workspace:
    return make_workspace("Spoke & Solder")


@pytest.fixture
def owner(workspace: Workspace) -> User:
    return make_member(workspace, Role.OWNER, email="mara@spoke.example")


@pytest.fixture
def browser(owner: User) -> Client:
    client = Client()
    client.force_login(owner)
    return client


def start(browser: Client, workspace: Workspace, **more: object) -> str:
    return browser.post("/connect/youtube/", {"workspace": workspace.uuid, **more})["Location"]


@pytest.fixture
def channel(google: Google, browser: Client, workspace: Workspace, request: pytest.FixtureRequest) -> Connection:
    """A channel connected through the pages; the sandbox has forgotten how."""
    browser.get(CALLBACK, google.consent(start(browser, workspace)))
    google.forgets()
    return Connection.objects.get()


def connect(browser: Client, capture: Capture, answer: dict[str, str]) -> "Page":
    with capture(execute=True):
        return browser.get(CALLBACK, answer, follow=True)


def test_sec_18_the_consent_page_is_asked_for_lasting_access_to_a_channel_of_ones_choice(
    browser: Client, workspace: Workspace, google: Google, settings: Settings
) -> None:
    location = start(browser, workspace)

    query = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
    assert location.startswith(f"{google.url}/o/oauth2/v2/auth?")
    assert query["scope"] == f"{COMMENTS} {ANALYTICS}"
    assert query["access_type"] == "offline"
    assert query["prompt"] == "consent select_account"
    assert query["include_granted_scopes"] == "true"
    assert query["code_challenge_method"] == "S256"
    assert query["redirect_uri"] == f"{settings.SITE_URL}/connect/youtube/callback/"


def test_a_channel_is_connected(
    browser: Client, workspace: Workspace, google: Google, django_capture_on_commit_callbacks: Capture
) -> None:
    page = connect(browser, django_capture_on_commit_callbacks, google.consent(start(browser, workspace)))

    channel = YouTubeConnection.objects.get()
    assert "Spoke &amp; Solder is connected" in page.content.decode()
    assert (channel.external_id, channel.handle, channel.workspace) == (CHANNEL, "@spokeandsolder", workspace)
    assert channel.uploads_playlist == CHANNEL.replace("UC", "UU", 1)
    assert channel.subscriber_count is not None
    assert sorted(channel.granted_scopes) == sorted([COMMENTS, ANALYTICS])
    assert (channel.last_error, channel.writing_enabled) == ("", False)
    assert google.calls() == ["POST /token", "GET /youtube/v3/channels", "GET /v1/jobs"], "and no e-mail address"
    assert QuotaLedger.objects.get().used == 1


def test_a_brand_accounts_channel_is_a_connection_of_its_own(
    browser: Client, workspace: Workspace, google: Google
) -> None:
    for account in ("spoke-and-solder", "slow-miles"):
        browser.get(CALLBACK, google.consent(start(browser, workspace), account))

    assert {channel.display_name for channel in Connection.objects.all()} == {"Spoke & Solder", "Slow Miles"}


def test_reach_reports_are_ordered_once_whenever_a_channel_is_connected(
    browser: Client, workspace: Workspace, google: Google, django_capture_on_commit_callbacks: Capture
) -> None:
    for _ in range(2):
        answer = google.consent(start(browser, workspace), "slow-miles")
        connect(browser, django_capture_on_commit_callbacks, answer)

    assert google.calls()[2:4] == ["GET /v1/jobs", "POST /v1/jobs"]
    assert google.calls().count("POST /v1/jobs") == 1
    assert YouTubeConnection.objects.get().reach_job_id


def test_sec_22_connecting_again_refuses_another_channel(
    browser: Client, workspace: Workspace, google: Google, channel: Connection
) -> None:
    location = start(browser, workspace, connection=channel.uuid)

    page = browser.get(CALLBACK, google.consent(location, "slow-miles"))

    assert page.status_code == 409
    assert "That was another account, Slow Miles." in page.content.decode()
    assert access_token(channel)
    assert "POST /revoke" not in google.calls()


def test_sec_21_without_the_comments_it_says_what_to_tick_and_gives_the_grant_back(
    browser: Client, workspace: Workspace, google: Google
) -> None:
    page = browser.get(CALLBACK, google.consent(start(browser, workspace), untick=COMMENTS))

    assert page.status_code == 409
    assert "permanently delete your YouTube videos, ratings, comments and captions" in page.content.decode()
    assert not Connection.objects.exists()
    assert google.calls() == ["POST /token", "POST /revoke"]


def test_sec_21_without_analytics_the_channel_is_connected_and_says_what_is_missing(
    browser: Client, workspace: Workspace, google: Google, django_capture_on_commit_callbacks: Capture
) -> None:
    answer = google.consent(start(browser, workspace), untick=ANALYTICS)

    connect(browser, django_capture_on_commit_callbacks, answer)

    channel = Connection.objects.get()
    assert channel.granted_scopes == [COMMENTS]
    assert "connected without its statistics" in channel.last_error
    assert "connected without its statistics" in browser.get("/connect/").content.decode()
    assert "GET /v1/jobs" not in google.calls()


def test_an_account_without_a_channel_is_told_to_choose_another(
    browser: Client, workspace: Workspace, google: Google
) -> None:
    page = browser.get(CALLBACK, google.consent(start(browser, workspace), "no-channel"))

    assert page.status_code == 409
    assert "This Google account has no YouTube channel." in page.content.decode()
    assert not Connection.objects.exists()


def test_an_account_that_agrees_to_nothing_is_not_connected(
    browser: Client, workspace: Workspace, google: Google
) -> None:
    location = start(browser, workspace)
    state = parse_qs(urlsplit(location).query)["state"][0]

    page = browser.get(CALLBACK, {"error": "access_denied", "state": state})

    assert page.status_code == 200
    assert "YouTube was not connected: access was not granted there." in page.content.decode()


def test_wrong_credentials_of_ours_are_named(
    browser: Client, workspace: Workspace, google: Google, settings: Settings
) -> None:
    settings.GOOGLE_CLIENT_SECRET = "wrong"

    page = browser.get(CALLBACK, google.consent(start(browser, workspace)))

    assert page.status_code == 502
    assert "YouTube refused the connection" in page.content.decode()


def test_without_credentials_of_ours_nobody_is_sent_to_google(
    browser: Client, workspace: Workspace, settings: Settings
) -> None:
    settings.GOOGLE_CLIENT_ID = ""

    page = browser.post("/connect/youtube/", {"workspace": workspace.uuid})

    assert page.status_code == 503
    assert "no credentials for YouTube" in page.content.decode()


@pytest.mark.parametrize("path", ["/token", "/youtube/v3/channels"])
def test_google_out_of_order_stores_nothing(browser: Client, workspace: Workspace, google: Google, path: str) -> None:
    google.breaks(path, "error", status=503, reason="backendError")

    page = browser.get(CALLBACK, google.consent(start(browser, workspace)))

    assert page.status_code == 503
    assert not Connection.objects.exists()


def test_failing_reach_reports_do_not_fail_connecting_and_are_ordered_later(
    browser: Client, workspace: Workspace, google: Google, django_capture_on_commit_callbacks: Capture
) -> None:
    google.breaks("/v1/jobs", "error", status=503, reason="backendError")
    connect(browser, django_capture_on_commit_callbacks, google.consent(start(browser, workspace)))
    channel = YouTubeConnection.objects.get()
    assert (channel.status, channel.reach_job_id) == (Connection.Status.ACTIVE, "")
    assert "reach reports could not be ordered yet" in channel.last_error

    google.heals()

    assert ensure_reach_job(channel) == YouTubeConnection.objects.get().reach_job_id != ""


def test_reach_reports_need_the_analytics_scope(channel: Connection, google: Google) -> None:
    channel.granted_scopes = [COMMENTS]

    with pytest.raises(NotPermitted, match="without its statistics"):
        ensure_reach_job(channel)

    assert google.calls() == []


def test_rel_26_an_expired_token_is_refreshed_unseen(channel: Connection, google: Google) -> None:
    before = access_token(channel)
    google.control("POST", "tokens/expire", {})

    assert ensure_reach_job(channel)

    assert google.calls() == ["GET /v1/jobs", "POST /token", "GET /v1/jobs"]
    assert access_token(channel) != before


def test_rel_28_googles_refresh_returns_no_refresh_token_and_the_old_one_stays(
    channel: Connection, google: Google
) -> None:
    for _ in range(2):
        access_token(channel, stale=access_token(channel))

    assert google.calls() == ["POST /token"] * 2


@pytest.mark.parametrize("effect", ["drop", "error"])
def test_rel_29_google_out_of_reach_is_no_lost_authorisation(channel: Connection, google: Google, effect: str) -> None:
    stale = access_token(channel)
    google.breaks("/token", effect, **({"status": 503} if effect == "error" else {}))

    with pytest.raises(Transient):
        access_token(channel, stale=stale)

    channel.refresh_from_db()
    assert channel.status == Connection.Status.ACTIVE
    google.heals()
    assert access_token(channel, stale=stale) != stale


def test_rel_25_access_withdrawn_at_google_stops_the_channel_and_tells_the_owner_once(
    channel: Connection, google: Google, django_capture_on_commit_callbacks: Capture
) -> None:
    stale = access_token(channel)
    google.control("POST", "tokens/revoke", {})

    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(3):
            with pytest.raises(NeedsReauthorization, match="Google no longer accepts"):
                access_token(channel, stale=stale)

    channel.refresh_from_db()
    assert channel.status == Connection.Status.NEEDS_REAUTH
    assert google.calls() == ["POST /token"]
    assert [message.to for message in mail.outbox] == [["mara@spoke.example"]]


def test_credentials_of_ours_that_google_refuses_are_our_fault(
    channel: Connection, google: Google, settings: Settings
) -> None:
    settings.GOOGLE_CLIENT_SECRET = "rotated"

    with pytest.raises(OurFault, match="check GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET"):
        access_token(channel, stale=access_token(channel))

    channel.refresh_from_db()
    assert channel.status == Connection.Status.ACTIVE


def test_sec_25_disconnecting_ends_the_consent_at_google(channel: Connection, google: Google, owner: User) -> None:
    token = access_token(channel)

    assert disconnect_account(channel, actor=owner)

    assert google.calls() == ["POST /revoke"]
    probe = http.request(
        "GET", f"{google.url}/youtube/v3/channels", params={"part": "id", "mine": "true"}, bearer=token
    )
    assert probe.status == 401
    assert not Credential.objects.exists()


def test_sec_25_a_consent_that_google_has_ended_already_counts_as_revoked(
    channel: Connection, google: Google, owner: User
) -> None:
    google.control("POST", "tokens/revoke", {})

    assert disconnect_account(channel, actor=owner)


def test_sec_25_google_refusing_to_revoke_does_not_keep_the_tokens(
    channel: Connection, google: Google, browser: Client
) -> None:
    google.breaks("/revoke", "error", status=500)

    page = browser.post(f"/connect/{channel.uuid}/disconnect/", follow=True)

    assert "https://security.google.com/settings/security/permissions" in page.content.decode()
    assert not Credential.objects.exists()
    assert AuditEvent.objects.filter(detail__revocation="not confirmed by the platform").count() == 1


def test_a_channel_is_connected_from_a_token_alone(google: Google, workspace: Workspace) -> None:
    token = google.control("POST", "tokens", {})["access_token"]

    call_command("connect", "youtube", token=token)

    assert YouTubeConnection.objects.get().external_id == CHANNEL


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_rel_27_workers_at_once_refresh_once_though_google_forgets_old_refresh_tokens(
    channel: Connection, google: Google
) -> None:
    stale = access_token(channel)
    google.control("POST", "settings", {"rotate_refresh_tokens": True})
    google.forgets()

    tokens = at_once(*[lambda: access_token(channel, stale=stale)] * 6)

    assert len(set(tokens)) == 1
    assert google.calls() == ["POST /token"]
    assert access_token(channel, stale=tokens[0]) != tokens[0]
