import uuid

import pytest
from django.test import Client

from connections.models import Connection, Role, StreamState, SyncRun
from connections.tests.calling import API, error_of, results, signed_in
from connections.tests.factories import make_connection, make_member, make_outsider

pytestmark = pytest.mark.django_db

RUNS = f"{API}/sync-runs"
JSON = "application/json"


@pytest.fixture
def connection() -> Connection:
    return make_connection()


@pytest.fixture
def manager(connection: Connection) -> Client:
    return signed_in(make_member(connection.workspace, Role.MANAGER))


def test_a_manager_starts_one_stream_and_watches_it(manager: Client, connection: Connection) -> None:
    started = manager.post(RUNS, {"connection": connection.uuid, "stream": "comments"}, content_type=JSON)

    (run,) = started.json()["results"]
    assert (started.status_code, run["stream"], run["state"], run["trigger"]) == (202, "comments", "queued", "person")
    SyncRun.objects.update(state="running", seen=30, expected=120, created=29, units=4)
    watched = manager.get(f"{RUNS}/{run['uuid']}").json()
    assert watched["progress"] == {"seen": 30, "expected": 120, "percent": 25}
    assert (watched["is_open"], watched["created"], watched["units"]) == (True, 29, 4)


@pytest.mark.parametrize(
    ("state", "seen", "expected", "percent"),
    [("running", 5, None, None), ("running", 5, 0, None), ("running", 130, 120, 100), ("succeeded", 5, 120, 100)],
)
def test_progress_never_promises_too_much(
    manager: Client, connection: Connection, state: str, seen: int, expected: int | None, percent: int | None
) -> None:
    connection.sync_runs.create(
        workspace=connection.workspace, stream="videos", state=state, seen=seen, expected=expected
    )

    assert results(manager.get(RUNS))[0]["progress"]["percent"] == percent


def test_without_a_stream_everything_that_is_due_starts(manager: Client, connection: Connection) -> None:
    for stream in ("channel", "videos", "comments", "comments_complete", "video_stats"):
        StreamState.objects.create(connection=connection, stream=stream, completed_at="2026-11-20T12:00Z")

    due = manager.post(RUNS, {"connection": connection.uuid}, content_type=JSON).json()["results"]
    everything = manager.post(RUNS, {"connection": connection.uuid, "full": True}, content_type=JSON).json()["results"]

    assert "comments_complete" not in {run["stream"] for run in due}
    assert {run["uuid"] for run in due} < {run["uuid"] for run in everything}
    assert "comments_complete" in {run["stream"] for run in everything}


def test_starting_twice_is_one_run(manager: Client, connection: Connection) -> None:
    asked = {"connection": connection.uuid, "stream": "videos"}
    answers = [manager.post(RUNS, asked, content_type=JSON).json() for _ in range(2)]

    assert answers[0] == answers[1]
    assert SyncRun.objects.count() == 1


@pytest.mark.parametrize(
    ("asked", "attribute"),
    [
        ({}, "connection"),
        ({"connection": None}, "connection"),
        ({"connection": "x"}, "connection"),
        ({"connection": 7}, "connection"),
        ({"connection": {}}, "connection"),
        ({"stream": "nothing"}, "stream"),
        ({"stream": "a\0b"}, "stream"),
        ({"stream": "\ud800"}, "stream"),
        ({"stream": ["comments"]}, "stream"),
        ({"stream": "comments", "full": True}, "full"),
        ({"full": "perhaps"}, "full"),
    ],
)
def test_bad_input_names_its_field(
    manager: Client, connection: Connection, asked: dict[str, object], attribute: str
) -> None:
    given = {"connection": str(connection.uuid), **asked} if attribute != "connection" else asked

    response = manager.post(RUNS, given, content_type=JSON)

    assert (response.status_code, error_of(response)[1]) == (400, attribute)
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT])
def test_others_watch_and_start_nothing(connection: Connection, role: Role) -> None:
    client = signed_in(make_member(connection.workspace, role))

    response = client.post(RUNS, {"connection": connection.uuid}, content_type=JSON)

    assert (response.status_code, error_of(response)) == (403, ("permission_denied", None))
    assert client.get(RUNS).status_code == 200
    assert not SyncRun.objects.exists()


def test_a_foreign_account_is_one_that_does_not_exist(connection: Connection) -> None:
    outsider = signed_in(make_outsider())
    run = connection.sync_runs.create(workspace=connection.workspace, stream="videos")

    foreign = outsider.post(RUNS, {"connection": connection.uuid}, content_type=JSON)
    missing = outsider.post(RUNS, {"connection": uuid.uuid4()}, content_type=JSON)

    assert (foreign.status_code, foreign.content) == (400, missing.content)
    assert (
        outsider.get(f"{RUNS}/{run.uuid}").content
        == outsider.get(f"{RUNS}/{uuid.uuid4()}").content
        == outsider.get(f"{API}/nowhere").content
    )
    assert results(outsider.get(RUNS)) == []


def test_an_account_that_is_not_connected_starts_nothing(manager: Client, connection: Connection) -> None:
    Connection.objects.update(status=Connection.Status.NEEDS_REAUTH)

    response = manager.post(RUNS, {"connection": connection.uuid}, content_type=JSON)

    assert (response.status_code, error_of(response)) == (409, ("not_connected", None))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=failed", ["b"]),
        ("state=failed&state=queued", ["b", "a"]),
        ("open=true", ["a"]),
        ("open=false", ["b"]),
        ("stream=a", ["a"]),
        ("platform=youtube", ["b", "a"]),
        ("until=2026-11-01T00:00Z", []),
        ("since=2026-11-01", ["b", "a"]),
    ],
)
def test_filters(manager: Client, connection: Connection, query: str, found: list[str]) -> None:
    for stream, state in (("a", "queued"), ("b", "failed")):
        connection.sync_runs.create(workspace=connection.workspace, stream=stream, state=state)

    assert [run["stream"] for run in results(manager.get(f"{RUNS}?{query}"))] == found


@pytest.mark.parametrize(
    "query",
    [
        "state=x",
        "open=x",
        "open=1",
        "platform=x",
        "connection=1",
        "since=x",
        "since=9999-12-31T23:59:59-23:00",
        "until=0001-01-01T00:00:00%2B23:00",
    ],
)
def test_filters_refuse_what_they_do_not_understand(manager: Client, query: str) -> None:
    assert manager.get(f"{RUNS}?{query}").status_code == 400


# --- People


def test_a_person_sees_their_workspaces_with_their_members(connection: Connection) -> None:
    make_outsider()
    viewer = make_member(connection.workspace, Role.VIEWER, "vera")
    make_member(connection.workspace, Role.OWNER, "olga")
    client = signed_in(viewer)

    (workspace,) = results(client.get(f"{API}/workspaces"))

    assert [(one["person"]["username"], one["role"]) for one in workspace["members"]] == [
        ("olga", "owner"),
        ("vera", "viewer"),
    ]
    assert client.get(f"{API}/workspaces/{workspace['uuid']}/").json() == workspace
    assert client.get(f"{API}/me/").json() == {"uuid": str(viewer.uuid), "username": "vera"}


@pytest.mark.parametrize("slash", ["", "/"])
def test_paths_answer_with_and_without_a_final_slash(manager: Client, connection: Connection, slash: str) -> None:
    run = connection.sync_runs.create(workspace=connection.workspace, stream="videos")

    assert manager.get(f"{RUNS}{slash}").status_code == 200
    assert manager.get(f"{RUNS}/{run.uuid}{slash}").status_code == 200
    assert manager.post(f"{RUNS}{slash}", {"connection": connection.uuid}, content_type=JSON).status_code == 202
