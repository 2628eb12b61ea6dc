"""Walks the URL resolver, so that no page can be forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import admin
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver

PAGES = ("changelist", "add", "history", "delete", "change")


@dataclass(frozen=True)
class Found:
    name: str
    pattern: str


def all_routes() -> list[Found]:
    return sorted(set(_walk(get_resolver().url_patterns)), key=lambda route: (route.name, route.pattern))


def _walk(patterns: "list[URLPattern | URLResolver]", namespace: str = "", prefix: str = "") -> Iterator[Found]:
    for one in patterns:
        if isinstance(one, URLResolver):
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from _walk(one.url_patterns, inner, prefix + str(one.pattern))
        else:
            yield Found(f"{namespace}{one.name}" if one.name else "", prefix + str(one.pattern))


def admin_pages() -> dict[str, tuple[type[Model], str]]:
    """The names of the five pages that every registered model has, with the model and the page."""
    return {
        f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}": (model, page)
        for model in admin.site._registry
        for page in PAGES
    }
