import json
import time
from pathlib import Path
from typing import Any

import pytest

from connections.sandbox_server import ConnectionDropped
from youtube.sandbox.faults import EFFECTS
from youtube.tests.sandbox.conftest import COMMENTS, THREADS, Answer, Caller
from youtube.tests.sandbox.test_comment_threads import add

CHANNELS = "/youtube/v3/channels"


def fault(caller: Caller, effect: str, /, match: dict[str, object] | None = None, **args: object) -> None:
    caller.control("POST", "faults", {"match": match or {}, "effect": effect, "args": args})


def threads(caller: Caller, video_id: str, **params: object) -> Answer:
    return caller.raw("GET", THREADS, {"part": "snippet,replies", "videoId": video_id, "maxResults": 5} | params)


def reply(caller: Caller, parent: str) -> Answer:
    body = {"snippet": {"parentId": parent, "textOriginal": "Hi"}}
    return caller.raw("POST", COMMENTS, {"part": "snippet"}, json_body=body)


def test_error_looks_like_googles(owner: Caller) -> None:
    fault(owner, "error", {"path": "channels"}, status=503, reason="backendError", headers={"Retry-After": 90})
    answer = owner.get(CHANNELS, part="id", mine="true")
    assert (answer.status, answer.reason, answer.headers["Retry-After"]) == (503, "backendError", "90")


def test_rules_count_the_requests_they_match(owner: Caller, video_id: str) -> None:
    fault(owner, "error", {"path": "commentThreads", "nth": [2, 4]})
    fault(owner, "error", {"path": "channels", "after": 1, "every": 2, "times": 1})
    assert [threads(owner, video_id).status for _ in range(5)] == [200, 500, 200, 500, 200]
    assert [owner.get(CHANNELS, part="id", mine="true").status for _ in range(6)] == [200, 200, 500, 200, 200, 200]
    assert [(rule["seen"], rule["hits"]) for rule in owner.control("GET", "faults")["faults"]] == [(5, 2), (6, 1)]


def test_rules_match_method_params_and_patterns(owner: Caller, video_id: str) -> None:
    fault(owner, "error", {"method": "POST", "path": "/youtube/v3/comments"})
    fault(owner, "error", {"path": "*/commentThreads", "params": {"moderationStatus": "heldForReview"}})
    assert threads(owner, video_id).status == 200
    assert threads(owner, video_id, moderationStatus="heldForReview").status == 500
    assert reply(owner, "x").status == 500
    assert owner.raw("GET", COMMENTS, {"part": "id", "id": "x"}).status == 200


def test_probability_is_seeded(owner: Caller) -> None:
    fault(owner, "error", {"path": "channels", "probability": 0.5})
    statuses = [owner.get(CHANNELS, part="id", mine="true").status for _ in range(40)]
    assert {200, 500} == set(statuses)


def test_rules_are_removed_one_by_one_or_all(owner: Caller) -> None:
    first, second = (owner.control("POST", "faults", {"effect": "html"})["faults"][0]["id"] for _ in range(2))
    owner.control("DELETE", f"faults/{first}")
    assert [rule["id"] for rule in owner.control("GET", "faults")["faults"]] == [second]
    owner.control("DELETE", "faults")
    assert owner.control("GET", "faults") == {"faults": []}


def test_misspelt_rules_are_refused(owner: Caller) -> None:
    for rule in ({"effect": "explode"}, {"effect": "html", "match": {"pth": "x"}}, {"effect": "html", "arg": {}}):
        assert owner.raw("POST", "/sandbox/faults", json_body=rule).status == 400


def test_write_happens_though_the_answer_says_no(owner: Caller, video_id: str) -> None:
    top = add(owner, video=video_id)
    fault(owner, "error", {"method": "POST", "times": 1}, after=True)
    assert reply(owner, top).status == 500
    fault(owner, "drop", {"method": "POST", "times": 1}, after=True)
    with pytest.raises(ConnectionDropped):
        reply(owner, top)
    assert len(owner.get(COMMENTS, part="id", parentId=top).ids) == 2


def test_drop_before_the_write_leaves_nothing(owner: Caller, video_id: str) -> None:
    top = add(owner, video=video_id)
    fault(owner, "drop", {"method": "POST", "times": 1})
    with pytest.raises(ConnectionDropped):
        reply(owner, top)
    assert owner.get(COMMENTS, part="id", parentId=top).ids == []
    posts = [entry for entry in owner.control("GET", "log")["requests"] if entry["method"] == "POST"]
    assert [(post["status"], post["faults"]) for post in posts] == [(None, ["drop"])]


def test_delay_waits_and_then_answers(owner: Caller) -> None:
    fault(owner, "delay", seconds=0.05)
    started = time.monotonic()
    assert owner.get(CHANNELS, part="id", mine="true").status == 200
    assert time.monotonic() - started >= 0.05


def test_body_is_cut_in_half_under_its_full_length(owner: Caller, video_id: str) -> None:
    fault(owner, "half_body")
    answer = threads(owner, video_id)
    assert len(answer.body) == int(answer.headers["Content-Length"]) // 2


def test_body_drips(owner: Caller) -> None:
    fault(owner, "drip", seconds=0, bytes=7)
    answer = owner.raw("GET", CHANNELS, {"part": "id", "mine": "true"})
    assert len(answer.body) == int(answer.headers["Content-Length"])
    assert answer.json["items"]


@pytest.mark.parametrize(
    ("effect", "args", "body"),
    [
        ("html", {}, b"<!DOCTYPE html>"),
        ("empty_object", {}, b"{}"),
        ("raw", {"body": ""}, b""),
        ("raw", {"body": '{"items": [], "items": null, "n": 1e999}'}, b'{"items": [], "items"'),
        ("truncate_json", {}, b'{"kind": "youtube#commentThreadListResponse"'),
    ],
)
def test_success_can_be_nonsense(owner: Caller, video_id: str, effect: str, args: dict[str, Any], body: bytes) -> None:
    fault(owner, effect, **args)
    answer = threads(owner, video_id)
    assert answer.status == 200
    assert answer.body.startswith(body)


def test_items_can_be_null(owner: Caller, video_id: str) -> None:
    fault(owner, "null_items")
    assert threads(owner, video_id).json["items"] is None


def test_fields_are_removed_renamed_and_set_in_one_or_all(owner: Caller, video_id: str) -> None:
    fault(owner, "remove_field", field="snippet.topLevelComment.snippet.publishedAt", items=1)
    fault(owner, "rename_field", field="snippet.totalReplyCount", to="replyCount")
    fault(owner, "set_field", field="snippet.topLevelComment.snippet.likeCount", value="many", items=0)
    snippets = [item["snippet"] for item in threads(owner, video_id).items]
    comments = [snippet["topLevelComment"]["snippet"] for snippet in snippets]
    assert ["publishedAt" in comment for comment in comments] == [True, False, True, True, True]
    assert all("replyCount" in snippet and "totalReplyCount" not in snippet for snippet in snippets)
    assert [comment["likeCount"] == "many" for comment in comments] == [True, False, False, False, False]


def test_items_come_twice(owner: Caller, video_id: str) -> None:
    fault(owner, "duplicate_items", items=0)
    ids = threads(owner, video_id).ids
    assert ids[0] == ids[-1]
    assert len(ids) == 6


def test_page_token_is_ignored_or_repeated(owner: Caller, video_id: str) -> None:
    first = threads(owner, video_id)
    token = first.json["nextPageToken"]
    fault(owner, "ignore_page_token", {"times": 1})
    assert threads(owner, video_id, pageToken=token).ids == first.ids
    fault(owner, "repeat_token")
    assert threads(owner, video_id, pageToken=token).json["nextPageToken"] == token


def test_shift_puts_newcomers_on_top_between_pages(owner: Caller, video_id: str) -> None:
    first = threads(owner, video_id)
    fault(owner, "shift", {"times": 1}, items=2)
    second = threads(owner, video_id, pageToken=first.json["nextPageToken"])
    assert second.ids[:2] == first.ids[-2:]
    assert not set(threads(owner, video_id).ids[:2]) & set(first.ids)


@pytest.mark.parametrize("effect", ["short_page", "empty_page"])
def test_short_pages_lose_nothing(owner: Caller, video_id: str, effect: str) -> None:
    query = {"part": "id", "videoId": video_id, "maxResults": 5}
    whole = [item["id"] for item in owner.every(THREADS, **query)]
    fault(owner, effect, {"nth": 2}, **({"items": 2} if effect == "short_page" else {}))
    assert [item["id"] for item in owner.every(THREADS, **query)] == whole


def test_page_cap_holds_for_all(owner: Caller, video_id: str) -> None:
    owner.control("POST", "settings", {"page_cap": 3})
    assert len(threads(owner, video_id).items) == 3


@pytest.mark.parametrize(("kind", "mark"), [("nul", "\x00"), ("surrogate", "\ud83d"), ("huge", "x" * 1000)])
def test_text_can_be_nasty(owner: Caller, video_id: str, kind: str, mark: str) -> None:
    fault(owner, "nasty_text", kind=kind, items=0)
    comment = json.loads(threads(owner, video_id).body)["items"][0]["snippet"]["topLevelComment"]
    assert mark in comment["snippet"]["textDisplay"]


def test_token_dies_after_some_calls(owner: Caller, video_id: str) -> None:
    fault(owner, "revoke_token", {"nth": 3})
    assert [threads(owner, video_id).status for _ in range(4)] == [200, 200, 401, 401]


def test_token_expires_once_and_scope_goes(owner: Caller, video_id: str) -> None:
    fault(owner, "drop_scope", {"nth": 1}, scope="https://www.googleapis.com/auth/youtube.force-ssl")
    assert threads(owner, video_id).status == 403
    fault(owner, "expire_token", {"nth": 1})
    assert threads(owner, video_id).status == 401


def test_platform_can_know_better_about_the_quota(owner: Caller, video_id: str) -> None:
    fault(owner, "quota_exceeded", {"times": 1})
    assert threads(owner, video_id).reason == "quotaExceeded"
    fault(owner, "quota_exceeded", as_429=True)
    answer = threads(owner, video_id)
    assert (answer.status, answer.reason) == (429, "rateLimitExceeded")
    assert "per day" in answer.json["error"]["message"]


def test_error_may_come_with_a_status_only(owner: Caller, video_id: str) -> None:
    fault(owner, "error", status=429, only_status=True)
    assert threads(owner, video_id).json["error"].keys() == {"code", "message", "status"}


def test_token_endpoint_fails_too(nobody: Caller) -> None:
    fault(nobody, "oauth_error", {"path": "/token"}, status=503, error="temporarily_unavailable")
    answer = nobody.raw("POST", "/token", form={"grant_type": "refresh_token"})
    assert (answer.status, answer.json["error"]) == (503, "temporarily_unavailable")


def test_several_rules_act_on_one_request(owner: Caller, video_id: str) -> None:
    fault(owner, "short_page", items=1)
    fault(owner, "remove_field", field="etag")
    [item] = threads(owner, video_id).items
    assert "etag" not in item


def test_every_effect_is_shown_here() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert [effect for effect in sorted(EFFECTS) if f'"{effect}"' not in source] == []
