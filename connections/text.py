"""Strangers' text on its way in: made storable, never made harmless (that is the page's duty)."""

import re

_UNSTORABLE = {code: None for code in range(32) if chr(code) not in "\n\t"} | {127: None}
_LONE = re.compile("[\ud800-\udfff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def clean_text(text: str, characters: int = 20_000) -> tuple[str, bool]:
    """Text that every database stores, and whether it was cut to `characters`.

    Surrogate pairs that arrived in halves are joined, lone ones become U+FFFD, NUL and the other control
    characters go, CR LF becomes LF. Bidi marks, joiners and emoji stay as they are.
    """
    if not text.isprintable():
        text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_UNSTORABLE)
        text = _LONE.sub("\ufffd", _PAIR.sub(_join, text))
    return text[:characters], len(text) > characters


def _join(pair: re.Match[str]) -> str:
    return pair.group().encode("utf-16", "surrogatepass").decode("utf-16")
