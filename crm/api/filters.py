import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db.models import Q
from django.utils import timezone
from django_filters import rest_framework as filters

from connections.api.filters import FlagFilter, MomentFilter, PriorityFilter, SeveralFilter
from connections.records import CATEGORIES
from connections.registry import platforms
from crm.models import ContentPiece, Fan, Interaction

SEVERAL = "Repeat it for several; any of them will do."


def _platforms() -> list[tuple[str, str]]:
    return [(one.slug, one.name) for one in platforms().values()]


def _person(value: str) -> None:
    if value not in {"me", "none"}:
        try:
            uuid.UUID(value)
        except ValueError:
            raise ValidationError("Give a member's uuid, `me` or `none`.") from None


class InteractionFilters(filters.FilterSet):
    workspace = filters.UUIDFilter(field_name="workspace__uuid")
    connection = filters.UUIDFilter(field_name="connection__uuid")
    platform = filters.ChoiceFilter(choices=_platforms)
    platform_id = filters.CharFilter(max_length=255, help_text="The platform's own id.")
    type = filters.ChoiceFilter(choices=Interaction.Type.choices)
    content = filters.UUIDFilter(field_name="content_piece__uuid", help_text="The video or post it stands under.")
    fan = filters.UUIDFilter(field_name="fan__uuid")
    thread = filters.UUIDFilter(method="filter_thread", help_text="A thread's first comment, and all replies to it.")
    status = SeveralFilter(choices=Interaction.Status.choices, help_text=SEVERAL)
    moderation = SeveralFilter(choices=Interaction.Moderation.choices, help_text=SEVERAL)
    sentiment = SeveralFilter(choices=Interaction.Sentiment.choices, help_text=SEVERAL)
    category = SeveralFilter(
        choices=[(one, one.title()) for one in CATEGORIES], method="filter_category", help_text=SEVERAL
    )
    priority_min = PriorityFilter(lookup_expr="gte")
    priority_max = PriorityFilter(lookup_expr="lte")
    language = filters.CharFilter(
        validators=[RegexValidator("^[a-z]{2,3}$", "An ISO 639-1 code, or und.")], help_text="ISO 639-1, or `und`."
    )
    assigned_to = filters.CharFilter(
        method="filter_assigned_to", validators=[_person], help_text="A member's uuid, `me` or `none`."
    )
    tag = filters.CharFilter(method="filter_tag", max_length=60)
    has_reply = FlagFilter(field_name="replied_at", lookup_expr="isnull", exclude=True)
    snoozed = FlagFilter(method="filter_snoozed", help_text="Whether it is set aside at this moment.")
    is_own = FlagFilter(help_text="Written by the connected account itself.")
    deleted = FlagFilter(field_name="deleted_at", lookup_expr="isnull", exclude=True)
    since = MomentFilter(field_name="platform_created_at", lookup_expr="gte", help_text="Written then or later.")
    until = MomentFilter(field_name="platform_created_at", lookup_expr="lt", help_text="Written before.")
    search = filters.CharFilter(method="filter_search", max_length=100, help_text="In the text or the author's name.")

    def filter_thread(self, rows: Any, name: str, value: uuid.UUID) -> Any:
        return rows.filter(Q(uuid=value) | Q(thread_root__uuid=value))

    def filter_category(self, rows: Any, name: str, value: list[str]) -> Any:
        return rows.filter(categories__has_any=value) if value else rows

    def filter_assigned_to(self, rows: Any, name: str, value: str) -> Any:
        if value == "none":
            return rows.filter(assigned_to=None)
        return rows.filter(assigned_to=self.request.user) if value == "me" else rows.filter(assigned_to__uuid=value)

    def filter_tag(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(tags__name__iexact=value)

    def filter_snoozed(self, rows: Any, name: str, value: bool) -> Any:
        aside = Q(snoozed_until__gt=timezone.now())
        return rows.filter(aside) if value else rows.exclude(aside)

    def filter_search(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(content__icontains=value) | Q(author_name__icontains=value))


class FanFilters(filters.FilterSet):
    workspace = filters.UUIDFilter(field_name="workspace__uuid")
    platform = filters.ChoiceFilter(choices=_platforms, method="filter_platform")
    is_vip = FlagFilter()
    is_blocked = FlagFilter()
    search = filters.CharFilter(field_name="name", lookup_expr="icontains", max_length=100, help_text="In the name.")

    class Meta:
        model = Fan
        fields: tuple[str, ...] = ()

    def filter_platform(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(identities__platform=value).distinct()


class ContentFilters(filters.FilterSet):
    workspace = filters.UUIDFilter(field_name="workspace__uuid")
    connection = filters.UUIDFilter(field_name="connection__uuid")
    platform = filters.ChoiceFilter(choices=_platforms)
    type = SeveralFilter(choices=ContentPiece.Type.choices, help_text=SEVERAL)
    deleted = FlagFilter(field_name="deleted_at", lookup_expr="isnull", exclude=True)
    since = MomentFilter(field_name="published_at", lookup_expr="gte", help_text="Published then or later.")
    until = MomentFilter(field_name="published_at", lookup_expr="lt", help_text="Published before.")
    search = filters.CharFilter(method="filter_search", max_length=100, help_text="In the title or the caption.")

    def filter_search(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(title__icontains=value) | Q(caption__icontains=value))
