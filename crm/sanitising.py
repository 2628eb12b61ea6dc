"""The last look at what a platform's text, counts and links are made of before they reach the database.

The platforms' clients repair text as it comes in; here nothing is left that PostgreSQL refuses, since
one refused value would cost its whole page.
"""

import math
from collections.abc import Mapping

LARGEST_INTEGER = 2**31 - 1
LARGEST_BIG_INTEGER = 2**63 - 1
LONGEST_URL = 2048
LONGEST_ID = 255


def clean_text(text: str) -> str:
    """Without NUL; halves of surrogate pairs joined, lone ones replaced by U+FFFD."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def usable_id(given: str | None) -> str:
    """A platform's id as it came, or nothing when it cannot be stored: a mended id is another id."""
    return given if given and len(given) <= LONGEST_ID and clean_text(given) == given else ""


def clean_line(text: str, length: int = 255) -> str:
    """A name or title: cut to fit its column."""
    return clean_text(text)[:length]


def clean_url(url: str) -> str:
    """An https address that fits its column, or nothing: half an address leads elsewhere."""
    url = clean_text(url)
    return url if url.startswith("https://") and len(url) <= LONGEST_URL else ""


def clean_count(count: int, largest: int = LARGEST_INTEGER) -> int:
    return min(max(count, 0), largest)


def clean_metrics(metrics: Mapping[str, float | int | str | None]) -> dict[str, float | int | str]:
    """What JSON can hold; a figure that is missing or no number is left out."""
    return {
        clean_text(name): clean_text(value) if isinstance(value, str) else value
        for name, value in metrics.items()
        if value is not None and not (isinstance(value, float) and not math.isfinite(value))
    }
