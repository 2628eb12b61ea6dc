"""One pass over a comment: clean, cut into words, look each word up once."""

import re
from dataclasses import dataclass, field

from enrichment.cleaning import clean, fold, is_dressed_up
from enrichment.lexicon import Hit, scan, segment

# Indic vowel signs and other marks are no word characters to `re`, and would cut words apart.
WORD_CHARACTERS = (
    r"\w\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    r"\u0900-\u0963\u0966-\u0dff\u0e00-\u0e4e\u0e80-\u0fff\u1000-\u1049\u1780-\u17d3"
)
EMOJI = "\u2600-\u27bf\u2b50\u2b55\u3030\u203c\u2049\U0001f000-\U0001faff"
_TOKEN = re.compile(
    # No word is longer than this; the bound keeps what is remembered of words small.
    rf"[#@]?[{WORD_CHARACTERS}]{{1,40}}(?:['\-*][{WORD_CHARACTERS}]{{1,20}}){{0,3}}"
    rf"|[{EMOJI}]"
    r"|[:;=]'?-?[)(\]\[dp3/|*]|<3|\^_?\^"
    r"|[?!.\u2026\u3002\u061f\u0964\n]"
)
# The ends are bounded so that a long run without white space costs no more than its length.
LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"']{1,400}"
    r"|(?<![\w@.])[a-z0-9][a-z0-9-]{0,40}(?:\.[a-z0-9-]{1,40}){0,2}"
    r"\.(?:com|net|org|info|io|me|ly|gg|xyz|site|online|shop|store|club|top|live|link|app|biz|tv|ru|cn|in|br|co|be)"
    r"(?![\w.])(?:/[^\s<>\"']{0,400})?",
    re.IGNORECASE,
)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,40}@[\w-]{1,40}\.[\w.-]{2,40}")
_TIMESTAMP = re.compile(r"(?<!\d)\d{1,3}:\d\d(?::\d\d)?(?!\d)")
_SPACED_LETTERS = re.compile(r"(?<!\w)(?:[a-z][ .\-_*]){4,30}[a-z](?!\w)")
_BETWEEN_LETTERS = re.compile(r"[ .\-_*]")
# Scripts written without spaces between words.
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


@dataclass(slots=True)
class Reading:
    """A comment prepared for every analysis. `shown` keeps case; `text` and `tokens` are folded."""

    shown: str
    text: str
    tokens: list[str]
    links: list[str] = field(default_factory=list)
    mails: int = 0
    has_timestamp: bool = False
    is_dressed_up: bool = False
    language: str = "und"
    language_confidence: float = 0.0
    hits: list[Hit] = field(default_factory=list)


def prepare(text: str) -> Reading:
    """Everything that does not depend on the language."""
    shown = clean(text)
    folded = fold(shown)
    reading = Reading(shown=shown, text=folded, tokens=[], is_dressed_up=is_dressed_up(text))
    if "." in folded or "/" in folded:
        folded = _without_addresses(reading, folded)
    if ":" in folded and _TIMESTAMP.search(folded):
        reading.has_timestamp = True
        folded = _TIMESTAMP.sub(" ", folded)
    folded = _join_spaced_letters(folded)
    tokens = _TOKEN.findall(folded)
    if UNSPACED.search(folded):
        tokens = segment(tokens)
    reading.tokens = tokens
    return reading


def read_words(reading: Reading) -> None:
    reading.hits = scan(reading.tokens, reading.language)


def _without_addresses(reading: Reading, folded: str) -> str:
    if "@" in folded:
        folded, reading.mails = _MAIL.subn(" ", folded)
    reading.links = LINK.findall(folded)
    return LINK.sub(" ", folded) if reading.links else folded


def _join_spaced_letters(folded: str) -> str:
    """ "t e l e g r a m" and "t.e.l.e.g.r.a.m" are the word they hide."""
    if not _SPACED_LETTERS.search(folded):
        return folded
    return _SPACED_LETTERS.sub(lambda match: _BETWEEN_LETTERS.sub("", match.group()), folded)
