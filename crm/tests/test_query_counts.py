"""A page costs the same number of queries whatever it holds."""

from collections.abc import Iterable

from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from connections.models import Connection
from connections.records import Record
from connections.registry import intake, triage_for
from crm.models import Interaction
from crm.reenriching import enrich_again
from crm.tests.factories import Cast, author, comment, own_reply, reply, tombstone, video
from crm.tests.notebook import Notebook

SIZES = (1, 20, 100)


def page(size: int, prefix: str, seen: int = 0) -> list[Record]:
    """Videos, threads with replies of others and of ours, and deletions."""
    records: list[Record] = []
    for number in range(size):
        key = f"{prefix}{number}"
        records += [
            video(f"v{key}", seen=seen),
            comment(key, content_id=f"v{key}", author=author(f"fan{key}"), like_count=100 * seen, seen=seen),
            reply(f"{key}.r", key, author=author(f"other{key}"), seen=seen),
            own_reply(f"{key}.own", key, seen=seen),
            tombstone(f"{key}.gone", seen=seen, thread_id=key, parent_id=key),
        ]
    return records


def queries_of(connection: Connection, pages: Iterable[list[Record]]) -> list[int]:
    counts = []
    for records in pages:
        with CaptureQueriesContext(
            database,
        ) as captured:
            intake(connection, records)
        counts.append(len(captured))
    return counts


def test_new_records_cost_the_same_whatever_their_number(connection: Connection) -> None:
    counts = queries_of(connection, [page(size, f"{size}-") for size in SIZES])
    assert counts == [counts[0]] * 3
    assert counts[0] <= 26


def test_changed_records_cost_the_same_whatever_their_number(connection: Connection) -> None:
    for size in SIZES:
        intake(connection, page(size, f"{size}-"))
    counts = queries_of(connection, [page(size, f"{size}-", seen=1) for size in SIZES])
    assert counts == [counts[0]] * 3
    assert counts[0] <= 20


def test_records_we_hold_already_cost_three_queries(connection: Connection) -> None:
    intake(connection, page(20, ""))
    assert queries_of(connection, [page(20, "")]) == [3]


def test_triage_is_looked_up_in_three_queries(cast: Cast) -> None:
    intake(cast.connection, page(20, ""))
    ids = list(Interaction.objects.values_list("platform_id", flat=True))
    with CaptureQueriesContext(database) as captured:
        triage_for(cast.connection, ids)
    assert len(captured) == 3


def test_reading_again_costs_the_same_whatever_the_number(cast: Cast, notebook: Notebook) -> None:
    intake(cast.connection, page(30, ""))
    ids = list(Interaction.objects.filter(deleted_at=None).values_list("pk", flat=True))
    counts = []
    for some in (ids[:1], ids[:50]):
        with CaptureQueriesContext(database) as captured:
            enrich_again(some)
        counts.append(len(captured))
    assert counts[0] == counts[1]
