from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string

from connections.admin_scope import ReadOnlyMixin, ScopedModelAdmin, ScopedRelatedFilter
from connections.registry import Triage, triage_for
from youtube.models import YouTubeChannelDay, YouTubeComment, YouTubeConnection, YouTubeVideo, YouTubeVideoDay

SHOWN_TEXT = 600


@admin.register(YouTubeConnection)
class YouTubeConnectionAdmin(ReadOnlyMixin, ScopedModelAdmin[YouTubeConnection]):
    list_display = (
        "display_name",
        "handle",
        "status",
        "subscriber_count",
        "total_views",
        "video_count",
        "last_sync_at",
    )
    list_filter = ("status",)
    search_fields = ("display_name", "handle")


@admin.register(YouTubeVideo)
class YouTubeVideoAdmin(ReadOnlyMixin, ScopedModelAdmin[YouTubeVideo]):
    list_display = ("video", "views", "likes", "comments")
    list_display_links = ("video",)
    list_filter = ("privacy", "is_short", "comments_disabled", ("connection", ScopedRelatedFilter))
    list_select_related = ("connection",)
    search_fields = ("title", "video_id")

    @admin.display(description="Video", ordering="published_at")
    def video(self, video: YouTubeVideo) -> str:
        return render_to_string("youtube/video_cell.html", {"video": video})

    @admin.display(description="Views", ordering="view_count")
    def views(self, video: YouTubeVideo) -> str | None:
        return _figure(video.view_count)

    @admin.display(description="Likes", ordering="like_count")
    def likes(self, video: YouTubeVideo) -> str | None:
        return _figure(video.like_count)

    @admin.display(description="Comments", ordering="comment_count")
    def comments(self, video: YouTubeVideo) -> str | None:
        return _figure(video.comment_count)


@admin.register(YouTubeComment)
class YouTubeCommentAdmin(ReadOnlyMixin, ScopedModelAdmin[YouTubeComment]):
    """What YouTube shows of comments; the last columns are the inbox's, asked of it once a page."""

    list_display = ("comment", "sentiment", "priority_score", "triage_status", "triage_assigned_to")
    list_display_links = ("comment",)
    list_filter = ("moderation", "sentiment", "language", ("connection", ScopedRelatedFilter))
    list_select_related = ("video", "connection")
    search_fields = ("text", "author_name")
    readonly_fields = ("triage_status", "triage_assigned_to", "triage_tags", "triage_notes", "triage_reply")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        page = super().get_changelist_instance(request)
        page.result_list = _with_triage(page.result_list)
        return page

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        return _with_triage([found])[0] if found is not None else None

    @admin.display(description="Comment", ordering="published_at")
    def comment(self, comment: YouTubeComment) -> str:
        text = comment.text if len(comment.text) <= SHOWN_TEXT else f"{comment.text[:SHOWN_TEXT]}…"
        return render_to_string("youtube/comment_cell.html", {"comment": comment, "text": text or "(no text)"})

    @admin.display(description="status")
    def triage_status(self, comment: YouTubeComment) -> str:
        return _triage(comment).status

    @admin.display(description="assigned to")
    def triage_assigned_to(self, comment: YouTubeComment) -> str:
        return _triage(comment).assigned_to

    @admin.display(description="tags")
    def triage_tags(self, comment: YouTubeComment) -> str:
        return ", ".join(_triage(comment).tags)

    @admin.display(description="internal notes")
    def triage_notes(self, comment: YouTubeComment) -> str:
        return _triage(comment).internal_notes

    @admin.display(description="reply")
    def triage_reply(self, comment: YouTubeComment) -> str:
        return _triage(comment).response_text


@admin.register(YouTubeChannelDay)
class YouTubeChannelDayAdmin(ReadOnlyMixin, ScopedModelAdmin[YouTubeChannelDay]):
    list_display = ("connection", "day", "views", "watch_time_minutes", "subscribers_gained", "subscribers_lost")
    list_filter = (("connection", ScopedRelatedFilter),)
    list_select_related = ("connection",)


@admin.register(YouTubeVideoDay)
class YouTubeVideoDayAdmin(ReadOnlyMixin, ScopedModelAdmin[YouTubeVideoDay]):
    list_display = ("video", "day", "views", "watch_time_minutes", "likes", "comments")
    list_select_related = ("video",)


def _figure(count: int | None) -> str | None:
    """A counter that YouTube withholds stays empty."""
    return None if count is None else f"{count:,}"


NOTHING_HELD = Triage(
    interaction_id=0,
    interaction_uuid="",
    status="",
    tags=(),
    assigned_to="",
    internal_notes="",
    workflow="",
    workflow_action="",
    replied_at=None,
    response_text="",
)


def _with_triage(comments: Iterable[YouTubeComment]) -> list[YouTubeComment]:
    """The same rows, each with the inbox's `triage`: one call for each account on the page."""
    rows = list(comments)
    accounts: dict[int, list[YouTubeComment]] = {}
    for row in rows:
        accounts.setdefault(row.connection_id, []).append(row)
    for of_account in accounts.values():
        found = triage_for(of_account[0].connection, [row.comment_id for row in of_account])
        for row in of_account:
            row.triage = found.get(row.comment_id, NOTHING_HELD)  # type: ignore[attr-defined]  # for this page only
    return rows


def _triage(comment: YouTubeComment) -> Triage:
    triage: Triage = comment.triage  # type: ignore[attr-defined]  # set by _with_triage
    return triage
