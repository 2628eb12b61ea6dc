import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from connections.records import CATEGORIES, SENTIMENTS, Category
from enrichment.comments import calculate_priority, read_comments, signals
from enrichment.models import SignalFields

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def columns(text: str) -> dict[str, Any]:
    found = read_comments([text])[0]
    return SignalFields.signal_columns(signals(found, calculate_priority(found)), NOW)


def test_columns_name_every_field_of_the_abstract_model() -> None:
    names = {field.name for field in SignalFields._meta.local_fields}
    assert set(columns("Love it, which camera?")) == names == set(SignalFields.SIGNAL_COLUMNS)


def test_columns_are_ready_for_json() -> None:
    values = columns("Love it, which camera?")
    values.pop("enriched_at")
    assert json.loads(json.dumps(values)) == values


def test_columns_fit_their_fields() -> None:
    values = columns("Love it, which camera?")
    for field in SignalFields._meta.local_fields:
        limit = field.max_length
        assert limit is None or len(values[field.name]) <= limit


def test_choices_are_the_vocabulary() -> None:
    assert set(SignalFields.Sentiment.values) == set(SENTIMENTS)
    assert set(columns("hello there")["categories"]) <= set(CATEGORIES)


def test_a_table_may_keep_categories_its_own_way() -> None:
    class Counted(SignalFields):
        class Meta:
            abstract = True

        @classmethod
        def category_columns(cls, categories: Sequence[Category]) -> dict[str, Any]:
            return {"category_count": len(categories)}

    found = read_comments(["Love it, which camera?"])[0]
    values = Counted.signal_columns(signals(found, calculate_priority(found)), NOW)
    assert values["category_count"] == len(found.categories)
    assert "categories" not in values
