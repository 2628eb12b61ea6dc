"""Reads the form on an admin page as a browser would post it back."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any


@dataclass
class PageForm:
    data: dict[str, Any] = field(default_factory=dict)


def form_on(response: Any) -> PageForm:
    """The page's main form, `<model>_form`, with its inlines."""
    reader = _Reader()
    reader.feed(response.content.decode())
    return PageForm({name: value for name, value in reader.data.items() if name and not name.startswith("_")})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.data: dict[str, Any] = {}
        self._select = ""
        self._multiple = False
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input":
            self._input(given)
        elif tag == "select":
            self._select, self._multiple = given.get("name", ""), "multiple" in given
        elif tag == "option" and "selected" in given and self._select:
            self._choose(given.get("value", ""))
        elif tag == "textarea":
            self._textarea = given.get("name", "")
            self.data[self._textarea] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            # A browser drops the line break that the markup puts after the opening tag.
            self.data[self._textarea] = self.data[self._textarea].removeprefix("\r\n").removeprefix("\n")
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.data[self._textarea] += data

    def _input(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind in {"submit", "button", "file"} or (kind in {"checkbox", "radio"} and "checked" not in given):
            return
        self.data[given.get("name", "")] = given.get("value", "on" if kind == "checkbox" else "")

    def _choose(self, value: str) -> None:
        if self._multiple:
            self.data.setdefault(self._select, []).append(value)
        else:
            self.data[self._select] = value
