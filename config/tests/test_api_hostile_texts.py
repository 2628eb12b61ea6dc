"""What strangers write comes back as it is stored: as JSON, and as nothing else."""

from typing import Any

import pytest
from django.test import Client

from connections.models import Role, Workspace
from connections.tests.calling import API, by_token, results
from connections.tests.factories import make_member, make_workspace
from crm.intake import intake
from crm.models import Fan, Interaction
from crm.tests.factories import NOON, author, comment, video
from youtube.models import YouTubeComment, YouTubeConnection, YouTubeVideo
from youtube.sandbox.texts.special import HOSTILE

pytestmark = pytest.mark.django_db

TEXTS = (
    *HOSTILE,
    "</script><script>alert(1)</script>",
    "\u2028 and \u2029 end a line in JavaScript",
    "日本語 العربية עברית 👩‍👩‍👧‍👦 ﷽",
    "%s %d {0} %(password)s",
    '\\u0000 \\ud800 \\" \\/ \x7f',
    "a\r\nSet-Cookie: b=c",
)


@pytest.fixture
def workspace(db: None) -> Workspace:
    return make_workspace()


@pytest.fixture
def client(workspace: Workspace) -> Client:
    return by_token(make_member(workspace, Role.OWNER))


def shown(client: Client, path: str) -> dict[str, Any]:
    """The one row of a list, which its detail repeats; both as plain JSON."""
    listed = client.get(f"{API}/{path}")
    (row,) = results(listed)
    detail = client.get(f"{API}/{path}/{row['uuid']}")
    for response in (listed, detail):
        assert response["Content-Type"] == "application/json"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in response.headers
        response.content.decode("utf-8", errors="strict")
    assert {name: detail.json()[name] for name in row} == row
    return row


@pytest.mark.parametrize("text", TEXTS)
def test_texts_of_strangers_come_back_as_they_are_stored(client: Client, workspace: Workspace, text: str) -> None:
    channel = YouTubeConnection.objects.create(
        workspace=workspace, platform="youtube", external_id="UC1", display_name=text[:255], last_error=text
    )
    film = YouTubeVideo.objects.create(
        workspace=workspace, connection=channel, video_id="v1", title=text[:255], description=text,
        video_tags=[text], refreshed_at=NOON, published_at=NOON,
    )  # fmt: skip
    YouTubeComment.objects.create(
        workspace=workspace, connection=channel, video=film, comment_id="c1", text=text, author_name=text[:255],
        refreshed_at=NOON, published_at=NOON,
    )  # fmt: skip
    intake(channel, [video(title=text, caption=text), comment(text=text, author=author("mallory", name=text))])
    stored, fan = Interaction.objects.get(), Fan.objects.get()

    account, clip, said = (shown(client, f"youtube/{path}") for path in ("connections", "videos", "comments"))
    assert (account["display_name"], account["last_error"]) == (text[:255], text)
    assert (clip["title"], clip["description"], clip["video_tags"]) == (text[:255], text, [text])
    assert (said["text"], said["author_name"]) == (text, text[:255])
    row = shown(client, "interactions")
    assert (row["content"], row["author"]["name"]) == (stored.content, stored.author_name)
    assert shown(client, "fans")["name"] == fan.name
    assert shown(client, "content")["caption"] == stored.content_piece.caption  # type: ignore[union-attr]


@pytest.mark.parametrize("text", TEXTS)
def test_what_the_team_writes_comes_back_too(client: Client, workspace: Workspace, text: str) -> None:
    channel = YouTubeConnection.objects.create(workspace=workspace, platform="youtube", external_id="UC1")
    intake(channel, [comment()])
    url = f"{API}/interactions/{Interaction.objects.get().uuid}"
    version = client.get(url).json()["version"]

    change = {"version": version, "note": text, "tags": [text[:60]]}
    changed = client.patch(url, change, content_type="application/json")

    assert changed.status_code == 200
    stored = Interaction.objects.get()
    assert changed.json()["notes"][0]["text"] == stored.notes.get().text
    assert changed.json()["tags"] == [stored.tags.get().name]


@pytest.mark.parametrize("text", TEXTS)
def test_searching_for_any_of_it_fails_nowhere(client: Client, text: str) -> None:
    for path in ("interactions", "fans", "content", "youtube/videos", "youtube/comments"):
        assert client.get(f"{API}/{path}", {"search": text[:100]}).status_code == 200, path
