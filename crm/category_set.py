"""A set of comment categories as one integer column.

A join table costs the intake a second insert a comment, a JSON column cannot be filtered on SQLite and
PostgreSQL alike; a bit mask does both: `filter(categories__has="question")`,
`filter(categories__has_any=["question", "request"])`.
"""

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

from connections.records import CATEGORIES, Category

# Stored: a bit, once given, keeps its meaning. New categories take the next bit.
BITS: dict[Category, int] = {
    "question": 1, "request": 2, "collab": 4, "praise": 8, "criticism": 16, "spam": 32, "toxic": 64,
    "other": 128,
}  # fmt: skip

CategorySet: TypeAlias = tuple[Category, ...]

if TYPE_CHECKING:
    _Field = models.Field[Iterable[str], CategorySet]
else:  # Django's fields are generic for the type checker only.
    _Field = models.Field


def mask_of(categories: Iterable[str]) -> int:
    """The stored integer. Raises KeyError for a word outside the vocabulary."""
    mask = 0
    for category in categories:
        mask |= BITS[cast(Category, category)]
    return mask


@cache
def categories_of(mask: int) -> CategorySet:
    """Names in the vocabulary's order. Bits that a newer version may have written are passed over."""
    return tuple(category for category in CATEGORIES if mask & BITS[category])


class CategorySetField(_Field):
    """A tuple of names in Python, in the vocabulary's order; an integer in the database, 0 for none."""

    description = "Set of comment categories"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", ())
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def get_internal_type(self) -> str:
        return "IntegerField"

    def from_db_value(self, value: int | None, expression: Any, connection: BaseDatabaseWrapper) -> CategorySet | None:
        return None if value is None else categories_of(value)

    def to_python(self, value: Any) -> CategorySet:
        if value is None or value == "":
            return ()
        names = value.split(",") if isinstance(value, str) else value
        try:
            return categories_of(mask_of(names))
        except (KeyError, TypeError) as error:
            raise ValidationError(f"“{value}” is no set of categories.", code="invalid") from error

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value if value is None or isinstance(value, int) else mask_of(self.to_python(value))

    def value_to_string(self, obj: models.Model) -> str:
        return ",".join(self.value_from_object(obj))

    def formfield(self, **kwargs: Any) -> forms.Field:
        choices = [(category, category.title()) for category in CATEGORIES]
        return forms.MultipleChoiceField(
            choices=choices,
            required=not self.blank,
            label=str(self.verbose_name).capitalize(),
            help_text=self.help_text,
            widget=kwargs.get("widget") or forms.CheckboxSelectMultiple,
        )


class _BitsLookup(models.Lookup):
    prepare_rhs = False

    def bits(self) -> int:
        raise NotImplementedError

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"({column} & %s) <> 0", (*params, self.bits())


@CategorySetField.register_lookup
class Has(_BitsLookup):
    lookup_name = "has"

    def bits(self) -> int:
        return mask_of([self.rhs])


@CategorySetField.register_lookup
class HasAny(_BitsLookup):
    """With no category asked for, nothing matches."""

    lookup_name = "has_any"

    def bits(self) -> int:
        return mask_of(self.rhs)
