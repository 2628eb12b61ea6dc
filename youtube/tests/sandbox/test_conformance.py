"""Every answer fits the tightened discovery documents; the callers of `conftest` check each call of the suite."""

import pytest
from jsonschema import ValidationError

from youtube.sandbox import methods
from youtube.sandbox.app import Sandbox
from youtube.tests.sandbox import discovery_schemas
from youtube.tests.sandbox.conftest import ANCHOR, COMMENTS, THREADS, Caller

PASSES = ("published", "heldForReview", "likelySpam")
EVERY_VIDEO_PART = "id,snippet,contentDetails,statistics,status,liveStreamingDetails"


@pytest.fixture(scope="module")
def demo() -> Caller:
    return Caller(Sandbox(1, "demo", anchor=ANCHOR)).as_account("spoke-and-solder")


@pytest.fixture(params=["owner", "other", "key"])
def viewer(request: pytest.FixtureRequest, demo: Caller) -> Caller:
    return {"owner": demo, "other": demo.as_account("slow-miles"), "key": Caller(demo.sandbox)}[request.param]


def key(viewer: Caller) -> dict[str, str]:
    return {} if viewer.token else {"key": "sandbox-api-key"}


@pytest.mark.parametrize("moderation_status", PASSES)
@pytest.mark.parametrize("text_format", ["html", "plainText"])
def test_all_threads_of_the_channel_conform(demo: Caller, moderation_status: str, text_format: str) -> None:
    channel_id = demo.sandbox.world.owned_channels()[0].id

    threads = demo.every(
        THREADS,
        part="id,snippet,replies",
        allThreadsRelatedToChannelId=channel_id,
        moderationStatus=moderation_status,
        textFormat=text_format,
        maxResults=100,
    )

    assert len(threads) == len(demo.sandbox.world.comments.feed(channel_id, moderation_status))


def test_all_replies_conform_to_every_viewer(viewer: Caller) -> None:
    world = viewer.sandbox.world
    threads = [world.comments.row(row) for row in world.comments.feed(world.owned_channels()[0].id, "published")]
    busiest = max(threads, key=lambda top: len(world.comments.reply_rows(top)))

    replies = viewer.every(COMMENTS, part="id,snippet", parentId=busiest.id, maxResults=100, **key(viewer))

    assert len(replies) > 100
    assert {reply["snippet"]["parentId"] for reply in replies} == {busiest.id}


def test_all_videos_conform_to_every_viewer(viewer: Caller) -> None:
    ids = list(viewer.sandbox.world.videos)

    videos = viewer.get("/youtube/v3/videos", part=EVERY_VIDEO_PART, id=ids, **key(viewer))

    assert 20 < len(videos.items) <= len(ids)


def test_channels_and_uploads_conform_to_every_viewer(viewer: Caller) -> None:
    channels = list(viewer.sandbox.world.channels.values())
    parts = "id,snippet,contentDetails,statistics,status,brandingSettings"
    listed = viewer.get("/youtube/v3/channels", part=parts, id=[c.id for c in channels], **key(viewer))
    assert len(listed.items) == len(channels)
    for channel in channels:
        parts = "id,snippet,contentDetails,status"
        assert viewer.every("/youtube/v3/playlistItems", part=parts, playlistId=channel.uploads, **key(viewer))


def test_stats_conform(demo: Caller) -> None:
    stats = demo.get(
        "/youtube/v3/videos:batchGetStats", part="snippet,contentDetails,statistics", id=list(demo.sandbox.world.videos)
    )
    assert len(stats.items) > 20


@pytest.mark.parametrize("parts", [{"id"}, {"snippet"}, {"replies"}, {"snippet", "replies"}])
def test_threads_carry_exactly_the_parts_asked_for(demo: Caller, parts: set[str]) -> None:
    world = demo.sandbox.world
    tops = map(world.comments.row, world.comments.feed(world.owned_channels()[0].id, "published"))
    ids = [top.id for top in tops if list(world.comments.replies(top, "published"))][:50]

    for thread in demo.get(THREADS, part=",".join(parts), id=ids).items:
        assert set(thread) == {"kind", "etag", "id"} | parts


@pytest.mark.parametrize("resource", ["channels", "playlistItems", "videos", "videos:batchGetStats", "comments"])
def test_items_carry_exactly_the_part_asked_for(demo: Caller, resource: str) -> None:
    world = demo.sandbox.world
    channel = world.owned_channels()[0]
    top = world.comments.row(world.comments.feed(channel.id, "published")[3])
    streamed = next(video for video in world.videos.values() if video.live_started and video.live == "none")
    selector = {
        "channels": {"mine": "true"},
        "playlistItems": {"playlistId": channel.uploads},
        "comments": {"id": top.id},
    }.get(resource, {"id": streamed.id})

    for part in methods.METHODS["GET", resource].parts:
        for item in demo.get(f"/youtube/v3/{resource}", part=part, **selector).items:
            assert set(item) == {"kind", "etag", "id", part}


def test_schemas_refuse_what_google_never_sends() -> None:
    thread = {"kind": "youtube#videoListResponse", "etag": "e", "items": [], "pageInfo": {}}
    discovery_schemas.check("GET", "/youtube/v3/videos", 200, thread)
    for wrong in (
        {"kind": "youtube#video"},
        {"surprise": 1},
        {"items": [{"kind": "youtube#video", "etag": "e", "id": "v", "statistics": {"viewCount": 12}}]},
        {"items": [{"kind": "youtube#video", "etag": "e", "id": "v", "snippet": {"publishedAt": "yesterday"}}]},
        {"items": [{"kind": "youtube#video", "etag": "e"}]},
    ):
        with pytest.raises((ValidationError, ValueError)):
            discovery_schemas.check("GET", "/youtube/v3/videos", 200, thread | wrong)
