"""Hand-written words and phrases of many languages, and how a comment is looked up in them.

A file of `lexicons/` is named for its language. `[kind weight, kind weight]` opens a section, entries follow,
separated by commas or lines. `stem*` matches the beginning of a word, `_` in a phrase is any one word,
`word!` is taken as written, without the accentless spelling that people type in a hurry.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import repeat
from pathlib import Path
from typing import NamedTuple

from enrichment.cleaning import as_latin, clean, fold, is_mixed_script, without_accents

FOLDER = Path(__file__).parent / "lexicons"
ANYWHERE = "xx"  # emoji, emoticons, punctuation: no language's own

# Where a word of one language is worth a try in another.
_KIN = {
    "es": ("pt", "ca", "gl"), "pt": ("es",), "gl": ("pt", "es"), "ca": ("es",), "it": ("es",),
    "id": ("ms",), "ms": ("id",), "ru": ("uk", "bg"), "uk": ("ru",), "be": ("ru",), "bg": ("ru",),
    "hi": ("ur", "mr"), "mr": ("hi",), "ne": ("hi",), "ur": ("hi", "fa", "ar"), "fa": ("ar",),
    "az": ("tr",), "hr": ("sr", "sl"), "sk": ("cs",), "cs": ("sk",), "no": ("da", "sv"), "da": ("no", "sv"),
}  # fmt: skip
_UNKNOWN_LANGUAGE_ORDER = (
    "es", "pt", "hi", "id", "fr", "tr", "de", "it", "ru", "ar", "bn", "ta", "ml", "nl", "pl",
)  # fmt: skip
_OPINIONS = frozenset({"positive", "negative"})
_BENDING = frozenset({"negate", "negate_after", "boost", "soften", "but", "you", "content"})
# What tells nothing of what a comment is about.
_EMPTY_KINDS = frozenset({"stop", "qword", "negate", "negate_after", "boost", "soften", "but", "you"})
_STEM_MIN, _STEM_MAX = 2, 12
_LEET = tuple(str.maketrans("013457$@!*", letters) for letters in ("oieastsaiu", "oleastsaiu"))
_TRIPLED = re.compile(r"(.)\1{2,}")
_ARABIC_PREFIX = re.compile("^(?:وال|بال|فال|كال|لل|ال|و|ف|ب|ل)(?=...)")
_UNSPACED_RUN = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{2,}")


class Mark(NamedTuple):
    kind: str
    weight: float


@dataclass(frozen=True, slots=True)
class Entry:
    """A word or phrase with what it speaks for; several marks when it speaks for several things."""

    words: tuple[str, ...]
    language: str
    marks: tuple[Mark, ...]
    kinds: frozenset[str]
    size: int
    is_opinion: bool
    bends_opinion: bool


class Hit(NamedTuple):
    start: int
    end: int
    entry: Entry


@dataclass(slots=True)
class Head:
    """What begins with a word: phrases by their second word, phrases whose second word is open, the word alone."""

    followed: dict[str, list[Entry]] = field(default_factory=dict)
    open_phrases: list[Entry] = field(default_factory=list)
    alone: list[Entry] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        if entry.size == 1:
            self.alone.append(entry)
        elif entry.words[1] == "_" or entry.words[1].endswith("*"):
            self.open_phrases.append(entry)
        else:
            self.followed.setdefault(entry.words[1], []).append(entry)

    def sort(self) -> None:
        """Longest first; among equals always the same one."""
        for entries in (*self.followed.values(), self.open_phrases, self.alone):
            entries.sort(key=lambda entry: (-entry.size, entry.language, entry.words))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`heads` and `stems` are keyed by an entry's first word; `unspaced` by its first character."""

    heads: dict[str, Head]
    stems: dict[str, Head]
    stem_starts: frozenset[str]
    unspaced: dict[str, tuple[str, ...]]
    stopwords: frozenset[str]
    languages: frozenset[str]


@dataclass(frozen=True, slots=True)
class Found:
    """What a word of a comment may begin, with the one reading that it has alone."""

    followed: dict[str, list[Entry]]
    open_phrases: list[Entry]
    alone: Entry | None


@cache
def lexicon() -> Lexicon:
    """All files together; read once, at first use, which takes about a fifth of a second."""
    marks: dict[tuple[str, tuple[str, ...]], dict[str, float]] = {}
    for path in sorted(FOLDER.glob("*.txt")):
        for words, section in _read(path):
            for spelling in _spellings(words):
                key = (path.stem, spelling)
                marks[key] = {**marks[key], **section} if key in marks else section
    entries = [_entry(words, language, found) for (language, words), found in marks.items()]
    return _indexed(entries)


def _entry(words: tuple[str, ...], language: str, found: dict[str, float]) -> Entry:
    marks, kinds = _marks(tuple(found.items()))
    is_opinion = not _OPINIONS.isdisjoint(kinds)
    return Entry(words, language, marks, kinds, len(words), is_opinion, is_opinion or not _BENDING.isdisjoint(kinds))


@cache
def _marks(found: tuple[tuple[str, float], ...]) -> tuple[tuple[Mark, ...], frozenset[str]]:
    """The same objects for all the words of a section: a third of the lexicon's memory otherwise."""
    return tuple(Mark(kind, weight) for kind, weight in found), frozenset(kind for kind, _weight in found)


def _read(path: Path) -> Iterator[tuple[str, dict[str, float]]]:
    for header, entries in read_sections(path):
        section = _section(header)
        yield from ((entry, section) for entry in entries)


def read_sections(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Header and entries of each section of a word file."""
    for block in ("\n" + path.read_text(encoding="utf-8")).split("\n[")[1:]:
        header, _bracket, body = block.partition("]")
        lines = (line for line in body.splitlines() if not line.startswith("# "))
        yield header, [entry.strip() for line in lines for entry in line.split(",") if entry.strip()]


@cache
def stopwords_of(language: str) -> frozenset[str]:
    sections = read_sections(FOLDER / f"{language}.txt")
    return frozenset(word for header, entries in sections if "stop" in _section(header) for word in entries)


def _section(header: str) -> dict[str, float]:
    parts = [part.split() for part in header.split(",")]
    return {part[0]: float(part[1]) if len(part) > 1 else 1.0 for part in parts}


def _spellings(entry: str) -> set[tuple[str, ...]]:
    exact = entry.endswith("!") and len(entry) > 1
    folded = fold(clean(entry.rstrip("!") if exact else entry))
    words = tuple(folded.split())
    plain = tuple(without_accents(word) for word in words)
    # A single short word without its accents is too often another word.
    return {words} if exact or (len(words) == 1 and len(plain[0]) < 4) else {words, plain}


def _indexed(entries: Iterable[Entry]) -> Lexicon:
    heads: dict[str, Head] = {}
    stems: dict[str, Head] = {}
    unspaced: dict[str, set[str]] = {}
    stopwords: set[str] = set()
    languages: set[str] = set()
    for entry in entries:
        first = entry.words[0]
        languages.add(entry.language)
        if first.endswith("*") and len(first) > 1:
            stems.setdefault(first[:-1], Head()).add(entry)
        else:
            heads.setdefault(first, Head()).add(entry)
        if entry.size == 1 and _UNSPACED_RUN.fullmatch(first):
            unspaced.setdefault(first[0], set()).add(first)
        if entry.size == 1 and not _EMPTY_KINDS.isdisjoint(entry.kinds):
            stopwords.add(first)
    for head in (*heads.values(), *stems.values()):
        head.sort()
    longest_first = {first: tuple(sorted(words, key=len, reverse=True)) for first, words in unspaced.items()}
    starts = frozenset(stem[:_STEM_MIN] for stem in stems)
    return Lexicon(heads, stems, starts, longest_first, frozenset(stopwords), frozenset(languages))


def scan(tokens: list[str], language: str) -> list[Hit]:
    """Every entry found, left to right; a longer phrase hides the phrases that begin inside it."""
    hits: list[Hit] = []
    covered_to, phrase_is_opinion = 0, False
    for position, found in enumerate(map(lookup, tokens, repeat(language))):
        if found is None:
            continue
        alone = found.alone
        phrase = _phrase(found, tokens, position) if position >= covered_to else None
        if phrase is not None:
            hits.append(Hit(position, position + phrase.size, phrase))
            covered_to, phrase_is_opinion = position + phrase.size, phrase.is_opinion
        # A phrase that is an opinion speaks for its words ("not bad"); in another, they keep their tone.
        if alone is not None and (position >= covered_to or (alone.bends_opinion and not phrase_is_opinion)):
            hits.append(Hit(position, position + 1, alone))
    return hits


def _phrase(found: Found, tokens: list[str], position: int) -> Entry | None:
    if position + 1 < len(tokens):
        for entry in found.followed.get(tokens[position + 1], ()):
            if entry.size == 2 or _continues(entry, tokens, position):
                return entry
        for entry in found.open_phrases:
            if _continues(entry, tokens, position):
                return entry
    return None


def _continues(entry: Entry, tokens: list[str], position: int) -> bool:
    if position + entry.size > len(tokens):
        return False
    return all(map(_fits, entry.words[1:], tokens[position + 1 : position + entry.size]))


def _fits(word: str, token: str) -> bool:
    if word == token:
        return True
    if word == "_":
        return token[0].isalnum() or token[0] in "#@"
    return word[-1] == "*" and len(word) > 1 and token.startswith(word[:-1])


@lru_cache(maxsize=8192)
def lookup(token: str, language: str) -> Found | None:
    """What the word, in one of its spellings, says alone or begins; comments repeat themselves, hence the cache."""
    for spelling in _variants(token):
        exact, stems = lexicon().heads.get(spelling), _by_stem(spelling)
        if exact or stems:
            return _found(exact or Head(), stems, language)
    return None


def _found(exact: Head, stems: list[Head], language: str) -> Found | None:
    alone = _in_language([*exact.alone, *(entry for head in stems for entry in head.alone)], language)
    if alone is not None and alone.kinds == {"stop"}:
        alone = None
    phrases = [*exact.open_phrases]
    for head in stems:
        phrases += [*head.open_phrases, *(entry for entries in head.followed.values() for entry in entries)]
    if alone is None and not phrases and not exact.followed:
        return None
    return Found(exact.followed, phrases, alone)


def _variants(token: str) -> Iterator[str]:
    """The word as written, then what it may be a spelling of."""
    yield token
    if token[0] in "#@" and len(token) > 1:
        yield token[1:]
    if _TRIPLED.search(token):
        yield _TRIPLED.sub(r"\1\1", token)
        yield _TRIPLED.sub(r"\1", token)
    if not token.isascii():
        yield from _foreign_variants(token)
    elif not token.isalpha() and not token.isdecimal():
        yield from (token.translate(letters) for letters in _LEET)
        yield token.replace("-", "")


def _foreign_variants(token: str) -> Iterator[str]:
    if is_mixed_script(token):
        yield as_latin(token)
    if token[0] < "\u0370":
        yield without_accents(token)
    elif "\u0600" <= token[0] <= "\u06ff":
        yield _ARABIC_PREFIX.sub("", token)


def _by_stem(token: str) -> list[Head]:
    stems = lexicon().stems
    if token[:_STEM_MIN] not in lexicon().stem_starts:
        return []
    lengths = range(min(len(token), _STEM_MAX), _STEM_MIN - 1, -1)
    return [stems[token[:length]] for length in lengths if token[:length] in stems]


def _in_language(entries: list[Entry], language: str) -> Entry | None:
    """The reading of a word that its neighbours suggest: `die` is an article in German."""
    if not entries:
        return None
    by_language: dict[str, Entry] = {}
    for entry in entries:
        by_language.setdefault(entry.language, entry)
    order = (language, ANYWHERE, "en", *_KIN.get(language, ()))
    for code in order:
        if code in by_language:
            return by_language[code]
    is_latin = entries[0].words[0][0] < "\u0370"
    if is_latin and language != "und" and language in lexicon().languages:
        return None
    return next((by_language[code] for code in _UNKNOWN_LANGUAGE_ORDER if code in by_language), entries[0])


def segment(tokens: list[str]) -> list[str]:
    """Cut the runs of scripts without spaces at the words we know; the rest stays in pieces between them."""
    cut: list[str] = []
    for token in tokens:
        if _UNSPACED_RUN.search(token):
            cut.extend(_pieces(token))
        else:
            cut.append(token)
    return cut


def _pieces(run: str) -> Iterator[str]:
    unspaced = lexicon().unspaced
    position, rest_from = 0, 0
    while position < len(run):
        word = next((w for w in unspaced.get(run[position], ()) if run.startswith(w, position)), None)
        if word is None:
            position += 1
            continue
        if rest_from < position:
            yield run[rest_from:position]
        yield word
        position += len(word)
        rest_from = position
    if rest_from < len(run):
        yield run[rest_from:]
