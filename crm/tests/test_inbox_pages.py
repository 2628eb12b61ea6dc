"""The comment list and a comment's page: what they show, in which order, to whom, at what cost."""

from datetime import timedelta

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from connections.models import User
from connections.registry import intake
from crm import presenting
from crm.ages import age
from crm.models import Interaction
from crm.tests.factories import NOON, Cast, author, comment, make_interaction, own_reply, reply, tombstone, video
from crm.tests.notebook import Notebook

LIST = reverse("admin:crm_interaction_changelist")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def body(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def page_of(row: Interaction) -> str:
    return reverse("admin:crm_interaction_change", args=[row.pk])


def test_the_list_opens_with_what_waits_for_an_answer_most_urgent_first(cast: Cast) -> None:
    make_interaction(cast, content="mild one", priority_score=20)
    make_interaction(cast, content="urgent one", priority_score=90)
    make_interaction(cast, content="done one", status="answered")
    make_interaction(cast, content="our one", is_own=True)
    make_interaction(cast, content="spam one", moderation="spam")
    make_interaction(cast, content="later one", snoozed_until=timezone.now() + timedelta(days=1))

    page = body(signed_in(cast.viewer), LIST)

    assert page.index("urgent one") < page.index("mild one")
    assert not [text for text in ("done one", "our one", "spam one", "later one") if text in page]


@pytest.mark.parametrize(
    ("queue", "expected"),
    [
        ("questions", {"asks"}),
        ("high", {"urgent"}),
        ("held", {"held"}),
        ("mine", {"mine"}),
        ("snoozed", {"later"}),
        ("all", {"asks", "urgent", "held", "mine", "later"}),
    ],
)
def test_each_queue_holds_its_own(cast: Cast, queue: str, expected: set[str]) -> None:
    make_interaction(cast, content="text-asks", categories=("question",))
    make_interaction(cast, content="text-urgent", priority_score=80)
    make_interaction(cast, content="text-held", moderation="held", status="read")
    make_interaction(cast, content="text-mine", assigned_to=cast.agent, status="read")
    make_interaction(cast, content="text-later", snoozed_until=timezone.now() + timedelta(days=1), status="read")

    page = body(signed_in(cast.agent), f"{LIST}?queue={queue}")

    assert {word for word in ("asks", "urgent", "held", "mine", "later") if f"text-{word}" in page} == expected


def test_searching_looks_through_everything(cast: Cast) -> None:
    make_interaction(cast, content="camera answered long ago", status="answered")
    assert "camera answered" in body(signed_in(cast.viewer), f"{LIST}?q=camera")


def test_an_empty_inbox_says_so(cast: Cast) -> None:
    page = body(signed_in(cast.viewer), LIST)
    assert "Nobody waits for a reply." in page


def test_a_row_shows_its_parts_and_why(cast: Cast, notebook: Notebook) -> None:
    intake(cast.connection, [video(), comment()])
    page = body(signed_in(cast.viewer), LIST)
    assert "How I film at night" in page
    assert '<meter class="gr-meter"' in page
    assert "Because of “" in page
    assert '<bdi dir="auto">Which camera do you use?</bdi>' in page


def test_the_list_costs_the_same_for_one_row_and_three(cast: Cast, notebook: Notebook) -> None:
    client, counts = signed_in(cast.agent), []
    for number in (1, 3):
        records = [comment(f"c{one}", author=author(f"fan{one}")) for one in range(number)]
        intake(cast.connection, [video(), *records])
        Interaction.objects.update(assigned_to=cast.agent)
        with CaptureQueriesContext(database) as captured:
            body(client, LIST)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 16


def test_the_thread_stands_in_order_with_stubs_and_our_replies(cast: Cast, notebook: Notebook) -> None:
    intake(
        cast.connection,
        [
            video(),
            comment(text="the first"),
            reply("c1.b", text="the third", published_at=NOON - timedelta(minutes=20)),
            reply("c1.a", text="the second", published_at=NOON - timedelta(minutes=40)),
            own_reply(text="the answer", published_at=NOON - timedelta(minutes=10)),
            reply("c1.gone", text="to be withdrawn", published_at=NOON - timedelta(minutes=5)),
        ],
    )
    intake(cast.connection, [tombstone("c1.gone", thread_id="c1", parent_id="c1")])

    for row in Interaction.objects.all():
        page = body(signed_in(cast.viewer), page_of(row))
        texts = ("the first", "the second", "the third", "the answer", "(deleted on the platform)")
        places = [page.index(f'<bdi dir="auto">{text}</bdi>') for text in texts]
        assert places == sorted(places)
        assert page.count('aria-current="true"') == 1
        assert page.count("gr-message--own") == 1


def test_the_thread_costs_the_same_whatever_its_length(cast: Cast, notebook: Notebook) -> None:
    client, counts = signed_in(cast.agent), []
    for number in (1, 3):
        intake(cast.connection, [video(), comment(), *[reply(f"c1.{one}") for one in range(number)]])
        with CaptureQueriesContext(database) as captured:
            body(client, page_of(Interaction.objects.get(platform_id="c1")))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_page_shows_the_fan_and_what_else_they_wrote(cast: Cast, notebook: Notebook) -> None:
    intake(
        cast.connection, [video(), comment(), comment("c2", text="Great light!"), comment("c3", author=author("bo"))]
    )
    page = body(signed_in(cast.viewer), page_of(Interaction.objects.get(platform_id="c1")))
    card = page[page.index("Who wrote it") :]
    assert "Great light!" in card
    assert "<dt>Comments</dt><dd>2</dd>" in card


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "https:evil",
        "\\\\evil",
        "http://plain.example/",
        "https://a@evil.example/",
        "https://[broken",
    ],
)
def test_only_plain_secure_addresses_become_links(cast: Cast, address: str) -> None:
    row = make_interaction(cast, permalink=address)
    assert presenting.safe_link(address) == ""
    assert f'href="{address}"' not in body(signed_in(cast.viewer), page_of(row))


def test_an_endless_address_becomes_no_link() -> None:
    assert presenting.safe_link("https://x.example/" + "a" * 2048) == ""


def test_links_to_the_platform_say_nothing_of_us(cast: Cast) -> None:
    row = make_interaction(cast, permalink="https://www.youtube.com/watch?v=v1&lc=c1")
    page = body(signed_in(cast.viewer), page_of(row))
    assert 'href="https://www.youtube.com/watch?v=v1&amp;lc=c1" rel="noopener noreferrer nofollow"' in page


def test_marks_that_hide_letters_are_pointed_out(cast: Cast) -> None:
    make_interaction(cast, content="safe \u202etxt.exe")
    assert "hidden marks" in body(signed_in(cast.viewer), LIST)


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=3), "3 min"),
        (timedelta(hours=25), "1 d"),
        (timedelta(days=800), "2 y"),
    ],
)
def test_ages_are_short(passed: timedelta, said: str) -> None:
    assert age(NOON - passed, NOON) == said
