"""Fans by their accounts on the platforms. A name is never a key."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from connections.models import Workspace
from crm.bulk_upsert import insert, upsert
from crm.intake_lock import lock_workspace
from crm.models import Fan, FanIdentity
from crm.sanitising import clean_line, clean_url


@dataclass(frozen=True, slots=True)
class Account:
    """A commenter's account as a platform showed it at `observed_at`."""

    platform_user_id: str
    username: str
    name: str
    profile_url: str
    observed_at: datetime | None


def find_or_create_fan(
    workspace: Workspace, platform: str, platform_user_id: str, username: str, name: str = ""
) -> Fan:
    """The fan behind an account; two callers at once get the same one. Names only fill in for a new fan.

    Raises ValueError without a platform user id: such an author is nobody's fan.
    """
    if not platform_user_id:
        raise ValueError("A fan is recognised by the platform's user id, and there is none.")
    account = Account(platform_user_id, username, name, "", None)
    with transaction.atomic():
        lock_workspace(workspace.pk)
        return fans_behind(workspace.pk, platform, {platform_user_id: account})[platform_user_id]


def fans_behind(workspace_id: int, platform: str, accounts: Mapping[str, Account]) -> dict[str, Fan]:
    """The fans behind accounts, by platform user id; new ones are created, changed names follow.

    At most five queries. The caller holds the workspace's intake lock.
    """
    if not accounts:
        return {}
    stored = FanIdentity.objects.filter(
        workspace_id=workspace_id, platform=platform, platform_user_id__in=sorted(accounts)
    ).select_related("fan")
    identities = {identity.platform_user_id: identity for identity in stored}
    missing = [accounts[key] for key in sorted(accounts) if key not in identities]
    renamed = _follow_names(identities, accounts)
    changed = [identities[key] for key in sorted(identities) if _is_newer(accounts[key], identities[key])]
    for identity in changed:
        _describe(identity, accounts[identity.platform_user_id])
    created = _create(workspace_id, platform, missing)
    _save_identities([*created, *changed])
    if renamed:
        upsert(renamed, unique=("uuid",), update=("name",))
    return {identity.platform_user_id: identity.fan for identity in [*created, *identities.values()]}


def _is_newer(account: Account, identity: FanIdentity) -> bool:
    if account.observed_at is None:
        return False
    return identity.observed_at is None or account.observed_at > identity.observed_at


def _follow_names(identities: Mapping[str, FanIdentity], accounts: Mapping[str, Account]) -> list[Fan]:
    """Fans whose name is still the one that the platform gave take its new one."""
    renamed = []
    for key, identity in sorted(identities.items()):
        name = display_name(accounts[key])
        follows = identity.fan.name in {"", identity.name or identity.username}
        if follows and identity.fan.name != name and _is_newer(accounts[key], identity):
            identity.fan.name = name
            renamed.append(identity.fan)
    return renamed


def display_name(account: Account) -> str:
    return clean_line(account.name) or clean_line(account.username)


def _describe(identity: FanIdentity, account: Account) -> None:
    identity.username = clean_line(account.username)
    identity.name = clean_line(account.name)
    identity.profile_url = clean_url(account.profile_url)
    identity.observed_at = account.observed_at


def _create(workspace_id: int, platform: str, accounts: list[Account]) -> list[FanIdentity]:
    fans = [Fan(workspace_id=workspace_id, name=display_name(account)) for account in accounts]
    insert(fans)
    created = []
    for fan, account in zip(fans, accounts, strict=True):
        identity = FanIdentity(
            workspace_id=workspace_id, fan=fan, platform=platform, platform_user_id=account.platform_user_id
        )
        _describe(identity, account)
        created.append(identity)
    return created


def _save_identities(identities: list[FanIdentity]) -> None:
    upsert(
        sorted(identities, key=lambda identity: identity.platform_user_id),
        unique=("workspace", "platform", "platform_user_id"),
        update=("username", "name", "profile_url", "observed_at"),
    )
