"""The only reader and writer of `Credential`: a connection's access token, always fresh.

One refresh at a time, across processes: the worker that takes the lease on the row asks the vendor, the
others wait for the row's version to change. The lease is a conditional UPDATE on the database's own
clock, so it works on every database and no transaction stays open while the vendor answers.
"""

import logging
import smtplib
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from connections.after_commit import after_commit
from connections.audit import record_event
from connections.encryption import Undecryptable, binding, decrypt, encrypt, is_newest
from connections.errors import NeedsReauthorization, PlatformError, Transient
from connections.models import AuditEvent, Connection, Credential, Role, User
from connections.registry import TokenGrant, platform_of, platforms

logger = logging.getLogger(__name__)

REFRESH_AT = 0.8  # of a token's life
MARGIN = timedelta(seconds=30)  # a token that expires on its way is no use
POLL_SECONDS = 0.05
STOPPED = (Connection.Status.NEEDS_REAUTH, Connection.Status.DISCONNECTED)


@sensitive_variables()
def store_tokens(connection: Connection, grant: TokenGrant) -> None:
    """Keep what a vendor has granted. A grant without a refresh token leaves the one we hold."""
    sealed = _sealed(connection, grant)
    Credential.objects.update_or_create(
        connection_id=connection.pk,
        defaults={**sealed, "version": F("version") + 1},
        create_defaults={**sealed, "version": 1},
    )


@sensitive_variables()
def access_token(connection: Connection, *, stale: str | None = None) -> str:
    """A valid access token, refreshed first if it is due.

    After a 401 call again with the refused token as `stale`: it is refreshed once, whoever asks; a second
    401 is a lost authorisation, see `mark_needs_reauth`. Not inside a transaction. Raises
    `NeedsReauthorization` at once, without a call, while the account is stopped; `Transient` when the
    vendor cannot be reached, which says nothing about the authorisation.
    """
    give_up_at = time.monotonic() + settings.TOKEN_WAIT_SECONDS
    while True:
        credential = _credential(connection)
        token = _opened(credential, "access_token")
        usable = bool(token) and token != stale and _is_alive(credential)
        if usable and credential.lifetime_used(timezone.now()) < REFRESH_AT:
            return token
        if _take_lease(credential):
            fresh = _refresh(credential, token, usable=usable)
            if fresh:
                return fresh
        elif usable:
            return token
        elif time.monotonic() > give_up_at:
            raise Transient("Another worker is still refreshing this account's access.", code="refresh_busy")
        else:
            time.sleep(POLL_SECONDS)


def mark_needs_reauth(connection: Connection, reason: str, *, version: int | None = None) -> bool:
    """Stop everything for this account until a person connects it again; tell the workspace's owners once.

    However many workers notice at the same time, one of them gets True, and one event and one notice go
    out. With `version` it holds only while the tokens are still those, so that a late failure of old
    tokens does not stop an account that has just been connected again.
    """
    active = Connection.objects.filter(pk=connection.pk).exclude(status__in=STOPPED)
    if version is not None:
        active = active.filter(credential__version=version)
    with transaction.atomic():
        stopped = active.update(status=Connection.Status.NEEDS_REAUTH, last_error=reason, last_error_at=timezone.now())
        if stopped:
            record_event(
                AuditEvent.Kind.AUTHORIZATION_LOST,
                workspace=connection.workspace,
                connection=str(connection.uuid),
                reason=reason,
            )
            after_commit(_tell_owners, connection, reason)
    return bool(stopped)


@sensitive_variables()
def take_tokens(connection: Connection) -> tuple[str, str]:
    """Delete the tokens and return them (access, refresh), to be revoked; empty where none can be read."""
    credential = Credential.objects.select_related("connection__workspace").filter(connection_id=connection.pk).first()
    if credential is None:
        return "", ""
    credential.delete()
    try:
        return _decrypted(credential, "access_token"), _decrypted(credential, "refresh_token")
    except Undecryptable:
        return "", ""


@dataclass(frozen=True, slots=True)
class Resealed:
    last: int | None  # the last row looked at; None: there was none left
    changed: int
    unreadable: int


@sensitive_variables()
def reseal(*, after: int, limit: int) -> Resealed:
    """Encrypt the next `limit` rows' tokens with the newest key; safe while others refresh, and to repeat.

    A field changes only if it still is what was read: a token refreshed meanwhile is newer than ours.
    """
    last, changed, unreadable = None, 0, 0
    rows = Credential.objects.select_related("connection__workspace").filter(pk__gt=after).order_by("pk")
    for credential in rows[:limit]:
        last = credential.pk
        for field in ("access_token", "refresh_token"):
            sealed = getattr(credential, field)
            if is_newest(sealed):
                continue
            try:
                text = _decrypted(credential, field)
            except Undecryptable:
                unreadable += 1
                continue
            anew = encrypt(text, binding(credential.connection, field))
            changed += Credential.objects.filter(pk=credential.pk, **{field: sealed}).update(**{field: anew})
    return Resealed(last, changed, unreadable)


def _credential(connection: Connection) -> Credential:
    """The row as it is now. Raises `NeedsReauthorization` if the account is stopped."""
    credential = Credential.objects.select_related("connection__workspace").filter(connection_id=connection.pk).first()
    if credential is None:
        raise NeedsReauthorization("The account is disconnected.", code="disconnected")
    if credential.connection.status in STOPPED:
        raise NeedsReauthorization(
            credential.connection.last_error or "The account must be connected again.", code="needs_reauth"
        )
    return credential


@sensitive_variables()
def _opened(credential: Credential, field: str) -> str:
    try:
        return _decrypted(credential, field)
    except Undecryptable as error:
        reason = f"The stored access cannot be read. {error} Restore the key, or connect the account again."
        mark_needs_reauth(credential.connection, reason, version=credential.version)
        raise NeedsReauthorization(reason, code="undecryptable") from None


def _decrypted(credential: Credential, field: str) -> str:
    return decrypt(getattr(credential, field), binding(credential.connection, field))


def _is_alive(credential: Credential) -> bool:
    return credential.expires_at is None or credential.expires_at > timezone.now() + MARGIN


def _take_lease(credential: Credential) -> bool:
    free = Q(refresh_lease_until=None) | Q(refresh_lease_until__lt=Now())
    # Durable: a lease that others cannot see yet is none, and nobody may hold a transaction over the call.
    with transaction.atomic(durable=True):
        taken = Credential.objects.filter(free, pk=credential.pk, version=credential.version).update(
            refresh_lease_until=Now() + timedelta(seconds=settings.TOKEN_LEASE_SECONDS)
        )
    return bool(taken)


@sensitive_variables()
def _refresh(credential: Credential, token: str, *, usable: bool) -> str | None:
    """Refresh under the lease. None: look at the row again, somebody else has changed it meanwhile."""
    connection = credential.connection
    refresh_token = _opened(credential, "refresh_token")
    held = False
    try:
        grant = platform_of(connection).refresh_access(refresh_token, token)
    except NeedsReauthorization as error:
        mark_needs_reauth(connection, error.message, version=credential.version)
        return None
    except PlatformError as error:
        if not usable:
            raise
        logger.warning("Early refresh of connection %s failed (%s); its token still serves.", connection.pk, error.code)
        # The lease stays and runs out by itself: until then nobody troubles the vendor again.
        held = True
        return token
    else:
        return _store_refreshed(credential, grant, refresh_token)
    finally:
        if not held:
            Credential.objects.filter(pk=credential.pk, version=credential.version).update(refresh_lease_until=None)


@sensitive_variables()
def _store_refreshed(credential: Credential, grant: TokenGrant, refresh_token: str) -> str | None:
    """Written before it is used: a vendor that rotates refresh tokens has already forgotten the old one."""
    connection = credential.connection
    sealed = _sealed(connection, grant)
    # Sealed again even when it stays: that is how old keys fall out of use by themselves.
    sealed.setdefault("refresh_token", encrypt(refresh_token, binding(connection, "refresh_token")))
    with transaction.atomic(durable=True):
        stored = Credential.objects.filter(pk=credential.pk, version=credential.version).update(
            **sealed, version=F("version") + 1
        )
        Connection.objects.filter(pk=connection.pk).update(authorization_verified_at=timezone.now())
    return grant.access_token if stored else None


@sensitive_variables()
def _sealed(connection: Connection, grant: TokenGrant) -> dict[str, str | datetime | None]:
    sealed: dict[str, str | datetime | None] = {
        "access_token": encrypt(grant.access_token, binding(connection, "access_token")),
        "issued_at": timezone.now(),
        "expires_at": grant.expires_at,
        "refresh_lease_until": None,
    }
    if grant.refresh_token:
        sealed["refresh_token"] = encrypt(grant.refresh_token, binding(connection, "refresh_token"))
    return sealed


def _tell_owners(connection: Connection, reason: str) -> None:
    """One message each. A mail server that is down costs the notice, not the sync: the page says it too."""
    name = " ".join(f"{connection} on {platforms()[connection.platform].name}".split())
    context = {"name": name, "reason": reason, "url": settings.SITE_URL + reverse("connections:accounts")}
    text = render_to_string("connections/needs_reauth_email.txt", context)
    owners = User.objects.filter(
        memberships__workspace=connection.workspace, memberships__role=Role.OWNER, is_active=True
    ).exclude(email="")
    for owner in owners:
        message = EmailMessage(f"{name} needs to be connected again", text, to=[owner.email])
        try:
            message.send()
        except (smtplib.SMTPException, OSError):
            logger.exception("The notice about connection %s could not be sent.", connection.pk)
