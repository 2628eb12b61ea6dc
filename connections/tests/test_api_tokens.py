from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from connections.api.tokens import create_token
from connections.models import APIToken, AuditEvent, User
from connections.tests.calling import API, bearer, error_of, signed_in, token_of
from connections.tests.factories import make_connection, make_member, make_user

pytestmark = pytest.mark.django_db

ME = f"{API}/me"
TOKENS = "/api/tokens/"


@pytest.fixture
def anna() -> User:
    return make_user("anna")


# --- By token


def test_a_token_opens_what_its_person_may_see(client: Client, anna: User) -> None:
    response = client.get(ME, headers=bearer(token_of(anna)))

    assert (response.status_code, response.json()) == (200, {"uuid": str(anna.uuid), "username": "anna"})


def test_only_a_hash_of_it_is_kept(anna: User) -> None:
    text = token_of(anna)

    kept = APIToken.objects.values().get()

    assert len(text) == 64  # 256 bits
    assert not any(text in str(value) for value in kept.values())


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Bearer a b",
        "Bearer \x80\xff",
        "Bearer " + "x" * 5000,
        "Basic YW5uYTpwYXNzd29yZA==",
        "Token wrong",
        "\x00",
    ],
)
def test_anything_else_is_answered_with_401(client: Client, anna: User, header: str) -> None:
    anna.set_password("password")
    anna.save()

    response = client.get(ME, headers={"Authorization": header})

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert error_of(response)[0] in {"authentication_failed", "not_authenticated"}


def test_a_wrong_an_expired_and_a_switched_off_token_look_the_same(client: Client, anna: User) -> None:
    ben = make_user("ben")
    off = token_of(ben)
    ben.is_active = False
    ben.save()
    with time_machine.travel(timezone.now() - timedelta(days=2)):
        expired = token_of(anna)

    answers = {client.get(ME, headers=bearer(token)).content for token in ("wrong", off, expired)}

    assert len(answers) == 1


def test_a_token_ends_when_it_says(client: Client, anna: User) -> None:
    headers = bearer(token_of(anna))
    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        assert client.get(ME, headers=headers).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert client.get(ME, headers=headers).status_code == 401


def test_its_use_is_noted_once_an_hour(client: Client, anna: User) -> None:
    headers = bearer(token_of(anna))
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.get(ME, headers=headers)
        first = APIToken.objects.get().last_used_at
        clock.shift(timedelta(minutes=59))
        client.get(ME, headers=headers)
        assert APIToken.objects.get().last_used_at == first
        clock.shift(timedelta(minutes=2))
        client.get(ME, headers=headers)

    assert APIToken.objects.get().last_used_at != first


def test_a_token_that_only_reads_changes_nothing(client: Client) -> None:
    connection = make_connection()
    owner = make_member(connection.workspace, username="olga")
    headers = bearer(token_of(owner, may_write=False))

    response = client.post(f"{API}/sync-runs", {}, content_type="application/json", headers=headers)

    assert response.status_code == 403
    assert client.get(f"{API}/sync-runs", headers=headers).status_code == 200


# --- By session


def test_a_session_reads_and_changes_only_with_its_csrf_token(anna: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(anna)

    assert client.get(ME).status_code == 200
    refused = client.post(f"{API}/sync-runs", {}, content_type="application/json")
    assert (refused.status_code, error_of(refused)) == (403, ("permission_denied", None))


def test_a_token_needs_no_csrf_token(anna: User) -> None:
    client = Client(enforce_csrf_checks=True)

    response = client.post(f"{API}/sync-runs", {}, content_type="application/json", headers=bearer(token_of(anna)))

    assert response.status_code == 400


# --- The page


def test_a_new_token_is_shown_once(client: Client, anna: User) -> None:
    client.force_login(anna)

    made = client.post(TOKENS, {"name": "Reports", "days": 30, "may_write": "on"})

    text = made.context["text"]
    assert text in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    assert Client().get(ME, headers=bearer(text)).status_code == 200
    again = client.get(TOKENS).content.decode()
    assert "Reports" in again
    assert text not in again
    token = APIToken.objects.get()
    assert token.expiry is not None
    assert (token.expiry - token.created).days in {29, 30}


@pytest.mark.parametrize("days", ["0", "366", "many", "-1", ""])
def test_a_token_without_an_end_is_not_made(client: Client, anna: User, days: str) -> None:
    client.force_login(anna)

    client.post(TOKENS, {"name": "For ever", "days": days})

    assert not APIToken.objects.exists()


def test_revoking_works_at_once(client: Client, anna: User) -> None:
    text = token_of(anna)
    client.force_login(anna)

    client.post(reverse("api_tokens:revoke", args=[APIToken.objects.get().uuid]))

    assert Client().get(ME, headers=bearer(text)).status_code == 401


def test_tokens_of_others_are_not_there(anna: User) -> None:
    ben = make_user("ben")
    token, _ = create_token(anna, "Anna's own", lifetime=timedelta(days=1), may_write=True)
    client = signed_in(ben)

    foreign = client.post(reverse("api_tokens:revoke", args=[token.uuid]))

    assert foreign.status_code == 404
    assert "Anna's own" not in client.get(TOKENS).content.decode()
    assert APIToken.objects.exists()


def test_making_and_revoking_is_in_the_audit_trail(client: Client, anna: User) -> None:
    client.force_login(anna)
    made = client.post(TOKENS, {"name": "Reports", "days": 30})
    client.post(reverse("api_tokens:revoke", args=[APIToken.objects.get().uuid]))

    events = list(AuditEvent.objects.order_by("id").values_list("kind", "actor_name"))

    assert events == [("api_token_created", "anna"), ("api_token_revoked", "anna")]
    assert not any(made.context["text"] in str(event.detail) for event in AuditEvent.objects.all())


# --- The command


def test_the_command_prints_a_token_that_works(client: Client, anna: User) -> None:
    printed = StringIO()

    call_command("create_token", "anna", "--days", "7", stdout=printed)

    assert client.get(ME, headers=bearer(printed.getvalue().strip())).status_code == 200
    assert APIToken.objects.get().may_write


def test_the_command_makes_one_that_only_reads(anna: User) -> None:
    call_command("create_token", "anna", "--read-only", stdout=StringIO())

    assert not APIToken.objects.get().may_write


@pytest.mark.parametrize("arguments", [("nobody",), ("anna", "--days", "0"), ("anna", "--name", "")])
def test_the_command_says_what_is_wrong(anna: User, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        call_command("create_token", *arguments)
