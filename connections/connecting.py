"""Connecting an account, connecting it again, disconnecting it, and forgetting it."""

import logging
from datetime import timedelta
from typing import cast

from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from connections import registry
from connections.after_commit import after_commit
from connections.audit import record_event
from connections.errors import Gone, NotPermitted, PlatformError, Transient
from connections.models import AuditEvent, Connection, User, Workspace
from connections.registry import AccountIdentity, Platform, TokenGrant, platform_of
from connections.sync import cancel_runs, start_first_sync
from connections.tokens import store_tokens, take_tokens

logger = logging.getLogger(__name__)

# The promise is seven days: https://developers.google.com/youtube/terms/developer-policies (III.E.4.g).
# A job that runs once a day keeps it only if it takes what is older than six.
ERASED_AFTER = timedelta(days=6)
REVOKE_TRIES = 2


class Refused(Exception):
    """The account is not taken. The message tells the person why and what to do."""


@sensitive_variables()
def connect_account(
    platform: Platform,
    workspace: Workspace,
    grant: TokenGrant,
    *,
    actor: User | None,
    reconnecting: Connection | None = None,
) -> Connection:
    """Keep the account these tokens belong to, as the platform itself names it, and start its first sync.

    Connecting an account of this workspace once more renews it. Raises `Refused`, and the errors of
    `connections.errors` when the platform cannot say whose the tokens are; then nothing is stored.
    """
    try:
        identity = platform.connect(grant)
    except (NotPermitted, Gone) as error:
        if reconnecting is None:
            _revoke(platform, grant.refresh_token or grant.access_token)
        raise Refused(error.message) from None
    if reconnecting is not None and identity.external_id != reconnecting.external_id:
        # Not revoked: the vendor would end the whole consent, and another workspace may live on it.
        raise Refused(f"That was another account, {identity.display_name}. Choose {reconnecting} to connect it again.")
    return save_account(platform, workspace, grant, identity, actor=actor)


@sensitive_variables()
def save_account(
    platform: Platform, workspace: Workspace, grant: TokenGrant, identity: AccountIdentity, *, actor: User | None
) -> Connection:
    """Keep an account whose identity the platform has just told. Raises `Refused` if it is another workspace's."""
    try:
        connection = _save(platform, workspace, grant, identity, actor)
    except IntegrityError:  # somebody connected it in this very moment
        connection = _save(platform, workspace, grant, identity, actor)
    connection.refresh_from_db()
    return connection


@sensitive_variables()
def _save(
    platform: Platform, workspace: Workspace, grant: TokenGrant, identity: AccountIdentity, actor: User | None
) -> Connection:
    model = cast(type[Connection], apps.get_model(platform.connection_model))
    with transaction.atomic():
        known = model.objects.select_for_update().filter(platform=platform.slug, external_id=identity.external_id)
        connection = known.first()
        if connection is not None and connection.workspace_id != workspace.pk:
            raise Refused(
                f"{identity.display_name} is already connected to this Greenroom elsewhere. "
                "Whoever connected it can disconnect it there first."
            )
        is_new = connection is None
        connection = connection or model(workspace=workspace, platform=platform.slug, external_id=identity.external_id)
        _describe(connection, identity, grant)
        connection.save()
        store_tokens(connection, grant)
        record_event(
            AuditEvent.Kind.ACCOUNT_CONNECTED,
            workspace=workspace,
            actor=actor,
            connection=str(connection.uuid),
            platform=platform.slug,
            again=not is_new,
        )
        after_commit(_begin, connection)
    return connection


def _describe(connection: Connection, identity: AccountIdentity, grant: TokenGrant) -> None:
    connection.display_name = identity.display_name
    connection.handle = identity.handle
    connection.avatar_url = identity.avatar_url
    for column, value in identity.extra.items():
        setattr(connection, column, value)
    connection.granted_scopes = sorted(grant.scopes)
    connection.status = Connection.Status.ACTIVE
    connection.last_error, connection.last_error_at = "", None
    connection.disconnected_at = None
    connection.authorization_verified_at = timezone.now()


def _begin(connection: Connection) -> None:
    """What follows a connection; a failure of it is shown on the account and undoes nothing."""
    try:
        platform_of(connection).on_connected(connection)
    except PlatformError as error:
        logger.warning("Preparing connection %s failed: %s", connection.pk, error.code)
        Connection.objects.filter(pk=connection.pk).update(last_error=error.message, last_error_at=timezone.now())
    start_first_sync(connection)


@sensitive_variables()
def disconnect_account(connection: Connection, *, actor: User | None) -> bool:
    """Delete the tokens, stop all work, and ask the platform to revoke. False: it did not confirm that.

    Locally all is done before the platform is asked, whatever it answers. What was synced is erased by
    `purge_disconnected` within seven days.
    """
    with transaction.atomic():
        connected = Connection.objects.filter(pk=connection.pk).exclude(status=Connection.Status.DISCONNECTED)
        if not connected.update(
            status=Connection.Status.DISCONNECTED,
            disconnected_at=timezone.now(),
            next_sync_at=None,
            writing_enabled=False,
            last_error="",
            last_error_at=None,
        ):
            return True
        access, refresh = take_tokens(connection)
        cancel_runs(connection, "The account was disconnected.")
    # At Google a refresh token takes its access tokens with it: https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke
    confirmed = _revoke(platform_of(connection), refresh or access)
    record_event(
        AuditEvent.Kind.ACCOUNT_DISCONNECTED,
        workspace=connection.workspace,
        actor=actor,
        connection=str(connection.uuid),
        platform=connection.platform,
        revocation="confirmed" if confirmed else "not confirmed by the platform",
    )
    return confirmed


@sensitive_variables()
def _revoke(platform: Platform, token: str) -> bool:
    for _ in range(REVOKE_TRIES if token else 0):
        try:
            platform.revoke(token)
        except Transient:
            continue
        except PlatformError as error:
            logger.warning("%s did not revoke a token: %s", platform.name, error.code)
            return False
        return True
    return False


def purge_disconnected() -> int:
    """Erase everything of the accounts whose time is up. One that fails is tried again by the next run."""
    erased = 0
    due = Connection.objects.filter(
        status=Connection.Status.DISCONNECTED, disconnected_at__lte=timezone.now() - ERASED_AFTER
    )
    for pk in list(due.order_by("disconnected_at").values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                # Looked at again under its lock: somebody may be connecting it again.
                connection = due.select_for_update().filter(pk=pk).first()
                if connection is not None:
                    registry.erase(connection)
                    connection.delete()
                    erased += 1
        except Exception:
            logger.exception("Connection %s could not be erased", pk)
    return erased
