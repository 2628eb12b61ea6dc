import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.content import (
    THEMES,
    Baseline,
    ContentMetrics,
    calculate_performance_score,
    detect_theme,
    extract_hashtags,
    extract_topics,
    generate_summary,
    theme_index,
)

CHANNEL = Baseline([ContentMetrics(views=100 * n, likes=5 * n, comments=n, age_days=60) for n in range(1, 21)])


@pytest.mark.parametrize(
    ("title", "tags", "theme"),
    [
        ("How to sharpen a knife, step by step", (), "tutorial"),
        ("Unboxing my new phone", (), "unboxing"),
        ("Q&A: you asked, I answer", (), "q&a"),
        ("Sourdough bread", ("baking", "recipe"), "food"),
        ("Un día en mi vida", (), "vlog"),
        ("Official clip", ("music",), "music"),
        ("【ゲーム実況】初見プレイ", (), "gaming"),
        ("Обзор нового ноутбука", (), "review"),
        ("Untitled 7", (), "other"),
        ("", (), "other"),
    ],
)
def test_theme(title: str, tags: tuple[str, ...], theme: str) -> None:
    assert detect_theme(title, tags).value == theme


def test_theme_says_which_words_decided() -> None:
    assert {reason.detail for reason in detect_theme("24 hours challenge").reasons} >= {"24 hours"}


def test_hashtags_are_lowered_once_each_in_order() -> None:
    assert extract_hashtags("#Café #日本語 then #CAFÉ, a#b #1 ＃wide https://x.y/#part") == ("café", "日本語", "wide")


def test_hashtags_of_several_texts() -> None:
    assert extract_hashtags(["#a", "none"]) == [("a",), ()]


def test_summary_leaves_out_links_hashtags_and_calls() -> None:
    text = "We baked bread at https://example.com today. Subscribe for more!\nIt rose well.\n#bread #baking"
    assert generate_summary(text) == "We baked bread at today. It rose well."


@given(st.text(max_size=400), st.integers(0, 300))
def test_summary_fits_and_is_one_line(text: str, most: int) -> None:
    summary = generate_summary(text, most)
    assert len(summary) <= most
    assert "\n" not in summary


def test_topics_are_what_most_texts_share() -> None:
    found = extract_topics(["Sourdough bread at home", "Bread tips", "Pizza and bread"], limit=2)
    assert found.value[0] == "bread"
    assert len(found.value) == 2


def test_score_of_the_usual_piece_is_about_fifty() -> None:
    usual = calculate_performance_score(CHANNEL.pieces[9], CHANNEL)
    assert 35 <= usual.value <= 65


def test_score_rises_with_views() -> None:
    low, high = (calculate_performance_score(ContentMetrics(views=v, age_days=60), CHANNEL).value for v in (150, 1950))
    assert low < 15
    assert high > 85


def test_score_gives_a_young_piece_credit_for_its_age() -> None:
    young = calculate_performance_score(ContentMetrics(views=900, age_days=1), CHANNEL)
    old = calculate_performance_score(ContentMetrics(views=900, age_days=60), CHANNEL)
    assert young.value > old.value
    assert young.confidence < old.confidence


def test_a_withheld_metric_is_not_zero() -> None:
    withheld = calculate_performance_score(ContentMetrics(views=1950, comments=None, age_days=60), CHANNEL)
    zero = calculate_performance_score(ContentMetrics(views=1950, comments=0, age_days=60), CHANNEL)
    assert withheld.value > zero.value
    assert "comments" not in {reason.label for reason in withheld.reasons}


def test_nothing_to_compare_with_is_the_middle_and_no_confidence() -> None:
    finding = calculate_performance_score(ContentMetrics(), Baseline())
    assert (finding.value, finding.confidence) == (50, 0.0)


@given(
    st.builds(
        ContentMetrics,
        views=st.none() | st.integers(0, 10**10),
        likes=st.none() | st.integers(0, 10**9),
        shares=st.none() | st.integers(0, 10**9),
        age_days=st.none() | st.floats(0, 10**4),
    )
)
def test_score_is_in_range_and_its_parts_add_up(metrics: ContentMetrics) -> None:
    finding = calculate_performance_score(metrics, CHANNEL)
    assert 0 <= finding.value <= 100
    assert abs(sum(reason.weight for reason in finding.reasons) - finding.value) < 1


def test_every_theme_with_words_is_in_the_closed_list() -> None:
    themes = {theme for found in theme_index().phrases.values() for theme in found}
    assert themes == set(THEMES) - {"other"}
