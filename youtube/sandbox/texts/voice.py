"""What a language offers to say."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Voice:
    """The lines of one language by kind.

    Slots: {topic} the video's subject in this language, {ts} a timestamp, {n} a number from 2 to 9, {city}.
    """

    language: str
    topics: Mapping[str, str]
    names: tuple[str, ...]
    lines: Mapping[str, tuple[str, ...]]


def voice(language: str, topics: str, names: str, **blocks: str) -> Voice:
    """From blocks of text: a comment a line (`\\n` breaks it), topics as `key: words`, names by blanks."""
    pairs = (line.split(": ", 1) for line in _lines(topics))
    lines = {kind: _lines(block) for kind, block in blocks.items()}
    return Voice(language, dict(pairs), tuple(names.split()), lines)


def _lines(block: str) -> tuple[str, ...]:
    return tuple(line.strip().replace("\\n", "\n") for line in block.splitlines() if line.strip())
