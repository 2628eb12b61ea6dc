from datetime import timedelta
from itertools import permutations

import pytest

from connections.models import Connection
from connections.records import CommentRecord
from connections.registry import intake
from crm.models import Fan, Interaction, TriageEvent
from crm.tests.factories import NOON, author, comment, own_reply, reply, tombstone


def held(platform_id: str = "c1") -> Interaction:
    return Interaction.objects.get(platform_id=platform_id)


def own_tombstone(seen: int = 1) -> CommentRecord:
    return tombstone(
        "c1.own", seen=seen, thread_id="c1", parent_id="c1", is_own=True, published_at=own_reply().published_at
    )


@pytest.mark.parametrize("order", list(permutations([comment(), own_reply()])))
def test_our_reply_on_the_platform_answers_the_comment_whichever_comes_first(
    connection: Connection, order: tuple[CommentRecord, ...]
) -> None:
    for record in order:
        intake(connection, [record])
    row = held()
    assert (row.status, row.response_text, row.replied_at) == ("answered", "A Lumix!", NOON - timedelta(minutes=30))
    assert Fan.objects.get().answered_count == 1


def test_it_says_that_the_sync_did_it(connection: Connection) -> None:
    intake(connection, [comment(), own_reply()])
    event = TriageEvent.objects.get()
    assert (event.source, event.actor, event.before, event.after) == ("sync", None, "unread", "answered")
    assert event.interaction == held()


def test_it_is_said_once(connection: Connection) -> None:
    intake(connection, [comment(), own_reply()])
    version = held().version
    intake(connection, [comment(seen=1), own_reply(seen=1)])
    assert (TriageEvent.objects.count(), held().version) == (1, version)


def test_our_own_comments_are_never_in_the_queue_and_nobodys_fan(connection: Connection) -> None:
    intake(connection, [comment(), own_reply(), comment("ours", is_own=True, author=author("us"))])
    assert {row.status for row in Interaction.objects.filter(is_own=True)} == {"answered"}
    assert Fan.objects.get().name == "Ann"


@pytest.mark.parametrize("status", ["archived", "ignored", "awaiting_approval"])
def test_what_a_person_decided_stays(connection: Connection, status: str) -> None:
    intake(connection, [comment()])
    Interaction.objects.update(status=status)
    intake(connection, [own_reply()])
    assert (held().status, held().replied_at, held().response_text) == (status, None, "")


def test_answered_by_a_persons_word_stays_without_a_reply(connection: Connection) -> None:
    intake(connection, [comment()])
    Interaction.objects.update(status="answered")
    intake(connection, [own_reply()])
    assert held().replied_at is None


def test_the_first_of_our_replies_is_the_answer(connection: Connection) -> None:
    second = own_reply("c1.own2", text="Also a Canon.", published_at=NOON)
    intake(connection, [comment(), second])
    intake(connection, [own_reply()])
    assert (held().response_text, TriageEvent.objects.count()) == ("A Lumix!", 1)


def test_an_edit_of_our_reply_is_followed(connection: Connection) -> None:
    intake(connection, [comment(), own_reply()])
    intake(connection, [own_reply(seen=1, text="A Lumix GH5.")])
    assert held().response_text == "A Lumix GH5."


def test_a_comment_is_open_again_when_our_reply_is_deleted(connection: Connection) -> None:
    intake(connection, [comment(), own_reply()])
    intake(connection, [own_tombstone()])
    row = held()
    assert (row.status, row.replied_at, row.response_text) == ("unread", None, "")
    assert Fan.objects.get().answered_count == 0


def test_another_reply_of_ours_takes_the_place_of_a_deleted_one(connection: Connection) -> None:
    second = own_reply("c1.own2", text="Also a Canon.", published_at=NOON)
    intake(connection, [comment(), own_reply(), second])
    intake(connection, [own_tombstone()])
    assert (held().status, held().response_text, held().replied_at) == ("answered", "Also a Canon.", NOON)


def test_somebody_elses_reply_answers_nothing(connection: Connection) -> None:
    intake(connection, [comment(), reply(author=author("ben"))])
    assert held().status == "unread"
