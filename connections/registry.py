"""Where the platforms and the CRM meet without importing each other.

Set up once at start-up: `settings.PLATFORMS` names the platform objects, and the CRM registers its
intake and its triage lookup from its app's `ready()`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from connections.records import Record, Signals

if TYPE_CHECKING:
    from connections.models import Connection
    from connections.quota import QuotaPlan
    from connections.streams import Stream


@dataclass(frozen=True, slots=True)
class Triage:
    """What the CRM holds of a comment, for the platform's own pages and API."""

    interaction_id: int
    interaction_uuid: str
    status: str
    tags: tuple[str, ...]
    assigned_to: str
    internal_notes: str
    workflow: str
    workflow_action: str
    replied_at: datetime | None
    response_text: str


class Platform(Protocol):
    """One platform. `streams` maps a stream's name to the object that walks it, in the order a first sync runs."""

    @property
    def slug(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def urls(self) -> str | None:
        """Dotted path of the URLconf to mount under `/<slug>/`, if it has pages of its own."""

    @property
    def api_urls(self) -> str | None:
        """Dotted path of the URLconf of its part of the API, mounted under `/api/v1/<slug>/`."""

    @property
    def sandbox(self) -> str:
        """Dotted path of the module that plays this platform in the sandbox."""

    @property
    def oauth(self) -> str:
        """Dotted path of the `connections.oauth.ConnectBackend` that speaks to the vendor's consent page."""

    @property
    def permissions_url(self) -> str:
        """The vendor's own page on which a person withdraws what they have granted."""

    @property
    def terms(self) -> Mapping[str, str]:
        """What the vendor wants linked where people connect: link text to address."""

    @property
    def connection_model(self) -> str:
        """`app.Model` of the platform's own connection, which extends `connections.Connection`."""

    @property
    def derived_metrics_need_consent(self) -> bool:
        """Whether scores and labels of ours may stand on its data only where the workspace's switch says so."""

    @property
    def streams(self) -> Mapping[str, "Stream[Any]"]: ...

    @property
    def quota_plan(self) -> "QuotaPlan": ...

    def refresh_access(self, refresh_token: str, access_token: str) -> "TokenGrant":
        """Ask the vendor for a fresh access token. Raises the errors of `connections.errors`."""

    def revoke(self, token: str) -> None:
        """Withdraw a token at the vendor. Raises the errors of `connections.errors`."""

    def connect(self, grant: "TokenGrant") -> "AccountIdentity":
        """Whose tokens these are, asked of the platform itself."""

    def on_connected(self, connection: "Connection") -> None:
        """What must happen at once when an account has been connected."""

    def store_signals(self, connection: "Connection", signals: Mapping[str, Signals]) -> None:
        """Keep what the CRM learnt later about comments, by platform id."""

    def erase(self, connection: "Connection") -> None:
        """Delete everything the platform gave us for this connection."""

    def stored_counts(self, connection: "Connection") -> Mapping[str, int]:
        """How many videos, comments, replies, held, spam and fans the platform's own tables hold."""

    def sandbox_environment(self, url: str) -> Mapping[str, str]:
        """Environment variables that point this platform at its sandbox, mounted at `url`."""


@dataclass(frozen=True, slots=True)
class TokenGrant:
    """Tokens as a vendor's token endpoint grants them. Never logged: `repr` shows none of it."""

    access_token: str
    refresh_token: str
    expires_at: datetime | None
    scopes: tuple[str, ...]

    def __repr__(self) -> str:
        return "TokenGrant(…)"


@dataclass(frozen=True, slots=True)
class AccountIdentity:
    """An account as the platform describes it. `extra` are columns of the platform's own connection model."""

    external_id: str
    display_name: str
    handle: str
    avatar_url: str
    extra: Mapping[str, Any]


Intake = Callable[["Connection", Sequence[Record]], Mapping[str, Signals]]
TriageLookup = Callable[["Connection", Sequence[str]], Mapping[str, Triage]]

Erase = Callable[["Connection"], None]

_intake: Intake | None = None
_triage_lookup: TriageLookup | None = None
_erase: Erase | None = None


@cache
def platforms() -> Mapping[str, Platform]:
    """The installed platforms by slug, in the order of `settings.PLATFORMS`."""
    return {slug: cast(Platform, import_string(path)) for slug, path in settings.PLATFORMS.items()}


def platform_of(connection: "Connection") -> Platform:
    return platforms()[connection.platform]


def register_crm(*, intake: Intake, triage_lookup: TriageLookup, erase: Erase) -> None:
    global _intake, _triage_lookup, _erase
    _intake, _triage_lookup, _erase = intake, triage_lookup, erase


def intake(connection: "Connection", records: Sequence[Record]) -> Mapping[str, Signals]:
    """Hand what a platform served to the CRM, inside the caller's transaction.

    Idempotent: the same records again change nothing. Returns the signals of every comment it holds or
    has just enriched, by platform id; content records and tombstones have none.
    """
    if _intake is None:
        raise RuntimeError("No CRM is installed: its app registers the intake.")
    return _intake(connection, records)


def triage_for(connection: "Connection", platform_ids: Sequence[str]) -> Mapping[str, Triage]:
    """Triage state of comments by platform id; those the CRM does not hold are absent. One call a page."""
    if _triage_lookup is None:
        raise RuntimeError("No CRM is installed: its app registers the lookup.")
    return _triage_lookup(connection, platform_ids)


def erase(connection: "Connection") -> None:
    """Delete everything that came from this account: the platform's tables and the CRM's, inside a transaction."""
    if _erase is None:
        raise RuntimeError("No CRM is installed: its app registers how it erases.")
    _erase(connection)
    platform_of(connection).erase(connection)
