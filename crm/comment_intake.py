"""Comments in: what a platform showed becomes interactions, fans, threads and signals, a batch at a time.

The number of queries does not depend on how many comments a batch holds. Everything here runs under the
workspace's intake lock, in the caller's transaction.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db.models import F
from django.utils import timezone

from connections.models import Connection, Workspace
from connections.records import CommentRecord, Signals
from crm.answers import settle_answers
from crm.bulk_upsert import upsert
from crm.enriching import Authored, enrich
from crm.fan_totals import forget_fans_without_comments, recount_fans
from crm.fans import Account, fans_behind
from crm.models import ContentPiece, Fan, Interaction
from crm.sanitising import clean_count, clean_line, clean_text, clean_url, usable_id
from crm.stored_signals import clear_signals, corrections_of, derives, signals_of
from crm.threads import link_replies, refresh_last_activity
from enrichment.findings import MODEL_VERSION

logger = logging.getLogger(__name__)

PLATFORM_COLUMNS = (
    "type", "content", "is_truncated", "permalink", "is_own", "moderation", "like_count", "reply_count",
    "author_platform_id", "author_name", "author_handle", "fan", "content_platform_id", "content_piece",
    "thread_platform_id", "parent_platform_id", "platform_created_at", "edited_at", "deleted_at",
    "observed_at",
)  # fmt: skip


@dataclass(slots=True)
class Change:
    """A record that is newer than what we hold, with the row it goes to and what the row was before."""

    record: CommentRecord
    row: Interaction
    is_new: bool
    was_standing: bool
    old_text: str
    old_fan_id: int | None
    old_counts: tuple[int, int]
    fan: Fan | None = None
    signals_changed: bool = False

    @property
    def stands(self) -> bool:
        return self.row.deleted_at is None

    @property
    def text_changed(self) -> bool:
        return not self.was_standing or self.old_text != self.row.content

    @property
    def came_or_went(self) -> bool:
        return self.stands != self.was_standing

    @property
    def moved(self) -> bool:
        """Whether a fan's totals are touched."""
        return self.came_or_went or self.row.fan_id != self.old_fan_id


@dataclass(frozen=True, slots=True)
class Batch:
    """What all comments of one intake have in common."""

    workspace: Workspace
    connection: Connection
    now: datetime
    blank: Interaction  # copied for each new row: setting fifty defaults takes three times as long

    @property
    def derives(self) -> bool:
        return derives(self.workspace, self.connection.platform)


def take_comments(workspace: Workspace, connection: Connection, records: Sequence[CommentRecord]) -> dict[str, Signals]:
    """Store comments and answer with the signals in force, by platform id; see `crm.intake.intake`."""
    newest = newest_records(records)
    if not newest:
        return {}
    blank = Interaction(workspace_id=workspace.pk, connection_id=connection.pk, platform=connection.platform)
    batch = Batch(workspace, connection, timezone.now(), blank)
    stored = _stored(connection.pk, newest)
    changes = [
        _change(batch, record, stored.get(key)) for key, record in newest.items() if _is_newer(record, stored.get(key))
    ]
    fresh = _write(batch, changes) if changes else {}
    rows = stored | {change.row.platform_id: change.row for change in changes}
    if not batch.derives:
        return {}
    found = ((key, fresh.get(key) or signals_of(rows[key])) for key in newest)
    return {key: signals for key, signals in found if signals is not None}


def newest_records(records: Iterable[CommentRecord]) -> dict[str, CommentRecord]:
    """One record a platform id, the newest, in the order of the ids; unusable ids are left out."""
    newest: dict[str, CommentRecord] = {}
    for record in records:
        if not _has_usable_ids(record):
            logger.warning("Left out a comment whose ids cannot be stored: %.40r", record.platform_id)
            continue
        seen = newest.get(record.platform_id)
        if seen is None or _age(record) > _age(seen):
            newest[record.platform_id] = record
    return dict(sorted(newest.items()))


def _has_usable_ids(record: CommentRecord) -> bool:
    ids = (record.platform_id, record.thread_id or record.platform_id, record.parent_id or record.platform_id)
    return all(usable_id(one) for one in ids)


def _age(record: CommentRecord) -> tuple[datetime, bool]:
    """At the same moment, a deletion has the last word."""
    return record.observed_at, record.deleted_at is not None


def _stored(connection_id: int, platform_ids: Iterable[str]) -> dict[str, Interaction]:
    rows = Interaction.objects.filter(connection_id=connection_id, platform_id__in=list(platform_ids))
    return {row.platform_id: row for row in rows.order_by()}


def _is_newer(record: CommentRecord, row: Interaction | None) -> bool:
    return row is None or _age(record) > (row.observed_at, row.deleted_at is not None)


# --- From a record to a row


def _change(batch: Batch, record: CommentRecord, row: Interaction | None) -> Change:
    if row is None:
        row = _new_row(batch, record)
        change = Change(record, row, is_new=True, was_standing=False, old_text="", old_fan_id=None, old_counts=(0, 0))
    else:
        change = Change(
            record,
            row,
            is_new=False,
            was_standing=row.deleted_at is None,
            old_text=row.content,
            old_fan_id=row.fan_id,
            old_counts=(row.like_count, row.reply_count),
        )
    row.observed_at = record.observed_at
    row.moderation = record.moderation
    if record.deleted_at is None:
        _describe(row, record)
    else:
        _erase(row, record.deleted_at)
    return change


def _new_row(batch: Batch, record: CommentRecord) -> Interaction:
    row = copy(batch.blank)
    row.uuid = uuid4()
    row.platform_id = record.platform_id
    # Nobody has to answer us.
    row.status = Interaction.Status.ANSWERED if record.is_own else Interaction.Status.UNREAD
    row.last_activity_at = record.published_at
    _place(row, record)
    return row


def _place(row: Interaction, record: CommentRecord) -> None:
    """Where a comment belongs: known of a deleted one too."""
    row.type = Interaction.Type.COMMENT if record.parent_id is None else Interaction.Type.REPLY
    row.is_own = record.is_own
    row.content_platform_id = usable_id(record.content_id)
    row.thread_platform_id = record.thread_id or record.platform_id
    row.parent_platform_id = record.parent_id or ""
    row.platform_created_at = record.published_at


def _describe(row: Interaction, record: CommentRecord) -> None:
    _place(row, record)
    row.content = clean_text(record.text)
    row.is_truncated = record.truncated
    row.permalink = clean_url(record.permalink)
    row.like_count = clean_count(record.like_count)
    row.reply_count = clean_count(record.reply_count)
    row.author_platform_id = usable_id(record.author.platform_user_id)
    row.author_name = clean_line(record.author.name)
    row.author_handle = clean_line(record.author.handle)
    row.edited_at = record.edited_at
    row.deleted_at = None


def _erase(row: Interaction, deleted_at: datetime) -> None:
    """What the commenter wrote and who they are goes; where it stood, its labels and its triage stay."""
    row.content = row.permalink = row.author_platform_id = row.author_name = row.author_handle = ""
    row.is_truncated = False
    row.like_count = row.reply_count = 0
    row.fan = None
    row.edited_at = None
    row.detected_keywords, row.signal_reasons = [], []
    row.deleted_at = deleted_at


# --- From rows to the database


def _write(batch: Batch, changes: list[Change]) -> Mapping[str, Signals]:
    """Returns the signals of what was read just now."""
    _attach_content(batch, changes)
    _attach_fans(batch, changes)
    fresh = _read_texts(batch, changes)
    _bump_versions(changes)
    _save(batch, changes)
    touched = _settle(batch, changes)
    _recount(changes, touched)
    return fresh


def _attach_content(batch: Batch, changes: list[Change]) -> None:
    wanted = {change.row.content_platform_id for change in changes} - {""}
    pieces = ContentPiece.objects.filter(connection_id=batch.connection.pk, platform_id__in=sorted(wanted))
    ids = dict(pieces.order_by().values_list("platform_id", "pk"))
    for change in changes:
        change.row.content_piece_id = ids.get(change.row.content_platform_id)


def _attach_fans(batch: Batch, changes: list[Change]) -> None:
    accounts: dict[str, Account] = {}
    for change in changes:
        record, key = change.record, change.row.author_platform_id
        if not key or record.is_own or not change.stands:
            continue
        seen = accounts.get(key)
        if seen is None or seen.observed_at is None or record.observed_at > seen.observed_at:
            author = record.author
            accounts[key] = Account(key, author.handle, author.name, author.profile_url, record.observed_at)
    fans = fans_behind(batch.workspace.pk, batch.connection.platform, accounts)
    for change in changes:
        author_id = change.row.author_platform_id
        change.fan = None if change.row.is_own or not author_id else fans[author_id]
        change.row.fan_id = change.fan.pk if change.fan else None


def _read_texts(batch: Batch, changes: list[Change]) -> Mapping[str, Signals]:
    """Enrich what is new, edited or much better liked than when it was scored."""
    due = [change for change in changes if change.stands and _wants_signals(change)]
    for change in changes:
        change.signals_changed = change.is_new or not change.stands
    for change in due:
        change.signals_changed = True
    corrections = corrections_of([change.row.pk for change in due if not change.is_new])
    if batch.derives:
        found = enrich([_authored(change) for change in due], corrections, batch.now)
        return {change.row.platform_id: signals for change, signals in zip(due, found, strict=True)}
    for change in due:
        clear_signals(change.row, corrections.get(change.row.pk, {}))
    return {}


def _wants_signals(change: Change) -> bool:
    row = change.row
    if change.text_changed or row.enriched_at is None:
        return True
    counts = (row.like_count, row.reply_count)
    return row.signal_model == MODEL_VERSION and _magnitudes(counts) != _magnitudes(change.old_counts)


def _magnitudes(counts: tuple[int, int]) -> tuple[int, ...]:
    """Counts by doublings, which is how the priority weighs them."""
    return tuple((1 + count).bit_length() for count in counts)


def _authored(change: Change) -> Authored:
    return Authored(change.row, change.fan, is_counted=change.was_standing and not change.moved)


def _bump_versions(changes: list[Change]) -> None:
    """A decision made on the old text is refused."""
    edited = [change.row.pk for change in changes if not change.is_new and change.text_changed]
    if edited:
        Interaction.objects.filter(pk__in=edited).update(version=F("version") + 1)


def _save(batch: Batch, changes: list[Change]) -> None:
    """First comments, so that replies can name them, then replies; last what keeps its signals."""
    with_signals = [change.row for change in changes if change.signals_changed]
    roots = [row for row in with_signals if row.type == Interaction.Type.COMMENT]
    replies = [row for row in with_signals if row.type == Interaction.Type.REPLY]
    columns = (*PLATFORM_COLUMNS, *Interaction.SIGNAL_COLUMNS)
    _upsert(roots, columns)
    _point_at_parents(batch, replies, roots)
    _upsert(replies, columns)
    _upsert([change.row for change in changes if not change.signals_changed], PLATFORM_COLUMNS)


def _upsert(rows: list[Interaction], columns: tuple[str, ...]) -> None:
    upsert(rows, unique=("connection", "platform_id"), update=columns)


def _point_at_parents(batch: Batch, replies: list[Interaction], roots: list[Interaction]) -> None:
    new = [row for row in replies if row.thread_root_id is None or row.parent_id is None]
    if not new:
        return
    ids = {row.platform_id: row.pk for row in roots}
    wanted = {key for row in new for key in (row.thread_platform_id, row.parent_platform_id)} - ids.keys()
    known = Interaction.objects.filter(connection_id=batch.connection.pk, platform_id__in=sorted(wanted))
    ids.update(known.order_by().values_list("platform_id", "pk"))
    for row in new:
        row.thread_root_id = ids.get(row.thread_platform_id)
        row.parent_id = ids.get(row.parent_platform_id)


# --- What follows from it


def _settle(batch: Batch, changes: list[Change]) -> set[int]:
    """Threads and answers. Returns the fans whose comments were answered or opened again."""
    # A tombstone of a comment that we never saw holds its place in the thread all the same.
    came_or_went = [change for change in changes if change.came_or_went or change.is_new]
    own = [change for change in changes if change.row.is_own and change.row.parent_platform_id]
    if came_or_went:
        _settle_threads(batch, came_or_went)
    asked = {change.row.pk for change in came_or_went if not change.row.is_own}
    asked |= {change.row.parent_id for change in own if change.row.parent_id is not None}
    if not asked:
        return set()
    withdrawn = {change.row.platform_created_at for change in own if not change.stands}
    return settle_answers(asked, withdrawn)


def _settle_threads(batch: Batch, came_or_went: list[Change]) -> None:
    threads = {change.row.thread_platform_id for change in came_or_went}
    linked = link_replies(batch.connection.pk, threads)
    if linked or any(change.row.parent_platform_id for change in came_or_went):
        refresh_last_activity(batch.connection.pk, threads)


def _recount(changes: list[Change], answered: set[int]) -> None:
    moved = [change for change in changes if change.moved]
    left = {change.old_fan_id for change in moved} - {None}
    joined = {change.row.fan_id for change in moved} - {None}
    recount_fans({fan_id for fan_id in (*left, *joined, *answered) if fan_id is not None})
    gone = {fan_id for fan_id in left if fan_id is not None}
    if gone:
        forget_fans_without_comments(gone)
