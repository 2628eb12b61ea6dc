import pytest

from connections.models import Membership, Role
from connections.registry import intake
from crm import triage
from crm.fans import find_or_create_fan
from crm.models import Fan, Interaction, InteractionNote, InteractionTag, SignalCorrection, Tag, TriageEvent
from crm.tests.factories import NOON, Cast, comment, make_interaction, make_user, make_workspace
from crm.tests.notebook import Notebook

Field = SignalCorrection.Field
Status = Interaction.Status


@pytest.fixture
def row(cast: Cast) -> Interaction:
    return make_interaction(cast)


def again(row: Interaction) -> Interaction:
    return Interaction.objects.get(pk=row.pk)


def test_a_status_is_set_with_who_what_and_why(cast: Cast, row: Interaction) -> None:
    triage.set_status(row, Status.IGNORED, by=cast.agent, reason="bot")
    event = TriageEvent.objects.get()
    assert (again(row).status, again(row).version, row.version) == ("ignored", 1, 1)
    assert (event.source, event.actor, event.actor_name) == ("person", cast.agent, cast.agent.username)
    assert (event.kind, event.before, event.after, event.reason) == ("status", "unread", "ignored", "bot")


def test_of_two_decisions_on_one_version_the_second_is_refused(cast: Cast, row: Interaction) -> None:
    mine, theirs = again(row), again(row)
    triage.set_status(mine, Status.ARCHIVED, by=cast.agent)
    with pytest.raises(triage.ChangedMeanwhile) as refused:
        triage.set_status(theirs, Status.IGNORED, by=cast.owner)
    assert refused.value.current.status == "archived"
    assert TriageEvent.objects.count() == 1


def test_a_decision_on_the_text_before_an_edit_is_refused(cast: Cast) -> None:
    intake(cast.connection, [comment()])
    seen = Interaction.objects.get()
    intake(cast.connection, [comment(seen=1, text="something else")])
    with pytest.raises(triage.ChangedMeanwhile):
        triage.set_status(seen, Status.IGNORED, by=cast.agent)


def test_a_decision_names_the_version_of_its_page(cast: Cast, row: Interaction) -> None:
    Interaction.objects.update(version=4)
    with pytest.raises(triage.ChangedMeanwhile):
        triage.set_status(again(row), Status.READ, by=cast.agent, version=3)
    triage.set_status(again(row), Status.READ, by=cast.agent, version=4)


def test_deciding_lifts_a_snooze(cast: Cast, row: Interaction) -> None:
    triage.snooze(row, NOON, by=cast.agent)
    triage.set_status(row, Status.READ, by=cast.agent)
    assert again(row).snoozed_until is None


def test_many_are_decided_one_by_one(cast: Cast) -> None:
    rows = [make_interaction(cast) for _ in range(3)]
    triage.set_status(rows[0], Status.READ, by=cast.agent)
    assert triage.set_status_of_many(Interaction.objects.all(), Status.READ, by=cast.owner) == (3, 0)
    assert TriageEvent.objects.count() == 3


def test_a_comment_is_given_to_somebody_who_may_answer(cast: Cast, row: Interaction) -> None:
    triage.assign(row, cast.agent, by=cast.owner)
    triage.assign(row, None, by=cast.owner)
    assert again(row).assigned_to is None
    assert [(event.before, event.after) for event in TriageEvent.objects.order_by("pk")] == [
        ("", cast.agent.username),
        (cast.agent.username, ""),
    ]


def test_a_comment_is_not_given_to_viewers_strangers_or_the_dismissed(cast: Cast, row: Interaction) -> None:
    dismissed = make_user("gone")
    Membership.objects.create(user=dismissed, workspace=cast.workspace, role=Role.OWNER)
    dismissed.is_active = False
    for person in (cast.viewer, cast.outsider, dismissed):
        with pytest.raises(ValueError, match="cannot be given"):
            triage.assign(row, person, by=cast.owner)


def test_a_tag_is_one_whatever_its_capitals(cast: Cast, row: Interaction) -> None:
    triage.add_tag(row, "Sponsor", by=cast.agent)
    triage.add_tag(row, " sponsor ", by=cast.agent)
    assert (Tag.objects.count(), InteractionTag.objects.count(), TriageEvent.objects.count()) == (1, 1, 1)
    triage.remove_tag(row, "SPONSOR", by=cast.agent)
    triage.remove_tag(row, "SPONSOR", by=cast.agent)
    assert (Tag.objects.count(), InteractionTag.objects.count(), TriageEvent.objects.count()) == (1, 0, 2)


def test_a_tag_of_another_workspace_is_another_tag(cast: Cast, row: Interaction) -> None:
    Tag.objects.create(workspace=make_workspace(), name="Sponsor")
    assert triage.add_tag(row, "Sponsor", by=cast.agent).workspace == cast.workspace


def test_a_tag_that_was_refused_leaves_nothing(cast: Cast, row: Interaction) -> None:
    Interaction.objects.update(version=9)
    with pytest.raises(triage.ChangedMeanwhile):
        triage.add_tag(row, "Sponsor", by=cast.agent)
    assert not Tag.objects.exists()


def test_a_note_is_welcome_on_any_version(cast: Cast, row: Interaction) -> None:
    Interaction.objects.update(version=9)
    note = triage.add_note(row, " call\x00 her ", by=cast.agent)
    assert (note.text, note.author_name) == ("call her", cast.agent.username)
    assert TriageEvent.objects.get().after == ""


@pytest.mark.parametrize("text", ["", "  ", "\x00"])
def test_an_empty_note_or_tag_is_refused(cast: Cast, row: Interaction, text: str) -> None:
    with pytest.raises(ValueError, match="note"):
        triage.add_note(row, text, by=cast.agent)
    with pytest.raises(ValueError, match="tag"):
        triage.add_tag(row, text, by=cast.agent)


@pytest.mark.parametrize("model", [InteractionNote, TriageEvent, SignalCorrection])
def test_what_is_appended_is_never_changed(cast: Cast, row: Interaction, model: type[InteractionNote]) -> None:
    triage.add_note(row, "note", by=cast.agent)
    triage.correct_signal(row, Field.SENTIMENT, "negative", by=cast.agent)
    with pytest.raises(TypeError):
        model.objects.all()[0].save()


# --- Corrections


def enriched(cast: Cast) -> Interaction:
    intake(cast.connection, [comment()])
    return Interaction.objects.get()


def test_a_correction_stands_beside_the_machines_value(cast: Cast, notebook: Notebook) -> None:
    row = enriched(cast)
    triage.correct_signal(row, Field.CATEGORIES, ["spam", "collab"], by=cast.agent)
    correction = SignalCorrection.objects.get()
    assert again(row).categories == row.categories == ("collab", "spam")
    assert (correction.machine_value, correction.value, correction.user) == (
        ["question"],
        ["collab", "spam"],
        cast.agent,
    )
    assert again(row).signal_source == "human"
    assert TriageEvent.objects.get().after == "categories: collab, spam"
    assert notebook.told["c1"].categories == ("collab", "spam")


def test_a_correction_outlives_edits_and_new_scores(cast: Cast, notebook: Notebook) -> None:
    row = enriched(cast)
    triage.correct_signal(row, Field.SENTIMENT, "negative", by=cast.agent)
    triage.correct_signal(row, Field.PRIORITY, 7, by=cast.agent)
    found = intake(cast.connection, [comment(seen=1, text="I love this, thank you!", like_count=900)])
    assert (again(row).sentiment, again(row).priority_score, again(row).signal_source) == ("negative", 7, "human")
    assert (found["c1"].sentiment, found["c1"].source) == ("negative", "human")
    assert "praise" in again(row).categories


def test_of_several_corrections_the_last_stands_and_the_machines_value_stays(cast: Cast, notebook: Notebook) -> None:
    row = enriched(cast)
    machine = row.sentiment
    triage.correct_signal(row, Field.SENTIMENT, "negative", by=cast.agent)
    triage.correct_signal(row, Field.SENTIMENT, "positive", by=cast.owner)
    intake(cast.connection, [comment(seen=1, text="hm")])
    assert again(row).sentiment == "positive"
    assert {one.machine_value for one in SignalCorrection.objects.all()} == {machine}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (Field.SENTIMENT, "mixed"),
        (Field.CATEGORIES, []),
        (Field.CATEGORIES, ["rant"]),
        (Field.LANGUAGE, "English"),
        (Field.PRIORITY, 0),
        (Field.PRIORITY, 101),
    ],
)
def test_a_value_outside_the_vocabulary_is_refused(cast: Cast, row: Interaction, field: Field, value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        triage.correct_signal(row, field, value, by=cast.agent)
    assert not SignalCorrection.objects.exists()


# --- Fans


def test_a_fan_is_found_by_the_account_and_never_by_the_name(cast: Cast) -> None:
    first = find_or_create_fan(cast.workspace, "youtube", "UC1", "@ann", "Ann")
    assert find_or_create_fan(cast.workspace, "youtube", "UC1", "@renamed", "Someone") == first
    assert find_or_create_fan(cast.workspace, "youtube", "UC2", "@ann", "Ann") != first
    assert find_or_create_fan(cast.workspace, "instagram", "UC1", "@ann", "Ann") != first
    assert find_or_create_fan(make_workspace(), "youtube", "UC1", "@ann", "Ann") != first
    assert Fan.objects.get(pk=first.pk).name == "Ann"


def test_an_author_without_an_account_is_nobodys_fan(cast: Cast) -> None:
    with pytest.raises(ValueError, match="user id"):
        find_or_create_fan(cast.workspace, "youtube", "", "@ann")


def test_the_intake_finds_a_fan_made_before(cast: Cast) -> None:
    fan = find_or_create_fan(cast.workspace, "youtube", "ann", "@ann", "Ann")
    intake(cast.connection, [comment()])
    assert Interaction.objects.get().fan == fan
