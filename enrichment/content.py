"""What a piece of content is about: theme, summary, topics, hashtags. Its score is in `performance`."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar, get_args, overload

from connections.records import Reason
from enrichment.cleaning import clean, fold, without_accents
from enrichment.findings import Finding, quote
from enrichment.keywords import read_keywords
from enrichment.lexicon import read_sections
from enrichment.performance import Baseline, ContentMetrics, calculate_performance_score
from enrichment.reading import LINK, UNSPACED, WORD_CHARACTERS, prepare

__all__ = [
    "THEMES", "Baseline", "ContentMetrics", "Theme", "calculate_performance_score", "detect_theme",
    "extract_hashtags", "extract_topics", "generate_summary",
]  # fmt: skip

Theme = Literal[
    "tutorial", "review", "vlog", "q&a", "behind the scenes", "announcement", "challenge", "unboxing",
    "music", "gaming", "sport", "food", "travel", "beauty", "tech", "education", "comedy", "news", "other",
]  # fmt: skip
THEMES: tuple[Theme, ...] = get_args(Theme)

T = TypeVar("T")
Texts = list[str] | tuple[str, ...]

_THEME_WORDS = Path(__file__).with_name("content_themes.txt")
_TAG_WEIGHT = 1.5
_TITLE_CHARS = 120
# How something is told outweighs its subject: a tutorial about cameras is a tutorial.
_FORMATS: frozenset[Theme] = frozenset(THEMES[:8])
_FORMAT_FACTOR = 1.8
# A hashtag is a sign, letters, and no letter before it; "#1" and "#" are none.
_HASHTAG = re.compile(rf"(?<![{WORD_CHARACTERS}&/])[#＃]([{WORD_CHARACTERS}]{{1,100}})")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？।؟])\s*|\n+")
_PROMOTION = re.compile(
    "subscribe|follow me|follow us|link in bio|affiliate|promo code|suscríbete|inscreva-se|abonnier|abonnez"
)


@overload
def extract_hashtags(text: str) -> tuple[str, ...]: ...
@overload
def extract_hashtags(text: Texts) -> list[tuple[str, ...]]: ...
def extract_hashtags(text: str | Texts) -> tuple[str, ...] | list[tuple[str, ...]]:
    """Lower case, without the sign, each once, in order of appearance."""
    return _each(_hashtags, text)


@overload
def detect_theme(text: str, hashtags: Sequence[str] = ()) -> Finding[Theme]: ...
@overload
def detect_theme(text: Texts, hashtags: Sequence[str] = ()) -> list[Finding[Theme]]: ...
def detect_theme(text: str | Texts, hashtags: Sequence[str] = ()) -> Finding[Theme] | list[Finding[Theme]]:
    """One theme of `THEMES`. `hashtags` may hold the platform's tags too; several texts share them."""
    return _each(lambda one: _theme(one, hashtags), text)


@overload
def generate_summary(text: str, max_chars: int = 200) -> str: ...
@overload
def generate_summary(text: Texts, max_chars: int = 200) -> list[str]: ...
def generate_summary(text: str | Texts, max_chars: int = 200) -> str | list[str]:
    """The text's own leading sentences, without links, hashtag blocks and calls to subscribe; one line."""
    return _each(lambda one: _summary(one, max_chars), text)


def extract_topics(texts: str | Texts, limit: int = 10) -> Finding[tuple[str, ...]]:
    """What titles or comments share: words, those that most of the texts have first."""
    several = [texts] if isinstance(texts, str) else texts
    counts: dict[str, int] = {}
    for text in several:
        for word in read_keywords(prepare(text)).value:
            counts[word] = counts.get(word, 0) + 1
    topics = sorted(counts, key=lambda word: -counts[word])[: max(0, limit)]
    reasons = tuple(Reason("topics", topic, f"in {counts[topic]} of {len(several)}", counts[topic]) for topic in topics)
    return Finding(tuple(topics), 0.6 if topics else 0.0, reasons)


def _each(analyse: Callable[[str], T], text: str | Texts) -> T | list[T]:
    return analyse(text) if isinstance(text, str) else [analyse(one) for one in text]


def _hashtags(text: str) -> tuple[str, ...]:
    found = (tag.lower() for tag in _HASHTAG.findall(clean(text)))
    return tuple(dict.fromkeys(tag for tag in found if not tag.isdecimal()))


# --- theme -----------------------------------------------------------------------------------------------


def _theme(text: str, hashtags: Sequence[str]) -> Finding[Theme]:
    folded = without_accents(fold(clean(text)))
    tags = " ".join(without_accents(fold(clean(tag))) for tag in hashtags[:60])
    scores: dict[Theme, float] = {}
    reasons: dict[Theme, list[Reason]] = {}
    for theme, pattern in _theme_patterns():
        if weights := _theme_words(pattern, folded, tags):
            factor = _FORMAT_FACTOR if theme in _FORMATS else 1.0
            scores[theme] = factor * sum(weights.values())
            reasons[theme] = [Reason("theme", theme, quote(word), weight) for word, weight in weights.items()]
    return _best_theme(scores, reasons)


def _theme_words(pattern: re.Pattern[str], folded: str, tags: str) -> dict[str, float]:
    """Each word once: in the title it counts fully, further down half, as a tag most."""
    weights = dict.fromkeys(pattern.findall(folded[_TITLE_CHARS:]), 0.5)
    weights |= dict.fromkeys(pattern.findall(folded[:_TITLE_CHARS]), 1.0)
    for word in dict.fromkeys(pattern.findall(tags)):
        weights[word] = weights.get(word, 0.0) + _TAG_WEIGHT
    return weights


def _best_theme(scores: dict[Theme, float], reasons: dict[Theme, list[Reason]]) -> Finding[Theme]:
    if not scores or max(scores.values()) < 1.0:
        return Finding("other", 0.4)
    best = max(scores, key=lambda theme: (scores[theme], -THEMES.index(theme)))
    rest = sum(scores.values()) - scores[best]
    confidence = 0.4 + 0.5 * (scores[best] - rest / 2) / (scores[best] + 1)
    return Finding(best, round(min(0.95, max(0.2, confidence)), 3), tuple(reasons[best][:4]))


@cache
def _theme_patterns() -> tuple[tuple[Theme, re.Pattern[str]], ...]:
    words: dict[str, list[str]] = {}
    for theme, entries in read_sections(_THEME_WORDS):
        words.setdefault(theme, []).extend(_pattern(entry) for entry in entries)
    ordered = {theme: sorted(entries, key=len, reverse=True) for theme, entries in words.items()}
    return tuple((theme, re.compile("|".join(ordered[theme]))) for theme in THEMES if theme in ordered)


def _pattern(entry: str) -> str:
    word = without_accents(fold(clean(entry)))
    is_stem = word.endswith("*")
    literal = re.escape(word.rstrip("*"))
    if UNSPACED.search(word):
        return literal
    return rf"(?<!\w){literal}" + ("" if is_stem else r"(?!\w)")


# --- summary ---------------------------------------------------------------------------------------------


def _summary(text: str, max_chars: int) -> str:
    sentences = (_bare(sentence) for sentence in _SENTENCE_END.split(clean(text)))
    kept: list[str] = []
    length = 0
    for sentence in sentences:
        if not any(map(str.isalpha, sentence)) or _PROMOTION.search(sentence.lower()):
            continue
        if kept and length + 1 + len(sentence) > max_chars:
            break
        kept.append(sentence)
        length += len(sentence) + (len(kept) > 1)
    return _cut(" ".join(kept), max_chars)


def _bare(sentence: str) -> str:
    """Without links; a sentence of hashtags only is none."""
    without_links = LINK.sub(" ", sentence)
    words = without_links.split()
    while words and words[-1][0] in "#＃":
        words.pop()
    return " ".join(words)


def _cut(line: str, max_chars: int) -> str:
    if len(line) <= max_chars:
        return line
    if max_chars < 1:
        return ""
    head = line[: max_chars - 1]
    at_word = head.rpartition(" ")[0] if " " in head[max_chars // 2 :] else head
    return at_word.rstrip(" ,;:-") + "…"
