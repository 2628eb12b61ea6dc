"""An installation with a setting missing or unsafe does not start, and says which and why."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from config import environment

PRODUCTION = {
    "DEBUG": "0",
    "ALLOW_SANDBOX": "0",
    "SECRET_KEY": "a-key-of-this-test-and-of-nothing-else-0123456789-abcdefghij",
    "TOKEN_KEYS": f"one:{'0a' * 32}",
    "ALLOWED_HOSTS": "greenroom.example.org",
    "SITE_URL": "https://greenroom.example.org",
    "DJANGO_SETTINGS_MODULE": "config.settings",
}


def _run(*arguments: str, **changed: str) -> "subprocess.CompletedProcess[str]":
    """Python with a production environment. Empty stands for missing: a developer's `.env` fills no empty one."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env={**kept, **PRODUCTION, **changed},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must have at least 50 characters"),
        ({"TOKEN_KEYS": ""}, "TOKEN_KEYS is not set"),
        ({"TOKEN_KEYS": "one:abc"}, "TOKEN_KEYS is not `id:64 hex digits`"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS and SITE_URL must be set"),
        ({"SITE_URL": ""}, "ALLOWED_HOSTS and SITE_URL must be set"),
        ({"SITE_URL": "http://greenroom.example.org"}, "SITE_URL must use https"),
        ({"DEBUG": "1"}, "DEBUG is for local hosts only"),
        ({"YOUTUBE_API_URL": "http://127.0.0.1:9000"}, "YOUTUBE_API_URL must use https"),
        ({"GOOGLE_OAUTH_TOKEN_URL": "https://oauth2.example.org/token"}, "is no host of the platform's vendor"),
        ({"GOOGLE_OAUTH_TOKEN_URL": "https://a:b@oauth2.googleapis.com/"}, "GOOGLE_OAUTH_TOKEN_URL is not a plain URL"),
        ({"YOUTUBE_API_URL": "https://evilgoogleapis.com"}, "is no host of the platform's vendor"),
    ],
)
def test_what_is_missing_or_unsafe_does_not_start(changed: dict[str, str], said: str) -> None:
    run = _run("-c", "import config.settings", **changed)

    assert run.returncode != 0
    assert said in run.stderr


def test_secrets_are_not_in_what_is_said() -> None:
    run = _run("-c", "import config.settings", TOKEN_KEYS="one:not-quite-a-key")

    assert run.returncode != 0
    assert "not-quite-a-key" not in run.stderr


def test_production_settings_pass_every_check() -> None:
    run = _run("manage.py", "check", "--deploy", "--fail-level", "WARNING")

    assert run.returncode == 0, run.stderr
    assert "0 silenced" in run.stdout


def test_production_insists_on_https_and_on_its_own_cookies() -> None:
    asked = (
        "from config import settings as s;"
        "print(s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS >= 31536000, s.SESSION_COOKIE_SECURE,"
        "s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.FAULT_POINT == '', hasattr(s, 'SECURE_PROXY_SSL_HEADER'))"
    )

    run = _run("-c", asked, FAULT_POINT="page:after")

    assert run.stdout.split() == [
        "True", "True", "True", "__Host-sessionid", "__Host-csrftoken", "True", "False",
    ]  # fmt: skip


def test_no_migration_is_missing() -> None:
    run = _run("manage.py", "makemigrations", "--check", "--dry-run", ALLOW_SANDBOX="1")

    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize(
    ("broker", "counters"),
    [
        ("redis://:secret@redis.example.org:6379/0", "redis://:secret@redis.example.org:6379/1"),
        ("rediss://redis.example.org", "rediss://redis.example.org/1"),
        ("redis://127.0.0.1/15", "redis://127.0.0.1/0"),
        ("", None),
        ("redis+socket:///run/redis.sock", None),
        ("redis://127.0.0.1/name", None),
    ],
)
def test_counters_stand_beside_the_broker_and_never_in_it(broker: str, counters: str | None) -> None:
    assert environment.cache(broker).get("LOCATION") == counters
