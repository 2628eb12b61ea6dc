from typing import Any

import pytest

from youtube.sandbox.app import Sandbox
from youtube.sandbox.oauth import READONLY
from youtube.tests.sandbox.conftest import ANCHOR, COMMENTS, THREADS, Caller
from youtube.tests.sandbox.test_comment_threads import add


def test_counts_follow_changes(owner: Caller, channel_id: str, video_id: str) -> None:
    def counts() -> dict[str, int]:
        found: dict[str, int] = owner.control("GET", "counts")[channel_id]
        return found

    before = counts()
    top = add(owner, video=video_id, author="@new", author_id="UCnew")
    add(owner, parent=top, status="heldForReview", author="@new", author_id="UCnew")
    add(owner, video=video_id, status="likelySpam", author="@gone", author_id=None)
    add(owner, video=video_id, status="rejected")
    after = counts()
    changed = {name: after[name] - before[name] for name in ("comments", "replies", "held", "spam", "fans")}
    assert changed == {"comments": 2, "replies": 1, "held": 1, "spam": 1, "fans": 1}
    owner.control("PATCH", f"videos/{video_id}", {"comments_enabled": False})
    assert counts()["comments"] < before["comments"]
    owner.control("DELETE", f"videos/{video_id}")
    assert counts()["videos"] == before["videos"] - 1


def test_truth_pages_through_everything(owner: Caller, channel_id: str) -> None:
    page = owner.control("GET", "truth", channel=channel_id, limit=50)
    found = page["comments"]
    while page["next"]:
        page = owner.control("GET", "truth", channel=channel_id, offset=page["next"], limit=50)
        found += page["comments"]
    counts = owner.control("GET", "counts")[channel_id]
    assert len({c["id"] for c in found}) == len(found) == page["total"] == counts["comments"] + counts["replies"]


def test_log_tells_what_was_asked_without_secrets(owner: Caller, video_id: str) -> None:
    owner.control("POST", "log/clear")
    owner.get(THREADS, part="id", videoId=video_id, access_token="secret-1")
    owner.raw("POST", "/token", form={"refresh_token": "secret-2", "grant_type": "refresh_token"})
    body = {"snippet": {"parentId": "nonsense", "textOriginal": "Hi"}}
    owner("POST", COMMENTS, {"part": "snippet"}, json_body=body)

    listing, token, writing = owner.control("GET", "log")["requests"]

    assert (listing["path"], listing["status"], listing["units"]) == (THREADS, 200, 1)
    assert listing["params"] == {"part": "id", "videoId": video_id, "access_token": "[redacted]"}
    assert token["body"] == {"refresh_token": "[redacted]", "grant_type": "refresh_token"}
    assert (writing["body"], writing["units"], writing["status"]) == (body, 50, 404)
    assert owner.control("GET", "log", since=token["number"])["requests"] == [writing]


def test_comments_are_added_in_bulk_with_given_ids(owner: Caller, video_id: str) -> None:
    ids = ["UgxFirst", "UgxSecond"]
    assert owner.control("POST", "comments", {"video": video_id, "n": 2, "ids": ids})["ids"] == ids
    assert owner.get(COMMENTS, part="id", id=ids).ids == ids


def test_added_video_takes_comments(owner: Caller, channel_id: str) -> None:
    video = owner.control("POST", "videos", {"title": "Fresh", "seconds": 45, "is_short": True})["id"]
    top = add(owner, video=video)
    assert owner.get(THREADS, part="id", videoId=video).ids == [top]
    uploads = owner.get("/youtube/v3/playlistItems", part="contentDetails", playlistId="UU" + channel_id[2:])
    assert uploads.items[0]["contentDetails"]["videoId"] == video


def test_tokens_are_minted_by_account_or_channel(nobody: Caller, channel_id: str) -> None:
    for whose in ({"account": "spoke-and-solder"}, {"channel": channel_id}):
        token = nobody.control("POST", "tokens", whose | {"scopes": [READONLY], "lifetime": 60})
        assert (token["scope"], token["expires_in"]) == (READONLY, 60)
        mine = Caller(nobody.sandbox, token["access_token"]).get("/youtube/v3/channels", part="id", mine="true")
        assert mine.ids == [channel_id]


def test_reset_starts_anew_with_another_size(owner: Caller, video_id: str) -> None:
    add(owner, video=video_id)
    owner.control("POST", "reset", {"size": "threads:50"})
    assert owner.get(THREADS, part="id", videoId=video_id).status == 401
    [counts] = owner.control("GET", "counts").values()
    assert counts["comments"] == 50


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "nonsense", None, 404),
        ("PATCH", "comments/nonsense", {}, 404),
        ("POST", "comments", {"video": "nonsense"}, 404),
        ("POST", "comments", {"parent": "nonsense"}, 404),
        ("POST", "comments", {"video": "V", "status": "hidden"}, 400),
        ("PATCH", "videos/nonsense", {}, 404),
        ("POST", "settings", {"nonsense": 1}, 400),
        ("POST", "tokens", {"account": "nonsense"}, 404),
    ],
)
def test_mistakes_are_told(nobody: Caller, video_id: str, method: str, path: str, body: Any, status: int) -> None:
    if body and body.get("video") == "V":
        body = body | {"video": video_id}
    assert nobody.raw(method, f"/sandbox/{path}", json_body=body).status == status


def test_settings_can_be_given_at_start_as_text() -> None:
    sandbox = Sandbox(
        1, "small", page_cap="7", text_original_always="yes", access_token_lifetime="60", anchor=str(ANCHOR)
    )
    settings = sandbox.world.settings
    assert (settings.page_cap, settings.text_original_always, settings.access_token_lifetime) == (7, True, 60)
    with pytest.raises(TypeError, match="nonsense"):
        Sandbox(1, "small", nonsense="1")
    with pytest.raises(ValueError, match="unknown size"):
        Sandbox(1, "huge")


def test_commenter_can_change_the_name_and_nothing_else(owner: Caller, video_id: str) -> None:
    top = add(owner, video=video_id, author="@before", author_id="UCsame")
    owner.control("PATCH", f"comments/{top}", {"author": "@after"})
    snippet = owner.get(COMMENTS, part="snippet", id=top).items[0]["snippet"]
    assert (snippet["authorDisplayName"], snippet["authorChannelId"]) == ("@after", {"value": "UCsame"})
