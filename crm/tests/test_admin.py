import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from connections.models import User
from connections.registry import intake
from connections.tests.forms_on_pages import form_on
from crm.models import Fan, Interaction, InteractionNote, SignalCorrection, TriageEvent
from crm.tests.factories import NOON, Cast, author, comment, make_interaction, video
from crm.tests.notebook import Notebook

LIST = reverse("admin:crm_interaction_changelist")
HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(1)">'


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page_of(row: Interaction | Fan) -> str:
    return reverse(f"admin:crm_{row._meta.model_name}_change", args=[row.pk])


def save(client: Client, row: Interaction, **changes: Any) -> Any:
    """Post the page's own form back with some entries changed."""
    return client.post(page_of(row), {**form_on(client.get(page_of(row))).data, **changes}, follow=True)


@pytest.fixture
def row(cast: Cast, notebook: Notebook) -> Interaction:
    intake(cast.connection, [video(), comment()])
    return Interaction.objects.get()


def test_the_list_costs_the_same_for_one_comment_and_for_many(cast: Cast) -> None:
    client, counts = signed_in(cast.viewer), []
    for number in (1, 20):
        intake(cast.connection, [comment(f"c{one}", author=author(f"fan{one}")) for one in range(number)])
        with CaptureQueriesContext(database) as captured:
            assert client.get(LIST).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 16


@pytest.mark.parametrize(
    "query", ["status=unread", "category=question", "sentiment=neutral", "q=camera", "queue=all&o=5"]
)
def test_the_list_filters_and_searches(cast: Cast, row: Interaction, query: str) -> None:
    make_interaction(cast, content="unlike", status="archived", categories=("spam",), sentiment="negative")
    body = signed_in(cast.viewer).get(f"{LIST}?{query}").content.decode()
    assert "Which camera" in body
    assert ("unlike" in body) == (query == "queue=all&o=5")


def test_what_commenters_write_is_text(cast: Cast, notebook: Notebook) -> None:
    writer = author("mallory", name=HOSTILE, handle=HOSTILE)
    intake(cast.connection, [video(title=HOSTILE, caption=HOSTILE), comment(text=HOSTILE, author=writer)])
    client = signed_in(cast.agent)
    pages = [LIST, page_of(Interaction.objects.get()), page_of(Fan.objects.get())]
    pages += [reverse(f"admin:crm_{name}_changelist") for name in ("fan", "fanidentity", "contentpiece")]
    for url in pages:
        body = client.get(url).content.decode()
        assert "alert(1)" in body
        assert not re.search(r"<script>alert|<img src=x", body), url


def test_triage_on_the_page_goes_through_triage(cast: Cast, row: Interaction) -> None:
    client = signed_in(cast.agent)
    save(client, row, status="ignored", assigned_to=cast.agent.pk, tag_names="Sponsor, later", new_note="ask Ben")
    row.refresh_from_db()
    assert (row.status, row.assigned_to) == ("ignored", cast.agent)
    assert {tag.name for tag in row.tags.all()} == {"Sponsor", "later"}
    assert InteractionNote.objects.get().author == cast.agent
    kinds = TriageEvent.objects.order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == ["assigned_to", "note", "status", "tag_added", "tag_added"]


def test_a_tag_that_is_struck_out_is_removed(cast: Cast, row: Interaction) -> None:
    client = signed_in(cast.agent)
    save(client, row, tag_names="Sponsor, later")
    save(client, row, tag_names="later, SPONSOR")
    assert row.tags.count() == 2
    save(client, row, tag_names="later")
    assert [tag.name for tag in row.tags.all()] == ["later"]


def test_a_correction_on_the_page_is_one(cast: Cast, row: Interaction) -> None:
    save(signed_in(cast.agent), row, categories=["spam", "toxic"], priority_score=3)
    row.refresh_from_db()
    assert (row.categories, row.priority_score, row.signal_source) == (("spam", "toxic"), 3, "human")
    assert SignalCorrection.objects.count() == 2


def test_a_page_saved_as_it_is_changes_nothing(cast: Cast, row: Interaction) -> None:
    save(signed_in(cast.agent), row)
    assert (Interaction.objects.get().version, TriageEvent.objects.count()) == (0, 0)


def test_a_page_that_is_out_of_date_saves_nothing_and_says_so(cast: Cast, row: Interaction) -> None:
    client = signed_in(cast.agent)
    data = form_on(client.get(page_of(row))).data
    intake(cast.connection, [comment(seen=1, text="edited")])
    response = client.post(page_of(row), {**data, "status": "ignored"}, follow=True)
    assert "Nothing was saved" in response.content.decode()
    assert Interaction.objects.get().status == "unread"


@pytest.mark.parametrize(
    "changes", [{"priority_score": 0}, {"priority_score": 101}, {"sentiment": ""}, {"status": "no such"}]
)
def test_entries_outside_the_vocabulary_are_refused(cast: Cast, row: Interaction, changes: dict[str, Any]) -> None:
    response = save(signed_in(cast.agent), row, **changes)
    assert response.context["errors"]
    assert Interaction.objects.get().version == 0


def test_a_viewer_is_not_given_a_comment(cast: Cast, row: Interaction) -> None:
    response = save(signed_in(cast.agent), row, assigned_to=cast.viewer.pk)
    assert "may not answer" in response.content.decode()


def test_a_viewer_reads_and_does_not_decide(cast: Cast, row: Interaction) -> None:
    client = signed_in(cast.viewer)
    body = client.get(page_of(row)).content.decode()
    assert "Which camera" in body
    assert "new_note" not in body
    assert client.post(page_of(row), {"status": "ignored"}).status_code == 403


def test_several_are_archived_at_once(cast: Cast, row: Interaction) -> None:
    asked = {"action": "mark_archived", "_selected_action": [row.pk]}
    response = signed_in(cast.agent).post(LIST, asked, follow=True)
    assert "Comments now archived: 1." in response.content.decode()
    assert Interaction.objects.get().status == "archived"


def test_the_log_of_the_admin_keeps_no_text_and_no_name(cast: Cast, row: Interaction) -> None:
    assert row.content not in str(row)
    assert row.author_name not in str(row)


def test_a_fan_is_described_by_the_team(cast: Cast, row: Interaction) -> None:
    client, fan = signed_in(cast.agent), Fan.objects.get()
    data = form_on(client.get(page_of(fan))).data
    client.post(page_of(fan), {**data, "notes": "met at the fair", "is_vip": "on"})
    fan.refresh_from_db()
    assert (fan.notes, fan.is_vip, fan.first_interaction_at) == ("met at the fair", True, NOON - timedelta(hours=1))
