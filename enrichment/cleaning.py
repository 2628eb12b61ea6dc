"""Strangers' text, made fit for matching. What people see is never changed: this works on a copy.

Every pattern here is one character class under one quantifier, so each pass is linear.
"""

import re
import unicodedata

# A comment has at most 10,000 characters on YouTube. Its head says what it is about; spam hides at its end.
HEAD_CHARS, TAIL_CHARS = 2400, 600

# Controls (but not white space), soft hyphen, combining joiners, zero-width and bidi controls, fillers,
# variation selectors, skin tones, musical controls, tag characters, surrogates, noncharacters.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ud800-\udfff"
    "\U0001f3fb-\U0001f3ff\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
_MARK = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
# Vietnamese stacks two marks; more is decoration, and normalisation sorts a run of marks in quadratic time.
_ZALGO = re.compile(f"(?<=[{_MARK}][{_MARK}])[{_MARK}]+")
_TATWEEL_AND_HARAKAT = re.compile("[\u0640\u064b-\u065f\u0670]+")
_APOSTROPHES = re.compile("[\u2018\u2019\u02bc\u02b9\u00b4\u0060\uff07]")

# Letters that compatibility normalisation leaves alone although they only dress up A–Z.
_DRESSED: dict[int, int] = {}
for _first in (0x1F130, 0x1F150, 0x1F170):
    _DRESSED |= {_first + offset: ord("a") + offset for offset in range(26)}
_SMALL_CAPITALS = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ"
_DRESSED |= dict(zip(map(ord, _SMALL_CAPITALS), map(ord, "abcdefghijklmnoprstuvwyz"), strict=True))
_DRESSED_LETTER = re.compile(f"[{_SMALL_CAPITALS}\U0001f130-\U0001f149\U0001f150-\U0001f169\U0001f170-\U0001f189]")
_MATHEMATICAL = re.compile("[\uff21-\uff3a\uff41-\uff5a\u24b6-\u24e9\U0001d400-\U0001d7ff]")

# Cyrillic, Greek and Armenian letters drawn like Latin ones.
_LOOKALIKES = str.maketrans(
    {
        "а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "һ": "h", "і": "i", "ј": "j", "к": "k", "ӏ": "l",
        "м": "m", "н": "h", "о": "o", "р": "p", "ԛ": "q", "г": "r", "ѕ": "s", "т": "t", "ѡ": "w", "х": "x",
        "у": "y", "з": "3", "α": "a", "β": "b", "ε": "e", "ι": "i", "κ": "k", "ν": "v", "ο": "o", "ρ": "p",
        "τ": "t", "υ": "u", "χ": "x", "ω": "w", "η": "n", "օ": "o", "հ": "h", "ս": "u", "ց": "g", "ո": "n",
    }
)  # fmt: skip
_LATIN = re.compile("[a-z]")
_LOOKALIKE_SCRIPT = re.compile("[\u0370-\u03ff\u0400-\u052f\u0531-\u0587]")


def shorten(text: str) -> str:
    if len(text) <= HEAD_CHARS + TAIL_CHARS:
        return text
    return text[:HEAD_CHARS] + " " + text[-TAIL_CHARS:]


def clean(text: str) -> str:
    """Drop what cannot be seen and undo dressed-up letters; case is kept."""
    text = shorten(text)
    if text.isascii():
        return _INVISIBLE.sub("", text)
    text = _ZALGO.sub("", _INVISIBLE.sub("", text))
    if not unicodedata.is_normalized("NFKC", text):
        text = shorten(unicodedata.normalize("NFKC", text))
    if _DRESSED_LETTER.search(text):
        text = text.translate(_DRESSED)
    return _APOSTROPHES.sub("'", _TATWEEL_AND_HARAKAT.sub("", text))


def fold(cleaned: str) -> str:
    """Lower case, the same for lexicon and comment."""
    lowered = cleaned.lower()
    # Lowering a Turkish dotted capital leaves its dot behind as a mark.
    return lowered if lowered.isascii() else lowered.replace("i\u0307", "i")


def is_dressed_up(text: str) -> bool:
    """Written in mathematical, squared or small-capital letters, which filters are meant to overlook."""
    if text.isascii():
        return False
    text = shorten(text)
    return len(_MATHEMATICAL.findall(text)) + len(_DRESSED_LETTER.findall(text)) >= 4


def without_accents(word: str) -> str:
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFD", word)
    return "".join(c for c in decomposed if not "\u0300" <= c <= "\u036f").replace("ı", "i")


def is_mixed_script(word: str) -> bool:
    """Latin letters together with Cyrillic, Greek or Armenian ones in one word."""
    return not word.isascii() and bool(_LATIN.search(word) and _LOOKALIKE_SCRIPT.search(word))


def as_latin(word: str) -> str:
    return word.translate(_LOOKALIKES)
