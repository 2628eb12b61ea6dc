"""What YouTube's JSON says, as typed values. https://developers.google.com/youtube/v3/docs

Everything may be absent but what a record is nothing without; that raises `InvalidRecord` for this one item.
Counters of videos and channels come as strings, those of comments as numbers; both are accepted either way.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from connections.errors import InvalidRecord
from connections.text import clean_text

Item = Mapping[str, Any]

COMMENT_CHARACTERS = 20_000
LONGEST_SECONDS = 2**31 - 1
_DURATION = re.compile(
    r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)
MODERATION = {"published": "published", "heldForReview": "held", "likelySpam": "spam", "rejected": "rejected"}


@dataclass(frozen=True, slots=True)
class ChannelPayload:
    channel_id: str
    title: str
    handle: str
    avatar_url: str
    uploads_playlist: str
    subscriber_count: int | None
    view_count: int | None
    video_count: int | None


@dataclass(frozen=True, slots=True)
class VideoPayload:
    video_id: str
    channel_id: str
    title: str
    description: str
    thumbnail_url: str
    published_at: datetime | None
    duration_seconds: int | None
    privacy: str
    is_live: bool
    category_id: str
    tags: tuple[str, ...]
    default_language: str
    default_audio_language: str
    view_count: int | None
    like_count: int | None
    comment_count: int | None


@dataclass(frozen=True, slots=True)
class CommentPayload:
    """`moderation` is empty where YouTube does not say, which is most reads."""

    comment_id: str
    parent_id: str | None
    author_name: str
    author_channel_id: str
    author_avatar: str
    text: str
    is_truncated: bool
    like_count: int
    published_at: datetime
    edited_at: datetime | None
    moderation: str


@dataclass(frozen=True, slots=True)
class ThreadPayload:
    video_id: str
    channel_id: str
    top: CommentPayload
    total_reply_count: int
    replies: tuple[CommentPayload, ...]
    broken_replies: tuple[InvalidRecord, ...]


def channel(item: Mapping[str, Any]) -> ChannelPayload:
    with _Reading(item):
        snippet, statistics = _part(item, "snippet"), _part(item, "statistics")
        playlists = _part(_part(item, "contentDetails"), "relatedPlaylists")
        return ChannelPayload(
            channel_id=_required(item, "id", 64),
            title=_text(snippet, "title", 255),
            handle=_text(snippet, "customUrl", 255),
            avatar_url=_thumbnail(snippet),
            uploads_playlist=_text(playlists, "uploads", 64),
            subscriber_count=None if statistics.get("hiddenSubscriberCount") else _count(statistics, "subscriberCount"),
            view_count=_count(statistics, "viewCount"),
            video_count=_count(statistics, "videoCount"),
        )


def playlist_video_id(item: Mapping[str, Any]) -> str:
    with _Reading(item):
        return _required(_part(item, "contentDetails"), "videoId", 32)


def video(item: Mapping[str, Any]) -> VideoPayload:
    with _Reading(item):
        snippet, status = _part(item, "snippet"), _part(item, "status")
        statistics, details = _part(item, "statistics"), _part(item, "contentDetails")
        return VideoPayload(
            video_id=_required(item, "id", 32),
            channel_id=_text(snippet, "channelId", 64),
            title=_text(snippet, "title", 255),
            description=_text(snippet, "description", COMMENT_CHARACTERS),
            thumbnail_url=_thumbnail(snippet),
            published_at=_time(snippet, "publishedAt"),
            duration_seconds=_duration(details.get("duration")),
            privacy=_text(status, "privacyStatus", 10),
            is_live="liveStreamingDetails" in item,
            category_id=_text(snippet, "categoryId", 16),
            tags=_tags(snippet.get("tags")),
            default_language=_text(snippet, "defaultLanguage", 16),
            default_audio_language=_text(snippet, "defaultAudioLanguage", 16),
            view_count=_count(statistics, "viewCount"),
            like_count=_count(statistics, "likeCount"),
            comment_count=_count(statistics, "commentCount"),
        )


def video_counts(item: Mapping[str, Any]) -> tuple[str, int | None, int | None, int | None]:
    """Id, views, likes and comments of an item of videos.batchGetStats."""
    with _Reading(item):
        statistics = _part(item, "statistics")
        counts = (_count(statistics, name) for name in ("viewCount", "likeCount", "commentCount"))
        views, likes, comments = counts
        return _required(item, "id", 32), views, likes, comments


def thread(item: Mapping[str, Any]) -> ThreadPayload:
    """A thread; a reply that cannot be read is listed apart and costs none of the others."""
    with _Reading(item):
        snippet = _part(item, "snippet")
        top = comment(_part(snippet, "topLevelComment"))
        embedded = _part(item, "replies").get("comments") or []
        replies, broken = comments(embedded if isinstance(embedded, list) else [])
        own_video = _part(_part(snippet, "topLevelComment"), "snippet")
        return ThreadPayload(
            video_id=_text(snippet, "videoId", 32) or _text(own_video, "videoId", 32),
            channel_id=_text(snippet, "channelId", 64) or _text(own_video, "channelId", 64),
            top=top,
            total_reply_count=_count(snippet, "totalReplyCount") or 0,
            replies=replies,
            broken_replies=broken,
        )


def comments(items: list[Any]) -> tuple[tuple[CommentPayload, ...], tuple[InvalidRecord, ...]]:
    """The readable ones, and an `InvalidRecord` for each of the others."""
    good: list[CommentPayload] = []
    broken: list[InvalidRecord] = []
    for item in items:
        try:
            good.append(comment(item if isinstance(item, dict) else {}))
        except InvalidRecord as error:
            broken.append(error)
    return tuple(good), tuple(broken)


def comment(item: Mapping[str, Any]) -> CommentPayload:
    with _Reading(item):
        snippet = _part(item, "snippet")
        published = _time(snippet, "publishedAt")
        if published is None:
            raise ValueError("it has no publishedAt")
        updated = _time(snippet, "updatedAt")
        text, is_truncated = clean_text(_comment_text(snippet), COMMENT_CHARACTERS)
        return CommentPayload(
            comment_id=_required(item, "id", 128),
            parent_id=_text(snippet, "parentId", 128) or None,
            author_name=_text(snippet, "authorDisplayName", 255),
            author_channel_id=_text(_part(snippet, "authorChannelId"), "value", 64),
            author_avatar=_url(snippet.get("authorProfileImageUrl")),
            text=text,
            is_truncated=is_truncated,
            like_count=_count(snippet, "likeCount") or 0,
            published_at=_not_in_future(published),
            edited_at=updated if updated is not None and updated > published else None,
            moderation=MODERATION.get(str(snippet.get("moderationStatus")), ""),
        )


class _Reading:
    """Turns whatever goes wrong while an item is read into `InvalidRecord` with the item as it came."""

    def __init__(self, item: Any) -> None:
        self.item = item

    def __enter__(self) -> None:
        if not isinstance(self.item, Mapping) or not self.item:
            raise self._invalid("it is empty")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ValueError | TypeError | KeyError | AttributeError | OverflowError):
            raise self._invalid(str(error)) from None

    def _invalid(self, problem: str) -> InvalidRecord:
        raw = json.dumps(self.item, ensure_ascii=True).encode()
        found = self.item.get("id", "") if isinstance(self.item, Mapping) else ""
        return InvalidRecord(f"A record could not be read: {problem}.", external_id=clean_text(str(found))[0], raw=raw)


def _part(item: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = item.get(name)
    if part is None:
        return {}
    if not isinstance(part, Mapping):
        raise TypeError(f"its {name} is no object")
    return part


def _required(item: Mapping[str, Any], name: str, characters: int) -> str:
    value = item.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= characters or clean_text(value)[0] != value:
        raise ValueError(f"it has no usable {name}")
    return value


def _text(item: Mapping[str, Any], name: str, characters: int) -> str:
    value = item.get(name)
    return clean_text(value, characters)[0] if isinstance(value, str) else ""


def _url(value: Any) -> str:
    """An https address short enough to keep, and without anything that no address holds; or nothing."""
    if not isinstance(value, str) or not value.startswith("https://") or len(value) > 2048:
        return ""
    return value if value.isprintable() and clean_text(value)[0] == value else ""


def _comment_text(snippet: Mapping[str, Any]) -> str:
    """The words as written: textOriginal goes to the author only, textDisplay is plain text because we ask for it."""
    original = snippet.get("textOriginal")
    if isinstance(original, str):
        return original
    display = snippet.get("textDisplay")
    if display is None and snippet.get("imageUrl"):
        return ""
    if not isinstance(display, str):
        raise TypeError("it has no text")
    return display


def _count(item: Mapping[str, Any], name: str) -> int | None:
    value = item.get(name)
    if value is None or isinstance(value, bool):
        return None
    number = int(value)
    if not 0 <= number < 2**63:
        raise ValueError(f"its {name} is out of range")
    return number


def _time(item: Mapping[str, Any], name: str) -> datetime | None:
    value = item.get(name)
    if not isinstance(value, str):
        return None
    moment = datetime.fromisoformat(value)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _not_in_future(moment: datetime) -> datetime:
    """A moment that has not come yet would sort above everything to come."""
    return min(moment, datetime.now(UTC) + timedelta(days=1))


def _duration(value: Any) -> int | None:
    """Seconds of an ISO 8601 duration; live and upcoming broadcasts say P0D."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    parts = {unit: int(number or 0) for unit, number in match.groupdict().items()}
    return min(int(timedelta(**parts).total_seconds()), LONGEST_SECONDS)


def _thumbnail(snippet: Mapping[str, Any]) -> str:
    """The largest of the map's pictures up to 720 wide; its keys change over the years."""
    pictures = [picture for picture in _part(snippet, "thumbnails").values() if isinstance(picture, Mapping)]
    fitting = [picture for picture in pictures if int(picture.get("width") or 0) <= 720] or pictures
    best = max(fitting, key=lambda picture: int(picture.get("width") or 0), default={})
    return _url(best.get("url"))


def _tags(value: Any) -> tuple[str, ...]:
    return tuple(clean_text(tag, 500)[0] for tag in value if isinstance(tag, str)) if isinstance(value, list) else ()
