from connections.registry import intake
from crm import triage
from crm.models import Interaction, SignalCorrection
from crm.tasks import enrich_comments_batch
from crm.tests.factories import Cast, comment, make_connection, tombstone
from crm.tests.notebook import Notebook
from crm.tests.table_dump import dump


def unread(cast: Cast, *platform_ids: str) -> list[int]:
    """Comments that were stored while nothing was read."""
    intake(cast.connection, [comment(one) for one in platform_ids])
    Interaction.objects.update(enriched_at=None, categories=(), sentiment="", priority_score=0)
    return list(Interaction.objects.values_list("pk", flat=True))


def test_signals_are_written_here_and_on_the_platforms_row(cast: Cast, notebook: Notebook) -> None:
    enrich_comments_batch(unread(cast, "c1", "c2"))
    assert [row.categories for row in Interaction.objects.all()] == [("question",), ("question",)]
    assert set(notebook.told) == {"c1", "c2"}
    assert notebook.told["c1"].categories == ("question",)


def test_twice_is_once(cast: Cast, notebook: Notebook) -> None:
    ids = unread(cast, "c1")
    enrich_comments_batch(ids)
    before = dump()["Interaction"]
    enrich_comments_batch([*ids, *ids])
    after = dump()["Interaction"]
    assert before[0].pop("enriched_at") <= after[0].pop("enriched_at")
    assert after == before


def test_it_says_what_the_intake_says(cast: Cast, notebook: Notebook) -> None:
    found = intake(cast.connection, [comment(like_count=40)])
    enrich_comments_batch([Interaction.objects.get().pk])
    assert notebook.told == found


def test_a_correction_stays_in_force(cast: Cast, notebook: Notebook) -> None:
    intake(cast.connection, [comment()])
    row = Interaction.objects.get()
    triage.correct_signal(row, SignalCorrection.Field.CATEGORIES, ["collab"], by=cast.agent)
    enrich_comments_batch([row.pk])
    assert Interaction.objects.get().categories == notebook.told["c1"].categories == ("collab",)


def test_deleted_and_unknown_comments_are_passed_over(cast: Cast, notebook: Notebook) -> None:
    intake(cast.connection, [tombstone()])
    enrich_comments_batch([Interaction.objects.get().pk, 987654])
    assert notebook.told == {}


def test_nothing_is_read_while_derived_metrics_are_off(cast: Cast) -> None:
    ids = unread(cast, "c1")
    cast.workspace.derived_metrics = False
    cast.workspace.save()
    enrich_comments_batch(ids)
    assert Interaction.objects.get().enriched_at is None


def test_the_same_id_on_two_accounts_is_two_comments(cast: Cast, notebook: Notebook) -> None:
    other = make_connection(cast.workspace, "notebook")
    intake(cast.connection, [comment(text="Which camera do you use?")])
    intake(other, [comment(text="I love this, thank you!")])
    Interaction.objects.update(categories=())
    enrich_comments_batch(list(Interaction.objects.values_list("pk", flat=True)))
    assert Interaction.objects.get(connection=cast.connection).categories == ("question",)
    assert "praise" in Interaction.objects.get(connection=other).categories
