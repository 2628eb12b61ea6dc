"""What the walk over everything finds out, and that nothing short of YouTube's own word makes it delete."""

import random
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from connections import sync
from connections.models import Connection, SyncRun
from connections.tests.working import step, walk
from youtube.models import YouTubeComment, YouTubeVideo
from youtube.tests.invariants import STATES, check_always, check_synced, stored_comments
from youtube.tests.sandbox_control import SandboxControl

THREADS, BY_ID = {"path": "commentThreads"}, {"path": "/comments"}


def some_thread(
    vendor: SandboxControl, channel: Connection, *, status: str = "published", replies: int = 0
) -> Mapping[str, Any]:
    """The oldest thread of a channel whose first comment is in that state and has so many replies or more."""
    truth = vendor.truth(channel.external_id).values()
    parents = [comment["parent"] for comment in truth]
    tops = [comment for comment in truth if comment["parent"] is None and comment["status"] == status]
    return min(
        (top for top in tops if parents.count(top["id"]) >= replies), key=lambda top: (top["published"], top["id"])
    )


def gone(connection: Connection) -> set[str]:
    rows = YouTubeComment.objects.filter(connection_id=connection.pk).exclude(deleted_at=None)
    return set(rows.values_list("comment_id", flat=True))


@pytest.mark.parametrize("replies", [0, 7])
def test_rel_50_a_late_reply_to_an_old_thread_is_found(
    vendor: SandboxControl, synced: Connection, replies: int
) -> None:
    thread = some_thread(vendor, synced, replies=replies)
    [late] = vendor.comment(parent=thread["id"], text="Years later: thank you")

    walk(synced, "comments_complete")

    assert YouTubeComment.objects.get(comment_id=late).parent == YouTubeComment.objects.get(comment_id=thread["id"])
    check_synced(vendor, synced)


@pytest.mark.parametrize("replies", [0, 7])
def test_rel_47_a_text_edited_later_is_found(vendor: SandboxControl, synced: Connection, replies: int) -> None:
    thread = some_thread(vendor, synced, replies=replies)
    last_reply = [key for key, comment in vendor.truth(synced.external_id).items() if comment["parent"] == thread["id"]]
    for comment_id in [thread["id"], *last_reply[-1:]]:
        vendor.patch(f"comments/{comment_id}", text=f"I was wrong about {comment_id}")

    run = walk(synced, "comments_complete")

    assert run.updated >= 1
    assert YouTubeComment.objects.get(comment_id=thread["id"]).edited_at is not None
    check_synced(vendor, synced)


def test_rel_46_a_deleted_thread_is_erased_with_its_replies(vendor: SandboxControl, synced: Connection) -> None:
    thread = some_thread(vendor, synced, replies=7)
    before = vendor.truth(synced.external_id).keys()
    vendor.delete(f"comments/{thread['id']}")

    run = walk(synced, "comments_complete")

    deleted = before - vendor.truth(synced.external_id).keys()
    assert run.removed == len(deleted) > 7
    assert gone(synced) == deleted
    erased = YouTubeComment.objects.get(comment_id=thread["id"])
    assert (erased.text, erased.author_name, erased.author_channel_id) == ("", "", "")
    check_synced(vendor, synced)


def test_rel_46_a_deleted_reply_is_erased_alone(vendor: SandboxControl, synced: Connection) -> None:
    thread = some_thread(vendor, synced, replies=1)
    reply = next(key for key, one in vendor.truth(synced.external_id).items() if one["parent"] == thread["id"])
    vendor.delete(f"comments/{reply}")

    walk(synced, "comments_complete")

    assert gone(synced) == {reply}
    check_synced(vendor, synced)


@pytest.mark.usefixtures("small_pages")
def test_rel_46_what_moved_up_over_a_page_break_is_not_taken_for_deleted(
    vendor: SandboxControl, synced: Connection, settings: Settings
) -> None:
    settings.SYNC_TASK_PAGES, before = 1, vendor.last_call()
    run = sync.start_run(synced, "comments_complete")
    assert run is not None
    while run.cursor.get("phase") != "videos" or not run.cursor["page_token"]:
        run = step(run)
    video = YouTubeVideo.objects.get(pk=run.cursor["video"])
    assert len(vendor.calls("commentThreads", since=before, videoId=video.video_id)) == 1
    passed = [
        comment
        for comment in vendor.truth(synced.external_id).values()
        if (comment["video"], comment["parent"], comment["status"]) == (video.video_id, None, "published")
    ][:3]
    for comment in passed:
        vendor.delete(f"comments/{comment['id']}")

    while run.is_open:
        run = step(run)

    assert not gone(synced) - {comment["id"] for comment in passed}
    walk(synced, "comments_complete")
    assert {comment["id"] for comment in passed} <= gone(synced)
    check_synced(vendor, synced)


# What a page of threads, or the look at single comments, may turn into; and with which outcome the walk ends.
BROKEN_ANSWERS = [
    pytest.param("error", {"status": 500}, id="500"),
    pytest.param("error", {"status": 503, "reason": "backendError"}, id="503"),
    pytest.param("error", {"status": 400, "reason": "processingFailure"}, id="processing-failure"),
    pytest.param("html", {"status": 200}, id="html"),
    pytest.param("empty_object", {}, id="empty-object"),
    pytest.param("null_items", {}, id="null-items"),
    pytest.param("raw", {"body": ""}, id="empty-body"),
    pytest.param("raw", {"body": "[]"}, id="a-list"),
    pytest.param("truncate_json", {}, id="half-json"),
    pytest.param("half_body", {}, id="half-body"),
    pytest.param("drop", {}, id="dropped"),
]


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize(("effect", "args"), BROKEN_ANSWERS)
def test_rel_21_a_broken_answer_is_never_taken_for_nothing(
    vendor: SandboxControl, synced: Connection, effect: str, args: dict[str, Any]
) -> None:
    deleted = some_thread(vendor, synced)["id"]
    vendor.delete(f"comments/{deleted}")
    for path in (THREADS, BY_ID):
        vendor.fault(effect, {**path, "nth": 2}, **args)

    run = walk(synced, "comments_complete")

    assert [rule["hits"] for rule in vendor.get("faults")["faults"]] == [1, 1]
    assert run.state == SyncRun.State.SUCCEEDED
    assert gone(synced) == {deleted}
    check_synced(vendor, synced)


@pytest.mark.usefixtures("small_pages")
def test_rel_21_an_empty_look_at_single_comments_deletes_nothing(vendor: SandboxControl, synced: Connection) -> None:
    deleted = some_thread(vendor, synced)["id"]
    vendor.delete(f"comments/{deleted}")
    vendor.fault("raw", {**BY_ID, "params": {"maxResults": ""}}, body='{"items": []}')

    run = sync.start_run(synced, "comments_complete")
    assert run is not None
    while run.is_open:
        run = step(run)

    assert (run.state, gone(synced)) == (SyncRun.State.PARTIAL, set())
    vendor.heal()
    assert walk(synced, "comments_complete").state == SyncRun.State.SUCCEEDED
    assert gone(synced) == {deleted}
    check_synced(vendor, synced)


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize(
    ("effect", "args"),
    [
        pytest.param("ignore_page_token", {}, id="page-token-ignored"),
        pytest.param("repeat_token", {}, id="token-repeated"),
        pytest.param("error", {"status": 400, "reason": "invalidPageToken"}, id="page-token-refused"),
        pytest.param("raw", {"body": '{"items": []}'}, id="lists-end-early"),
    ],
)
def test_rel_48_lists_that_lead_nowhere_end_the_walk_and_delete_nothing(
    vendor: SandboxControl, synced: Connection, effect: str, args: dict[str, Any]
) -> None:
    before = stored_comments(synced)
    vendor.fault(effect, {**THREADS, "after": 3}, **args)

    run = walk(synced, "comments_complete")

    assert run.state in (SyncRun.State.PARTIAL, SyncRun.State.SUCCEEDED)
    assert gone(synced) == set()
    assert stored_comments(synced).keys() == before.keys()
    vendor.heal()
    walk(synced, "comments_complete")
    check_synced(vendor, synced)


@pytest.mark.usefixtures("small_pages")
def test_rel_49_an_empty_page_with_a_next_one_is_not_the_end(vendor: SandboxControl, synced: Connection) -> None:
    new = vendor.comment(video=vendor.videos(synced.external_id)[0]["id"], n=60, text="Behind an empty page")
    vendor.fault("empty_page", {**THREADS, "every": 4})

    walk(synced, "comments_complete")

    assert set(new) <= stored_comments(synced).keys()
    check_synced(vendor, synced)


@pytest.mark.parametrize("change", [{"comments_enabled": False}, {"privacy": "private"}, {"deleted": True}])
@pytest.mark.parametrize("knows", [True, False], ids=["videos-read-again", "videos-not-read-again"])
def test_rel_51_a_video_that_cannot_be_read_takes_no_comment_with_it(
    vendor: SandboxControl, synced: Connection, change: dict[str, Any], knows: bool
) -> None:
    video = vendor.videos(synced.external_id)[1]["id"]
    before = stored_comments(synced)
    vendor.patch(f"videos/{video}", **change)

    if knows:
        walk(synced, "videos")
    run = walk(synced, "comments_complete")

    assert run.state == SyncRun.State.SUCCEEDED
    assert run.removed == 0
    assert stored_comments(synced) == before
    assert YouTubeVideo.objects.filter(comments_disabled=True).count() == ("comments_enabled" in change)
    vendor.patch(f"videos/{video}", comments_enabled=True, privacy="public", deleted=False)
    walk(synced, "videos")
    walk(synced, "comments_complete")
    check_synced(vendor, synced)


def _reply_of(vendor: SandboxControl, channel: Connection) -> str:
    thread = some_thread(vendor, channel, replies=1)
    return next(key for key, one in vendor.truth(channel.external_id).items() if one["parent"] == thread["id"])


def _thread_of(vendor: SandboxControl, channel: Connection) -> str:
    return str(some_thread(vendor, channel)["id"])


@pytest.mark.parametrize("says", [False, True], ids=["lists-without-status", "lists-with-status"])
@pytest.mark.parametrize("pick", [_thread_of, _reply_of], ids=["thread", "reply"])
def test_a_comment_follows_its_moderation_state(
    vendor: SandboxControl, synced: Connection, says: bool, pick: Callable[[SandboxControl, Connection], str]
) -> None:
    vendor.post("settings", moderation_status_in_lists=says)
    comment_id = pick(vendor, synced)

    for state in ("heldForReview", "published", "likelySpam", "heldForReview", "likelySpam", "published"):
        vendor.patch(f"comments/{comment_id}", status=state)
        walk(synced, "comments_complete")
        assert stored_comments(synced)[comment_id][1] == STATES[state]
        check_synced(vendor, synced)
    assert gone(synced) == set()


def test_a_rejected_comment_is_erased_since_youtube_shows_it_nowhere(
    vendor: SandboxControl, synced: Connection
) -> None:
    held = some_thread(vendor, synced, status="heldForReview")["id"]
    vendor.patch(f"comments/{held}", status="rejected")

    walk(synced, "comments_complete")

    assert gone(synced) == {held}
    check_synced(vendor, synced)


def test_a_comment_that_comes_back_is_whole_again(vendor: SandboxControl, synced: Connection) -> None:
    comment_id = _thread_of(vendor, synced)
    vendor.patch(f"comments/{comment_id}", status="rejected")
    walk(synced, "comments_complete")
    vendor.patch(f"comments/{comment_id}", status="published")

    walk(synced, "comments_complete")

    assert gone(synced) == set()
    check_synced(vendor, synced)


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rel_45_whatever_happens_between_two_pages_ends_well(
    vendor: SandboxControl, synced: Connection, settings: Settings, seed: int
) -> None:
    """People write, edit, delete and moderate while both walks go on a page at a time."""
    settings.SYNC_TASK_PAGES = 1
    chance = random.Random(seed)
    for stream in ("comments", "comments_complete"):
        run = sync.start_run(synced, stream)
        assert run is not None
        while run.is_open:
            _change_something(vendor, synced, chance)
            run = step(run)
            check_always(vendor, synced)

    walk(synced, "comments_complete")

    check_synced(vendor, synced)


def _change_something(vendor: SandboxControl, channel: Connection, chance: random.Random) -> None:
    truth = vendor.truth(channel.external_id)
    comment = truth[chance.choice(list(truth))]
    match chance.randrange(6):
        case 0 | 1:
            vendor.comment(video=comment["video"], n=chance.randrange(1, 30))
        case 2:
            vendor.comment(parent=comment["parent"] or comment["id"], n=chance.randrange(1, 8))
        case 3:
            vendor.patch(f"comments/{comment['id']}", text=f"Edited {chance.random()}")
        case 4:
            vendor.patch(f"comments/{comment['id']}", status=chance.choice([*STATES, "rejected"]))
        case 5:
            vendor.delete(f"comments/{comment['id']}")


def test_a_video_whose_first_page_is_refused_costs_one_call(vendor: SandboxControl, synced: Connection) -> None:
    videos = len(vendor.videos(synced.external_id))
    every = {"path": "commentThreads", "params": {"allThreadsRelatedToChannelId": ""}}
    vendor.fault("error", every, status=400, reason="invalidPageToken")
    before = vendor.last_call()

    run = walk(synced, "comments_complete")

    assert run.state == SyncRun.State.PARTIAL
    assert sum("videoId" in call.params for call in vendor.calls("commentThreads", since=before)) <= videos
    assert gone(synced) == set()
