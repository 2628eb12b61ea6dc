"""What every answer carries, whatever its status, and what no page may hold under our content security policy."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from config.tests.access import ROUTES
from config.tests.routes import admin_pages
from config.tests.tenants import make_tenants
from connections.tests.factories import make_superuser, make_user

pytestmark = pytest.mark.django_db

CSP = {
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self' https://accounts.google.com",
}
# Where text is declared safe by hand, and why it is.
SAFE_BY_HAND: dict[str, str] = {}


def _check(response: Any, where: str) -> None:
    assert set(response["Content-Security-Policy"].split("; ")) == CSP, where
    assert response["X-Content-Type-Options"] == "nosniff", where
    assert response["Referrer-Policy"] == "same-origin", where
    assert response["X-Frame-Options"] == "DENY", where
    assert response["Cross-Origin-Opener-Policy"] == "same-origin", where


def _everything() -> Iterator[tuple[str, Any]]:
    """Every page there is, as a superuser who owns a workspace would get it."""
    a, _ = make_tenants(*admin.site._registry)
    client = Client()
    a.owner.is_staff = a.owner.is_superuser = True
    a.owner.save()
    client.force_login(a.owner)
    for name, (model, page) in admin_pages().items():
        url = reverse(name, args=[] if page in {"changelist", "add"} else [a.row(model).pk])
        yield url, client.get(url)
    for name, route in ROUTES.items():
        if name:
            url = reverse(name, kwargs=dict(route.args(a)))
            yield url, client.get(url)


def test_every_page_carries_the_headers_and_runs_no_inline_code() -> None:
    statuses = set()
    for url, response in _everything():
        statuses.add(response.status_code)
        _check(response, url)
        assert "no-store" in response["Cache-Control"], url
        if "html" in response.get("Content-Type", ""):
            assert _inline_code(response.content.decode()) == [], url

    assert {200, 302, 403} <= statuses


def test_pages_that_are_not_there_carry_the_headers(client: Client) -> None:
    response = client.get("/nowhere/")

    assert response.status_code == 404
    _check(response, "/nowhere/")


def test_refused_pages_carry_the_headers(client: Client) -> None:
    client.force_login(make_user())

    response = client.get(reverse("admin:connections_user_changelist"))

    assert response.status_code == 403
    _check(response, "users")


def test_a_crash_says_nothing_and_carries_the_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError("a detail of ours")

    client = Client(raise_request_exception=False)
    client.force_login(make_superuser())
    monkeypatch.setattr(admin.site, "get_app_list", crash)

    response = client.get(reverse("admin:index"))

    assert response.status_code == 500
    assert b"a detail of ours" not in response.content
    _check(response, "crash")


def test_a_forged_form_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)

    response = client.post(reverse("admin:login"), {"username": "anna", "password": "secret"})

    assert response.status_code == 403
    _check(response, "login")


@pytest.mark.parametrize("address", ["/admin/?q=%00", "/admin/login/?next=a%00b", "/admin/%00/"])
def test_no_address_holds_a_nul(client: Client, address: str) -> None:
    response = client.get(address)

    assert response.status_code == 400
    _check(response, address)


def test_strangers_pages_may_be_kept_by_nobody_either(client: Client) -> None:
    assert "no-store" in client.get(reverse("admin:login"))["Cache-Control"]


# --- Templates and sources


class _InlineCode(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.found.append("script")
        if tag == "style" or "style" in given:
            self.found.append(f"style on {tag}")
        self.found += [f"{name} on {tag}" for name in given if name.startswith("on")]
        self.found += [value for value in given.values() if value.strip().lower().startswith("javascript:")]


def _inline_code(html: str) -> list[str]:
    reader = _InlineCode()
    reader.feed(html)
    return reader.found


def test_inline_code_would_be_noticed() -> None:
    html = "<script>x</script><a href='JavaScript:x' onclick='x' style='x'></a><style></style>"

    assert len(_inline_code(html)) == 5
    assert _inline_code('<script src="/a.js"></script><script type="application/json">{}</script>') == []


def _files(ending: str) -> list[Path]:
    roots = [settings.BASE_DIR / app for app in ("config", "connections", "enrichment", "crm", *settings.PLATFORMS)]
    return [one for root in (*roots, settings.BASE_DIR / "templates") for one in root.rglob(f"*{ending}")]


def test_our_templates_hold_no_inline_code() -> None:
    holding = {str(one): _inline_code(re.sub(r"{%.*?%}", "", one.read_text())) for one in _files(".html")}

    assert {name: found for name, found in holding.items() if found} == {}


def test_nothing_is_declared_safe_by_hand() -> None:
    """Comments, names and titles are strangers' words; a template escapes them unless somebody stops it."""
    stops = re.compile(r"mark_safe|SafeString|\|\s*safe\b|autoescape\s+off|__html__|safeseq")
    sources = [one for one in [*_files(".py"), *_files(".html")] if "tests" not in one.parts]

    found = {str(one.relative_to(settings.BASE_DIR)) for one in sources if stops.search(one.read_text())}

    assert found == set(SAFE_BY_HAND)
