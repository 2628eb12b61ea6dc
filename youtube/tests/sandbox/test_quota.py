from youtube.tests.sandbox.conftest import ANCHOR, COMMENTS, STATUS, THREADS, Caller
from youtube.tests.sandbox.test_comment_threads import add

VIDEOS, STATS = "/youtube/v3/videos", "/youtube/v3/videos:batchGetStats"


def used(caller: Caller, bucket: str = "default") -> int:
    return int(caller.control("POST", "quota", {})[bucket]["used"])


def test_reads_cost_one_and_writes_fifty(owner: Caller, video_id: str) -> None:
    top = add(owner, video=video_id)
    owner.get(VIDEOS, part="id", id=video_id)
    assert used(owner) == 1
    owner("POST", STATUS, {"id": top, "moderationStatus": "published"})
    assert used(owner) == 51


def test_inserts_can_cost_what_the_other_page_says(owner: Caller, video_id: str) -> None:
    owner.control("POST", "settings", {"insert_cost": 52})
    body = {"snippet": {"parentId": add(owner, video=video_id), "textOriginal": "Hi"}}
    owner("POST", COMMENTS, {"part": "snippet"}, json_body=body)
    assert used(owner) == 52


def test_refused_requests_cost_too_and_dead_tokens_nothing(owner: Caller) -> None:
    owner.get(THREADS, part="id", videoId="nonsense")
    assert used(owner) == 1
    Caller(owner.sandbox, "dead").get(THREADS, part="id", videoId="nonsense")
    assert used(owner) == 1


def test_stats_have_a_bucket_of_their_own(owner: Caller, video_id: str) -> None:
    owner.get(STATS, part="statistics", id=video_id)
    assert (used(owner), used(owner, "videos.batchGetStats")) == (0, 1)
    owner.control("POST", "quota", {"bucket": "videos.batchGetStats", "limit": 1})
    assert owner.get(STATS, part="statistics", id=video_id).reason == "quotaExceeded"
    assert owner.get(VIDEOS, part="id", id=video_id).status == 200


def test_spent_quota_refuses_until_midnight_pacific(owner: Caller, video_id: str) -> None:
    owner.control("POST", "quota", {"used": 9_999})
    assert owner.get(VIDEOS, part="id", id=video_id).status == 200
    answer = owner.get(VIDEOS, part="id", id=video_id)
    assert (answer.status, answer.reason) == (403, "quotaExceeded")
    assert answer.json["error"]["errors"][0]["domain"] == "youtube.quota"

    for hours, status in ((7.9, 403), (0.2, 200)):  # the anchor is 16:00 of the day before in Los Angeles
        owner.control("POST", "clock", {"advance": hours * 3600})
        fresh = owner.as_account("spoke-and-solder")
        assert fresh.get(VIDEOS, part="id", id=video_id).status == status
    assert owner.sandbox.world.clock.anchor == ANCHOR
