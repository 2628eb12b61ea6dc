"""Filters that refuse what they do not understand: a misspelt one must not answer with everything."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError as InvalidInput
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from django_filters.fields import IsoDateTimeField
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from connections.api.paging import PARAMETERS


class StrictFilters(filters.DjangoFilterBackend):
    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        filterset = self.get_filterset_class(view, queryset)
        known = {*PARAMETERS, *(filterset.base_filters if filterset else ())}
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            raise ValidationError({unknown[0]: f"There is no such filter. There are: {', '.join(sorted(known))}."})
        filtered: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return filtered


class _MomentField(IsoDateTimeField):
    def to_python(self, value: Any) -> datetime | None:
        moment: datetime | None = super().to_python(value)
        try:
            return moment and moment.astimezone(UTC)
        except OverflowError:
            raise InvalidInput("This moment lies beyond the calendar.") from None


@extend_schema_field(OpenApiTypes.DATETIME)
class MomentFilter(filters.IsoDateTimeFilter):
    """ISO 8601; a moment without an offset is in UTC."""

    field_class = _MomentField


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": 100})
class PriorityFilter(filters.Filter):
    field_class = forms.IntegerField

    def __init__(self, *, lookup_expr: str) -> None:
        super().__init__(field_name="priority_score", lookup_expr=lookup_expr, min_value=1, max_value=100)


class SeveralFilter(filters.MultipleChoiceFilter):
    """Repeated for several choices; any will do. The library's own asks for DISTINCT, and so sorts all rows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, distinct=False, **kwargs)

    def filter(self, rows: QuerySet[Any], value: Sequence[str]) -> QuerySet[Any]:
        return rows.filter(**{f"{self.field_name}__in": value}) if value else rows


@extend_schema_field(OpenApiTypes.BOOL)
class FlagFilter(filters.Filter):
    """`true` or `false`; the library's own takes everything else for "not asked"."""

    field_class = forms.TypedChoiceField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        words = {"true": True, "false": False}
        super().__init__(*args, choices=[(word, word) for word in words], coerce=words.get, empty_value=None, **kwargs)
