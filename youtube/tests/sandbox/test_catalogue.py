import pytest

from youtube.sandbox.catalogue import iso_duration, three_figures
from youtube.sandbox.oauth import READONLY
from youtube.tests.sandbox.conftest import ANCHOR, THREADS, Answer, Caller

CHANNELS, UPLOADS, VIDEOS = "/youtube/v3/channels", "/youtube/v3/playlistItems", "/youtube/v3/videos"
STATS = "/youtube/v3/videos:batchGetStats"


def test_mine_is_the_channel_of_the_token(owner: Caller, other: Caller) -> None:
    for caller, title in ((owner, "Spoke & Solder"), (other, "Slow Miles")):
        assert [c["snippet"]["title"] for c in caller.get(CHANNELS, part="snippet", mine="true").items] == [title]


def test_account_without_a_channel_gets_no_items_key(nobody: Caller) -> None:
    answer = nobody.as_account("no-channel").get(CHANNELS, part="id", mine="true")
    assert answer.status == 200
    assert "items" not in answer.json


def test_subscribers_are_rounded_down_or_hidden(owner: Caller, other: Caller) -> None:
    assert owner.get(CHANNELS, part="statistics", mine="true").items[0]["statistics"]["subscriberCount"] == "184000"
    hidden = other.get(CHANNELS, part="statistics", mine="true").items[0]["statistics"]
    assert hidden["hiddenSubscriberCount"] is True
    assert "subscriberCount" not in hidden


def test_channel_is_found_by_handle_with_and_without_at(owner: Caller, channel_id: str) -> None:
    for handle in ("@spokeandsolder", "SpokeAndSolder"):
        assert owner.get(CHANNELS, part="id", forHandle=handle).ids == [channel_id]


def test_uploads_show_private_videos_to_the_owner_only(
    owner: Caller, other: Caller, channel_id: str, video_id: str
) -> None:
    owner.control("PATCH", f"videos/{video_id}", {"privacy": "private"})
    query = {"part": "contentDetails", "playlistId": "UU" + channel_id[2:], "maxResults": 50}
    mine = [item["contentDetails"]["videoId"] for item in owner.every(UPLOADS, **query)]
    theirs = [item["contentDetails"]["videoId"] for item in other.every(UPLOADS, **query)]
    assert set(mine) - set(theirs) == {video_id}


def test_uploads_page_through_with_totals(owner: Caller, channel_id: str) -> None:
    query = {"part": "id", "playlistId": "UU" + channel_id[2:], "maxResults": 3}
    assert owner.get(UPLOADS, **query).json["pageInfo"] == {"totalResults": 4, "resultsPerPage": 3}
    assert len({item["id"] for item in owner.every(UPLOADS, **query)}) == 4


def test_unknown_playlist_is_not_found(owner: Caller) -> None:
    answer = owner.get(UPLOADS, part="id", playlistId="UUnonsense")
    assert (answer.status, answer.reason) == (404, "playlistNotFound")


def test_deleted_and_foreign_private_videos_are_left_out(owner: Caller, channel_id: str) -> None:
    videos = owner.control("GET", "state")["videos"]
    foreign = next(v["id"] for v in videos if v["privacy"] == "private")
    mine = [v["id"] for v in videos if v["channel_id"] == channel_id]
    owner.control("DELETE", f"videos/{mine[0]}")
    assert owner.get(VIDEOS, part="id", id=[*mine, foreign, "nonsense"]).ids == mine[1:]
    assert owner.get(STATS, part="snippet", id=",".join([*mine, foreign])).ids == mine[1:]


def test_counts_are_strings_and_vanish(owner: Caller, other: Caller, video_id: str) -> None:
    def keys(caller: Caller) -> set[str]:
        statistics = caller.get(VIDEOS, part="statistics", id=video_id).items[0]["statistics"]
        assert all(isinstance(value, str) for value in statistics.values())
        return set(statistics)

    assert keys(owner) - keys(other) == {"dislikeCount"}
    assert {"commentCount", "likeCount"} <= keys(other)
    owner.control("PATCH", f"videos/{video_id}", {"comments_enabled": False, "hides_likes": True})
    assert keys(other) == {"viewCount", "favoriteCount"}


def test_comment_count_follows_what_is_published(owner: Caller, video_id: str) -> None:
    def count() -> int:
        return int(owner.get(VIDEOS, part="statistics", id=video_id).items[0]["statistics"]["commentCount"])

    before = count()
    published, held = (
        owner.control("POST", "comments", {"video": video_id, "status": status})["ids"][0]
        for status in ("published", "heldForReview")
    )
    assert count() == before + 1
    owner.control("PATCH", f"comments/{held}", {"status": "published"})
    owner.control("DELETE", f"comments/{published}")
    assert count() == before + 1


@pytest.mark.parametrize(
    ("path", "params", "reason"),
    [
        (CHANNELS, {"part": "id"}, "missingRequiredParameter"),
        (CHANNELS, {"part": "id", "mine": "true", "id": "UC"}, "incompatibleParameters"),
        (CHANNELS, {"part": "id", "mine": "yes"}, "invalid"),
        (CHANNELS, {"part": "id", "mine": "true", "maxResults": 51}, "invalidParameter"),
        (CHANNELS, {"part": "id", "managedByMe": "true"}, "forbidden"),
        (UPLOADS, {"part": "id"}, "missingRequiredParameter"),
        (VIDEOS, {"part": "statistic", "id": "V"}, "unknownPart"),
        (VIDEOS, {"part": "id", "chart": "mostPopular"}, "videoChartNotFound"),
        (VIDEOS, {"part": "id", "id": ",".join(f"v{n}" for n in range(51))}, "invalidFilters"),
        (STATS, {"part": "statistics"}, "missingRequiredParameter"),
        (STATS, {"part": "statistics", "id": "V", "maxResults": 3}, "invalid"),
    ],
)
def test_bad_questions_are_refused(owner: Caller, path: str, params: dict[str, str], reason: str) -> None:
    assert owner.get(path, **params).reason == reason


def test_thumbnails_can_be_served_without_a_network(owner: Caller, video_id: str) -> None:
    def address() -> str:
        thumbnails = owner.get(VIDEOS, part="snippet", id=video_id).items[0]["snippet"]["thumbnails"]
        return str(thumbnails["high"]["url"])

    assert address() == f"https://i.ytimg.com/vi/{video_id}/hqdefault.jpg"
    owner.control("POST", "settings", {"local_thumbnails": True})
    assert address() == f"http://127.0.0.1:80/youtube/vi/{video_id}/hqdefault.jpg"
    assert owner.raw("GET", f"/vi/{video_id}/hqdefault.jpg").body.startswith(b"<svg")
    assert owner.raw("GET", "/vi/nonsense/hqdefault.jpg").status == 404


def test_partial_responses_hold_what_was_selected(owner: Caller, video_id: str, channel_id: str) -> None:
    def selected(fields: str) -> Answer:
        return owner.raw("GET", VIDEOS, {"part": "snippet,statistics", "id": video_id, "fields": fields})

    item = {"id": video_id, "snippet": {"channelId": channel_id, "categoryId": "26"}}
    assert selected("items(id,snippet(channelId,categoryId))").json == {"items": [item]}
    assert selected("kind,items/snippet/channelId").json["items"] == [{"snippet": {"channelId": channel_id}}]
    assert selected("items(*/channelId)").json["items"][0]["snippet"] == {"channelId": channel_id}
    for wrong in ("items(id", "items)id", "items//id", ","):
        assert selected(wrong).reason == "invalidParameter"


def test_dead_token_is_challenged(owner: Caller) -> None:
    owner.control("POST", "tokens/expire", {"token": owner.token})
    answer = owner.get(CHANNELS, part="id", mine="true")
    assert (answer.status, answer.reason) == (401, "authError")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer realm=")


def test_comments_need_more_than_readonly(nobody: Caller, video_id: str) -> None:
    reader = nobody.as_account("spoke-and-solder", READONLY)
    assert reader.get(VIDEOS, part="id", id=video_id).ids == [video_id]
    answer = reader.get(THREADS, part="id", videoId=video_id)
    assert (answer.status, answer.reason) == (403, "insufficientPermissions")
    assert "insufficient_scope" in answer.headers["WWW-Authenticate"]
    assert answer.json["error"]["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"


def test_key_reads_what_is_public_and_nothing_else(nobody: Caller, video_id: str) -> None:
    key = {"key": "sandbox-api-key"}
    assert nobody.get(THREADS, part="id", videoId=video_id, **key).ids
    assert nobody.get(THREADS, part="id", videoId=video_id, moderationStatus="heldForReview", **key).status == 403
    assert nobody.get(CHANNELS, part="id", mine="true", **key).status == 401
    assert nobody.get(VIDEOS, part="id", id=video_id, key="wrong").reason == "badRequest"
    assert nobody.get(VIDEOS, part="id", id=video_id).reason == "forbidden"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "P0D"), (34, "PT34S"), (60, "PT1M"), (3600, "PT1H"), (3725, "PT1H2M5S"), (90_000, "P1DT1H"), (86_400, "P1D")],
)
def test_durations_are_written_as_google_does(seconds: int, text: str) -> None:
    assert iso_duration(seconds) == text


@pytest.mark.parametrize(("exact", "shown"), [(0, 0), (999, 999), (8_471, 8_470), (184_312, 184_000)])
def test_subscribers_keep_three_figures(exact: int, shown: int) -> None:
    assert three_figures(exact) == shown


def test_uploads_are_found_by_video_and_by_item(owner: Caller, channel_id: str, video_id: str) -> None:
    found = owner.get(UPLOADS, part="contentDetails", playlistId="UU" + channel_id[2:], videoId=video_id)
    assert [item["contentDetails"]["videoId"] for item in found.items] == [video_id]
    assert owner.get(UPLOADS, part="contentDetails", id=found.ids).items == found.items


def test_channels_by_user_name_are_gone(owner: Caller) -> None:
    assert owner.get(CHANNELS, part="id", forUsername="spoke").items == []


def test_live_video_has_no_length_and_no_end(owner: Caller) -> None:
    identity = owner.control("POST", "videos", {"live": "live", "live_started": ANCHOR})["id"]
    [video] = owner.get(VIDEOS, part="snippet,contentDetails,liveStreamingDetails", id=identity).items
    assert video["snippet"]["liveBroadcastContent"] == "live"
    assert video["contentDetails"]["duration"] == "P0D"
    assert "actualEndTime" not in video["liveStreamingDetails"]


def test_unknown_methods_are_googles_404(owner: Caller) -> None:
    answer = owner.raw("GET", "/youtube/v3/search", {"part": "id"})
    assert (answer.status, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_writing_with_a_key_needs_a_login(nobody: Caller) -> None:
    answer = nobody("POST", "/youtube/v3/comments", {"part": "id", "key": "sandbox-api-key"}, json_body={})
    assert (answer.status, answer.reason) == (401, "authorizationRequired")
