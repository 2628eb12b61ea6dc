from typing import Any

from django.db.models import Q
from django_filters import rest_framework as filters

from connections.api.filters import FlagFilter, MomentFilter, PriorityFilter, SeveralFilter
from connections.models import Connection
from youtube.models import YouTubeComment, YouTubeVideo


class ChannelFilters(filters.FilterSet):
    workspace = filters.UUIDFilter(field_name="workspace__uuid")
    status = SeveralFilter(choices=Connection.Status.choices, help_text="Repeat it for several.")


class VideoFilters(filters.FilterSet):
    workspace = filters.UUIDFilter(field_name="workspace__uuid")
    connection = filters.UUIDFilter(field_name="connection__uuid")
    video_id = filters.CharFilter(max_length=32, help_text="YouTube's own id.")
    privacy = SeveralFilter(choices=YouTubeVideo.Privacy.choices, help_text="Repeat it for several.")
    is_short = FlagFilter(help_text="A guess of ours: YouTube does not say.")
    is_live = FlagFilter()
    deleted = FlagFilter(field_name="deleted_at", lookup_expr="isnull", exclude=True)
    since = MomentFilter(field_name="published_at", lookup_expr="gte", help_text="Published then or later.")
    until = MomentFilter(field_name="published_at", lookup_expr="lt", help_text="Published before.")
    search = filters.CharFilter(field_name="title", lookup_expr="icontains", max_length=100, help_text="In the title.")


class CommentFilters(filters.FilterSet):
    workspace = filters.UUIDFilter(field_name="workspace__uuid")
    connection = filters.UUIDFilter(field_name="connection__uuid")
    video = filters.UUIDFilter(field_name="video__uuid")
    parent = filters.UUIDFilter(field_name="parent__uuid", help_text="Replies to this comment.")
    comment_id = filters.CharFilter(max_length=128, help_text="YouTube's own id.")
    moderation = SeveralFilter(choices=YouTubeComment.Moderation.choices, help_text="Repeat it for several.")
    sentiment = SeveralFilter(choices=YouTubeComment.Sentiment.choices, help_text="Repeat it for several.")
    language = filters.CharFilter(max_length=3, help_text="ISO 639-1, or `und`.")
    priority_min = PriorityFilter(lookup_expr="gte")
    priority_max = PriorityFilter(lookup_expr="lte")
    from_owner = FlagFilter(field_name="is_channel_owner_comment", help_text="Written by the channel itself.")
    deleted = FlagFilter(field_name="deleted_at", lookup_expr="isnull", exclude=True)
    since = MomentFilter(field_name="published_at", lookup_expr="gte", help_text="Written then or later.")
    until = MomentFilter(field_name="published_at", lookup_expr="lt", help_text="Written before.")
    search = filters.CharFilter(method="filter_search", max_length=100, help_text="In the text or the author's name.")

    def filter_search(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(text__icontains=value) | Q(author_name__icontains=value))
