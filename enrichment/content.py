"""What a piece of content is about: theme, summary, topics, hashtags. Its score is in `performance`."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
_THEMES_BY_NAME: dict[str, Theme] = {theme: theme for theme in THEMES}
_LONGEST_PHRASE = 5
_TAG_WEIGHT = 1.5
_WORD = re.compile(rf"[{WORD_CHARACTERS}]+(?:['&.-][{WORD_CHARACTERS}]+)*")
_TITLE_CHARS = 120
# How something is told outweighs its subject: a tutorial about cameras is a tutorial.
_FORMATS: frozenset[Theme] = frozenset(THEMES[:8])
_FORMAT_FACTOR = 2.6
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
    title, rest = text[:_TITLE_CHARS], text[_TITLE_CHARS:]
    found: dict[Theme, dict[str, float]] = {}
    for part, weight in ((title, 1.0), (rest, 0.5), (" . ".join(hashtags[:60]), _TAG_WEIGHT)):
        for theme, word in _theme_words(part):
            words = found.setdefault(theme, {})
            words[word] = words.get(word, 0.0) + weight
    scores = {theme: _factor(theme) * sum(words.values()) for theme, words in found.items()}
    reasons = {
        theme: [Reason("theme", theme, quote(word), weight) for word, weight in words.items()]
        for theme, words in found.items()
    }
    return _best_theme(scores, reasons)


def _factor(theme: Theme) -> float:
    return _FORMAT_FACTOR if theme in _FORMATS else 1.0


def _theme_words(text: str) -> set[tuple[Theme, str]]:
    """Each word of a theme that the text has, once."""
    index = theme_index()
    folded = without_accents(fold(clean(text)))
    tokens = [token.lstrip("#@") for token in _WORD.findall(folded)]
    found = {(theme, word) for word, theme in index.unspaced if word in folded}
    for start, token in enumerate(tokens):
        for size in range(1, _LONGEST_PHRASE + 1):
            phrase = " ".join(tokens[start : start + size])
            found.update((theme, phrase) for theme in index.phrases.get(phrase, ()))
        for length in range(3, min(len(token), 14) + 1):
            found.update((theme, token[:length]) for theme in index.stems.get(token[:length], ()))
    return found


def _best_theme(scores: dict[Theme, float], reasons: dict[Theme, list[Reason]]) -> Finding[Theme]:
    if not scores or max(scores.values()) < 1.0:
        return Finding("other", 0.4)
    best = max(scores, key=lambda theme: (scores[theme], -THEMES.index(theme)))
    rest = sum(scores.values()) - scores[best]
    confidence = 0.4 + 0.5 * (scores[best] - rest / 2) / (scores[best] + 1)
    return Finding(best, round(min(0.95, max(0.2, confidence)), 3), tuple(reasons[best][:4]))


@dataclass(frozen=True, slots=True)
class ThemeIndex:
    """Phrases and stems with their themes; words of unspaced scripts are looked for anywhere."""

    phrases: dict[str, list[Theme]]
    stems: dict[str, list[Theme]]
    unspaced: list[tuple[str, Theme]]


@cache
def theme_index() -> ThemeIndex:
    index = ThemeIndex({}, {}, [])
    for header, entries in read_sections(_THEME_WORDS):
        theme = _THEMES_BY_NAME[header]
        for entry in entries:
            _add(index, " ".join(_WORD.findall(without_accents(fold(clean(entry))))), theme, entry.endswith("*"))
    return index


def _add(index: ThemeIndex, word: str, theme: Theme, is_stem: bool) -> None:
    if UNSPACED.search(word):
        index.unspaced.append((word, theme))
    else:
        (index.stems if is_stem else index.phrases).setdefault(word, []).append(theme)


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
