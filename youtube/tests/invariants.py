"""What must hold of a sync whatever went wrong, checked against the sandbox's own word."""

from collections import Counter
from datetime import UTC, datetime

from django.apps import apps
from django.db.models import Q
from django.db.models.functions import Now

from connections.models import Connection, QuarantinedRecord, QuotaLedger, StreamState, SyncRun
from connections.text import clean_text
from youtube.models import YouTubeComment
from youtube.tests.sandbox_control import SandboxControl, Truth

# As the sandbox, like YouTube, names the states; and as we do.
STATES = {"published": "published", "heldForReview": "held", "likelySpam": "spam"}


def check_always(vendor: SandboxControl, connection: Connection) -> None:
    """Holds at every moment, in the middle of a walk and after a crash."""
    _check(vendor, connection, vendor.truth(connection.external_id))


def check_synced(vendor: SandboxControl, connection: Connection) -> None:
    """Holds once a sync has had the time to finish: what is stored is what exists."""
    truth = vendor.truth(connection.external_id)
    _check(vendor, connection, truth)
    _nothing_is_stuck(connection)
    expected = {key: (clean_text(comment["text"])[0], STATES[comment["status"]]) for key, comment in truth.items()}
    assert stored_comments(connection) == expected
    assert stored_interactions(connection) == expected


def stored_comments(connection: Connection) -> dict[str, tuple[str, str]]:
    """Text and moderation state by comment id, without those that YouTube no longer has."""
    rows = YouTubeComment.objects.filter(connection_id=connection.pk, deleted_at=None)
    return {key: (text, state) for key, text, state in rows.values_list("comment_id", "text", "moderation")}


def stored_interactions(connection: Connection) -> dict[str, tuple[str, str]]:
    """The same of the inbox. The CRM is not this app's to import; the set-up of Django knows it by name."""
    rows = apps.get_model("crm", "Interaction")._default_manager.filter(connection_id=connection.pk, deleted_at=None)
    return {key: (text, state) for key, text, state in rows.values_list("platform_id", "content", "moderation")}


def _check(vendor: SandboxControl, connection: Connection, truth: Truth) -> None:
    _no_doubles(connection)
    _watermark_is_older_than_the_unseen(connection, truth)
    _ledger_covers_the_calls(vendor)


def _no_doubles(connection: Connection) -> None:
    for rows in (
        YouTubeComment.objects.filter(connection_id=connection.pk).values_list("comment_id", flat=True),
        apps.get_model("crm", "Interaction")
        ._default_manager.filter(connection_id=connection.pk)
        .values_list("platform_id", flat=True),
    ):
        assert [key for key, times in Counter(rows).items() if times > 1] == []


def _watermark_is_older_than_the_unseen(connection: Connection, truth: Truth) -> None:
    """Else the walk over what is new would stop above something that it has never shown us."""
    state = StreamState.objects.filter(connection=connection, stream="comments").first()
    reached = state.watermark if state is not None else {}
    seen = set(YouTubeComment.objects.filter(connection_id=connection.pk).values_list("comment_id", flat=True))
    seen |= set(QuarantinedRecord.objects.filter(connection=connection).values_list("external_id", flat=True))
    for comment in truth.values():
        watermark = reached.get(STATES[comment["status"]])
        if watermark and comment["parent"] is None and comment["id"] not in seen:
            published = datetime.fromtimestamp(comment["published"], UTC)
            assert datetime.fromisoformat(watermark) <= published, f"{comment['id']} will not be found"


def _ledger_covers_the_calls(vendor: SandboxControl) -> None:
    """Each call of the Data API costs a unit at least, also one that is refused or breaks off."""
    spent: Counter[str] = Counter()
    for call in vendor.calls():
        if call.is_data_api:
            spent["batchGetStats" if call.method == "videos:batchGetStats" else "default"] += max(call.units, 1)
    for bucket, units in spent.items():
        ledgers = QuotaLedger.objects.filter(platform="youtube", bucket=bucket)
        assert sum(ledgers.values_list("used", flat=True)) >= units


def _nothing_is_stuck(connection: Connection) -> None:
    """An open run is worked on under a lease, or due at some moment; else only a person can set it going."""
    worked_on = Q(lease_until__gte=Now())
    due = Q(due_at__isnull=False, lease_until=None) | Q(due_at__lte=Now(), lease_until__lt=Now())
    waits_for_a_person = Q(due_at=None) & ~Q(connection__status=Connection.Status.ACTIVE)
    stuck = SyncRun.objects.open().filter(connection=connection).exclude(worked_on | due | waits_for_a_person)
    assert list(stuck) == []
