"""Which language a comment is written in, or `und` rather than a guess."""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, Protocol

from connections.records import Reason
from enrichment.findings import Finding, quote
from enrichment.lexicon import read_sections, stopwords_of
from enrichment.reading import Reading

Engine = Literal["auto", "eldc", "langdetect"]

# Scripts that one language owns among those that people comment in. Checked in this order:
# a Japanese comment has kanji too, and any kana settles it.
_SCRIPTS: tuple[tuple[str, str], ...] = (
    ("ja", "\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d"), ("ko", "\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e"),
    ("th", "\u0e01-\u0e30"), ("lo", "\u0e81-\u0eb0"), ("el", "\u0370-\u03ff\u1f00-\u1fff"),
    ("hy", "\u0531-\u0587"), ("ka", "\u10a0-\u10ff"), ("ta", "\u0b80-\u0bff"), ("te", "\u0c00-\u0c7f"),
    ("kn", "\u0c80-\u0cff"), ("ml", "\u0d00-\u0d7f"), ("si", "\u0d80-\u0dff"), ("bn", "\u0980-\u09ff"),
    ("gu", "\u0a80-\u0aff"), ("pa", "\u0a00-\u0a7f"), ("or", "\u0b00-\u0b7f"), ("my", "\u1000-\u109f"),
    ("km", "\u1780-\u17ff"), ("am", "\u1200-\u137f"), ("he", "\u05d0-\u05ea"), ("zh", "\u3400-\u9fff"),
)  # fmt: skip
_BY_SCRIPT = tuple((code, re.compile(f"[{ranges}]")) for code, ranges in _SCRIPTS)
_OWNED = re.compile("[" + "".join(ranges for _code, ranges in _SCRIPTS) + "]")

# Where a detector is unsure, the letters that one language of a shared script writes and its neighbours do not;
# Devanagari and Arabic without any of those are most often what they are here.
_TELLING_LETTERS = (
    ("ur", re.compile("[ٹڈڑںے]")), ("fa", re.compile("[پچژگ]")), ("ar", re.compile("[\u0620-\u064a]")),
    ("uk", re.compile("[іїєґ]")), ("ru", re.compile("[ыэъё]")), ("hi", re.compile("[\u0900-\u097f]")),
)  # fmt: skip

# Laughter and slang that give a language away, or that no detector should be asked about.
_LAUGHTER: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"j?(?:a?ja|e?je){2,}j?"), "es"),
    (re.compile(r"k{4,}|(?:rs){2,}|(?:hua){2,}|ksks(?:ks)*"), "pt"),
    (re.compile(r"(?:wk){2,}w?"), "id"),
    (re.compile(r"а?(?:х+а+){2,}х?|а?(?:пхах|хах)[ах]*"), "ru"),
    (re.compile(r"(?:mdr|ptdr)+"), "fr"),
    (re.compile(r"5{3,}|ه{3,}|[hae]{3,}|(?:ha|he|hi|ho|eh|ah){2,}h?|k{1,3}"), "und"),
    (re.compile(r"lo+l|lma+o+|rofl|xd+|omg|wo+w|bro+|o+k+|aw+|hm+|uf+|w{2,}|yee+|noo+"), "und"),
)

_HINTS = Path(__file__).with_name("language_hints.txt")

_ADDRESSES = re.compile(r"[@#]\S{1,100}")
_MIN_LETTERS = 4
_KEPT_CHARACTERS = 600


@cache
def _hints() -> dict[str, frozenset[str]]:
    """Section header → its words."""
    return {header: frozenset(words) for header, words in read_sections(_HINTS)}


@cache
def _slang_words() -> dict[str, str]:
    sections = ((header.split()[1], words) for header, words in _hints().items() if header.startswith("slang"))
    return {word: code for code, words in sections for word in words}


@cache
def _romanised() -> dict[str, frozenset[str]]:
    return {header.split()[1]: words for header, words in _hints().items() if header.startswith("romanised")}


@cache
def _english() -> frozenset[str]:
    return stopwords_of("en")


class Detector(Protocol):
    def __call__(self, text: str) -> tuple[str, float, float]:
        """Best language, its score and the runner-up's, on the detector's own scale of 0–1."""


def find_language(reading: Reading, engine: Engine = "auto") -> Finding[str]:
    found = _by_script(reading.text) if _OWNED.search(reading.text) else None
    return found or _by_words(reading.tokens) or _by_detector(reading, engine)


def _by_script(text: str) -> Finding[str] | None:
    """A script's owner, unless most of the comment is written in another."""
    letters = sum(map(str.isalpha, text))
    for code, pattern in _BY_SCRIPT:
        count = len(pattern.findall(text))
        # Marks are no letters, and ideographs carry more each: a share of a third is plenty.
        if count and count * (2 if code in {"ja", "zh", "ko"} else 1) >= letters * 0.34:
            return Finding(code, 0.97, (Reason("language", code, "script", 1.0),))
    return None


def _by_words(tokens: list[str]) -> Finding[str] | None:
    words = [token for token in tokens if token[0].isalpha()]
    if not words:
        return _undetermined("no letters")
    if len(words) <= 2 and all(_slang(word) is not None for word in words):
        return _of_slang(words)
    return _by_romanised(words[:120])


def _of_slang(words: list[str]) -> Finding[str]:
    codes = {_slang(word) for word in words} - {"und", None}
    if len(codes) != 1:
        return _undetermined("laughter or slang of many languages")
    code = codes.pop() or "und"
    return Finding(code, 0.8, (Reason("language", code, quote(" ".join(words)), 0.8),))


@lru_cache(maxsize=4096)
def _slang(word: str) -> str | None:
    if word in _slang_words():
        return _slang_words()[word]
    return next((code for pattern, code in _LAUGHTER if pattern.fullmatch(word)), None)


def _by_romanised(words: list[str]) -> Finding[str] | None:
    if not words[0].isascii():
        return None
    different = set(words)
    counts = {code: len(known & different) for code, known in _romanised().items()}
    best = max(counts, key=lambda code: counts[code])
    english = len(_english() & different)
    if counts[best] < 2 or counts[best] < 0.25 * len(different) or counts[best] < english:
        return None
    return Finding(best, 0.7, (Reason("language", best, f"{counts[best]} words of it in Latin letters", 0.7),))


def _by_detector(reading: Reading, engine: Engine) -> Finding[str]:
    text = _ADDRESSES.sub(" ", reading.text)[:_KEPT_CHARACTERS]
    for link in reading.links[:5]:
        text = text.replace(link, " ")
    letters = sum(map(str.isalpha, text))
    if letters < _MIN_LETTERS:
        return _undetermined("too short")
    code, score, second = detector(engine)(text)
    if code == "und" or not _is_sure(letters, score, second):
        return _by_telling_letters(text) or _undetermined("too uncertain")
    if code == "ms":
        code = _malay_or_indonesian(reading.tokens)
    return Finding(code, _confidence(letters, score, second), (Reason("language", code, "letters and words", score),))


def _by_telling_letters(text: str) -> Finding[str] | None:
    for code, pattern in _TELLING_LETTERS:
        if pattern.search(text):
            return Finding(code, 0.6, (Reason("language", code, "letters of its alphabet", 0.6),))
    return None


def _is_sure(letters: int, score: float, second: float) -> bool:
    if letters >= 25:
        return score >= 0.2
    if letters >= 12:
        return score >= 0.3 and score - second >= 0.02
    return score >= 0.4 and score - second >= 0.06


def _confidence(letters: int, score: float, second: float) -> float:
    return round(min(0.99, 0.5 + min(letters, 40) / 100 + min(0.3, score - second)), 3)


def _malay_or_indonesian(tokens: list[str]) -> str:
    malay = sum(map(_hints()["malay"].__contains__, tokens))
    return "ms" if malay > sum(map(_hints()["indonesian"].__contains__, tokens)) else "id"


def _undetermined(why: str) -> Finding[str]:
    return Finding("und", 0.9 if why == "no letters" else 0.3, (Reason("language", "und", why),))


@cache
def detector(engine: Engine) -> Detector:
    """The engine asked for; `auto` is eldc where there is a wheel for it, langdetect elsewhere."""
    if engine == "langdetect":
        return _langdetect()
    try:
        return _eldc()
    except ImportError:
        if engine == "eldc":
            raise
        return _langdetect()


# Rare in comments, and where short texts of its neighbours end up.
_CONFUSERS = frozenset({"yo", "eu", "is", "ku", "sq", "am", "lo", "or"})


def _eldc() -> Detector:
    import eldc  # noqa: PLC0415 (no wheel on some machines)

    eldc.init()
    instance = eldc.instance()
    instance.set_languages([code for code in eldc.LANGUAGES if code not in _CONFUSERS])
    instance.set_scores(2)

    def detect(text: str) -> tuple[str, float, float]:
        result = instance.detect_details(text)
        scores = [*result.scores.values(), 0.0, 0.0]
        return str(result.language), float(scores[0]), float(scores[1])

    return detect


def _langdetect() -> Detector:
    from langdetect.detector_factory import (  # noqa: PLC0415 (loads 55 profiles, a second of work)
        PROFILES_DIRECTORY,
        DetectorFactory,
    )
    from langdetect.lang_detect_exception import LangDetectException  # noqa: PLC0415

    factory = DetectorFactory()
    factory.load_profile(PROFILES_DIRECTORY)
    factory.set_seed(0)

    def detect(text: str) -> tuple[str, float, float]:
        attempt = factory.create()
        attempt.append(text)
        try:
            ranked = attempt.get_probabilities()
        except LangDetectException:
            return "und", 0.0, 0.0
        found = [(language.lang.partition("-")[0], language.prob) for language in ranked] or [("und", 0.0)]
        return found[0][0], found[0][1], found[1][1] if len(found) > 1 else 0.0

    return detect
