"""One shape for everything that goes wrong, and nothing of ours in it."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings
from rest_framework.throttling import SimpleRateThrottle

from connections.api.parsing import MAX_BODY
from connections.models import Role, Workspace
from connections.tests.calling import API, by_token, error_of, signed_in
from connections.tests.factories import make_connection, make_member

pytestmark = pytest.mark.django_db

RUNS = f"{API}/sync-runs"
REDIS = "django.core.cache.backends.redis.RedisCache"
MISSING = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def client() -> Client:
    client = signed_in(make_member(make_connection().workspace, Role.OWNER))
    client.raise_request_exception = False
    return client


def send(client: Client, body: bytes, content_type: str = "application/json") -> Any:
    return client.post(RUNS, data=body, content_type=content_type)


@pytest.mark.parametrize(
    "path", ["/nowhere", "/", "/interactions/1", f"/sync-runs/{MISSING}", "/sync-runs/%E9", "/a%0Ab", "/fans/%0A"]
)
def test_what_is_not_there(client: Client, path: str) -> None:
    response = client.get(f"{API}{path}")

    assert (response.status_code, error_of(response)) == (404, ("not_found", None))


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options", "trace"])
def test_a_method_that_is_not_offered(client: Client, method: str) -> None:
    response = getattr(client, method)(RUNS)

    assert (response.status_code, error_of(response)) == (405, ("method_not_allowed", None))


def test_a_body_that_is_no_json(client: Client) -> None:
    response = send(client, b"a=b", "application/x-www-form-urlencoded")

    assert (response.status_code, error_of(response)) == (415, ("unsupported_media_type", None))


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b'{"a": NaN}',
        b"\xff\xfe",
        b'"\xed\xa0\x80"',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"9" * 5000,
        b"\x00",
    ],
)
def test_a_body_that_cannot_be_read(client: Client, body: bytes) -> None:
    response = send(client, body)

    assert response.status_code == 400
    json.loads(response.content)


@pytest.mark.parametrize("body", [b"null", b"[]", b"1", b'"x"', b"true", b"[{}]"])
def test_json_of_another_form(client: Client, body: bytes) -> None:
    assert send(client, body).status_code == 400


def test_a_body_without_end(client: Client) -> None:
    response = send(client, b" " * (MAX_BODY + 1))

    assert (response.status_code, error_of(response)) == (413, ("too_large", None))


def test_an_answer_in_another_form_is_not_to_be_had(client: Client) -> None:
    response = client.get(RUNS, headers={"Accept": "text/html"})

    assert (response.status_code, error_of(response)) == (406, ("not_acceptable", None))


@pytest.mark.parametrize("path", ["/sync-runs?stream=%00", "/sync-runs/%00", "/sync-runs?%00=1"])
def test_a_nul_in_the_address(client: Client, path: str) -> None:
    response = client.get(f"{API}{path}")

    assert (response.status_code, error_of(response)) == (400, ("bad_request", None))


@pytest.mark.parametrize("query", ["stream=%ff%fe", "state=%ED%A0%80", "connection=%F0%9F%98%80", "since=%00x"[:8]])
def test_bytes_that_are_no_text(client: Client, query: str) -> None:
    assert client.get(f"{RUNS}?{query}").status_code in {200, 400}


def test_a_crash_says_nothing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError("a detail of ours")

    monkeypatch.setattr("connections.api.sync_runs._percent", crash)
    connection = make_connection(Workspace.objects.get())
    connection.sync_runs.create(workspace=connection.workspace, stream="videos")

    response = client.get(RUNS)

    assert (response.status_code, error_of(response)) == (500, ("error", None))
    assert b"a detail of ours" not in response.content


def test_a_crash_outside_of_every_view_says_nothing_either(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError("a detail of ours")

    monkeypatch.setattr("connections.api.views.patch_cache_control", crash)

    response = client.get(f"{API}/me")

    assert (response.status_code, error_of(response)) == (500, ("error", None))


# --- Limits


@pytest.fixture
def counting(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three requests a minute, counted in memory."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    rates = {"user": "3/min", "anon": "3/min", "quota": "1/min"}
    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", rates)


@pytest.mark.usefixtures("counting")
def test_a_person_has_so_many_requests(client: Client) -> None:
    statuses = [client.get(f"{API}/me").status_code for _ in range(4)]

    refused = client.get(f"{API}/me")

    assert statuses == [200, 200, 200, 429]
    assert error_of(refused) == ("throttled", None)
    assert 0 < int(refused["Retry-After"]) <= 60


@pytest.mark.usefixtures("counting")
def test_one_person_does_not_use_up_what_another_has(client: Client) -> None:
    other = by_token(make_member(Workspace.objects.get()))

    assert [client.get(f"{API}/me").status_code for _ in range(4)][-1] == 429
    assert other.get(f"{API}/me").status_code == 200


@pytest.mark.usefixtures("counting")
@pytest.mark.parametrize("path", ["/me", "/schema", "/nowhere"])
def test_a_stranger_is_counted_by_address_whatever_a_header_says(path: str) -> None:
    statuses = [
        Client().get(f"{API}{path}", headers={"X-Forwarded-For": f"198.51.100.{number}"}).status_code
        for number in range(6)
    ]

    assert statuses.count(429) == 3


@pytest.mark.usefixtures("counting")
def test_wrong_tokens_are_counted_too() -> None:
    statuses = [
        Client().get(f"{API}/me", headers={"Authorization": f"Bearer guess-{number}"}).status_code
        for number in range(5)
    ]

    assert statuses == [401, 401, 401, 429, 429]


@pytest.mark.usefixtures("counting")
def test_starting_syncs_is_counted_by_itself(client: Client) -> None:
    first, second = send(client, b"{}"), send(client, b"{}")

    assert (first.status_code, second.status_code) == (400, 429)
    assert client.get(RUNS).status_code == 200


@pytest.mark.usefixtures("counting")
def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_saw(settings: Settings) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}

    def ask(forwarded: str) -> int:
        return Client().get(f"{API}/me", headers={"X-Forwarded-For": forwarded}).status_code

    assert [ask(f"198.51.100.{number}, 203.0.113.7") for number in range(4)] == [401, 401, 401, 429]
    assert ask("198.51.100.1, 203.0.113.8") == 401


@pytest.mark.usefixtures("counting")
def test_without_counters_reading_goes_on_and_nothing_that_costs_quota_starts(
    client: Client, settings: Settings
) -> None:
    settings.CACHES = {"default": {"BACKEND": REDIS, "LOCATION": "redis://127.0.0.1:1/0"}}  # nobody listens there

    assert [client.get(f"{API}/me").status_code for _ in range(5)] == [200] * 5
    refused = send(client, b"{}")
    assert (refused.status_code, error_of(refused)) == (503, ("counters_out_of_reach", None))
