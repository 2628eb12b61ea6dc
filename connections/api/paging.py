"""Pages by keyset: each begins behind the last row of the one before, whatever has been added or removed.

A cursor holds the sort key and the id of a row. It is encrypted, so that it gives no database id away and so
that nobody asks with one that we did not make.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol, cast

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import connection as database
from django.db.models import Model, Q, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

PAGE_SIZE = 50
MAX_PAGE_SIZE = 200
PARAMETERS = ("cursor", "page_size", "ordering")


class Ordered(Protocol):
    """What a paged view says: the columns it sorts by, the first by default, each also with a minus sign."""

    orderings: Sequence[str]


@dataclass(frozen=True, slots=True)
class Place:
    """Behind which row a page begins, in which order, and in which direction it is walked."""

    model: str
    ordering: str
    value: str | int | None
    pk: int
    backwards: bool = False

    def seal(self) -> str:
        return _box(settings.SECRET_KEY).encrypt(json.dumps(asdict(self)).encode()).decode()

    @staticmethod
    def opened(cursor: str, model: str, ordering: str) -> "Place":
        try:
            place = Place(**json.loads(_box(settings.SECRET_KEY).decrypt(cursor.encode())))
        except (InvalidToken, UnicodeEncodeError):
            place = None
        if place is None or (place.model, place.ordering) != (model, ordering):
            raise ValidationError({"cursor": "This cursor was not made here, or for another list or order."})
        return place


@cache
def _box(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"cursors" + secret.encode()).digest()))


class KeysetPaging(BasePagination):
    """`?cursor=…&page_size=…&ordering=…`; a page says where the next and the previous one are."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        self.size = _page_size(request.query_params.get("page_size"))
        self.ordering = _ordering(request.query_params.get("ordering"), cast(Ordered, view).orderings)
        self.place = self._place(queryset)
        backwards = self.place is not None and self.place.backwards
        rows = _behind(queryset, self.ordering, self.place)
        found = list(rows[: self.size + 1])
        more = len(found) > self.size
        self.page = found[: self.size]
        if backwards:
            self.page.reverse()
        self.has_next = backwards or more
        self.has_previous = more if backwards else self.place is not None
        return self.page

    def _place(self, queryset: QuerySet[Any]) -> Place | None:
        cursor = self.request.query_params.get("cursor")
        return Place.opened(cursor, queryset.model._meta.label, self.ordering) if cursor else None

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self._next(), "previous": self._previous(), "results": data})

    def _next(self) -> str | None:
        return self._link(self.page[-1], backwards=False) if self.page and self.has_next else None

    def _previous(self) -> str | None:
        return self._link(self.page[0], backwards=True) if self.page and self.has_previous else None

    def _link(self, row: Model, *, backwards: bool) -> str:
        value = getattr(row, self.ordering.lstrip("-"))
        key = value.isoformat() if isinstance(value, datetime) else value
        place = Place(row._meta.label, self.ordering, key, row.pk, backwards)
        here = remove_query_param(self.request.build_absolute_uri(), "cursor")
        return str(replace_query_param(here, "cursor", place.seal()))

    # What the schema says of it

    def get_paginated_response_schema(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": {**link, "description": "The following page; null on the last."},
                "previous": {**link, "description": "The page before; null on the first."},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        size = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": PAGE_SIZE}
        choices = _choices(cast(Ordered, view).orderings)
        order = {"type": "string", "enum": choices, "default": choices[0]}
        return [
            _parameter("cursor", {"type": "string"}, "Which page; taken from `next` or `previous` as it stands."),
            _parameter("page_size", size, "Rows on a page."),
            _parameter("ordering", order, "A minus sign puts the highest, or the newest, first."),
        ]


def _parameter(name: str, schema: Mapping[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def _page_size(asked: str | None) -> int:
    if asked is None:
        return PAGE_SIZE
    if not re.fullmatch("[0-9]{1,3}", asked) or not 1 <= int(asked) <= MAX_PAGE_SIZE:
        raise ValidationError({"page_size": f"A page has 1 to {MAX_PAGE_SIZE} rows."})
    return int(asked)


def _choices(orderings: Sequence[str]) -> list[str]:
    """Each column in both directions, the view's own first."""
    return [one for name in orderings for one in (name, name[1:] if name.startswith("-") else f"-{name}")]


def _ordering(asked: str | None, orderings: Sequence[str]) -> str:
    choices = _choices(orderings)
    if asked is not None and asked not in choices:
        raise ValidationError({"ordering": f"Choose one of: {', '.join(choices)}."})
    return asked or choices[0]


def _behind(queryset: QuerySet[Any], ordering: str, place: Place | None) -> QuerySet[Any]:
    """The rows behind `place`, in the direction of the walk; ids decide between equal keys."""
    name, descending = ordering.lstrip("-"), ordering.startswith("-")
    if place is not None and place.backwards:
        descending = not descending
    sign = "-" if descending else ""
    ordered = queryset.order_by(f"{sign}{name}", f"{sign}pk")
    if place is None:
        return ordered
    field = queryset.model._meta.get_field(name)
    # PostgreSQL takes NULL for the largest value, SQLite for the smallest; its own order is what an index has.
    nulls_follow = bool(field.null) and descending != database.features.nulls_order_largest
    return ordered.filter(_condition(name, field.to_python(place.value), place.pk, descending, nulls_follow))


def _condition(name: str, value: Any, pk: int, descending: bool, nulls_follow: bool) -> Q:
    lookup = "lt" if descending else "gt"
    if value is None:
        rest = Q(**{f"{name}__isnull": True, f"pk__{lookup}": pk})
        return rest if nulls_follow else rest | Q(**{f"{name}__isnull": False})
    behind = Q(**{f"{name}__{lookup}": value}) | Q(**{name: value, f"pk__{lookup}": pk})
    if nulls_follow:
        return behind | Q(**{f"{name}__isnull": True})
    return Q(**{f"{name}__{lookup}e": value}) & behind  # the first half is what an index can begin at
