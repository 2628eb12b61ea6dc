"""Two at the same time, on PostgreSQL: one result, and nobody waits for ever."""

import threading

import pytest
from django.db import transaction

from connections.records import CommentRecord
from connections.registry import intake
from connections.tests.at_once import at_once
from crm import triage
from crm.fans import find_or_create_fan
from crm.models import Fan, FanIdentity, Interaction, SignalCorrection
from crm.tests.factories import Cast, author, comment, make_cast, make_connection, make_interaction
from crm.tests.notebook import Notebook

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def comments(numbers: range, seen: int = 0) -> list[CommentRecord]:
    """By ten people."""
    return [comment(f"c{number}", seen=seen, author=author(f"fan{number % 10}")) for number in numbers]


def test_two_syncs_in_opposite_order_do_not_wait_for_each_other_in_a_circle(cast: Cast) -> None:
    """Each transaction holds two pages; what one wrote first the other writes last."""
    there, back = [comments(range(50)), comments(range(50, 100))], [comments(range(50, 100)), comments(range(50))]

    def sync(pages: list[list[CommentRecord]]) -> None:
        with transaction.atomic():
            for page in pages:
                intake(cast.connection, page)

    assert at_once(lambda: sync(there), lambda: sync(back)) == [None, None]
    assert (Interaction.objects.count(), Fan.objects.count()) == (100, 10)
    assert {fan.interaction_count for fan in Fan.objects.all()} == {10}


def test_a_webhook_and_a_sync_leave_one_row_and_the_newer_text(cast: Cast) -> None:
    newer = [comment(seen=5, text="edited")]
    at_once(lambda: intake(cast.connection, [comment()]), lambda: intake(cast.connection, newer))
    row = Interaction.objects.get()
    assert (row.content, row.fan) == ("edited", Fan.objects.get())


def test_two_accounts_count_a_shared_fan_once_and_fully(cast: Cast) -> None:
    other = make_connection(cast.workspace)
    at_once(lambda: intake(cast.connection, comments(range(30))), lambda: intake(other, comments(range(30))))
    assert Fan.objects.count() == 10
    assert {fan.interaction_count for fan in Fan.objects.all()} == {6}


def test_a_fan_asked_for_by_many_at_once_is_one(cast: Cast) -> None:
    found = at_once(*[lambda: find_or_create_fan(cast.workspace, "youtube", "UC1", "@ann")] * 4)
    assert (Fan.objects.count(), FanIdentity.objects.count()) == (1, 1)
    assert {fan.pk for fan in found} == {Fan.objects.get().pk}


def test_of_two_people_who_decide_at_once_one_is_refused(cast: Cast) -> None:
    row = make_interaction(cast)

    def decide(status: Interaction.Status) -> None:
        triage.set_status(Interaction.objects.get(pk=row.pk), status, by=cast.agent, version=0)

    results = at_once(lambda: decide(Interaction.Status.IGNORED), lambda: decide(Interaction.Status.ARCHIVED))
    assert sorted(type(result).__name__ for result in results) == ["ChangedMeanwhile", "NoneType"]


def test_a_correction_waits_for_the_page_that_is_being_written_and_stands(cast: Cast, notebook: Notebook) -> None:
    intake(cast.connection, [comment()])
    row, written, corrected = Interaction.objects.get(), threading.Event(), threading.Event()

    def sync() -> None:
        with transaction.atomic():
            intake(cast.connection, [comment(seen=1, text="Great, thank you!")])
            written.set()
            assert not corrected.wait(0.3)

    def correct() -> None:
        written.wait(5)
        # The person's page shows the text as it is now.
        triage.correct_signal(row, SignalCorrection.Field.SENTIMENT, "negative", by=cast.agent)
        corrected.set()

    refused = [one for one in at_once(sync, correct) if one is not None]
    assert [type(one) for one in refused] == [triage.ChangedMeanwhile]
    triage.correct_signal(Interaction.objects.get(), SignalCorrection.Field.SENTIMENT, "negative", by=cast.agent)
    intake(cast.connection, [comment(seen=2, text="Great!")])
    assert Interaction.objects.get().sentiment == "negative"


def test_triage_of_other_comments_does_not_wait_for_a_page(cast: Cast) -> None:
    intake(cast.connection, [comment(), comment("c2")])
    row, written, decided = Interaction.objects.get(platform_id="c2"), threading.Event(), threading.Event()

    def sync() -> None:
        with transaction.atomic():
            intake(cast.connection, [comment(seen=1, like_count=5)])
            written.set()
            assert decided.wait(5)

    def decide() -> None:
        written.wait(5)
        triage.set_status(row, Interaction.Status.READ, by=cast.agent)
        decided.set()

    assert at_once(sync, decide) == [None, None]
