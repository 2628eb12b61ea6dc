from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext

from connections import registry
from connections.models import Connection, Role, Workspace
from connections.records import AuthorRecord, CommentRecord
from connections.tests.calling import API, by_token, results, signed_in
from connections.tests.factories import make_member, make_outsider, make_workspace
from youtube.models import YouTubeComment, YouTubeConnection, YouTubeVideo

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
YOUTUBE = f"{API}/youtube"


@pytest.fixture
def channel() -> YouTubeConnection:
    return make_channel(make_workspace())


@pytest.fixture
def viewer(channel: YouTubeConnection) -> Client:
    return signed_in(make_member(channel.workspace, Role.VIEWER))


def make_channel(workspace: Workspace, external_id: str = "UC1", **fields: Any) -> YouTubeConnection:
    return YouTubeConnection.objects.create(
        workspace=workspace, platform="youtube", external_id=external_id, display_name="Anna's kitchen", **fields
    )


def make_video(channel: YouTubeConnection, video_id: str = "v1", **fields: Any) -> YouTubeVideo:
    values = {"title": "Bread", "published_at": NOON, "refreshed_at": NOON, **fields}
    return YouTubeVideo.objects.create(workspace=channel.workspace, connection=channel, video_id=video_id, **values)


def make_comment(video: YouTubeVideo, comment_id: str = "c1", **fields: Any) -> YouTubeComment:
    """A comment as a sync leaves it: on our table, and in the inbox."""
    values = {
        "text": "How long in the oven?",
        "author_name": "Ben",
        "published_at": NOON,
        "refreshed_at": NOON,
        **fields,
    }
    row = YouTubeComment.objects.create(
        workspace=video.workspace, connection=video.connection, video=video, comment_id=comment_id, **values
    )
    registry.intake(video.connection, [_record(row)])
    return row


def _record(row: YouTubeComment) -> CommentRecord:
    return CommentRecord(
        platform_id=row.comment_id,
        content_id=row.video.video_id,
        thread_id=row.comment_id,
        parent_id=None,
        author=AuthorRecord("UCben", row.author_name),
        text=row.text,
        like_count=0,
        reply_count=0,
        published_at=row.published_at,
        edited_at=None,
        moderation="published",
        is_own=False,
        observed_at=row.refreshed_at,
    )


# --- Channels


@pytest.mark.parametrize("path", ["connections", "connections/"])
def test_connections_answer_as_written(channel: YouTubeConnection, path: str) -> None:
    client = by_token(make_member(channel.workspace, Role.VIEWER))

    (shown,) = results(client.get(f"{YOUTUBE}/{path}"))

    assert (shown["uuid"], shown["channel_id"], shown["status"]) == (str(channel.uuid), "UC1", "active")


def test_a_channel_shows_no_token(channel: YouTubeConnection, viewer: Client) -> None:
    shown = viewer.get(f"{YOUTUBE}/connections/{channel.uuid}").json()

    assert not [name for name in shown if "token" in name or "credential" in name or name == "id"]


def test_connections_of_other_platforms_are_no_channels(channel: YouTubeConnection, viewer: Client) -> None:
    other = Connection.objects.create(workspace=channel.workspace, platform="postcards", external_id="P1")

    assert len(results(viewer.get(f"{YOUTUBE}/connections"))) == 1
    assert viewer.get(f"{YOUTUBE}/connections/{other.uuid}").status_code == 404


# --- Videos


def test_a_video_keeps_what_youtube_counted_apart_from_what_we_computed(
    channel: YouTubeConnection, viewer: Client
) -> None:
    video = make_video(channel, view_count=1000, engagement_rate=4.5)

    shown = viewer.get(f"{YOUTUBE}/videos/{video.uuid}").json()

    assert (shown["view_count"], shown["like_count"], shown["derived"]["engagement_rate"]) == (1000, None, 4.5)
    assert "engagement_rate" not in shown
    Workspace.objects.update(derived_metrics=False)
    assert viewer.get(f"{YOUTUBE}/videos/{video.uuid}").json()["derived"] is None


@pytest.mark.parametrize("ordering", ["-published_at", "published_at", "-view_count", "view_count"])
def test_videos_without_a_date_or_a_count_are_neither_lost_nor_repeated(
    channel: YouTubeConnection, viewer: Client, ordering: str
) -> None:
    for number, views in enumerate([None, 5, None, 7, 5, None]):
        make_video(channel, f"v{number}", published_at=views and NOON + timedelta(days=views), view_count=views)
    url: str | None = f"{YOUTUBE}/videos?page_size=1&ordering={ordering}"
    seen, back = [], None
    while url:
        page = viewer.get(url).json()
        seen += [video["video_id"] for video in page["results"]]
        url, back = page["next"], page["previous"]
    returned = [seen[-1]]
    while back:
        page = viewer.get(back).json()
        returned += [video["video_id"] for video in page["results"]]
        back = page["previous"]

    assert len(seen) == len(set(seen)) == 6
    assert returned == seen[::-1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("privacy=private", ["v2"]),
        ("privacy=private&privacy=public", ["v2", "v1"]),
        ("is_short=true", ["v2"]),
        ("deleted=false", ["v2", "v1"]),
        ("search=bREA", ["v1"]),
        ("video_id=v1", ["v1"]),
        ("since=2026-11-20T12:00:01Z", ["v2"]),
    ],
)
def test_filters_of_videos(channel: YouTubeConnection, viewer: Client, query: str, found: list[str]) -> None:
    make_video(channel, "v1", privacy="public")
    make_video(channel, "v2", privacy="private", is_short=True, title="Jam", published_at=NOON + timedelta(hours=1))

    assert [video["video_id"] for video in results(viewer.get(f"{YOUTUBE}/videos?{query}"))] == found


# --- Comments


def test_a_comment_carries_the_inboxs_word(channel: YouTubeConnection, viewer: Client) -> None:
    comment = make_comment(make_video(channel))

    (shown,) = results(viewer.get(f"{YOUTUBE}/comments"))

    assert (shown["text"], shown["triage"]["status"]) == ("How long in the oven?", "unread")
    interaction = viewer.get(f"{API}/interactions/{shown['triage']['interaction']}").json()
    assert interaction["platform_id"] == comment.comment_id
    assert "interaction_id" not in shown["triage"]
    assert viewer.get(f"{YOUTUBE}/comments/{comment.uuid}").json() == shown


def test_a_comment_that_the_inbox_does_not_hold(channel: YouTubeConnection, viewer: Client) -> None:
    make_comment(make_video(channel))
    YouTubeComment.objects.update(comment_id="another")

    assert results(viewer.get(f"{YOUTUBE}/comments"))[0]["triage"] is None


def test_replies_name_their_parent(channel: YouTubeConnection, viewer: Client) -> None:
    video = make_video(channel)
    top = make_comment(video)
    make_comment(video, "c1.r1", parent=top)

    (reply,) = results(viewer.get(f"{YOUTUBE}/comments?parent={top.uuid}"))

    assert (reply["comment_id"], reply["parent"], reply["video"]) == ("c1.r1", str(top.uuid), str(video.uuid))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("moderation=held", ["c2"]),
        ("from_owner=true", ["c2"]),
        ("search=OVEN", ["c1"]),
        ("comment_id=c2", ["c2"]),
        ("priority_min=90", ["c2"]),
        ("sentiment=negative", ["c2"]),
        ("language=de", ["c2"]),
        ("deleted=true", []),
    ],
)
def test_filters_of_comments(channel: YouTubeConnection, viewer: Client, query: str, found: list[str]) -> None:
    video = make_video(channel)
    make_comment(video)
    held = {"text": "Bah", "moderation": "held", "is_channel_owner_comment": True}
    make_comment(video, "c2", **held, priority_score=95, sentiment="negative", language="de")

    assert [one["comment_id"] for one in results(viewer.get(f"{YOUTUBE}/comments?{query}"))] == found


# --- All of them


@pytest.mark.parametrize("path", ["connections", "videos", "comments"])
def test_lists_ask_the_database_as_often_for_three_rows_as_for_one(
    channel: YouTubeConnection, viewer: Client, path: str
) -> None:
    def ask(number: int) -> int:
        make_comment(make_video(channel, f"v{number}"), f"c{number}")
        if path == "connections" and number > 1:
            make_channel(channel.workspace, f"UC{number}")
        with CaptureQueriesContext(database) as queries:
            assert len(results(viewer.get(f"{YOUTUBE}/{path}"))) == number
        return len(queries)

    one, _, three = ask(1), ask(2), ask(3)

    assert one == three <= 7


@pytest.mark.parametrize("path", ["connections", "videos", "comments"])
def test_a_stranger_sees_nothing(channel: YouTubeConnection, path: str) -> None:
    comment = make_comment(make_video(channel))
    row: Any = {"connections": channel, "videos": comment.video, "comments": comment}[path]
    outsider = signed_in(make_outsider())

    assert results(outsider.get(f"{YOUTUBE}/{path}")) == []
    assert outsider.get(f"{YOUTUBE}/{path}/{row.uuid}").status_code == 404
    assert results(outsider.get(f"{YOUTUBE}/{path}?workspace={channel.workspace.uuid}")) == []


@pytest.mark.parametrize("path", ["connections", "videos", "comments"])
def test_what_youtube_says_is_not_ours_to_change(channel: YouTubeConnection, path: str) -> None:
    owner = signed_in(make_member(channel.workspace, Role.OWNER))
    comment = make_comment(make_video(channel))
    row: Any = {"connections": channel, "videos": comment.video, "comments": comment}[path]

    for method in (owner.post, owner.put, owner.patch, owner.delete):
        assert method(f"{YOUTUBE}/{path}/{row.uuid}").status_code == 405
        assert method(f"{YOUTUBE}/{path}").status_code == 405
