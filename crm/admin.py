"""Admin pages of comments, fans and content. What commenters wrote is shown as text and nothing else."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string

from connections.admin_scope import ReadOnlyMixin, ScopedModelAdmin, ScopedRelatedFilter, ScopedTabularInline
from connections.models import Role, User
from connections.records import CATEGORIES
from crm import conversation, presenting, triage
from crm.admin_forms import CORRECTED_FIELDS, TRIAGE, TRIAGE_FIELDS, TriageForm
from crm.ages import ago
from crm.models import (
    ContentPerformance,
    ContentPiece,
    Fan,
    FanIdentity,
    Interaction,
    InteractionNote,
    InteractionTag,
    SignalCorrection,
    Tag,
    TriageEvent,
)
from crm.queues import EVERYTHING, NEEDS_REPLY, QUEUES, in_queue

EXCERPT = 120
SHOWN_EVENTS = 50
FAN_COMMENTS = 20


def excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else f"{line[: EXCERPT - 1]}…"


def _reason(stored: Any) -> str:
    if not isinstance(stored, dict):
        return str(stored)
    return " ".join(str(stored[part]) for part in ("signal", "label", "detail") if stored.get(part))


def _queue_of(request: HttpRequest) -> str:
    """What waits for an answer comes first; whoever searches or filters looks through everything."""
    asked = request.GET.get("queue")
    if asked in QUEUES:
        return str(asked)
    return EVERYTHING if set(request.GET) - {"queue", "o", "p", "all"} else NEEDS_REPLY


class QueueFilter(admin.SimpleListFilter):
    title = "queue"
    parameter_name = "queue"
    template = "crm/queue_filter.html"

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        self.chosen = _queue_of(request)
        super().__init__(request, *args)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, queue.title) for name, queue in QUEUES.items()]

    def value(self) -> str:
        return self.chosen

    def choices(self, changelist: Any) -> Any:
        for name, title in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: name})
            yield {"selected": self.chosen == name, "query_string": query, "display": title}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return in_queue(queryset, self.chosen, _person(request))


class CategoryFilter(admin.SimpleListFilter):
    title = "category"
    parameter_name = "category"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(category, category.title()) for category in CATEGORIES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        return queryset.filter(categories__has=chosen) if chosen in CATEGORIES else queryset


if TYPE_CHECKING:
    _InlineFormSet = BaseInlineFormSet[Any, Any, Any]
else:  # Django's formsets are generic for the type checker only.
    _InlineFormSet = BaseInlineFormSet


class OwnRowsFormSet(_InlineFormSet):
    """The hidden key of each line names the parent's rows; Django's own would take any row of the table."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        key = form.fields.get(str(self.model._meta.pk.name))  # type: ignore[union-attr]  # a model has a key
        if key is not None:
            key.queryset = self.get_queryset()


class AppendedInline(ReadOnlyMixin, ScopedTabularInline[Any, Any]):
    can_delete = False
    formset = OwnRowsFormSet


@admin.register(Interaction)
class InteractionAdmin(ScopedModelAdmin[Interaction]):
    """The platform's columns are to be read; triage goes through `crm.triage`, which keeps its history."""

    change_role = Role.AGENT
    form = TriageForm
    list_display = ("comment", "priority", "labels", "state")
    list_display_links = ("comment",)
    ordering = ("-priority_score", "-id")
    list_filter = (
        QueueFilter,
        "status",
        CategoryFilter,
        "sentiment",
        ("assigned_to", ScopedRelatedFilter),
        ("tags", ScopedRelatedFilter),
        ("connection", ScopedRelatedFilter),
        ("workspace", ScopedRelatedFilter),
        "moderation",
        "type",
        "is_own",
    )
    list_select_related = ("content_piece", "assigned_to")
    search_fields = ("content", "author_name", "author_handle")
    actions = ("mark_read", "mark_ignored", "mark_archived")
    fieldsets = (
        ("Triage", {"fields": TRIAGE}),
        ("Set a label right", {"fields": CORRECTED_FIELDS, "classes": ("collapse",)}),
        ("Our reply", {"fields": ("replied_at", "response_text"), "classes": ("collapse",)}),
        (
            "How it was read",
            {
                "fields": ("detected_keywords", "language", "reasons", "signal_source", "signal_model", "enriched_at"),
                "classes": ("collapse",),
            },
        ),
        (
            "On the platform",
            {
                "fields": (
                    "fan", "author_handle", "connection", "content_piece", "type", "parent", "moderation",
                    "is_truncated",
                    "like_count", "reply_count", "platform_created_at", "edited_at", "last_activity_at", "deleted_at",
                    "platform_id", "observed_at", "created_at",
                ),
                "classes": ("collapse",),
            },
        ),
    )  # fmt: skip

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        chosen = _queue_of(request)
        context = {
            "list_title": QUEUES[chosen].title,
            "queue": chosen,
            "queues": [(name, queue.title, name == chosen) for name, queue in QUEUES.items()],
            "is_filtered": bool(set(request.GET) - {"queue", "o", "p", "all"}),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ("-priority_score", "-id") if QUEUES[_queue_of(request)].by_priority else ("-platform_created_at", "-id")

    def get_readonly_fields(self, request: HttpRequest, obj: Interaction | None = None) -> tuple[str, ...]:
        return tuple(name for name in _field_names(self.fieldsets) if name not in TRIAGE_FIELDS)

    def get_fieldsets(self, request: HttpRequest, obj: Interaction | None = None) -> Any:
        """Who may only look is not shown what is there to be filled in."""
        if obj is not None and self.has_change_permission(request, obj):
            return self.fieldsets
        shown = tuple(name for name in TRIAGE if name not in {"new_note", "seen_version"})
        return [
            (title, {**options, "fields": shown} if title == "Triage" else options) for title, options in self.fieldsets
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = context["original"]
        around = self._around(request, row) if isinstance(row, Interaction) else {}
        return super().render_change_form(request, {**context, **around}, *args, **kwargs)

    def _around(self, request: HttpRequest, row: Interaction) -> dict[str, Any]:
        """What the page shows beside the form, each part in one query."""
        person = _person(request)
        piece = row.content_piece
        return {
            "message": conversation.Message(presenting.shown(row), is_this=True, is_root=row.thread_root_id is None),
            "thread": conversation.thread_of(row, self.get_queryset(request)),
            "piece": piece,
            "piece_link": presenting.safe_link(piece.url) if piece is not None else "",
            "chips": [*presenting.category_chips(row), presenting.sentiment_chip(row)],
            "priority_reasons": presenting.priority_reasons(row),
            "card": conversation.fan_card(row, person),
            "notes": InteractionNote.objects.for_user(person).filter(interaction=row),
            "events": TriageEvent.objects.for_user(person).filter(interaction=row)[:SHOWN_EVENTS],
        }

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except triage.ChangedMeanwhile as refused:
            self.message_user(request, f"Nothing was saved. {refused}", messages.ERROR)
            return HttpResponseRedirect(request.path)

    def save_model(self, request: HttpRequest, obj: Interaction, form: Any, change: Any) -> None:
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        form.apply(by=_person(request))

    @admin.display(description="Comment", ordering="platform_created_at")
    def comment(self, row: Interaction) -> str:
        return render_to_string("crm/comment_cell.html", {"shown": presenting.shown(row)})

    @admin.display(description="Priority", ordering="priority_score")
    def priority(self, row: Interaction) -> str:
        return render_to_string("crm/priority_cell.html", {"score": row.priority_score})

    @admin.display(description="Labels", ordering="categories")
    def labels(self, row: Interaction) -> str:
        chips = [*presenting.category_chips(row), presenting.sentiment_chip(row)]
        return render_to_string("crm/chips.html", {"chips": chips})

    @admin.display(description="Status", ordering="status")
    def state(self, row: Interaction) -> str:
        return render_to_string("crm/state_cell.html", {"row": row, "chip": presenting.status_chip(row)})

    @admin.display(description="Tags")
    def tag_names(self, row: Interaction) -> str:
        return ", ".join(tag.name for tag in row.tags.all())

    @admin.display(description="Why")
    def reasons(self, row: Interaction) -> str:
        return "\n".join(_reason(one) for one in row.signal_reasons)

    @admin.action(description="Mark as read")
    def mark_read(self, request: HttpRequest, queryset: QuerySet[Interaction]) -> None:
        self._set_status(request, queryset, Interaction.Status.READ)

    @admin.action(description="Ignore")
    def mark_ignored(self, request: HttpRequest, queryset: QuerySet[Interaction]) -> None:
        self._set_status(request, queryset, Interaction.Status.IGNORED)

    @admin.action(description="Archive")
    def mark_archived(self, request: HttpRequest, queryset: QuerySet[Interaction]) -> None:
        self._set_status(request, queryset, Interaction.Status.ARCHIVED)

    def _set_status(self, request: HttpRequest, queryset: QuerySet[Interaction], status: Interaction.Status) -> None:
        done, refused = triage.set_status_of_many(queryset, status, by=_person(request))
        self.message_user(request, f"Comments now {status.label.lower()}: {done}.")
        if refused:
            self.message_user(request, f"Changed in the meantime and left alone: {refused}.", messages.WARNING)


def _field_names(fieldsets: Sequence[tuple[Any, Any]]) -> list[str]:
    names: list[str] = []
    for _, options in fieldsets:
        for entry in options["fields"]:
            names.extend([entry] if isinstance(entry, str) else entry)
    return names


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


@admin.register(Tag)
class TagAdmin(ScopedModelAdmin[Tag]):
    add_role = Role.AGENT
    change_role = delete_role = Role.MANAGER
    list_display = ("name", "workspace", "created_at")
    list_filter = (("workspace", ScopedRelatedFilter),)
    list_select_related = ("workspace",)
    search_fields = ("name",)
    fields = ("workspace", "name")


class FanIdentityInline(AppendedInline):
    model = FanIdentity
    fields = ("platform", "username", "name", "platform_user_id", "profile_url", "observed_at")
    readonly_fields = fields


@admin.register(Fan)
class FanAdmin(ScopedModelAdmin[Fan]):
    """Fans come with their comments; what is said of them here is the team's own."""

    change_role = Role.AGENT
    list_display = ("person", "interaction_count", "answered_count", "workspace")
    list_display_links = ("person",)
    list_filter = ("is_vip", "is_blocked", ("workspace", ScopedRelatedFilter))
    list_select_related = ("workspace",)
    search_fields = ("name", "identities__username", "identities__name")
    actions = None
    fields = (
        "workspace", "name", "notes", ("is_vip", "is_blocked"), ("interaction_count", "answered_count"),
        ("first_interaction_at", "last_interaction_at"), "created_at",
    )  # fmt: skip
    readonly_fields = (
        "interaction_count", "answered_count", "first_interaction_at", "last_interaction_at", "created_at",
    )  # fmt: skip
    inlines = (FanIdentityInline,)

    @admin.display(description="Fan", ordering="last_interaction_at")
    def person(self, fan: Fan) -> str:
        context = {
            "fan": fan,
            "initials": presenting.initials(fan.name),
            "last": ago(fan.last_interaction_at),
            "first": ago(fan.first_interaction_at),
        }
        return render_to_string("crm/fan_cell.html", context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        fan = context["original"]
        card = conversation.card_of(fan, _person(request), last=FAN_COMMENTS) if isinstance(fan, Fan) else None
        return super().render_change_form(request, {**context, "card": card}, *args, **kwargs)


class ReadOnlyAdmin(ReadOnlyMixin, ScopedModelAdmin[Any]):
    pass


class ContentPerformanceInline(AppendedInline):
    model = ContentPerformance
    fields = ("views", "reach", "likes", "comments", "shares", "saves", "platform_metrics", "observed_at")
    readonly_fields = fields


@admin.register(ContentPiece)
class ContentPieceAdmin(ReadOnlyAdmin):
    list_display = ("piece", "theme", "views")
    list_display_links = ("piece",)
    list_filter = ("type", ("connection", ScopedRelatedFilter), ("workspace", ScopedRelatedFilter))
    list_select_related = ("connection", "performance")
    search_fields = ("title", "caption")
    inlines = (ContentPerformanceInline,)

    @admin.display(description="Content", ordering="published_at")
    def piece(self, piece: ContentPiece) -> str:
        context = {
            "piece": piece,
            "title": excerpt(piece.title or piece.caption) or piece.platform_id,
            "platform": presenting.platform_name(piece.platform),
            "published": ago(piece.published_at) if piece.published_at else "",
        }
        return render_to_string("crm/piece_cell.html", context)

    @admin.display(description="Views", ordering="performance__views")
    def views(self, piece: ContentPiece) -> str | None:
        performance: ContentPerformance | None = getattr(piece, "performance", None)
        return f"{performance.views:,}" if performance and performance.views is not None else None


@admin.register(ContentPerformance)
class ContentPerformanceAdmin(ReadOnlyAdmin):
    list_display = ("content_piece", "views", "likes", "comments", "shares", "observed_at")
    list_filter = (("workspace", ScopedRelatedFilter),)
    list_select_related = ("content_piece",)


@admin.register(FanIdentity)
class FanIdentityAdmin(ReadOnlyAdmin):
    list_display = ("username", "name", "platform", "fan", "observed_at")
    list_filter = (("workspace", ScopedRelatedFilter),)
    list_select_related = ("fan",)
    search_fields = ("username", "name", "platform_user_id")


@admin.register(InteractionNote)
class InteractionNoteAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "author_name", "excerpt", "interaction")
    list_filter = (("workspace", ScopedRelatedFilter),)
    list_select_related = ("interaction",)
    search_fields = ("text",)

    @admin.display(description="Note")
    def excerpt(self, note: InteractionNote) -> str:
        return excerpt(note.text)


@admin.register(InteractionTag)
class InteractionTagAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "tag", "interaction", "added_by")
    list_filter = (("tag", ScopedRelatedFilter), ("workspace", ScopedRelatedFilter))
    list_select_related = ("tag", "interaction", "added_by")


@admin.register(TriageEvent)
class TriageEventAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "source", "actor_name", "kind", "before", "after", "reason", "interaction")
    list_filter = ("kind", "source", ("workspace", ScopedRelatedFilter))
    list_select_related = ("interaction",)


@admin.register(SignalCorrection)
class SignalCorrectionAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "field", "machine_value", "value", "user", "interaction")
    list_filter = ("field", ("workspace", ScopedRelatedFilter))
    list_select_related = ("user", "interaction")
