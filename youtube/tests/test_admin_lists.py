"""YouTube's own lists: a fixed number of queries, and strangers' words shown as words."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from connections.models import Role, User
from connections.tests.factories import make_member, make_workspace
from youtube.models import YouTubeComment, YouTubeConnection, YouTubeVideo

pytestmark = pytest.mark.django_db

COMMENTS = reverse("admin:youtube_youtubecomment_changelist")
VIDEOS = reverse("admin:youtube_youtubevideo_changelist")
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def channel() -> YouTubeConnection:
    return YouTubeConnection.objects.create(workspace=make_workspace(), platform="youtube", external_id="UC1")


@pytest.fixture
def viewer(channel: YouTubeConnection) -> User:
    return make_member(channel.workspace, Role.VIEWER)


def video_of(channel: YouTubeConnection, video_id: str, **fields: Any) -> YouTubeVideo:
    values = {"workspace": channel.workspace, "connection": channel, "refreshed_at": timezone.now(), **fields}
    return YouTubeVideo.objects.create(video_id=video_id, **values)


def comment_on(video: YouTubeVideo, comment_id: str, **fields: Any) -> YouTubeComment:
    written = timezone.now() - timedelta(hours=3)
    values = {"workspace": video.workspace, "connection": video.connection, "video": video, "published_at": written}
    return YouTubeComment.objects.create(
        comment_id=comment_id, refreshed_at=timezone.now(), **{**values, "text": "hello", **fields}
    )


def page(user: User, url: str) -> str:
    client = Client()
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("url", [COMMENTS, VIDEOS])
def test_a_list_costs_the_same_for_one_row_and_three(channel: YouTubeConnection, viewer: User, url: str) -> None:
    counts = []
    for names in (("a",), ("b", "c")):
        for name in names:
            comment_on(video_of(channel, name), name)
        with CaptureQueriesContext(database) as captured:
            page(viewer, url)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_what_strangers_write_is_text(channel: YouTubeConnection, viewer: User) -> None:
    comment_on(video_of(channel, "a", title=HOSTILE), "a", text=HOSTILE, author_name=HOSTILE)
    for url in (COMMENTS, VIDEOS):
        body = page(viewer, url)
        assert HOSTILE not in body
        assert '<bdi dir="auto">&lt;script&gt;alert(1)&lt;/script&gt;</bdi>' in body


def test_figures_are_readable_and_withheld_ones_empty(channel: YouTubeConnection, viewer: User) -> None:
    video_of(channel, "a", view_count=1234567, privacy="private", comments_disabled=True)
    body = page(viewer, VIDEOS)
    assert '<td class="field-views">1,234,567</td>' in body
    assert '<td class="field-likes">-</td>' in body
    assert "Private" in body
    assert "comments off" in body


def test_long_texts_are_cut_and_held_ones_marked(channel: YouTubeConnection, viewer: User) -> None:
    comment_on(video_of(channel, "a"), "a", text="x" * 5_000, moderation="held")
    body = page(viewer, COMMENTS)
    assert "x" * 601 not in body
    assert "Held for review" in body
