"""Partial responses: `fields=nextPageToken,items(id,snippet/title)`.

https://developers.google.com/youtube/v3/getting-started#fields
"""

from typing import Any

from youtube.sandbox.wire import ApiError

Mask = dict[str, "Mask"]


def parse(text: str) -> Mask:
    mask, rest = _read(text)
    if rest or not mask:
        raise _refused(text)
    return mask


def _read(text: str) -> tuple[Mask, str]:
    """The selections up to a closing bracket or the end, and what follows."""
    mask: Mask = {}
    while True:
        path, text = _name(text)
        leaf = mask
        for name in path:
            leaf = leaf.setdefault(name, {})
        if text.startswith("("):
            inner, text = _read(text[1:])
            if not text.startswith(")"):
                raise _refused(text)
            leaf.update(inner)
            text = text[1:]
        if not text.startswith(","):
            return mask, text
        text = text[1:]


def _name(text: str) -> tuple[list[str], str]:
    end = next((place for place, letter in enumerate(text) if letter in ",()"), len(text))
    path = [name.strip() for name in text[:end].split("/")]
    if not all(path):
        raise _refused(text)
    return path, text[end:]


def _refused(text: str) -> ApiError:
    return ApiError(400, "invalidParameter", f"Invalid field selection {text[:40]}", location="fields")


def select(data: Any, mask: Mask) -> Any:
    if isinstance(data, list):
        return [select(item, mask) for item in data]
    if not mask or not isinstance(data, dict):
        return data
    every = mask.get("*")
    return {
        name: select(value, mask.get(name, every or {}))
        for name, value in data.items()
        if name in mask or every is not None
    }
