"""Tokens at rest: AES-256-GCM, each ciphertext bound to the row and field it belongs to.

A ciphertext reads `v1.<key id>.<base64 of nonce and sealed bytes>`. Moved to another row or field, it
opens no more. `settings.TOKEN_KEYS` holds the keys, newest first: the newest seals, all of them open.
"""

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from connections.models import Connection

VERSION = "v1"
NONCE_BYTES = 12


class Undecryptable(Exception):
    """No key at hand opens this ciphertext. The message names the key's id, never a key or a token."""


def binding(connection: Connection, field: str) -> str:
    """What a ciphertext is bound to: `workspace:connection:field`."""
    return f"{connection.workspace.uuid}:{connection.uuid}:{field}"


@sensitive_variables()
def encrypt(text: str, bound_to: str) -> str:
    """Seal with the newest key. Nothing stays nothing, so that a row shows whether it holds a token."""
    if not text:
        return ""
    key_id, key = settings.TOKEN_KEYS[0]
    # 96 random bits may repeat after 2^32 messages under one key; a token is sealed once an hour.
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), bound_to.encode())
    return f"{VERSION}.{key_id}.{base64.b64encode(nonce + sealed).decode()}"


@sensitive_variables()
def decrypt(ciphertext: str, bound_to: str) -> str:
    """Open what `encrypt` sealed for the same binding. Raises `Undecryptable`."""
    if not ciphertext:
        return ""
    version, _, rest = ciphertext.partition(".")
    key_id, _, encoded = rest.partition(".")
    key = dict(settings.TOKEN_KEYS).get(key_id)
    if version != VERSION or key is None:
        raise Undecryptable(f"The key {key_id[:16]!r} that encrypted it is not in TOKEN_KEYS.")
    try:
        sealed = base64.b64decode(encoded, validate=True)
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to.encode()).decode()
    except (InvalidTag, ValueError):
        raise Undecryptable(
            f"It does not open with the key {key_id!r}: the key is another, or the text was altered or moved."
        ) from None


def is_newest(ciphertext: str) -> bool:
    """Whether the newest key sealed it; an empty one needs no key."""
    return not ciphertext or ciphertext.startswith(f"{VERSION}.{settings.TOKEN_KEYS[0][0]}.")
