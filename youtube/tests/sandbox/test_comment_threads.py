import pytest

from youtube.sandbox.app import Sandbox
from youtube.sandbox.world import HELD, PUBLISHED, SPAM
from youtube.tests.sandbox.conftest import COMMENTS, THREADS, Caller

ALL = {"part": "id,snippet,replies", "maxResults": 100, "textFormat": "plainText"}


def add(caller: Caller, **body: object) -> str:
    return str(caller.control("POST", "comments", body)["ids"][0])


def test_one_pass_finds_only_its_status(owner: Caller, video_id: str) -> None:
    held = add(owner, video=video_id, status=HELD)
    assert held not in [t["id"] for t in owner.every(THREADS, **ALL, videoId=video_id)]
    assert held in [t["id"] for t in owner.every(THREADS, **ALL, videoId=video_id, moderationStatus=HELD)]


def test_held_reply_brings_its_published_thread_into_the_held_pass(owner: Caller, video_id: str) -> None:
    top = add(owner, video=video_id)
    reply = add(owner, parent=top, status=HELD)

    [thread] = [t for t in owner.every(THREADS, **ALL, videoId=video_id, moderationStatus=HELD) if t["id"] == top]
    assert [r["id"] for r in thread["replies"]["comments"]] == [reply]
    assert thread["snippet"]["isPublic"] is True

    [thread] = [t for t in owner.every(THREADS, **ALL, videoId=video_id) if t["id"] == top]
    assert "replies" not in thread
    assert thread["snippet"]["totalReplyCount"] == 1
    assert owner.get(COMMENTS, part="snippet", parentId=top).ids == []


def test_three_passes_and_all_replies_are_what_counts_promises(
    owner: Caller, sandbox: Sandbox, channel_id: str
) -> None:
    found: dict[str, str] = {}
    for status in (PUBLISHED, HELD, SPAM):
        for thread in owner.every(THREADS, **ALL, allThreadsRelatedToChannelId=channel_id, moderationStatus=status):
            if thread["snippet"]["channelId"] != channel_id:
                continue
            for reply in thread.get("replies", {}).get("comments", []):
                found[reply["id"]] = status
            found.setdefault(thread["id"], status)
            for reply in owner.every(COMMENTS, part="id,snippet", parentId=thread["id"], maxResults=100):
                found[reply["id"]] = PUBLISHED

    counts = owner.control("GET", "counts")[channel_id]
    truth = owner.control("GET", "truth", channel=channel_id, limit=10_000)["comments"]
    assert set(found) == {comment["id"] for comment in truth}
    assert sum("." not in identity for identity in found) == counts["comments"]
    assert sum("." in identity for identity in found) == counts["replies"]
    assert len([status for status in found.values() if status == HELD]) == counts["held"]


def test_threads_embed_at_most_five_replies(owner: Caller, video_id: str) -> None:
    top = add(owner, video=video_id)
    owner.control("POST", "comments", {"parent": top, "n": 7})

    [thread] = owner.get(THREADS, part="snippet,replies", id=top).items

    assert len(thread["replies"]["comments"]) == 5
    assert thread["snippet"]["totalReplyCount"] == 7
    assert len(owner.every(COMMENTS, part="id", parentId=top, maxResults=2)) == 7


def test_own_threads_on_foreign_videos_are_listed_for_the_channel(
    owner: Caller, channel_id: str, foreign_video_id: str
) -> None:
    threads = owner.every(THREADS, **ALL, allThreadsRelatedToChannelId=channel_id)
    foreign = [t for t in threads if t["snippet"]["channelId"] != channel_id]
    assert {t["snippet"]["videoId"] for t in foreign} == {foreign_video_id}
    truth = owner.control("GET", "truth", limit=10_000)["comments"]
    assert not {t["id"] for t in foreign} & {c["id"] for c in truth}


def test_text_original_is_only_for_the_author(owner: Caller, video_id: str) -> None:
    mine = owner("POST", THREADS, {"part": "snippet"}, json_body=new_thread(video_id, "Mine")).json["id"]
    theirs = add(owner, video=video_id, text="Theirs")

    def snippets() -> dict[str, object]:
        listed = owner.get(COMMENTS, part="snippet", id=f"{mine},{theirs}").items
        return {item["id"]: item["snippet"].get("textOriginal") for item in listed}

    assert snippets() == {mine: "Mine", theirs: None}
    owner.control("POST", "settings", {"text_original_always": True})
    assert snippets() == {mine: "Mine", theirs: "Theirs"}


def new_thread(video_id: str, text: str) -> dict[str, object]:
    return {"snippet": {"videoId": video_id, "topLevelComment": {"snippet": {"textOriginal": text}}}}


def test_moderation_status_is_absent_unless_switched_on_and_never_with_ids(owner: Caller, video_id: str) -> None:
    top = add(owner, video=video_id)

    def statuses(**params: str) -> set[object]:
        items = owner.get(THREADS, part="snippet", **params).items
        return {item["snippet"]["topLevelComment"]["snippet"].get("moderationStatus") for item in items}

    assert statuses(videoId=video_id) == {None}
    owner.control("POST", "settings", {"moderation_status_in_lists": True})
    assert statuses(videoId=video_id) == {"published"}
    assert statuses(id=top) == {None}


def test_html_is_the_default_and_escapes(owner: Caller, video_id: str) -> None:
    top = add(owner, video=video_id, text="it's <b>1:05</b>\nhttps://a.example/?x=1&y=2")
    [html] = owner.get(COMMENTS, part="snippet", id=top).items
    assert html["snippet"]["textDisplay"] == (
        f'it&#39;s &lt;b&gt;<a href="https://www.youtube.com/watch?v={video_id}&amp;t=65">1:05</a>&lt;/b&gt;<br>'
        '<a href="https://a.example/?x=1&amp;y=2">https://a.example/?x=1&amp;y=2</a>'
    )
    [plain] = owner.get(COMMENTS, part="snippet", id=top, textFormat="plainText").items
    assert plain["snippet"]["textDisplay"] == "it's <b>1:05</b>\nhttps://a.example/?x=1&y=2"


def test_deleted_account_has_no_author_id(owner: Caller, video_id: str) -> None:
    top = add(owner, video=video_id, author="@gone", author_id=None)
    snippet = owner.get(COMMENTS, part="snippet", id=top).items[0]["snippet"]
    assert snippet["authorDisplayName"] == "@gone"
    assert not {"authorChannelId", "authorChannelUrl"} & snippet.keys()


def test_pinned_thread_is_out_of_order(owner: Caller, sandbox: Sandbox) -> None:
    pinned = next(c for c in map(sandbox.world.comments.row, range(10_000)) if c.lift)
    listed = owner.every(THREADS, **ALL, videoId=pinned.video_id)
    times = {t["id"]: t["snippet"]["topLevelComment"]["snippet"]["publishedAt"] for t in listed}
    assert list(times.values()) != sorted(times.values(), reverse=True)
    del times[pinned.id]
    assert list(times.values()) == sorted(times.values(), reverse=True)


def test_search_terms_look_into_replies(owner: Caller, video_id: str) -> None:
    top = add(owner, video=video_id)
    add(owner, parent=top, text="An Unmistakable word")
    assert owner.get(THREADS, part="id", videoId=video_id, searchTerms="unmistakable").ids == [top]


def test_relevance_puts_the_liked_first(owner: Caller, video_id: str) -> None:
    top = add(owner, video=video_id, likes=5000, published="2026-09-01T00:00:00Z")
    assert owner.get(THREADS, part="id", videoId=video_id, order="relevance").ids[0] == top
    assert owner.get(THREADS, part="id", videoId=video_id).ids[0] != top


def test_ids_that_are_gone_are_left_out(owner: Caller, video_id: str) -> None:
    kept, gone = add(owner, video=video_id), add(owner, video=video_id)
    owner.control("DELETE", f"comments/{gone}")
    assert owner.get(COMMENTS, part="id", id=[kept, gone, "nonsense"]).ids == [kept]
    assert owner.get(THREADS, part="id", id=f"{gone},{kept}").ids == [kept]


@pytest.mark.parametrize(
    ("params", "status", "reason"),
    [
        ({}, 400, "missingRequiredParameter"),
        ({"videoId": "V", "id": "x"}, 400, "incompatibleParameters"),
        ({"id": "x", "order": "time"}, 400, "incompatibleParameters"),
        ({"videoId": "nonsense"}, 404, "videoNotFound"),
        ({"allThreadsRelatedToChannelId": "UCnonsense"}, 404, "channelNotFound"),
        ({"channelId": "UCnonsense"}, 400, "processingFailure"),
        ({"videoId": "V", "moderationStatus": "rejected"}, 400, "processingFailure"),
        ({"videoId": "V", "moderationStatus": "hidden"}, 400, "invalid"),
        ({"videoId": "V", "order": "newest"}, 400, "invalid"),
        ({"videoId": "V", "publishedAfter": "2026-01-01T00:00:00Z"}, 400, "invalid"),
        ({"videoId": "V", "maxResults": 101}, 400, "invalidParameter"),
        ({"videoId": "V", "maxResults": 0}, 400, "invalidParameter"),
        ({"videoId": "V", "maxResults": "ten"}, 400, "invalid"),
        ({"videoId": "V", "pageToken": "CAoQAA"}, 400, "invalidPageToken"),
        ({"videoId": "V", "part": "snippet,likes"}, 400, "unknownPart"),
        ({"videoId": "V", "part": ""}, 400, "missingRequiredParameter"),
    ],
)
def test_bad_lists_are_refused(
    owner: Caller, video_id: str, params: dict[str, object], status: int, reason: str
) -> None:
    known = {name: video_id if value == "V" else value for name, value in params.items()}
    answer = owner.get(THREADS, **{"part": "snippet"} | known)
    assert (answer.status, answer.reason) == (status, reason)


def test_comments_turned_off_are_a_refusal(owner: Caller, video_id: str) -> None:
    owner.control("PATCH", f"videos/{video_id}", {"comments_enabled": False})
    answer = owner.get(THREADS, part="snippet", videoId=video_id)
    assert (answer.status, answer.reason) == (403, "commentsDisabled")


def test_only_the_owner_reads_the_queues(other: Caller, video_id: str) -> None:
    answer = other.get(THREADS, part="snippet", videoId=video_id, moderationStatus=HELD)
    assert (answer.status, answer.reason) == (403, "forbidden")


def test_page_tokens_belong_to_their_query_and_expire(owner: Caller, video_id: str, channel_id: str) -> None:
    query = {"part": "id", "videoId": video_id, "maxResults": 1}
    token = owner.get(THREADS, **query).json["nextPageToken"]

    assert owner.get(THREADS, **query, pageToken=token).status == 200
    elsewhere = owner.get(THREADS, part="id", allThreadsRelatedToChannelId=channel_id, pageToken=token)
    assert elsewhere.reason == "invalidPageToken"
    owner.control("POST", "settings", {"expire_page_tokens": True})
    assert owner.get(THREADS, **query, pageToken=token).reason == "invalidPageToken"

    token = owner.get(THREADS, **query).json["nextPageToken"]
    owner.control("POST", "clock", {"advance": 90_000})
    fresh = owner.as_account("spoke-and-solder")
    assert fresh.get(THREADS, **query, pageToken=token).reason == "invalidPageToken"


def test_etag_answers_not_modified_until_something_changes(owner: Caller, video_id: str) -> None:
    query = {"part": "snippet", "videoId": video_id}
    first = owner.get(THREADS, **query)
    headers = {"If-None-Match": first.headers["ETag"]}
    assert owner("GET", THREADS, query, headers=headers).status == 304
    owner.control("PATCH", f"comments/{first.ids[0]}", {"text": "Edited"})
    assert owner("GET", THREADS, query, headers=headers).status == 200


def test_edit_moves_updated_at(owner: Caller, video_id: str) -> None:
    top = add(owner, video=video_id, published="2026-10-01T10:00:00Z")
    owner.control("PATCH", f"comments/{top}", {"text": "Edited"})
    snippet = owner.get(COMMENTS, part="snippet", id=top).items[0]["snippet"]
    assert snippet["textDisplay"] == "Edited"
    assert snippet["updatedAt"] > snippet["publishedAt"] == "2026-10-01T10:00:00Z"


def test_get_as_post_override_is_understood(owner: Caller, video_id: str) -> None:
    form = {"part": "id", "videoId": video_id, "maxResults": 3}
    answer = owner("POST", THREADS, form=form, headers={"X-HTTP-Method-Override": "GET"})
    assert len(answer.items) == 3


def test_gzip_only_when_switched_on(owner: Caller, video_id: str) -> None:
    query = {"part": "id", "videoId": video_id}
    headers = {"Accept-Encoding": "gzip"}
    assert "Content-Encoding" not in owner.raw("GET", THREADS, query, headers=headers).headers
    owner.control("POST", "settings", {"gzip": True})
    assert owner.raw("GET", THREADS, query, headers=headers).headers["Content-Encoding"] == "gzip"


def test_private_video_of_somebody_else_is_forbidden(owner: Caller, other: Caller, video_id: str) -> None:
    top = add(owner, video=video_id)
    owner.control("PATCH", f"videos/{video_id}", {"privacy": "private"})
    assert owner.get(THREADS, part="id", videoId=video_id).status == 200
    answer = other.get(THREADS, part="id", videoId=video_id)
    assert (answer.status, answer.reason) == (403, "forbidden")
    assert other.get(COMMENTS, part="id", id=top).ids == []
    owner.control("DELETE", f"videos/{video_id}")
    assert owner.get(COMMENTS, part="id", id=top).ids == []
    assert owner.get(COMMENTS, part="id", parentId=top).reason == "commentNotFound"


def test_replies_can_be_listed_oldest_first(owner: Caller, video_id: str) -> None:
    top = add(owner, video=video_id)
    newest_first = [add(owner, parent=top, published=1_790_000_000 + n) for n in range(7)][::-1]
    assert owner.get(COMMENTS, part="id", parentId=top).ids == newest_first
    owner.control("POST", "settings", {"reply_order": "oldest"})
    assert owner.get(COMMENTS, part="id", parentId=top).ids == newest_first[::-1]
    [thread] = owner.get(THREADS, part="replies", id=top).items
    assert [reply["id"] for reply in thread["replies"]["comments"]] == newest_first[:5][::-1]
