"""The API as a program calls it: by a person's token, or in a person's session."""

from datetime import timedelta
from typing import Any

from django.test import Client

from connections.api.tokens import create_token
from connections.models import User

API = "/api/v1"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def token_of(user: User, *, may_write: bool = True) -> str:
    _, text = create_token(user, "a test", lifetime=timedelta(days=1), may_write=may_write)
    return text


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def by_token(user: User, *, may_write: bool = True) -> Client:
    return Client(headers=bearer(token_of(user, may_write=may_write)))


def results(response: Any) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.content
    found: list[dict[str, Any]] = response.json()["results"]
    return found


def error_of(response: Any) -> tuple[str, str | None]:
    """Code and attribute of the one error in an answer, which must have the shape that all have."""
    body = response.json()
    assert set(body) - {"current"} == {"type", "errors"}, body
    assert response["Content-Type"] == "application/json"
    assert response["X-Content-Type-Options"] == "nosniff"
    (error,) = body["errors"]
    assert set(error) == {"code", "detail", "attr"}
    return error["code"], error["attr"]
