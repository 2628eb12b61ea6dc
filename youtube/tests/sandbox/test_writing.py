import pytest

from youtube.sandbox.world import HELD, PUBLISHED, REJECTED
from youtube.tests.sandbox.conftest import COMMENTS, STATUS, THREADS, Answer, Caller
from youtube.tests.sandbox.test_comment_threads import add, new_thread


def reply(caller: Caller, parent: str, text: str = "Thank you!") -> Answer:
    body = {"snippet": {"parentId": parent, "textOriginal": text}}
    return caller("POST", COMMENTS, {"part": "snippet"}, json_body=body)


def moderate(caller: Caller, ids: object, status: str, **more: str) -> Answer:
    return caller("POST", STATUS, {"id": ids, "moderationStatus": status, **more})


def listed(caller: Caller, video_id: str, status: str = PUBLISHED) -> list[str]:
    return [
        t["id"] for t in caller.every(THREADS, part="id", videoId=video_id, moderationStatus=status, maxResults=100)
    ]


def test_reply_appears_under_its_parent(owner: Caller, video_id: str, channel_id: str) -> None:
    top = add(owner, video=video_id)
    written = reply(owner, top, "Gern geschehen & bis bald")
    assert written.json["id"].startswith(top + ".")
    assert written.json["snippet"]["textOriginal"] == "Gern geschehen & bis bald"
    [found] = owner.get(COMMENTS, part="snippet", parentId=top, textFormat="plainText").items
    assert found["snippet"]["authorChannelId"] == {"value": channel_id}
    assert found["snippet"]["textDisplay"] == "Gern geschehen & bis bald"


def test_nothing_recognises_a_repeated_reply(owner: Caller, video_id: str) -> None:
    top = add(owner, video=video_id)
    assert reply(owner, top).json["id"] != reply(owner, top).json["id"]
    assert len(owner.get(COMMENTS, part="id", parentId=top).ids) == 2


def test_reply_can_stay_invisible_for_a_while(owner: Caller, video_id: str) -> None:
    top = add(owner, video=video_id)
    owner.control("POST", "settings", {"reply_visible_after": 90})
    written = reply(owner, top).json["id"]
    assert owner.get(COMMENTS, part="id", parentId=top).ids == []
    assert "replies" not in owner.get(THREADS, part="replies", id=top).items[0]
    owner.control("POST", "clock", {"advance": 91})
    assert owner.get(COMMENTS, part="id", parentId=top).ids == [written]
    assert "replies" in owner.get(THREADS, part="replies", id=top).items[0]


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({"snippet": {"textOriginal": "Hi"}}, 400, "parentIdMissing"),
        ({"snippet": {"parentId": "TOP"}}, 400, "commentTextRequired"),
        ({"snippet": {"parentId": "TOP", "textOriginal": "  "}}, 400, "commentTextRequired"),
        ({"snippet": {"parentId": "TOP", "textOriginal": "x" * 10_001}}, 400, "commentTextTooLong"),
        ({"snippet": {"parentId": "nonsense", "textOriginal": "Hi"}}, 404, "parentCommentNotFound"),
        ({"snippet": {"parentId": "REPLY", "textOriginal": "Hi"}}, 404, "parentCommentNotFound"),
        ({"snippet": {"parentId": "HELD", "textOriginal": "Hi"}}, 400, "parentCommentIsPrivate"),
        ({"snippet": {"parentId": "CLOSED", "textOriginal": "Hi"}}, 400, "operationNotSupported"),
        ({"snippet": {"parentId": "TOP", "text": "Hi"}}, 400, "invalid"),
        ([], 400, "parseError"),
    ],
)
def test_bad_replies_are_refused(owner: Caller, video_id: str, body: object, status: int, reason: str) -> None:
    top = add(owner, video=video_id)
    known = {"TOP": top, "REPLY": add(owner, parent=top), "HELD": add(owner, video=video_id, status=HELD)}
    known["CLOSED"] = add(owner, video=video_id)
    owner.control("PATCH", f"comments/{known['CLOSED']}", {"can_reply": False})
    if isinstance(body, dict) and "parentId" in body["snippet"]:
        body = {"snippet": body["snippet"] | {"parentId": known.get(body["snippet"]["parentId"], "nonsense")}}

    answer = owner("POST", COMMENTS, {"part": "snippet"}, json_body=body)

    assert (answer.status, answer.reason) == (status, reason)


def test_closed_thread_says_so_before_it_costs(owner: Caller, video_id: str) -> None:
    top = add(owner, video=video_id)
    owner.control("PATCH", f"comments/{top}", {"can_reply": False})
    assert owner.get(THREADS, part="snippet", id=top).items[0]["snippet"]["canReply"] is False


def test_new_thread_is_on_top_of_its_video(owner: Caller, video_id: str) -> None:
    written = owner("POST", THREADS, {"part": "snippet"}, json_body=new_thread(video_id, "Hello all")).json
    assert listed(owner, video_id)[0] == written["id"] == written["snippet"]["topLevelComment"]["id"]


def test_new_thread_needs_an_open_video(owner: Caller, video_id: str) -> None:
    assert (
        owner("POST", THREADS, {"part": "snippet"}, json_body=new_thread("", "x")).reason == "channelOrVideoIdMissing"
    )
    assert owner("POST", THREADS, {"part": "snippet"}, json_body=new_thread("nope", "x")).reason == "videoNotFound"
    owner.control("PATCH", f"videos/{video_id}", {"comments_enabled": False})
    answer = owner("POST", THREADS, {"part": "snippet"}, json_body=new_thread(video_id, "x"))
    assert (answer.status, answer.reason) == (403, "commentsDisabled")


def test_only_own_comments_are_edited_and_deleted(owner: Caller, video_id: str) -> None:
    top = add(owner, video=video_id)
    mine = reply(owner, top).json["id"]
    update = {"id": mine, "snippet": {"textOriginal": "Better"}}
    edited = owner("PUT", COMMENTS, {"part": "snippet"}, json_body=update).json["snippet"]
    assert edited["textOriginal"] == "Better"
    assert edited["updatedAt"] > edited["publishedAt"]
    refused = owner("PUT", COMMENTS, {"part": "snippet"}, json_body=update | {"id": top})
    assert (refused.status, refused.reason) == (403, "forbidden")
    assert owner("DELETE", COMMENTS, {"id": top}).status == 403
    assert owner("DELETE", COMMENTS, {"id": mine}).status == 204
    assert owner("DELETE", COMMENTS, {"id": mine}).reason == "commentNotFound"


def test_held_comments_are_published_and_rejected_in_one_call(owner: Caller, video_id: str) -> None:
    held = owner.control("POST", "comments", {"video": video_id, "status": HELD, "n": 3})["ids"]
    answer = moderate(owner, ",".join(held[:2]), PUBLISHED)
    assert (answer.status, answer.body) == (204, b"")
    assert moderate(owner, held[2:], REJECTED).status == 204
    assert set(held[:2]) <= set(listed(owner, video_id))
    assert not set(held) & set(listed(owner, video_id, HELD))
    assert owner.get(COMMENTS, part="id", id=held).ids == held[:2]


def test_rejected_thread_hides_its_replies(owner: Caller, video_id: str) -> None:
    top = add(owner, video=video_id)
    answer = add(owner, parent=top)
    moderate(owner, top, REJECTED)
    assert owner.get(COMMENTS, part="id", id=[top, answer]).ids == []
    assert owner.get(COMMENTS, part="id", parentId=top).items == []


def test_ban_hides_what_the_author_writes_later(owner: Caller, video_id: str) -> None:
    top = add(owner, video=video_id, author="@pest", author_id="UCpest")
    assert moderate(owner, top, HELD, banAuthor="true").reason == "banWithoutReject"
    assert moderate(owner, top, REJECTED, banAuthor="true").status == 204
    later = add(owner, video=video_id, author="@pest", author_id="UCpest")
    assert later not in listed(owner, video_id)


@pytest.mark.parametrize(
    ("params", "status", "reason"),
    [
        ({"id": "TOP", "moderationStatus": "likelySpam"}, 400, "processingFailure"),
        ({"id": "TOP", "moderationStatus": "hidden"}, 400, "invalid"),
        ({"id": "TOP"}, 400, "missingRequiredParameter"),
        ({"moderationStatus": "rejected"}, 400, "missingRequiredParameter"),
        ({"id": "TOP,nonsense", "moderationStatus": "rejected"}, 404, "commentNotFound"),
        ({"id": [f"x{n}" for n in range(51)], "moderationStatus": "rejected"}, 400, "processingFailure"),
        ({"id": "TOP", "moderationStatus": "rejected", "banAuthor": "maybe"}, 400, "invalid"),
    ],
)
def test_bad_moderation_changes_nothing(
    owner: Caller, video_id: str, params: dict[str, object], status: int, reason: str
) -> None:
    top = add(owner, video=video_id)
    known = {name: value.replace("TOP", top) if isinstance(value, str) else value for name, value in params.items()}
    answer = owner("POST", STATUS, known)
    assert (answer.status, answer.reason) == (status, reason)
    assert top in listed(owner, video_id)


def test_others_moderate_nothing_here(other: Caller, video_id: str) -> None:
    answer = moderate(other, add(other, video=video_id), REJECTED)
    assert (answer.status, answer.reason) == (403, "forbidden")


def test_mark_as_spam_is_dead(owner: Caller, video_id: str) -> None:
    answer = owner("POST", COMMENTS + "/markAsSpam", {"id": add(owner, video=video_id)})
    assert answer.reason == "operationNotSupported"


def test_account_without_channel_writes_nothing(nobody: Caller, video_id: str) -> None:
    visitor = nobody.as_account("no-channel")
    answer = reply(visitor, add(visitor, video=video_id))
    assert (answer.status, answer.reason) == (403, "ineligibleAccount")


def test_changes_need_an_id(owner: Caller) -> None:
    body = {"snippet": {"textOriginal": "Hi"}}
    assert owner("PUT", COMMENTS, {"part": "id"}, json_body=body).reason == "invalidCommentMetadata"
    assert owner("DELETE", COMMENTS).reason == "missingRequiredParameter"


def test_deleted_reply_leaves_the_thread_in_place(owner: Caller, video_id: str) -> None:
    top = add(owner, video=video_id)
    mine = reply(owner, top).json["id"]
    assert owner("DELETE", COMMENTS, {"id": mine}).status == 204
    [thread] = owner.get(THREADS, part="snippet,replies", id=top).items
    assert thread["snippet"]["totalReplyCount"] == 0
    assert "replies" not in thread
