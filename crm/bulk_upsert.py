"""Many rows of a model in one statement and one parameter, on PostgreSQL and SQLite alike.

Django's `bulk_create` sends each value on its own: most of its time goes into quoting them, and SQLite's
limit of 999 makes the number of statements depend on the number of rows. Here the rows travel as one JSON
document, which both databases take apart themselves: about five times as fast for a wide row.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models
from django.utils import timezone

from crm.category_set import CategorySetField, mask_of

ModelT = TypeVar("ModelT", bound=models.Model)
Convert = Callable[[Any], Any]


def upsert(rows: Sequence[ModelT], *, unique: tuple[str, ...], update: tuple[str, ...]) -> None:
    """Insert rows or, where one with the same `unique` columns exists, set its `update` columns; one query.

    Field names as in `bulk_create`. Every row gets its id, new or stored; `auto_now_add` is filled in. The
    rows must differ in `unique`. Sort them by it, so that two transactions never wait for each other.
    """
    _send(rows, unique, update)


def insert(rows: Sequence[ModelT]) -> None:
    """Insert rows, each of which gets its id; one query."""
    _send(rows, (), ())


def _send(rows: Sequence[ModelT], unique: tuple[str, ...], update: tuple[str, ...]) -> None:
    if not rows:
        return
    model = type(rows[0])
    _fill_in(model, rows)
    columns = _columns(model, connection.vendor)
    values = [{name: convert(row.__dict__[attname]) for name, attname, convert in columns} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(_statement(model, connection.vendor, unique, update), [json.dumps(values, allow_nan=False)])
        # Both databases return rows in the order they came in; `bulk_create` counts on it too.
        for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = pk


def _fill_in(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    now = timezone.now()
    for field in model._meta.concrete_fields:
        if getattr(field, "auto_now_add", False):
            for row in rows:
                if getattr(row, field.attname) is None:
                    setattr(row, field.attname, now)


@cache
def _columns(model: type[models.Model], vendor: str) -> list[tuple[str, str, Convert]]:
    """Column, attribute and conversion to JSON of every field but the primary key."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    return [(str(field.column), field.attname, _conversion(field, vendor)) for field in fields]


def _conversion(field: "models.Field[Any, Any]", vendor: str) -> Convert:
    if isinstance(field, CategorySetField):
        return mask_of
    if isinstance(field, models.DateTimeField):
        return _iso if vendor == "postgresql" else _as_sqlite_stores_it
    if isinstance(field, models.UUIDField):
        return str if vendor == "postgresql" else _hex
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _iso(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def _as_sqlite_stores_it(value: datetime | None) -> str | None:
    return None if value is None else str(value.astimezone(UTC).replace(tzinfo=None))


def _hex(value: UUID) -> str:
    return value.hex


@cache
def _statement(model: type[models.Model], vendor: str, unique: tuple[str, ...], update: tuple[str, ...]) -> str:
    # Nothing but our own table and column names is formatted in.
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    names = [name for name, _, _ in _columns(model, vendor)]
    columns = ", ".join(map(quote, names))
    if vendor == "postgresql":
        source = f"SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s::json)"  # noqa: S608
    else:
        extracts = ", ".join(f"json_extract(value, '$.{name}')" for name in names)
        source = f"SELECT {extracts} FROM json_each(%s) WHERE true"  # noqa: S608
    key = quote(_column(model, "pk"))
    conflict = _on_conflict(model, unique, update) if unique else ""
    return f"INSERT INTO {table} ({columns}) {source} {conflict} RETURNING {key}"


def _on_conflict(model: type[models.Model], unique: tuple[str, ...], update: tuple[str, ...]) -> str:
    quote = connection.ops.quote_name
    target = ", ".join(quote(_column(model, name)) for name in unique)
    columns = [quote(_column(model, name)) for name in update]
    changes = ", ".join(f"{column} = EXCLUDED.{column}" for column in columns)
    return f"ON CONFLICT ({target}) DO UPDATE SET {changes}"


def _column(model: type[models.Model], name: str) -> str:
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    return str(field.column)  # type: ignore[union-attr]  # a concrete field, named by our own code
