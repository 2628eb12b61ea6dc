from datetime import timedelta

import pytest

from connections.models import Connection
from connections.records import Record
from connections.registry import intake
from crm.models import Fan, FanIdentity, Interaction
from crm.tests.factories import (
    NOON,
    Cast,
    author,
    comment,
    make_connection,
    make_workspace,
    reply,
    tombstone,
    video,
)
from crm.tests.notebook import Notebook
from crm.tests.table_dump import dump


def held(platform_id: str = "c1") -> Interaction:
    return Interaction.objects.get(platform_id=platform_id)


def test_a_comment_becomes_an_unread_interaction_with_its_signals(connection: Connection) -> None:
    found = intake(connection, [comment(like_count=3)])
    row = held()
    assert (row.content, row.status, row.like_count) == ("Which camera do you use?", "unread", 3)
    assert row.categories == ("question",)
    assert found["c1"].priority_score == row.priority_score > 0
    assert row.last_activity_at == row.platform_created_at == NOON - timedelta(hours=1)


def test_the_same_records_again_change_nothing_and_answer_the_same(connection: Connection) -> None:
    records: list[Record] = [video(), comment(), reply(), comment("c2", author=author("ben")), tombstone("c3")]
    first = intake(connection, records)
    before = dump()
    assert intake(connection, records) == first
    assert dump() == before


def test_a_later_identical_observation_changes_only_when_it_was_seen(connection: Connection) -> None:
    intake(connection, [comment()])
    before = dump()
    intake(connection, [comment(seen=5)])
    after = dump()
    assert after["Interaction"][0].pop("observed_at") == NOON + timedelta(minutes=5)
    assert after["FanIdentity"][0].pop("observed_at") == NOON + timedelta(minutes=5)
    del before["Interaction"][0]["observed_at"], before["FanIdentity"][0]["observed_at"]
    assert after == before


def test_an_older_observation_is_passed_over(connection: Connection) -> None:
    intake(connection, [comment(seen=5, text="new", like_count=9)])
    before = dump()
    intake(connection, [comment(seen=4, text="old", like_count=1)])
    assert dump() == before


def test_of_two_records_of_one_comment_the_newer_counts(connection: Connection) -> None:
    intake(connection, [comment(seen=2, text="second"), comment(seen=1, text="first")])
    assert held().content == "second"


def test_an_edit_is_read_again_and_raises_the_version(connection: Connection) -> None:
    intake(connection, [comment()])
    edited = comment(seen=1, text="Great video, thank you!", edited_at=NOON)
    found = intake(connection, [edited])
    row = held()
    assert row.categories == found["c1"].categories
    assert "praise" in row.categories
    assert (row.version, row.edited_at) == (1, NOON)


def test_what_people_did_is_kept_when_the_platform_shows_the_comment_again(cast: Cast) -> None:
    intake(cast.connection, [comment()])
    Interaction.objects.update(status="archived", assigned_to=cast.agent, snoozed_until=NOON, response_text="x")
    intake(cast.connection, [comment(seen=1, text="edited", like_count=7)])
    row = held()
    assert (row.status, row.assigned_to, row.snoozed_until, row.response_text) == (
        "archived",
        cast.agent,
        NOON,
        "x",
    )
    assert (row.content, row.like_count) == ("edited", 7)


def test_many_more_likes_raise_the_priority(connection: Connection) -> None:
    before = intake(connection, [comment()])["c1"].priority_score
    after = intake(connection, [comment(seen=1, like_count=500)])["c1"].priority_score
    assert after > before


def test_a_tombstone_erases_text_and_author_and_keeps_labels_and_triage(connection: Connection) -> None:
    intake(connection, [comment()])
    Interaction.objects.update(status="ignored")
    assert intake(connection, [tombstone()]) == {}
    row = held()
    assert (row.content, row.author_name, row.author_platform_id, row.fan) == ("", "", "", None)
    assert (row.signal_reasons, row.detected_keywords) == ([], [])
    assert (row.status, row.categories, row.deleted_at) == (
        "ignored",
        ("question",),
        NOON + timedelta(minutes=1),
    )


def test_a_tombstone_of_an_unknown_comment_outlives_a_late_older_one(connection: Connection) -> None:
    intake(connection, [tombstone(seen=2)])
    intake(connection, [comment(seen=1)])
    assert (held().content, held().deleted_at is None) == ("", False)


def test_a_newer_live_observation_brings_a_deleted_comment_back(connection: Connection) -> None:
    intake(connection, [tombstone(seen=1)])
    found = intake(connection, [comment(seen=2)])
    row = held()
    assert (row.content, row.deleted_at, row.categories) == ("Which camera do you use?", None, ("question",))
    assert "c1" in found
    assert row.fan is not None


def test_a_fan_of_whom_nothing_is_left_is_forgotten(connection: Connection) -> None:
    intake(connection, [comment()])
    intake(connection, [tombstone()])
    assert (Fan.objects.count(), FanIdentity.objects.count()) == (0, 0)


def test_a_fan_with_notes_of_ours_stays_when_their_comments_go(connection: Connection) -> None:
    intake(connection, [comment()])
    Fan.objects.update(notes="met at the fair")
    intake(connection, [tombstone()])
    fan = Fan.objects.get()
    assert (fan.interaction_count, fan.last_interaction_at) == (0, None)


def test_one_fan_has_all_the_comments_of_an_account(connection: Connection) -> None:
    late = NOON - timedelta(minutes=5)
    intake(connection, [comment("c1"), comment("c2", published_at=late)])
    intake(connection, [comment("c1", seen=1), comment("c3")])
    fan = Fan.objects.get()
    assert (fan.interaction_count, fan.first_interaction_at, fan.last_interaction_at) == (
        3,
        NOON - timedelta(hours=1),
        late,
    )


def test_the_same_name_is_not_the_same_fan(connection: Connection) -> None:
    names = {"name": "Alex"}
    intake(connection, [comment("c1", author=author("a", **names)), comment("c2", author=author("b", **names))])
    assert Fan.objects.filter(name="Alex").count() == 2


def test_an_author_without_an_id_is_nobodys_fan(connection: Connection) -> None:
    intake(connection, [comment(author=author(None))])
    assert (held().fan, held().author_name, Fan.objects.count()) == (None, "Somebody", 0)


def test_two_accounts_of_a_workspace_share_their_fans(cast: Cast) -> None:
    intake(cast.connection, [comment("c1")])
    intake(make_connection(cast.workspace), [comment("c1")])
    assert Fan.objects.get().interaction_count == 2


def test_two_workspaces_share_no_fan(cast: Cast) -> None:
    intake(cast.connection, [comment()])
    intake(make_connection(make_workspace()), [comment()])
    assert Fan.objects.count() == 2


def test_the_same_user_id_on_two_platforms_is_two_fans(cast: Cast, notebook: Notebook) -> None:
    intake(cast.connection, [comment()])
    intake(make_connection(cast.workspace, "youtube"), [comment()])
    assert Fan.objects.count() == 2


def test_a_fans_name_follows_the_platform_until_somebody_gives_another(connection: Connection) -> None:
    intake(connection, [comment(author=author("ann", name="Ann"))])
    intake(connection, [comment(seen=1, author=author("ann", name="Anna"))])
    assert Fan.objects.get().name == "Anna"
    Fan.objects.update(name="Anna from Leeds")
    intake(connection, [comment(seen=2, author=author("ann", name="Annie"))])
    assert (Fan.objects.get().name, FanIdentity.objects.get().name) == ("Anna from Leeds", "Annie")


def test_a_blocked_fan_is_never_mind(connection: Connection) -> None:
    intake(connection, [comment()])
    Fan.objects.update(is_blocked=True)
    assert intake(connection, [comment("c2")])["c2"].priority_score <= 5


def test_a_reply_is_linked_to_its_thread_and_moves_its_last_activity(connection: Connection) -> None:
    intake(connection, [comment(), reply()])
    assert (held("c1.r1").parent, held("c1.r1").thread_root) == (held(), held())
    assert held().last_activity_at == NOON - timedelta(minutes=30)


def test_a_reply_that_came_first_is_linked_when_its_parent_comes(connection: Connection) -> None:
    intake(connection, [reply()])
    assert held("c1.r1").parent is None
    intake(connection, [comment()])
    assert (held("c1.r1").parent, held("c1.r1").thread_root) == (held(), held())
    assert held().last_activity_at == NOON - timedelta(minutes=30)


def test_a_reply_to_a_reply_belongs_to_both(connection: Connection) -> None:
    nested = reply("c1.r2", parent_id="c1.r1")
    intake(connection, [nested, reply(), comment()])
    assert (held("c1.r2").parent, held("c1.r2").thread_root) == (held("c1.r1"), held())


def test_a_deleted_reply_is_no_activity(connection: Connection) -> None:
    intake(connection, [comment(), reply()])
    intake(connection, [tombstone("c1.r1", thread_id="c1", parent_id="c1")])
    assert held().last_activity_at == NOON - timedelta(hours=1)


def test_threads_of_two_accounts_do_not_mix(cast: Cast) -> None:
    intake(make_connection(cast.workspace), [comment()])
    intake(cast.connection, [reply()])
    assert held("c1.r1").parent is None


def test_youtube_comments_get_no_signals_while_derived_metrics_are_off(cast: Cast) -> None:
    cast.workspace.derived_metrics = False
    cast.workspace.save()
    assert intake(cast.connection, [comment()]) == {}
    row = held()
    assert (row.enriched_at, row.priority_score, row.sentiment, row.categories) == (None, 0, "", ())


def test_platforms_that_ask_for_no_consent_keep_their_signals(cast: Cast, notebook: Notebook) -> None:
    cast.workspace.derived_metrics = False
    cast.workspace.save()
    assert "c1" in intake(cast.connection, [comment()])


def test_signals_of_an_edited_comment_go_once_derived_metrics_are_off(cast: Cast) -> None:
    intake(cast.connection, [comment()])
    cast.workspace.derived_metrics = False
    cast.workspace.save()
    intake(cast.connection, [comment(seen=1, text="other")])
    assert (held().enriched_at, held().categories) == (None, ())


@pytest.mark.parametrize("text", ["a\x00b", "lone \ud83d half", "👩‍👩‍👧 \u202eabc", "z" + "\u0301" * 500, "𠜎"])
def test_odd_text_does_not_cost_the_page(connection: Connection, text: str) -> None:
    odd = comment("odd", text=text, author=author("odd", name="n" * 999 + "\x00", handle="\ud83d"))
    intake(connection, [odd, comment()])
    assert Interaction.objects.count() == 2
    assert "\x00" not in held("odd").content


def test_a_pair_of_surrogates_is_put_together_again(connection: Connection) -> None:
    intake(connection, [comment(text="\ud83d\ude00")])
    assert held().content == "😀"


@pytest.mark.parametrize("platform_id", ["", "x" * 256, "a\x00b"])
def test_a_record_whose_id_cannot_be_stored_is_left_out(connection: Connection, platform_id: str) -> None:
    assert set(intake(connection, [comment(platform_id), comment()])) == {"c1"}


def test_counts_and_links_are_made_to_fit(connection: Connection) -> None:
    intake(connection, [comment(like_count=2**40, reply_count=-1, permalink="javascript:alert(1)")])
    row = held()
    assert (row.like_count, row.reply_count, row.permalink) == (2**31 - 1, 0, "")


def test_ids_that_differ_in_case_are_two_comments(connection: Connection) -> None:
    intake(connection, [comment("Ab"), comment("aB")])
    assert Interaction.objects.count() == 2


def test_nothing_in_is_nothing_out(connection: Connection) -> None:
    assert intake(connection, []) == {}
