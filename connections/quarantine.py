"""What becomes of records that could not be read: replayed once the cause is mended, or discarded."""

from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import QuerySet

from connections.audit import record_event
from connections.errors import InvalidRecord
from connections.models import AuditEvent, Connection, QuarantinedRecord, User
from connections.redaction import redact
from connections.registry import platform_of

State = QuarantinedRecord.State


@dataclass
class Outcome:
    """`failed` tells, for each reason, how many records it kept back."""

    done: int = 0
    failed: dict[str, int] = field(default_factory=dict)


def replay(records: QuerySet[QuarantinedRecord], *, by: User) -> Outcome:
    """Store each record that is still held, each in a transaction of its own; what is unreadable stays held."""
    outcome = Outcome()
    for pk in records.filter(state=State.HELD).order_by("pk").values_list("pk", flat=True):
        try:
            outcome.done += _replay_one(pk, by)
        except InvalidRecord as error:
            reason = redact(error.message)
            QuarantinedRecord.objects.filter(pk=pk, state=State.HELD).update(error=reason)
            outcome.failed[reason] = outcome.failed.get(reason, 0) + 1
    return outcome


def _replay_one(pk: int, by: User) -> int:
    """1 when it was stored, 0 when somebody else was faster. Raises `InvalidRecord`."""
    with transaction.atomic():
        record = QuarantinedRecord.objects.select_for_update().select_related("workspace").get(pk=pk)
        if record.state != State.HELD:
            return 0
        connection = Connection.objects.get(pk=record.connection_id)
        raw = bytes(record.raw)
        _refuse_unless_replayable(connection, record, raw)
        try:
            with transaction.atomic():
                platform_of(connection).streams[record.stream].replay(connection, raw, record.context)
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidRecord(f"It still cannot be read ({type(error).__name__}).", raw=raw) from error
        QuarantinedRecord.objects.filter(pk=pk).update(state=State.REPLAYED)
        _record(record, by, "replayed")
    return 1


def _refuse_unless_replayable(connection: Connection, record: QuarantinedRecord, raw: bytes) -> None:
    if connection.status == Connection.Status.DISCONNECTED:
        raise InvalidRecord("Its account is disconnected: what came from it is erased, not stored.", raw=raw)
    if record.stream not in platform_of(connection).streams:
        raise InvalidRecord("This version of Greenroom has no such stream.", raw=raw)


def discard(records: QuerySet[QuarantinedRecord], *, by: User) -> int:
    """Give up on records that are still held. They stay listed, so that the same bytes are not held again."""
    done = 0
    for record in records.filter(state=State.HELD).select_related("workspace").defer("raw"):
        with transaction.atomic():
            if QuarantinedRecord.objects.filter(pk=record.pk, state=State.HELD).update(state=State.DISCARDED):
                _record(record, by, "discarded")
                done += 1
    return done


def _record(record: QuarantinedRecord, by: User, what: str) -> None:
    detail = {"record": record.pk, "stream": record.stream, "what": what}
    record_event(AuditEvent.Kind.RECORDS_REPLAYED, workspace=record.workspace, actor=by, **detail)
