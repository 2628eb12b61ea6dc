"""What the first page tells each role, and that nobody is told of somebody else's work."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from connections.front_page import Card, count_up_to
from connections.models import Connection, QuarantinedRecord, QuotaLedger, Role, SyncRun, User
from connections.quota_forecast import todays_quota
from connections.tests.factories import make_connection, make_member, make_operator, make_outsider
from crm.models import Interaction
from crm.tests.factories import Cast, make_cast, make_interaction

pytestmark = pytest.mark.django_db

INDEX = reverse("admin:index")


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def cards(user: User) -> dict[str, Card]:
    client = Client()
    client.force_login(user)
    response = client.get(INDEX)
    assert response.status_code == 200
    return {card.label: card for section in response.context["sections"] for card in section.cards}


def test_a_member_sees_what_waits_in_their_workspace(cast: Cast) -> None:
    make_interaction(cast, categories=("question",), priority_score=90)
    make_interaction(cast, assigned_to=cast.agent, status="read")
    make_interaction(cast, moderation="held", status="read")
    make_interaction(make_cast(), categories=("question",), priority_score=90)

    shown = cards(cast.agent)

    figures = {label: shown[label].figure for label in ("Needs a reply", "Questions waiting", "High priority")}
    assert set(figures.values()) == {"1"}
    assert (shown["Given to me"].figure, shown["Held or likely spam"].figure) == ("1", "1")


def test_an_outsider_sees_none_of_it(cast: Cast) -> None:
    make_interaction(cast, categories=("question",), priority_score=90)
    Connection.objects.update(status=Connection.Status.NEEDS_REAUTH, last_error="secret")

    shown = cards(make_outsider())

    assert {card.figure for label, card in shown.items() if "Quota" not in label} == {"0"}
    assert "To be connected again" not in shown


def test_every_card_leads_to_a_page_that_holds_as_much(cast: Cast) -> None:
    make_interaction(cast, categories=("question",), priority_score=90)
    client = Client()
    client.force_login(cast.owner)
    for label, card in cards(cast.owner).items():
        response = client.get(card.url)
        assert response.status_code == 200, label
        if "queue=" in card.url:
            assert str(response.context["cl"].result_count) == card.figure, label


def test_what_is_wrong_is_said_in_words(cast: Cast) -> None:
    account = make_connection(cast.workspace, status=Connection.Status.NEEDS_REAUTH, last_error="Access was withdrawn.")
    run = {"workspace": cast.workspace, "connection": account}
    SyncRun.objects.create(**run, stream="a", state="waiting", reason="Waits for the quota.")
    SyncRun.objects.create(**run, stream="b", state="failed", reason="The platform answers nonsense.")
    QuarantinedRecord.objects.create(**run, stream="a", digest="1", raw=b"?", error="No id.")

    manager = cards(make_member(cast.workspace, Role.MANAGER))
    viewer = cards(cast.viewer)

    assert manager["To be connected again"].note == "Access was withdrawn."
    assert manager["Syncs waiting"].note == "Waits for the quota."
    assert manager["Syncs failed today"].note == "The platform answers nonsense."
    assert manager["Unreadable records"].figure == "1"
    assert "Unreadable records" not in viewer


def test_operators_see_the_installation_and_no_comments(cast: Cast) -> None:
    make_interaction(cast)

    shown = cards(make_operator())

    assert "Needs a reply" not in shown
    assert shown["Accounts connected"].figure == str(Connection.objects.count())
    assert "Schedules switched on" in shown
    assert [label for label in shown if label.startswith("Quota today")]


def test_the_page_costs_the_same_whatever_waits(cast: Cast) -> None:
    client, counts = Client(), []
    client.force_login(cast.owner)
    for _ in range(2):
        make_interaction(cast, categories=("question",), priority_score=90)
        with CaptureQueriesContext(database) as captured:
            client.get(INDEX)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 18


def test_counting_stops_at_a_cap(cast: Cast) -> None:
    for _ in range(3):
        make_interaction(cast)
    assert count_up_to(Interaction.objects.all(), cap=2) == (3, "2+")
    assert count_up_to(Interaction.objects.all(), cap=3) == (3, "3")


# --- Quota


def at_noon_in_california() -> datetime:
    return datetime(2026, 11, 20, 12, tzinfo=ZoneInfo("America/Los_Angeles"))


def ledger(used: int, **fields: object) -> None:
    day = at_noon_in_california().date()
    QuotaLedger.objects.create(
        platform="youtube", bucket="default", day=day, limit=10_000, reserved=2_000, used=used, **fields
    )


def test_half_a_day_foretells_the_other_half() -> None:
    ledger(1_500)
    today = todays_quota(at_noon_in_california())[0]
    assert (today.used, today.expected, today.left_for_syncs) == (1_500, 3_000, 6_500)
    assert not today.will_run_out


def test_a_pace_that_is_too_fast_says_when_nothing_is_left() -> None:
    ledger(6_000)
    today = todays_quota(at_noon_in_california())[0]
    assert today.runs_out_at == at_noon_in_california() + timedelta(hours=4)
    assert "nothing is left for syncs from 00:00 UTC" in today.outlook


def test_a_day_that_has_just_begun_foretells_nothing() -> None:
    ledger(10)
    assert todays_quota(at_noon_in_california() - timedelta(hours=11, minutes=50))[0].expected is None


def test_a_bucket_the_platform_closed_says_so() -> None:
    ledger(10, exhausted_at=timezone.now())
    assert todays_quota(at_noon_in_california())[0].is_exhausted


@pytest.mark.parametrize(("role", "status"), [(Role.MANAGER, 200), (Role.AGENT, 403)])
def test_managers_read_the_quota(cast: Cast, role: Role, status: int) -> None:
    client = Client()
    client.force_login(make_member(cast.workspace, role))
    assert client.get(reverse("connections:quota")).status_code == status


# --- Sync now


def test_a_manager_starts_a_sync(cast: Cast) -> None:
    client = Client()
    client.force_login(make_member(cast.workspace, Role.MANAGER))
    response = client.post(reverse("connections:sync", args=[cast.connection.uuid]), follow=True)
    assert "is being synced" in response.content.decode()
    assert set(SyncRun.objects.values_list("trigger", flat=True)) == {"person"}


def test_others_start_none(cast: Cast) -> None:
    for user, status in ((cast.agent, 403), (cast.outsider, 404)):
        client = Client()
        client.force_login(user)
        assert client.post(reverse("connections:sync", args=[cast.connection.uuid])).status_code == status
    assert not SyncRun.objects.exists()
