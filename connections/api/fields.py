from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Model, QuerySet
from rest_framework import serializers

Rows = Callable[[Mapping[str, Any]], QuerySet[Any]]


class RowField(serializers.UUIDField):
    """A row named by its public id, among those that `rows(context)` offers; validated, it is the row itself.

    A row of somebody else answers as one that does not exist, to the byte. For input only.
    """

    default_error_messages = {"does_not_exist": "There is none with this id.", "invalid": "This is no UUID."}

    def __init__(self, rows: Rows, **kwargs: Any) -> None:
        self.rows = rows
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Model:  # type: ignore[override]  # the row, where the base gives its id
        found: Model | None = self.rows(self.context).filter(uuid=super().to_internal_value(data)).first()
        if found is None:
            self.fail("does_not_exist")
        return found
