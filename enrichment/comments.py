"""Comments in, signals out.

Every function takes one text, or several and answers in their order. None raises, whatever the text.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar, overload

from connections.records import Category, Sentiment
from enrichment.categories import read_categories
from enrichment.findings import AuthorHistory, Finding, TextSignals, signals
from enrichment.keywords import read_keywords
from enrichment.languages import Engine, find_language
from enrichment.priority import prioritise
from enrichment.reading import Reading, prepare, read_words
from enrichment.sentiment import read_sentiment

__all__ = [
    "AuthorHistory", "Finding", "TextSignals", "analyze_sentiment", "calculate_priority", "detect_categories",
    "detect_language", "extract_keywords", "read_comment", "read_comments", "signals",
]  # fmt: skip

T = TypeVar("T")
Texts = list[str] | tuple[str, ...]


def read_comments(texts: Sequence[str]) -> list[TextSignals]:
    """All signals that a text alone can give, each text read once. Deterministic."""
    return [read_comment(text) for text in texts]


def read_comment(text: str) -> TextSignals:
    reading = _read(text)
    sentiment = read_sentiment(reading)
    judgement = read_categories(reading, sentiment)
    keywords = read_keywords(reading)
    return TextSignals(
        sentiment=sentiment.value,
        categories=judgement.found.value,
        detected_keywords=keywords.value,
        language=reading.language,
        confidence={
            "sentiment": sentiment.confidence,
            "categories": judgement.found.confidence,
            "detected_keywords": keywords.confidence,
            "language": reading.language_confidence,
        },
        reasons=judgement.found.reasons + sentiment.reasons,
        urgency=judgement.urgency,
        floor=judgement.floor,
        words=len(reading.tokens),
    )


def calculate_priority(
    signals: TextSignals, likes: int = 0, replies: int = 0, author: AuthorHistory | None = None
) -> Finding[int]:
    """1–100: 100 is answered first, 1 is never mind. Never falls when likes or replies rise.

    The weights of the reasons add up to the value. Own comments are 1.
    """
    return prioritise(signals, likes, replies, author or _STRANGER)


@overload
def analyze_sentiment(text: str) -> Finding[Sentiment]: ...
@overload
def analyze_sentiment(text: Texts) -> list[Finding[Sentiment]]: ...
def analyze_sentiment(text: str | Texts) -> Finding[Sentiment] | list[Finding[Sentiment]]:
    return _each(lambda one: read_sentiment(_read(one)), text)


@overload
def detect_categories(text: str) -> Finding[tuple[Category, ...]]: ...
@overload
def detect_categories(text: Texts) -> list[Finding[tuple[Category, ...]]]: ...
def detect_categories(
    text: str | Texts,
) -> Finding[tuple[Category, ...]] | list[Finding[tuple[Category, ...]]]:
    """Several at once, in the vocabulary's order; `("other",)` when nothing else fits, never empty."""
    return _each(_categories_of, text)


@overload
def extract_keywords(text: str) -> Finding[tuple[str, ...]]: ...
@overload
def extract_keywords(text: Texts) -> list[Finding[tuple[str, ...]]]: ...
def extract_keywords(text: str | Texts) -> Finding[tuple[str, ...]] | list[Finding[tuple[str, ...]]]:
    return _each(lambda one: read_keywords(prepare(one)), text)


@overload
def detect_language(text: str, *, engine: Engine = "auto") -> Finding[str]: ...
@overload
def detect_language(text: Texts, *, engine: Engine = "auto") -> list[Finding[str]]: ...
def detect_language(text: str | Texts, *, engine: Engine = "auto") -> Finding[str] | list[Finding[str]]:
    """ISO 639-1, or `und` when there is nothing to read or too little to be sure."""
    return _each(lambda one: find_language(prepare(one), engine), text)


_STRANGER = AuthorHistory()


def _each(analyse: Callable[[str], T], text: str | Texts) -> T | list[T]:
    return analyse(text) if isinstance(text, str) else [analyse(one) for one in text]


def _read(text: str) -> Reading:
    reading = prepare(text)
    language = find_language(reading)
    reading.language, reading.language_confidence = language.value, language.confidence
    read_words(reading)
    return reading


def _categories_of(text: str) -> Finding[tuple[Category, ...]]:
    reading = _read(text)
    return read_categories(reading, read_sentiment(reading)).found
