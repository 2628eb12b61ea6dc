import unicodedata
from collections import Counter

import pytest

from youtube.sandbox import texts
from youtube.sandbox.app import Sandbox
from youtube.sandbox.oauth import FORCE_SSL
from youtube.tests.sandbox.conftest import ANCHOR, COMMENTS, THREADS, Caller


@pytest.fixture(scope="module")
def demo() -> Caller:
    return Caller(Sandbox(1, "demo", anchor=ANCHOR)).as_account("spoke-and-solder")


def main_channel(caller: Caller) -> str:
    return caller.sandbox.world.owned_channels()[0].id


def test_demo_is_as_large_as_promised(demo: Caller) -> None:
    counts = demo.control("GET", "counts")[main_channel(demo)]
    assert counts["videos"] == 24
    assert 1300 <= counts["comments"] + counts["replies"] <= 1800
    assert 30 <= counts["held"] <= 55
    assert 18 <= counts["spam"] <= 45
    assert counts["fans"] > 300


def test_demo_has_long_threads_and_every_kind_of_video(demo: Caller) -> None:
    world = demo.sandbox.world
    tops = [world.comments.row(row) for row in world.comments.feed(main_channel(demo), "published")]
    lengths = sorted(len(world.comments.reply_rows(top)) for top in tops)
    assert lengths[-1] > 100
    assert sum(length > 5 for length in lengths) >= 6
    mine = world.videos_of(main_channel(demo))
    assert {video.privacy for video in mine} == {"public", "unlisted", "private"}
    assert {video.live for video in mine} == {"none", "upcoming"}
    assert any(video.is_short for video in mine)
    assert any(not video.comments_enabled for video in mine)


def test_demo_speaks_many_scripts(demo: Caller) -> None:
    comments = demo.control("GET", "truth", limit=10_000)["comments"]
    scripts: Counter[str] = Counter()
    for comment in comments:
        scripts.update({unicodedata.name(letter, " ").split()[0] for letter in comment["text"] if letter.isalpha()})
    assert {"LATIN", "CYRILLIC", "ARABIC", "DEVANAGARI", "HIRAGANA", "CJK", "HANGUL"} <= scripts.keys()
    kinds = Counter(comment["kind"] for comment in comments)
    assert {"praise", "question", "request", "criticism", "collab", "spam", "toxic", "emoji", "mixed"} <= kinds.keys()
    assert kinds["hostile"] >= 20


def test_every_voice_says_everything() -> None:
    asked = set(texts.KINDS) - {"emoji", "mixed"} | {"spam", "toxic"}
    for voice in texts.VOICES.values():
        assert voice.lines.keys() == asked
        assert voice.topics.keys() == texts.VOICES["en"].topics.keys()
    assert len(texts.VOICES) >= 8


@pytest.mark.parametrize("size", ["small", "demo", "threads:500"])
def test_same_seed_same_bytes(size: str) -> None:
    def everything(seed: int) -> bytes:
        caller = Caller(Sandbox(seed, size, anchor=ANCHOR)).as_account("spoke-and-solder")
        query = {"part": "id,snippet,replies", "allThreadsRelatedToChannelId": main_channel(caller), "maxResults": 100}
        return caller.get(THREADS, **query).body

    assert everything(1).split(b'"items"')[1] == everything(1).split(b'"items"')[1]
    assert everything(1) != everything(2)


@pytest.fixture
def many() -> Caller:
    return Caller(Sandbox(1, "threads:1000", anchor=ANCHOR)).as_account("spoke-and-solder", FORCE_SSL)


def test_lazy_world_lists_each_comment_once_newest_first(many: Caller) -> None:
    query = {"part": "snippet", "allThreadsRelatedToChannelId": main_channel(many), "maxResults": 100}
    found = many.every(THREADS, **query)
    times = [thread["snippet"]["topLevelComment"]["snippet"]["publishedAt"] for thread in found]
    assert len({thread["id"] for thread in found}) == 1000
    assert times == sorted(times, reverse=True)
    per_video = Counter(thread["snippet"]["videoId"] for thread in found)
    assert set(per_video.values()) == {50}
    assert len(many.every(THREADS, part="id", videoId=next(iter(per_video)), maxResults=100)) == 50


def test_lazy_world_agrees_with_itself(many: Caller) -> None:
    [counts] = many.control("GET", "counts").values()
    videos = many.get("/youtube/v3/videos", part="statistics", id=list(many.sandbox.world.videos)).items
    published = sum(int(video["statistics"]["commentCount"]) for video in videos)
    assert counts["comments"] == 1000
    assert counts["replies"] > 0
    assert published == counts["comments"] + counts["replies"]


def test_lazy_comments_can_be_found_and_changed(many: Caller) -> None:
    channel = main_channel(many)
    query = {"part": "snippet,replies", "allThreadsRelatedToChannelId": channel, "maxResults": 100}
    found = many.every(THREADS, **query)
    answered = next(thread for thread in found if thread["snippet"]["totalReplyCount"])
    plain, second = found[0]["id"], found[1]["id"]

    replies = many.get(COMMENTS, part="snippet", parentId=answered["id"]).ids
    assert many.get(COMMENTS, part="id", id=[plain, *replies, "UgBffffffffsandboxlz4AaABAg"]).ids == [plain, *replies]

    many.control("PATCH", f"comments/{plain}", {"status": "heldForReview"})
    many.control("PATCH", f"comments/{second}", {"text": "Edited"})
    many.control("DELETE", f"comments/{answered['id']}")
    newest = many.control("POST", "comments", {"video": found[0]["snippet"]["videoId"], "n": 3})["ids"]

    after = many.every(THREADS, **query)
    assert [thread["id"] for thread in after[:4]] == [*reversed(newest), second]
    assert after[3]["snippet"]["topLevelComment"]["snippet"]["textDisplay"] == "Edited"
    assert len(after) == 1000 - 2 + 3
    held = many.get(THREADS, part="id", allThreadsRelatedToChannelId=channel, moderationStatus="heldForReview")
    assert held.ids == [plain]
    assert many.get(COMMENTS, part="id", id=replies).ids == []


def test_a_million_comments_cost_nothing_until_looked_at() -> None:
    caller = Caller(Sandbox(1, "threads:1000000", anchor=ANCHOR)).as_account("spoke-and-solder", FORCE_SSL)
    query = {"part": "snippet", "allThreadsRelatedToChannelId": main_channel(caller), "maxResults": 100}
    assert len(caller.get(THREADS, **query).items) == 100
