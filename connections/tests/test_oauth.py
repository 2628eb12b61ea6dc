"""The handshake through the pages, against a vendor that checks code, redirect address and proof key."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from django.utils.log import AdminEmailHandler
from django.utils.module_loading import import_string
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks, Settings
from social_core.backends.base import BaseAuth
from social_django.models import UserSocialAuth

from connections.models import AuditEvent, Connection, Credential, Membership, Role, User, Workspace
from connections.tests.postcards import PostOffice, postcards
from connections.tests.test_connecting import everything_in_the_database
from connections.tokens import access_token

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Page

Capture = DjangoCaptureOnCommitCallbacks
START, CALLBACK = "/connect/postcards/", "/connect/postcards/callback/"


@pytest.fixture
def browser(anna: User) -> Client:
    """Anna's, signed in."""
    client = Client()
    client.force_login(anna)
    return client


@pytest.fixture
def workspace(anna: User) -> Workspace:
    return Workspace.objects.get(memberships__user=anna)


def start(browser: Client, workspace: Workspace, **more: object) -> "Page":
    return browser.post(START, {"workspace": workspace.uuid, **more})


def asked(response: "Page") -> dict[str, str]:
    """The parameters of the consent page that a response leads to."""
    assert response.status_code == 302, response.content
    return {name: values[0] for name, values in parse_qs(urlsplit(response["Location"]).query).items()}


def test_sec_18_the_consent_page_is_asked_with_state_proof_key_and_our_own_address(
    browser: Client, workspace: Workspace, office: PostOffice, settings: Settings
) -> None:
    settings.SITE_URL = "https://greenroom.example"

    response = start(browser, workspace)

    query = asked(response)
    assert response["Location"].startswith(f"{postcards.url}/authorize?")
    assert query["redirect_uri"] == "https://greenroom.example/connect/postcards/callback/"
    assert query["scope"] == "read comment"
    assert query["code_challenge_method"] == "S256"
    assert len(query["state"]) >= 22, "128 bits take 22 letters and digits"
    assert asked(start(browser, workspace))["state"] != query["state"]
    assert office.calls == []


def test_sec_19_a_forged_host_does_not_choose_where_the_code_goes(
    browser: Client, workspace: Workspace, office: PostOffice, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["*"]

    response = browser.post(
        START,
        {"workspace": workspace.uuid},
        HTTP_HOST="evil.example",
        HTTP_X_FORWARDED_HOST="evil.example",
    )

    assert asked(response)["redirect_uri"] == f"{settings.SITE_URL}/connect/postcards/callback/"


def test_an_account_is_connected_through_the_pages(
    browser: Client, anna: User, workspace: Workspace, office: PostOffice, django_capture_on_commit_callbacks: Capture
) -> None:
    people = User.objects.count()
    answer = office.consent(start(browser, workspace)["Location"], "A1")

    with django_capture_on_commit_callbacks(execute=True):
        response = browser.get(CALLBACK, answer, follow=True)

    assert response.redirect_chain == [("/connect/", 302)]
    assert "Anna&#x27;s cards is connected. Its first sync has started." in response.content.decode()
    connection = Connection.objects.get()
    assert (connection.workspace, connection.external_id, connection.platform) == (workspace, "A1", "postcards")
    assert office.access_tokens[access_token(connection)] == "A1"
    assert AuditEvent.objects.get().actor == anna
    assert User.objects.count() == people


def test_sec_17_social_auth_signs_nobody_in_and_keeps_no_token(
    browser: Client, workspace: Workspace, office: PostOffice, settings: Settings
) -> None:
    browser.get(CALLBACK, office.consent(start(browser, workspace)["Location"], "A1"))

    assert not [path for path in settings.AUTHENTICATION_BACKENDS if issubclass(import_string(path), BaseAuth)]
    assert not UserSocialAuth.objects.exists()
    assert Credential.objects.count() == 1
    assert "CANARY" not in everything_in_the_database()
    assert "CANARY" not in str(dict(browser.session))


def test_sec_24_no_secret_on_the_pages_or_in_the_log(
    browser: Client, workspace: Workspace, office: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    office.statuses = {"/me": 500}
    failed = browser.get(CALLBACK, office.consent(start(browser, workspace)["Location"], "A1"))
    office.statuses = {}
    answer = office.consent(start(browser, workspace)["Location"], "A1")
    worked = browser.get(CALLBACK, answer, follow=True)

    assert failed.status_code == 503
    assert worked.status_code == 200
    assert office.calls == ["/token", "/me", "/token", "/me"]
    assert "CANARY" not in failed.content.decode() + worked.content.decode()
    assert "CANARY" not in caplog.text


def test_sec_83_an_error_report_shows_no_token_and_no_secret(
    browser: Client, workspace: Workspace, office: PostOffice, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    settings.ADMINS = [("Operator", "operator@example.com")]
    handler = AdminEmailHandler(include_html=True)
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    office.accounts["A1"] = None  # type: ignore[assignment] # an account without the name that every one has
    browser.raise_request_exception = False
    try:
        response = browser.get(CALLBACK, office.consent(start(browser, workspace)["Location"], "A1"))
    finally:
        logger.removeHandler(handler)

    assert response.status_code == 500
    text = "".join(f"{report.body}{getattr(report, 'alternatives', '')}" for report in mailoutbox)
    assert "connect_account" in text
    assert "********************" in text, "variables are shown, these hidden"
    for canary in ("CANARY-access", "CANARY-refresh", "CANARY-client-secret"):
        assert canary not in text


def missing(browser: Client, answer: dict[str, str]) -> "Page":
    return browser.get(CALLBACK, {"code": answer["code"]})


def guessed(browser: Client, answer: dict[str, str]) -> "Page":
    return browser.get(CALLBACK, {**answer, "state": "a" * 32})


def expired(browser: Client, answer: dict[str, str]) -> "Page":
    with time_machine.travel(timezone.now() + timedelta(seconds=601)):
        return browser.get(CALLBACK, answer)


def other_session(browser: Client, answer: dict[str, str]) -> "Page":
    elsewhere = Client()
    elsewhere.force_login(User.objects.get(username="anna"))
    return elsewhere.get(CALLBACK, answer)


def nobodys_session(browser: Client, answer: dict[str, str]) -> "Page":
    return Client().get(CALLBACK, answer)


def other_user(browser: Client, answer: dict[str, str]) -> "Page":
    """The same browser session, in which another person has signed in over the first."""
    session = browser.session
    kept = {key: value for key, value in session.items() if not key.startswith("_auth")}
    browser.force_login(User.objects.get(username="ben"))
    session = browser.session
    session.update(kept)
    session.save()
    return browser.get(CALLBACK, answer)


def other_workspace(browser: Client, answer: dict[str, str]) -> "Page":
    """Anna has meanwhile lost the workspace she started in, and owns another."""
    Membership.objects.filter(user__username="anna").update(workspace=Workspace.objects.create(name="New", slug="new"))
    return browser.get(CALLBACK, answer)


def smaller_role(browser: Client, answer: dict[str, str]) -> "Page":
    Membership.objects.filter(user__username="anna").update(role=Role.AGENT)
    return browser.get(CALLBACK, answer)


def other_provider(browser: Client, answer: dict[str, str]) -> "Page":
    return browser.get("/connect/parcels/callback/", answer)


def other_issuer(browser: Client, answer: dict[str, str]) -> "Page":
    return browser.get(CALLBACK, {**answer, "iss": "https://evil.example"})


@pytest.mark.parametrize(
    "abuse",
    [
        missing,
        guessed,
        expired,
        other_session,
        nobodys_session,
        other_user,
        other_workspace,
        smaller_role,
        other_provider,
        other_issuer,
    ],
)
def test_sec_18_20_a_state_that_is_not_ours_is_refused_before_anybody_is_called(
    browser: Client,
    workspace: Workspace,
    ben: User,
    office: PostOffice,
    abuse: Callable[[Client, dict[str, str]], "Page"],
) -> None:
    answer = office.consent(start(browser, workspace)["Location"], "A1")

    response = abuse(browser, answer)

    assert response.status_code == 400
    assert office.calls == []
    assert not Connection.objects.exists()
    assert "CANARY" not in response.content.decode()


def test_sec_18_a_state_is_used_once(browser: Client, workspace: Workspace, office: PostOffice) -> None:
    answer = office.consent(start(browser, workspace)["Location"], "A1")
    browser.get(CALLBACK, answer)
    office.calls.clear()

    response = browser.get(CALLBACK, answer)

    assert response.status_code == 400
    assert office.calls == []


def test_sec_18_a_code_without_the_proof_key_of_its_state_is_worthless(
    browser: Client, workspace: Workspace, office: PostOffice
) -> None:
    """A stolen code put under a state of the thief's own: the vendor compares the proof keys."""
    stolen = office.consent(start(browser, workspace)["Location"], "A1")
    own = office.consent(start(browser, workspace)["Location"], "B2")

    response = browser.get(CALLBACK, {"code": stolen["code"], "state": own["state"]})

    assert response.status_code == 502
    assert not Connection.objects.exists()


def test_two_tabs_can_connect_at_the_same_time(browser: Client, workspace: Workspace, office: PostOffice) -> None:
    first = office.consent(start(browser, workspace)["Location"], "A1")
    second = office.consent(start(browser, workspace)["Location"], "B2")

    assert browser.get(CALLBACK, first).status_code == 302
    assert browser.get(CALLBACK, second).status_code == 302
    assert Connection.objects.count() == 2


def test_access_that_was_not_granted_is_no_error(browser: Client, workspace: Workspace, office: PostOffice) -> None:
    state = asked(start(browser, workspace))["state"]

    response = browser.get(CALLBACK, {"error": "access_denied", "state": state})

    assert response.status_code == 200
    assert "Postcards was not connected: access was not granted there." in response.content.decode()
    assert office.calls == []


def test_a_denial_without_a_state_is_refused_as_well(browser: Client, office: PostOffice) -> None:
    assert browser.get(CALLBACK, {"error": "access_denied"}).status_code == 400


def test_sec_21_what_to_tick_is_said(browser: Client, workspace: Workspace, office: PostOffice) -> None:
    answer = office.consent(start(browser, workspace)["Location"], "A1", scope="comment")

    response = browser.get(CALLBACK, answer)

    assert response.status_code == 409
    assert "Tick “read”, then connect again." in response.content.decode()
    assert not Connection.objects.exists()


def test_sec_22_connecting_again_takes_the_same_account_only(
    browser: Client, account: Connection, office: PostOffice
) -> None:
    location = start(browser, account.workspace, connection=account.uuid)["Location"]

    response = browser.get(CALLBACK, office.consent(location, "B2"))

    assert response.status_code == 409
    assert Connection.objects.count() == 1


def test_sec_22_nothing_of_another_workspace_can_be_connected_again(
    account: Connection, ben: User, office: PostOffice
) -> None:
    browser = Client()
    browser.force_login(ben)
    own = Workspace.objects.get(memberships__user=ben)

    assert start(browser, own, connection=account.uuid).status_code == 404
    assert start(browser, account.workspace).status_code == 404


@pytest.mark.parametrize(
    ("role", "status"), [(Role.VIEWER, 403), (Role.AGENT, 403), (Role.MANAGER, 302), (Role.OWNER, 302)]
)
def test_who_may_connect(
    browser: Client, anna: User, workspace: Workspace, office: PostOffice, role: Role, status: int
) -> None:
    Membership.objects.filter(user=anna).update(role=role)

    assert start(browser, workspace).status_code == status


@pytest.mark.parametrize(("role", "status"), [(Role.AGENT, 403), (Role.MANAGER, 403), (Role.OWNER, 302)])
def test_who_may_disconnect(
    browser: Client, anna: User, account: Connection, office: PostOffice, role: Role, status: int
) -> None:
    Membership.objects.filter(user=anna).update(role=role)

    response = browser.post(f"/connect/{account.uuid}/disconnect/")

    assert response.status_code == status
    assert Credential.objects.exists() == (status == 403)


def test_a_stranger_cannot_tell_whether_an_account_exists(account: Connection, ben: User) -> None:
    browser = Client()
    browser.force_login(ben)

    assert browser.post(f"/connect/{account.uuid}/disconnect/").status_code == 404
    assert Credential.objects.exists()


def test_sec_25_an_unconfirmed_revocation_tells_where_to_go(
    browser: Client, account: Connection, office: PostOffice
) -> None:
    office.statuses = {"/revoke": 500}

    response = browser.post(f"/connect/{account.uuid}/disconnect/", follow=True)

    assert "did not confirm" in response.content.decode()
    assert "https://postcards.example/permissions" in response.content.decode()


def test_sec_73_nothing_happens_without_post_and_csrf_token(
    browser: Client, anna: User, account: Connection, office: PostOffice
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(anna)

    assert browser.get(START).status_code == 405
    assert strict.post(START, {"workspace": account.workspace.uuid}).status_code == 403
    assert strict.post(f"/connect/{account.uuid}/disconnect/").status_code == 403
    assert browser.get(f"/connect/{account.uuid}/disconnect/").status_code == 200
    assert Credential.objects.exists()


@pytest.mark.parametrize("evil", ["//evil.example", "https://evil.example", r"/\evil.example", "javascript:alert(1)"])
def test_sec_72_no_address_in_the_request_decides_where_one_ends_up(
    browser: Client, workspace: Workspace, office: PostOffice, evil: str
) -> None:
    location = start(browser, workspace, next=evil)["Location"]

    response = browser.get(CALLBACK, {**office.consent(location, "A1"), "next": evil})

    assert response["Location"] == "/connect/"


def test_an_unknown_platform_is_not_found(browser: Client, workspace: Workspace) -> None:
    assert browser.post("/connect/pigeons/", {"workspace": workspace.uuid}).status_code == 404
    assert browser.get("/connect/pigeons/callback/").status_code == 404


def test_the_page_shows_the_accounts_of_own_workspaces_and_no_others(
    browser: Client, account: Connection, ben: User
) -> None:
    Connection.objects.create(
        workspace=Workspace.objects.get(memberships__user=ben),
        platform="postcards",
        external_id="B2",
        display_name="OTHERS-CANARY",
    )

    page = browser.get("/connect/").content.decode()

    assert "Anna&#x27;s cards" in page
    assert "OTHERS-CANARY" not in page
    assert Client().get("/connect/").status_code == 302
