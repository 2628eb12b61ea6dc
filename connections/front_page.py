"""What the admin's first page says. Each app adds what its people should know; the page knows none of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

CAP = 1_000


@dataclass(frozen=True, slots=True)
class Card:
    """A figure that leads to the list behind it. `tone` is good, warn, bad or nothing."""

    label: str
    figure: str
    url: str
    tone: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    cards: Sequence[Card]


Builder = Callable[[HttpRequest], Section | None]

_builders: list[Builder] = []


def on_front_page(builder: Builder) -> Builder:
    """Add a section; it is asked for anew by each visitor and says None where it has nothing for them."""
    if builder not in _builders:
        _builders.append(builder)
    return builder


def sections_for(request: HttpRequest) -> list[Section]:
    built = (builder(request) for builder in _builders)
    return [section for section in built if section is not None and section.cards]


def count_up_to(rows: "QuerySet[Any]", cap: int = CAP) -> tuple[int, str]:
    """How many there are, counted no further than `cap`, and how to write it."""
    counted = rows.order_by()[: cap + 1].count()
    return counted, f"{cap:,}+" if counted > cap else f"{counted:,}"
