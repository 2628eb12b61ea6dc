"""Lists in pages, over the list of syncs."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from connections.api.paging import Place
from connections.models import Connection, Role, SyncRun
from connections.tests.calling import API, error_of, results, signed_in
from connections.tests.factories import make_connection, make_member

pytestmark = pytest.mark.django_db

RUNS = f"{API}/sync-runs"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
Page = dict[str, Any]


@pytest.fixture
def connection() -> Connection:
    return make_connection()


@pytest.fixture
def client(connection: Connection) -> Client:
    return signed_in(make_member(connection.workspace, Role.VIEWER))


def make_runs(connection: Connection, *hours: int) -> list[str]:
    """Closed runs, by the hour after noon at which each started; their names, in the order given."""
    made = [
        SyncRun(
            connection=connection, workspace=connection.workspace, stream=f"s{number}", state=SyncRun.State.SUCCEEDED
        )
        for number, _ in enumerate(hours)
    ]
    SyncRun.objects.bulk_create(made)
    for run, hour in zip(made, hours, strict=True):
        SyncRun.objects.filter(pk=run.pk).update(created_at=NOON + timedelta(hours=hour))
    return [run.stream for run in made]


def walk(client: Client, url: str, towards: str = "next") -> list[list[str]]:
    pages: list[list[str]] = []
    page: Page = client.get(url).json()
    for _ in range(50):
        pages.append([run["stream"] for run in page["results"]])
        if page[towards] is None:
            return pages
        page = client.get(page[towards]).json()
    raise AssertionError("The pages do not end.")


def test_pages_show_every_row_once_newest_first(client: Client, connection: Connection) -> None:
    make_runs(connection, 1, 4, 2, 3, 0)

    assert walk(client, f"{RUNS}?page_size=2") == [["s1", "s3"], ["s2", "s0"], ["s4"]]


def test_oldest_first(client: Client, connection: Connection) -> None:
    make_runs(connection, 1, 4, 2)

    assert walk(client, f"{RUNS}?page_size=1&ordering=created_at") == [["s0"], ["s2"], ["s1"]]


@pytest.mark.parametrize("ordering", ["created_at", "-created_at"])
def test_rows_of_one_moment_are_neither_lost_nor_repeated(
    client: Client, connection: Connection, ordering: str
) -> None:
    names = make_runs(connection, *[1] * 7)

    pages = walk(client, f"{RUNS}?page_size=2&ordering={ordering}")

    assert sorted(itertools.chain(*pages)) == sorted(names)
    assert [len(page) for page in pages] == [2, 2, 2, 1]


def test_the_way_back_shows_the_same_pages(client: Client, connection: Connection) -> None:
    make_runs(connection, 1, 2, 2, 3, 4)
    there = walk(client, f"{RUNS}?page_size=2")
    last: Page = client.get(f"{RUNS}?page_size=2").json()
    while last["next"]:
        last = client.get(last["next"]).json()

    back = walk(client, last["previous"], towards="previous")

    assert [*reversed(back)] == there[:-1]


def test_rows_that_come_or_go_meanwhile_shift_nothing(client: Client, connection: Connection) -> None:
    make_runs(connection, 1, 2, 3, 4)
    first: Page = client.get(f"{RUNS}?page_size=2").json()
    make_runs(connection, 9)  # newer than all of them
    SyncRun.objects.filter(stream="s2").delete()  # the very row behind which the next page begins

    second: Page = client.get(first["next"]).json()

    assert [run["stream"] for run in first["results"]] == ["s3", "s2"]
    assert [run["stream"] for run in second["results"]] == ["s1", "s0"]


def test_links_keep_the_filters(client: Client, connection: Connection) -> None:
    make_runs(connection, 1, 2, 3)
    SyncRun.objects.filter(stream="s1").update(state=SyncRun.State.FAILED)

    assert walk(client, f"{RUNS}?page_size=1&state=succeeded") == [["s2"], ["s0"]]


def test_an_empty_list_has_one_page(client: Client) -> None:
    assert client.get(RUNS).json() == {"next": None, "previous": None, "results": []}


def test_a_cursor_gives_no_id_away(client: Client, connection: Connection) -> None:
    make_runs(connection, 1, 2)
    cursors = {client.get(f"{RUNS}?page_size=1").json()["next"].split("cursor=")[1] for _ in range(2)}

    assert len(cursors) == 2  # sealed anew each time, so two of them cannot be told to name one row


@pytest.mark.parametrize("cursor", ["x", "ä", "gAAAAA==", "%00", "9" * 5000, "null"])
def test_a_cursor_that_we_did_not_make_is_refused(client: Client, cursor: str) -> None:
    response = client.get(f"{RUNS}?cursor={cursor}")

    assert (response.status_code, error_of(response)[0]) in {(400, "invalid"), (400, "bad_request")}


def test_a_cursor_of_another_list_or_order_is_refused(client: Client, connection: Connection) -> None:
    make_runs(connection, 1, 2)
    cursor = Place("connections.SyncRun", "-created_at", NOON.isoformat(), 1).seal()

    assert client.get(RUNS, {"cursor": cursor}).status_code == 200
    assert error_of(client.get(RUNS, {"cursor": cursor, "ordering": "created_at"})) == ("invalid", "cursor")
    assert error_of(client.get(f"{API}/workspaces", {"cursor": cursor})) == ("invalid", "cursor")


@pytest.mark.parametrize("size", ["0", "-1", "201", "9" * 5000, "ten", "1.5", "１", ""])
def test_a_page_has_1_to_200_rows(client: Client, size: str) -> None:
    assert error_of(client.get(RUNS, {"page_size": size})) == ("invalid", "page_size")


def test_the_largest_page(client: Client, connection: Connection) -> None:
    make_runs(connection, *range(201))

    assert len(results(client.get(RUNS, {"page_size": 200}))) == 200


@pytest.mark.parametrize("ordering", ["id", "connection__credential__access_token", "-", "created_at,id", "?"])
def test_only_some_orders_are_offered(client: Client, ordering: str) -> None:
    assert error_of(client.get(RUNS, {"ordering": ordering})) == ("invalid", "ordering")


@pytest.mark.parametrize("name", ["stat", "limit", "workspace__name", "connection__credential__access_token", "format"])
def test_a_misspelt_filter_does_not_answer_with_everything(client: Client, name: str) -> None:
    assert error_of(client.get(RUNS, {name: "x"})) == ("invalid", name)
