import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from connections.models import Membership, Workspace
from connections.tests.calling import API, by_token, error_of, results, signed_in
from crm import triage
from crm.intake import intake
from crm.models import Interaction, TriageEvent
from crm.tests.factories import (
    Cast,
    author,
    comment,
    make_connection,
    make_workspace,
    own_reply,
    reply,
    tombstone,
    video,
)

JSON = "application/json"
LIST = f"{API}/interactions"


@pytest.fixture
def agent(cast: Cast) -> Client:
    return signed_in(cast.agent)


@pytest.fixture
def row(cast: Cast) -> Interaction:
    intake(cast.connection, [video(), comment()])
    return Interaction.objects.get()


def url_of(row: Interaction) -> str:
    return f"{LIST}/{row.uuid}"


def patch(client: Client, row: Interaction, headers: dict[str, str] | None = None, **change: Any) -> Any:
    return client.patch(url_of(row), change, content_type=JSON, headers=headers)


def ids(response: Any) -> list[str]:
    return [one["platform_id"] for one in results(response)]


# --- Reading


def test_a_comment_tells_who_wrote_what_where_and_what_we_make_of_it(agent: Client, row: Interaction) -> None:
    (shown,) = results(agent.get(LIST))

    assert shown["uuid"] == str(row.uuid)
    assert shown["content"] == "Which camera do you use?"
    assert shown["author"]["name"] == "Ann"
    assert shown["content_title"] == "How I film at night #lowlight"
    assert shown["signals"]["categories"] == ["question"]
    assert set(shown["signals"]["reasons"][0]) == {"signal", "label", "detail", "weight"}
    assert (shown["status"], shown["tags"], shown["assigned_to"], shown["version"]) == ("unread", [], None, row.version)


def test_the_detail_adds_notes_and_history(agent: Client, cast: Cast, row: Interaction) -> None:
    triage.set_status(row, Interaction.Status.READ, by=cast.agent)
    triage.add_note(row, "Ask Ben.", by=cast.agent)

    response = agent.get(url_of(row))

    shown = response.json()
    assert response["ETag"] == f'"{shown["version"]}"'
    assert [note["text"] for note in shown["notes"]] == ["Ask Ben."]
    assert [event["kind"] for event in shown["history"]] == ["note", "status"]


def test_replies_name_their_thread_and_fan(agent: Client, cast: Cast, row: Interaction) -> None:
    intake(cast.connection, [reply()])

    answer, first = results(agent.get(LIST))

    assert (answer["thread"], answer["parent"]) == (first["uuid"], first["uuid"])
    assert agent.get(f"{API}/fans/{answer['author']['fan']}").json()["interaction_count"] == 2


def test_no_answer_holds_a_database_id(agent: Client, cast: Cast, row: Interaction) -> None:
    shown = agent.get(url_of(row)).json()

    assert not {"id", "pk", "workspace_id"} & set(shown)
    assert uuid.UUID(shown["workspace"]) == cast.workspace.uuid
    assert uuid.UUID(shown["connection"]) == cast.connection.uuid


def test_signals_stay_away_while_derived_metrics_are_off(agent: Client, row: Interaction) -> None:
    assert agent.get(url_of(row)).json()["signals"] is not None
    Workspace.objects.update(derived_metrics=False)

    assert agent.get(url_of(row)).json()["signals"] is None


def test_a_deleted_comment_stays_as_a_row_without_words(agent: Client, cast: Cast, row: Interaction) -> None:
    intake(cast.connection, [tombstone()])

    (shown,) = results(agent.get(f"{LIST}?deleted=true"))

    assert (shown["content"], shown["signals"], shown["author"]["name"]) == ("", None, "")
    assert ids(agent.get(f"{LIST}?deleted=false")) == []


# --- Query counts


@pytest.mark.parametrize("path", ["interactions", "fans", "content", "workspaces"])
def test_lists_ask_the_database_as_often_for_three_rows_as_for_one(agent: Client, cast: Cast, path: str) -> None:
    def ask(number: int) -> int:
        intake(
            cast.connection,
            [video(f"v{number}"), comment(f"c{number}", content_id=f"v{number}", author=author(f"a{number}"))],
        )
        latest = Interaction.objects.latest("id")
        triage.assign(latest, cast.agent, by=cast.agent)
        triage.add_tag(latest, "idea", by=cast.agent)
        if number > 1:
            Membership.objects.create(user=cast.agent, workspace=make_workspace())
        with CaptureQueriesContext(database) as queries:
            assert len(results(agent.get(f"{API}/{path}"))) == number
        return len(queries)

    one, _, three = ask(1), ask(2), ask(3)

    assert one == three <= 8


# --- Filters


@pytest.fixture
def inbox(cast: Cast) -> Cast:
    intake(
        cast.connection,
        [
            video(),
            comment("question", text="Which camera do you use?"),
            comment("praise", text="I love this video, thank you so much!", author=author("ben"), moderation="held"),
            reply("reply", "question", text="Das würde ich auch gerne wissen, bitte sag es uns!"),
            own_reply("own", "question"),
        ],
    )
    question, praise = (Interaction.objects.get(platform_id=one) for one in ("question", "praise"))
    triage.assign(question, cast.agent, by=cast.agent)
    triage.add_tag(praise, "Idea", by=cast.agent)
    triage.set_status(praise, Interaction.Status.ARCHIVED, by=cast.agent)
    triage.snooze(praise, timezone.now() + timedelta(days=1), by=cast.agent)
    for one, sentiment, category, priority, language in (
        ("question", "neutral", "question", 93, "en"),
        ("praise", "positive", "praise", 7, "en"),
        ("reply", "negative", "other", 50, "de"),
        ("own", "neutral", "other", 50, "en"),
    ):
        signals = {"categories": (category,), "priority_score": priority, "language": language}
        Interaction.objects.filter(platform_id=one).update(sentiment=sentiment, **signals)
    return cast


Query = str | Callable[[Cast], str]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=archived", {"praise"}),
        ("status=archived&status=unread", {"praise", "reply"}),
        ("platform=youtube", {"praise", "question", "reply", "own"}),
        ("platform_id=reply", {"reply"}),
        ("type=reply", {"reply", "own"}),
        ("moderation=held", {"praise"}),
        ("sentiment=positive", {"praise"}),
        ("category=praise", {"praise"}),
        ("category=question&category=praise", {"praise", "question"}),
        ("priority_min=93", {"question"}),
        ("priority_max=7&category=praise", {"praise"}),
        ("language=de", {"reply"}),
        ("assigned_to=me", {"question"}),
        ("assigned_to=none", {"praise", "reply", "own"}),
        (lambda cast: f"assigned_to={cast.agent.uuid}", {"question"}),
        (lambda cast: f"assigned_to={uuid.uuid4()}", set()),
        ("tag=idea", {"praise"}),
        ("has_reply=true", {"question"}),
        ("has_reply=false&is_own=false", {"praise", "reply"}),
        ("snoozed=true", {"praise"}),
        ("snoozed=false", {"question", "reply", "own"}),
        ("is_own=true", {"own"}),
        ("search=CAMERA", {"question"}),
        ("search=ben", {"praise"}),
        ("search=%25", set()),
        ("since=2026-11-20T11:30:00Z", {"reply", "own"}),
        ("until=2026-11-20T11:30:00%2B00:00", {"praise", "question"}),
        (lambda cast: f"connection={cast.connection.uuid}&status=archived", {"praise"}),
        (lambda cast: f"connection={uuid.uuid4()}", set()),
        (lambda cast: f"workspace={cast.workspace.uuid}&status=archived", {"praise"}),
        (lambda cast: f"thread={Interaction.objects.get(platform_id='question').uuid}", {"question", "reply", "own"}),
    ],
)
def test_filters(inbox: Cast, query: Query, found: set[str]) -> None:
    asked = query if isinstance(query, str) else query(inbox)

    assert set(ids(signed_in(inbox.agent).get(f"{LIST}?{asked}"))) == found


def test_filters_by_fan_and_content(inbox: Cast) -> None:
    client = signed_in(inbox.agent)
    ben = next(fan for fan in results(client.get(f"{API}/fans")) if fan["name"] == "Ben")
    (piece,) = results(client.get(f"{API}/content"))

    assert ids(client.get(f"{LIST}?fan={ben['uuid']}")) == ["praise"]
    assert len(ids(client.get(f"{LIST}?content={piece['uuid']}"))) == 4


@pytest.mark.parametrize(
    "query",
    [
        "status=done",
        "status=unread&status=done",
        "platform=myspace",
        "type=x",
        "sentiment=mixed",
        "category=",
        "category=question&category=",
        "category=nice",
        "moderation=x",
        "priority_min=0",
        "priority_min=101",
        "priority_max=x",
        "priority_max=1e9",
        f"priority_max={'9' * 5000}",
        "priority_min=NaN",
        "language=german",
        "language=DE",
        "assigned_to=ben",
        "assigned_to=1",
        "connection=1",
        "fan=x",
        "content=x",
        "thread=x",
        "has_reply=maybe",
        "deleted=1",
        "since=yesterday",
        "since=2026-13-01",
        "until=9999-12-31T23:59:59-23:59",
        f"search={'x' * 101}",
        f"tag={'x' * 61}",
        "ordering=author_name",
        "ordering=assigned_to__password",
        "workspace__name=x",
        "assigned_to__password__startswith=p",
    ],
)
def test_filters_refuse_what_they_do_not_understand(agent: Client, query: str) -> None:
    assert agent.get(f"{LIST}?{query}").status_code == 400


@pytest.mark.parametrize("ordering", ["-priority_score", "priority_score", "-last_activity_at", "-platform_created_at"])
def test_orders(inbox: Cast, ordering: str) -> None:
    shown = results(signed_in(inbox.agent).get(f"{LIST}?ordering={ordering}"))

    name = ordering.lstrip("-")
    keys = [one["signals"][name] if name == "priority_score" else one[name] for one in shown if one["signals"]]
    assert keys == sorted(keys, reverse=ordering.startswith("-"))


# --- Deciding


def test_a_decision_changes_all_that_it_names_and_nothing_else(agent: Client, cast: Cast, row: Interaction) -> None:
    response = patch(
        agent,
        row,
        version=row.version,
        status="read",
        assigned_to=str(cast.owner.uuid),
        tags=["idea", "Camera"],
        snoozed_until="2027-01-01T12:00:00+01:00",
        note="Ask Ben.",
        content="changed",
        workspace=str(make_workspace().uuid),
        is_own=True,
    )

    shown = response.json()
    assert response.status_code == 200
    assert shown == agent.get(url_of(row)).json()
    assert (shown["status"], shown["assigned_to"]["username"]) == ("read", cast.owner.username)
    assert (sorted(shown["tags"]), shown["snoozed_until"]) == (["Camera", "idea"], "2027-01-01T11:00:00Z")
    assert [note["text"] for note in shown["notes"]] == ["Ask Ben."]
    assert (shown["content"], shown["is_own"]) == ("Which camera do you use?", False)
    assert shown["workspace"] == str(cast.workspace.uuid)
    assert {event["actor_name"] for event in shown["history"]} == {cast.agent.username}


def test_tags_are_the_whole_set(agent: Client, cast: Cast, row: Interaction) -> None:
    triage.add_tag(row, "idea", by=cast.agent)
    triage.add_tag(row, "old", by=cast.agent)

    assert patch(agent, row, version=row.version, tags=["IDEA", "new"]).json()["tags"] == ["idea", "new"]
    row.refresh_from_db()
    assert patch(agent, row, version=row.version, tags=[]).json()["tags"] == []


def test_null_takes_back(agent: Client, cast: Cast, row: Interaction) -> None:
    triage.assign(row, cast.agent, by=cast.agent)
    triage.snooze(row, timezone.now(), by=cast.agent)

    shown = patch(agent, row, version=row.version, assigned_to=None, snoozed_until=None).json()

    assert (shown["assigned_to"], shown["snoozed_until"]) == (None, None)


def test_what_is_so_already_is_no_decision(agent: Client, row: Interaction) -> None:
    shown = patch(agent, row, version=row.version, status="unread", tags=[]).json()

    assert shown["version"] == row.version
    assert not TriageEvent.objects.exists()


def test_a_stale_version_is_refused_with_the_comment_as_it_stands(agent: Client, cast: Cast, row: Interaction) -> None:
    seen = row.version
    triage.set_status(row, Interaction.Status.IGNORED, by=cast.owner)

    response = patch(agent, row, version=seen, status="read", note="Not to be kept")

    assert (response.status_code, error_of(response)) == (409, ("changed_meanwhile", None))
    assert response.json()["current"] == agent.get(url_of(row)).json()
    assert response.json()["current"]["status"] == "ignored"
    assert response.json()["current"]["notes"] == []


def test_the_version_may_be_a_header(agent: Client, row: Interaction) -> None:
    etag = agent.get(url_of(row))["ETag"]

    changed = patch(agent, row, {"If-Match": etag}, status="read")
    stale = patch(agent, row, {"If-Match": etag}, status="ignored")

    assert (changed.status_code, stale.status_code) == (200, 409)
    assert changed["ETag"] != etag


@pytest.mark.parametrize("header", ["*", "7", '"x"', '"0", "1"', "", '"' + "9" * 5000 + '"'])
def test_a_header_that_names_no_version_is_refused(agent: Client, row: Interaction, header: str) -> None:
    response = patch(agent, row, {"If-Match": header}, status="read")

    assert (response.status_code, error_of(response)[1]) == (400, "version")


def test_header_and_body_must_agree(agent: Client, row: Interaction) -> None:
    assert patch(agent, row, {"If-Match": '"7"'}, version=8, status="read").status_code == 400


def test_without_a_version_nothing_is_decided(agent: Client, row: Interaction) -> None:
    assert error_of(patch(agent, row, status="read")) == ("required", "version")
    assert error_of(patch(agent, row)) == ("required", "non_field_errors")
    assert not TriageEvent.objects.exists()


def test_a_note_is_welcome_on_any_version(agent: Client, row: Interaction) -> None:
    assert patch(agent, row, note="Seen on a stream too.").status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"version": -1},
        {"version": 2**31},
        {"version": "x"},
        {"version": 1.5},
        {"version": [1]},
        {"status": "done"},
        {"status": None},
        {"status": ["read"]},
        {"tags": "idea"},
        {"tags": [""]},
        {"tags": ["x" * 61]},
        {"tags": ["a\0b"]},
        {"tags": ["\ud800"]},
        {"tags": [None]},
        {"tags": ["x"] * 31},
        {"tags": None},
        {"snoozed_until": "soon"},
        {"snoozed_until": "9999-12-31T23:59:59-23:59"},
        {"snoozed_until": 7},
        {"note": ""},
        {"note": "a\0b"},
        {"note": "\ud83d"},
        {"note": "x" * 10_001},
        {"note": {}},
        {"assigned_to": "me"},
        {"assigned_to": 5},
        {"assigned_to": []},
    ],
)
def test_bad_input_names_its_field_and_changes_nothing(agent: Client, row: Interaction, change: dict[str, Any]) -> None:
    response = patch(agent, row, **{"version": row.version, "status": "read", **change})

    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"].split(".")[0] == next(iter(change))
    assert not TriageEvent.objects.exists()


@pytest.mark.parametrize("who", ["viewer", "outsider", "nobody"])
def test_only_members_who_may_answer_are_given_comments(agent: Client, cast: Cast, row: Interaction, who: str) -> None:
    """Others answer as somebody who does not exist, to the byte."""
    stranger = str(getattr(cast, who).uuid) if who != "nobody" else str(uuid.uuid4())

    response = patch(agent, row, version=row.version, assigned_to=stranger)
    missing = patch(agent, row, version=row.version, assigned_to=str(uuid.uuid4()))

    assert (response.status_code, response.content) == (400, missing.content)


# --- Who may


def test_a_viewer_reads_and_changes_nothing(cast: Cast, row: Interaction) -> None:
    viewer = signed_in(cast.viewer)

    assert viewer.get(url_of(row)).status_code == 200
    refused = patch(viewer, row, version=row.version, status="read")
    assert (refused.status_code, error_of(refused)) == (403, ("permission_denied", None))
    assert not TriageEvent.objects.exists()


def test_a_stranger_finds_what_they_find_where_nothing_is(cast: Cast, row: Interaction) -> None:
    outsider = signed_in(cast.outsider)
    nothing = f"{LIST}/{uuid.uuid4()}"
    change = {"version": row.version, "status": "read"}

    assert outsider.get(url_of(row)).content == outsider.get(nothing).content
    foreign = outsider.patch(url_of(row), change, content_type=JSON)
    missing = outsider.patch(nothing, change, content_type=JSON)
    assert (foreign.status_code, foreign.content) == (404, missing.content)
    for path in ("interactions", "fans", "content"):
        assert results(outsider.get(f"{API}/{path}")) == []


def test_ids_of_two_workspaces_show_only_ones_own(cast: Cast, row: Interaction) -> None:
    theirs = make_connection(Workspace.objects.exclude(pk=cast.workspace.pk).get())
    intake(theirs, [video("theirs"), comment("theirs")])
    foreign = Interaction.objects.get(platform_id="theirs")
    agent = signed_in(cast.agent)

    assert ids(agent.get(LIST)) == ["c1"]
    for query in (f"connection={theirs.uuid}", f"thread={foreign.uuid}", "platform_id=theirs"):
        assert ids(agent.get(f"{LIST}?{query}")) == []


def test_by_token_as_by_session(cast: Cast, row: Interaction) -> None:
    assert patch(by_token(cast.agent), row, version=row.version, status="read").status_code == 200
    row.refresh_from_db()
    refused = patch(by_token(cast.agent, may_write=False), row, version=row.version, status="ignored")
    assert refused.status_code == 403


# --- Fans and content


def test_a_fan_is_shown_with_their_accounts(agent: Client, row: Interaction) -> None:
    (fan,) = results(agent.get(f"{API}/fans"))

    assert (fan["name"], fan["interaction_count"], fan["identities"][0]["platform_user_id"]) == ("Ann", 1, "ann")
    assert results(agent.get(f"{API}/fans?platform=youtube&search=an&is_vip=false")) == [fan]
    assert results(agent.get(f"{API}/fans?is_vip=true")) == []


def test_content_is_shown_with_the_platforms_figures_apart_from_ours(agent: Client, row: Interaction) -> None:
    (piece,) = results(agent.get(f"{API}/content"))

    assert (piece["performance"]["views"], piece["performance"]["shares"]) == (1000, None)
    assert set(piece["derived"]) == {"theme", "summary", "topics"}
    Workspace.objects.update(derived_metrics=False)
    assert agent.get(f"{API}/content/{piece['uuid']}").json()["derived"] is None


@pytest.mark.parametrize("ordering", ["-last_interaction_at", "last_interaction_at"])
def test_fans_without_a_comment_have_their_place_too(agent: Client, cast: Cast, ordering: str) -> None:
    for number in range(3):
        cast.workspace.fans.create(name=f"quiet {number}")
        cast.workspace.fans.create(name=f"heard {number}", last_interaction_at=timezone.now())
    url: str | None = f"{API}/fans?page_size=1&ordering={ordering}"
    names = []
    while url:
        page = agent.get(url).json()
        names += [fan["name"] for fan in page["results"]]
        url = page["next"]

    assert len(names) == len(set(names)) == 6
