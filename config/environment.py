"""Typed, loud reading of the environment. Only `config.settings` calls this."""

import hashlib
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

REDIS_DATABASES = 16  # unless its configuration says otherwise
LOOPBACK = ("127.0.0.1", "localhost", "::1")
VENDOR_DOMAINS = (
    "googleapis.com", "google.com", "instagram.com", "facebook.com", "anthropic.com",
)  # fmt: skip


def secret_key(value: str, *, relaxed: bool) -> str:
    """The given key, or, only where the sandbox is allowed, a fixed one that anybody knows."""
    if value:
        if len(value) < 50 and not relaxed:
            raise ImproperlyConfigured("SECRET_KEY must have at least 50 characters.")
        return value
    if relaxed:
        return hashlib.sha256(b"greenroom sandbox").hexdigest()
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Copy .env.example to .env and fill it in; to look around without keys, "
        "run 'make demo', or set ALLOW_SANDBOX=1."
    )


def token_keys(value: str, *, secret: str, relaxed: bool) -> list[tuple[str, bytes]]:
    """TOKEN_KEYS=`id:hex,id:hex`, newest first, each key 32 bytes: what encrypts OAuth tokens at rest."""
    if not value and relaxed:
        return [("sandbox", hashlib.sha256(b"tokens" + secret.encode()).digest())]
    keys = [_token_key(entry) for entry in value.split(",") if entry.strip()]
    if not keys:
        raise ImproperlyConfigured(
            "TOKEN_KEYS is not set. Make a key: ALLOW_SANDBOX=1 python manage.py rotate_keys --new-key"
        )
    if len({name for name, _ in keys}) != len(keys):
        raise ImproperlyConfigured("TOKEN_KEYS names one key id twice.")
    return keys


def _token_key(entry: str) -> tuple[str, bytes]:
    name, _, digits = entry.strip().partition(":")
    try:
        key = bytes.fromhex(digits)
    except ValueError:
        key = b""
    if not name.isalnum() or len(name) > 16 or len(key) != 32:
        raise ImproperlyConfigured("An entry of TOKEN_KEYS is not `id:64 hex digits` with a short alphanumeric id.")
    return name, key


def cache(redis_url: str) -> dict[str, Any]:
    """Where requests are counted: on the broker's server under the next number, so that emptying one spares the other.

    Without a Redis, or with one that has no such numbers, in each process's own memory: limits then hold for
    each process by itself.
    """
    url = urlsplit(redis_url)
    number = url.path.strip("/") or "0"
    if url.scheme not in ("redis", "rediss") or not number.isdecimal():
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": url._replace(path=f"/{(int(number) + 1) % REDIS_DATABASES}").geturl(),
        "KEY_PREFIX": "greenroom",
        # A request does not wait for its own counting.
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    }


def vendor_url(name: str, value: str, *, relaxed: bool) -> str:
    """A platform's base URL: https and a vendor's host; where the sandbox is allowed, also loopback.

    A typo here would send people's OAuth tokens to a stranger, hence the allow-list.
    """
    url = urlsplit(value)
    host = url.hostname or ""
    if url.username or url.password or not host:
        raise ImproperlyConfigured(f"{name} is not a plain URL.")
    if relaxed and (url.scheme == "https" or (url.scheme == "http" and host in LOOPBACK)):
        return value.rstrip("/")
    if url.scheme != "https":
        raise ImproperlyConfigured(f"{name} must use https (http only on loopback, with ALLOW_SANDBOX or DEBUG).")
    if not any(host == domain or host.endswith("." + domain) for domain in VENDOR_DOMAINS):
        raise ImproperlyConfigured(f"{name} points at {host}, which is no host of the platform's vendor.")
    return value.rstrip("/")


def origin(url: str) -> str:
    """`https://host[:port]` of a URL, as the content security policy wants it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
