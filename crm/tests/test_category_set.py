import pytest
from django.core.exceptions import ValidationError

from connections.records import CATEGORIES
from crm.category_set import BITS, CategorySetField, categories_of, mask_of
from crm.models import Interaction
from crm.tests.factories import Cast, make_interaction


def test_every_category_has_a_bit_of_its_own() -> None:
    assert set(BITS) == set(CATEGORIES)
    assert sum(BITS.values()) == 2 ** len(BITS) - 1


def test_a_mask_and_its_categories_are_the_same_thing() -> None:
    for mask in range(256):
        assert mask_of(categories_of(mask)) == mask


def test_names_come_back_in_the_vocabularys_order(cast: Cast) -> None:
    make_interaction(cast, categories=["toxic", "question"])
    assert Interaction.objects.get().categories == ("question", "toxic")


def test_has_finds_rows_with_the_category_whatever_else_they_have(cast: Cast) -> None:
    both = make_interaction(cast, categories=("question", "praise"))
    make_interaction(cast, categories=("praise",))
    make_interaction(cast)
    assert list(Interaction.objects.filter(categories__has="question")) == [both]
    assert Interaction.objects.exclude(categories__has="question").count() == 2


def test_has_any_finds_rows_with_one_of_several(cast: Cast) -> None:
    make_interaction(cast, categories=("question",))
    make_interaction(cast, categories=("spam",))
    make_interaction(cast, categories=("praise",))
    assert Interaction.objects.filter(categories__has_any=["question", "spam"]).count() == 2
    assert not Interaction.objects.filter(categories__has_any=[]).exists()


def test_exact_compares_the_whole_set(cast: Cast) -> None:
    make_interaction(cast, categories=("question", "praise"))
    assert Interaction.objects.filter(categories=["praise", "question"]).exists()
    assert not Interaction.objects.filter(categories=["praise"]).exists()


def test_a_word_outside_the_vocabulary_is_refused(cast: Cast) -> None:
    with pytest.raises(KeyError):
        Interaction.objects.filter(categories__has="rant").exists()
    with pytest.raises(ValidationError):
        CategorySetField().to_python(["rant"])


def test_a_bit_of_a_newer_version_is_passed_over() -> None:
    assert categories_of(1 + 1024) == ("question",)


def test_it_survives_being_written_as_text(cast: Cast) -> None:
    row = make_interaction(cast, categories=("question", "spam"))
    field = CategorySetField()
    field.set_attributes_from_name("categories")
    assert field.to_python(field.value_to_string(row)) == ("question", "spam")
