"""What a platform says of one stream of records; `connections.sync` does the walking."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, TypeVar

from django.conf import settings
from django.db.models.functions import Now

from connections import quota
from connections.errors import InvalidRecord
from connections.models import Connection, StreamState, SyncRun

Cursor = dict[str, Any]
Batch = TypeVar("Batch")


class FenceLost(Exception):
    """Another worker has taken the run over, or the lease ran out: what this one holds must not be written."""


@dataclass
class Walk:
    """One worker's hold on a run. `spend` goes before every call; `quarantine` takes what cannot be read."""

    run: SyncRun
    connection: Connection
    state: StreamState
    fence: int
    share: float = 1.0
    units: int = 0
    rejects: list[tuple[InvalidRecord, Mapping[str, Any]]] = field(default_factory=list)

    def spend(self, bucket: str, units: int) -> None:
        """Reserve quota for the call about to be made, and keep the lease for as long as it may take.

        Raises `QuotaExhausted`, or `FenceLost` when the run is no longer ours.
        """
        self.hold()
        quota.reserve(self.connection.platform, bucket, units, share=self.share)
        self.units += units

    def hold(self) -> None:
        """Extend the lease; in a transaction this also keeps others from taking the run until it ends."""
        held = SyncRun.objects.filter(
            pk=self.run.pk, fence=self.fence, state=SyncRun.State.RUNNING, lease_until__gt=Now()
        )
        if not held.update(lease_until=Now() + timedelta(seconds=settings.SYNC_LEASE_SECONDS)):
            raise FenceLost

    def quarantine(self, error: InvalidRecord, **context: Any) -> None:
        """Put a record aside with this page; `context` (JSON) is what its replay needs beside it."""
        self.rejects.append((error, context))


@dataclass(frozen=True, slots=True)
class Stored:
    """What storing one batch did, where to go on, and whether the walk is complete."""

    cursor: Cursor
    done: bool = False
    seen: int = 0
    created: int = 0
    updated: int = 0
    removed: int = 0
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """How a complete walk ends: the watermark it earned (None: leave it) and, if partial, why."""

    watermark: Mapping[str, Any] | None = None
    partial_reason: str = ""


class Stream(ABC, Generic[Batch]):
    """One walk over one kind of record of a connection, page by page.

    The engine calls `fetch` outside any transaction, then `store` in a transaction that also saves the
    cursor and checks the fence. Both may be repeated for the same cursor after a crash: `store` is an
    upsert. A cursor is JSON and of `version`; an older one, or one saved longer than `cursor_lasts_hours`
    ago, is dropped and the walk starts over, which the upserts make safe.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    scope: ClassVar[str] = ""
    after: ClassVar[tuple[str, ...]] = ()
    is_complete_walk: ClassVar[bool] = False
    # Of the day's quota for syncs: a walk over everything leaves room for what is new, on every account.
    quota_share: ClassVar[float] = 1.0
    # How often a walk may begin again because the platform forgot its page token.
    restarts: ClassVar[int] = 3
    version: ClassVar[int] = 1
    cursor_lasts_hours: ClassVar[int] = 6

    @abstractmethod
    def first_cursor(self, connection: Connection, state: StreamState, now: datetime) -> Cursor:
        """Where a new walk begins."""

    @abstractmethod
    def fetch(self, walk: Walk, cursor: Cursor) -> Batch:
        """Ask the platform for what `cursor` points at. Raises the errors of `connections.errors`."""

    @abstractmethod
    def store(self, walk: Walk, cursor: Cursor, batch: Batch) -> Stored:
        """Write a batch and say where to go on. No network here: a transaction is open."""

    def ending(self, walk: Walk, cursor: Cursor) -> Ending:
        """Called in the transaction of the last page, with the cursor that it returned."""
        return Ending()

    def restart_cursor(self, cursor: Cursor) -> Cursor | None:
        """Where to go on when a page token has died; None: from the top. Drop every token that `cursor` holds."""
        return None

    def replay(self, connection: Connection, raw: bytes, context: Mapping[str, Any]) -> None:
        """Store one quarantined record now. Raises `InvalidRecord` if it still cannot be read."""
        raise InvalidRecord(f"Records of the stream {self.name} cannot be replayed one by one: run it again.", raw=raw)
