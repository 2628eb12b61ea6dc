import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model

from connections.models import Role
from connections.models.people import WorkspaceQuerySet
from connections.registry import intake, triage_for
from crm import triage
from crm.models import Interaction, SignalCorrection
from crm.tests.factories import Cast, comment, make_connection, make_workspace, own_reply, video
from crm.tests.notebook import Notebook

MODELS = list(apps.get_app_config("crm").get_models())


@pytest.fixture
def filled(cast: Cast, notebook: Notebook) -> Cast:
    """A row in every table."""
    intake(cast.connection, [video(), comment(), own_reply()])
    row = Interaction.objects.get(platform_id="c1")
    triage.add_tag(row, "Sponsor", by=cast.agent)
    triage.add_note(row, "note", by=cast.agent)
    triage.correct_signal(row, SignalCorrection.Field.SENTIMENT, "negative", by=cast.agent)
    return cast


def rows(model: type[Model]) -> WorkspaceQuerySet[Model]:
    manager = model._default_manager.all()
    assert isinstance(manager, WorkspaceQuerySet)
    return manager


@pytest.mark.parametrize("model", MODELS)
def test_members_see_their_rows_and_strangers_none(filled: Cast, model: type[Model]) -> None:
    assert rows(model).for_user(filled.viewer).count() == rows(model).count() > 0
    assert not rows(model).for_user(filled.outsider).exists()
    assert not rows(model).for_user(AnonymousUser()).exists()


@pytest.mark.parametrize("model", MODELS)
def test_a_viewer_has_no_rows_to_work_on(filled: Cast, model: type[Model]) -> None:
    assert rows(model).for_user(filled.agent, Role.AGENT).exists()
    assert not rows(model).for_user(filled.viewer, Role.AGENT).exists()


@pytest.mark.parametrize("model", MODELS)
def test_every_row_names_its_workspace(filled: Cast, model: type[Model]) -> None:
    assert set(rows(model).order_by().values_list("workspace", flat=True)) == {filled.workspace.pk}


def test_triage_of_another_account_is_not_given_away(filled: Cast) -> None:
    assert triage_for(make_connection(make_workspace()), ["c1"]) == {}


def test_triage_shows_what_the_team_did(filled: Cast) -> None:
    shown = triage_for(filled.connection, ["c1", "unknown"])
    row = Interaction.objects.get(platform_id="c1")
    assert set(shown) == {"c1"}
    assert (shown["c1"].status, shown["c1"].tags) == ("answered", ("Sponsor",))
    assert (shown["c1"].interaction_id, shown["c1"].interaction_uuid) == (row.pk, str(row.uuid))
    assert shown["c1"].internal_notes == f"{filled.agent.username}: note"
    assert shown["c1"].response_text == "A Lumix!"
