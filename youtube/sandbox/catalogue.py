"""Channels, uploads and videos. https://developers.google.com/youtube/v3/docs/{channels,playlistItems,videos}/list"""

import json
from collections.abc import Iterable, Sequence

from youtube.sandbox import methods
from youtube.sandbox.clock import rfc3339
from youtube.sandbox.lists import Pager, list_response
from youtube.sandbox.oauth import Principal
from youtube.sandbox.wire import ApiError, Json, Request, Response, etag_of
from youtube.sandbox.world import Channel, Video, World

MAX_IDS = 50
THUMBNAILS = {
    "default": ("default", 120, 90),
    "medium": ("mqdefault", 320, 180),
    "high": ("hqdefault", 480, 360),
    "standard": ("sddefault", 640, 480),
    "maxres": ("maxresdefault", 1280, 720),
}


class Catalogue:
    def __init__(self, world: World, pager: Pager) -> None:
        self._world = world
        self._pager = pager

    # Channels

    def channels(self, method: methods.Method, request: Request, who: Principal) -> Response:
        methods.page_size(method, request)
        chosen = methods.one_filter(request, ("id", "forHandle", "forUsername", "mine", "managedByMe"))
        found = list(self._selected_channels(chosen, request, who))
        parts = methods.parts(method, request)
        info = {"totalResults": len(found), "resultsPerPage": methods.page_size(method, request)}
        items = [_dump(self._channel(channel, parts)) for channel in found]
        response = list_response("youtube#channelListResponse", items, request, info)
        if not items and response.status == 200:  # this one list leaves the key out
            response.body = response.body.replace(b', "items": []', b"")
        return response

    def _selected_channels(self, chosen: str, request: Request, who: Principal) -> Iterable[Channel]:
        if chosen == "mine" and who.account is None:
            raise ApiError(
                401,
                "authorizationRequired",
                "Login Required.",
                location="header:Authorization",
            )
        if chosen == "mine":
            return [self._world.channels[who.channel_id]] if who.channel_id else []
        if chosen == "id":
            ids = _ids(request)
            return [self._world.channels[i] for i in ids if i in self._world.channels]
        if chosen == "forHandle":
            handle = "@" + request.one("forHandle").removeprefix("@").lower()
            return [c for c in self._world.channels.values() if c.handle.lower() == handle]
        if chosen == "managedByMe":
            raise forbidden("youtube.channel", "The request is not properly authorized to access these channels.")
        return []

    def _channel(self, channel: Channel, parts: frozenset[str]) -> Json:
        videos = self._world.videos_of(channel.id)
        public = [video for video in videos if video.privacy == "public"]
        known: Json = {
            "snippet": self._channel_snippet(channel),
            "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": channel.uploads}},
            "statistics": self._channel_statistics(channel, public),
            "status": {
                "privacyStatus": "public",
                "isLinked": True,
                "longUploadsStatus": "allowed",
                "madeForKids": False,
            },
            "brandingSettings": {
                "channel": {
                    "title": channel.title,
                    "description": channel.description,
                    "keywords": channel.keywords,
                    "country": channel.country,
                },
                "image": {"bannerExternalUrl": f"https://yt3.googleusercontent.com/{etag_of(channel.id)}"},
            },
        }
        return _resource("youtube#channel", channel.id, known, parts)

    def _channel_snippet(self, channel: Channel) -> Json:
        picture = f"https://yt3.ggpht.com/{etag_of(channel.handle)}"
        return {
            "title": channel.title,
            "description": channel.description,
            "customUrl": channel.handle.lower(),
            "publishedAt": rfc3339(channel.published),
            "thumbnails": {
                name: {"url": f"{picture}=s{size}-c-k-c0x00ffffff-no-rj", "width": size, "height": size}
                for name, size in (("default", 88), ("medium", 240), ("high", 800))
            },
            "localized": {"title": channel.title, "description": channel.description},
            "country": channel.country,
        }

    def _channel_statistics(self, channel: Channel, public: Sequence[Video]) -> Json:
        statistics: Json = {"viewCount": str(sum(video.views for video in public))}
        if not channel.hides_subscribers:
            statistics["subscriberCount"] = str(three_figures(channel.subscribers))
        return statistics | {
            "hiddenSubscriberCount": channel.hides_subscribers,
            "videoCount": str(len(public)),
        }

    # Uploads

    def playlist_items(self, method: methods.Method, request: Request, who: Principal) -> Response:
        chosen = methods.one_filter(request, ("playlistId", "id"))
        videos = self._by_item_ids(request) if chosen == "id" else self._uploads(request, who)
        if request.one("videoId"):
            videos = [(n, video) for n, video in videos if video.id == request.one("videoId")]
        page = self._pager.page(method, request, videos)
        parts = methods.parts(method, request)
        items = [_dump(self._playlist_item(position, video, parts)) for position, video in page.items]
        info = {"totalResults": page.total, "resultsPerPage": page.size}
        return list_response("youtube#playlistItemListResponse", items, request, info, page.next_token)

    def _uploads(self, request: Request, who: Principal) -> list[tuple[int, Video]]:
        playlist = request.one("playlistId")
        channel = self._world.channels.get("UC" + playlist.removeprefix("UU"))
        if channel is None or not playlist.startswith("UU"):
            raise ApiError(
                404,
                "playlistNotFound",
                "The playlist identified with the request's <code>playlistId</code> parameter cannot be found.",
                domain="youtube.playlistItem",
                location="playlistId",
            )
        videos = self._world.videos_of(channel.id)
        own = who.channel_id == channel.id
        return list(enumerate(video for video in videos if own or video.privacy == "public"))

    def _by_item_ids(self, request: Request) -> list[tuple[int, Video]]:
        by_item = {item_id(video): video for video in self._world.videos.values() if not video.deleted}
        return [(0, by_item[i]) for i in _ids(request) if i in by_item]

    def _playlist_item(self, position: int, video: Video, parts: frozenset[str]) -> Json:
        channel = self._world.channels[video.channel_id]
        known: Json = {
            "snippet": {
                "publishedAt": rfc3339(video.published),
                "channelId": channel.id,
                "title": video.title,
                "description": video.description,
                "thumbnails": self._thumbnails(video),
                "channelTitle": channel.title,
                "playlistId": channel.uploads,
                "position": position,
                "resourceId": {"kind": "youtube#video", "videoId": video.id},
                "videoOwnerChannelTitle": channel.title,
                "videoOwnerChannelId": channel.id,
            },
            "contentDetails": {"videoId": video.id},
            "status": {"privacyStatus": video.privacy},
        }
        if video.privacy != "private":  # a scheduled or private upload has not been published yet
            known["contentDetails"]["videoPublishedAt"] = rfc3339(video.published)
        return _resource("youtube#playlistItem", item_id(video), known, parts)

    # Videos

    def videos(self, method: methods.Method, request: Request, who: Principal) -> Response:
        methods.page_size(method, request)
        if methods.one_filter(request, ("id", "chart", "myRating")) != "id":
            raise ApiError(400, "videoChartNotFound", "The requested video chart is not supported or is not available.")
        found = self.visible(_ids(request), who)
        parts = methods.parts(method, request)
        items = [_dump(self._video(video, parts, who)) for video in found]
        info = {"totalResults": len(items), "resultsPerPage": len(items)}
        return list_response("youtube#videoListResponse", items, request, info)

    def batch_stats(self, method: methods.Method, request: Request, who: Principal) -> Response:
        """Protobuf spellings of the same facts. https://developers.google.com/youtube/v3/docs/videos/batchGetStats"""
        if not request.many("id"):
            raise methods.missing("id", "Required parameter: id")
        parts = methods.parts(method, request)
        items = []
        for video in self.visible(_ids(request), who):
            counts = self._statistics(video, owner=False)
            counts.pop("favoriteCount")
            known: Json = {
                "snippet": {"publishTime": rfc3339(video.published)},
                "contentDetails": {"duration": f"{video.seconds}s"},
                "statistics": counts,
            }
            items.append(_dump(_resource("youtube#videoStats", video.id, known, parts)))
        return list_response("youtube#batchGetStatsResponse", items, request, None)

    def visible(self, ids: Sequence[str], who: Principal) -> list[Video]:
        """Deleted ids and other people's private ones are left out without a word."""
        found = [video for video in map(self._world.video, ids) if video]
        return [video for video in found if video.privacy != "private" or video.channel_id == who.channel_id]

    def _video(self, video: Video, parts: frozenset[str], who: Principal) -> Json:
        owner = who.channel_id == video.channel_id
        known: Json = {
            "snippet": self._snippet(video),
            "contentDetails": self._content_details(video),
            "statistics": self._statistics(video, owner=owner),
            "status": self._status(video, owner=owner),
        }
        live = _live_details(video)
        if live:
            known["liveStreamingDetails"] = live
        return _resource("youtube#video", video.id, known, parts)

    def _snippet(self, video: Video) -> Json:
        snippet: Json = {
            "publishedAt": rfc3339(video.published),
            "channelId": video.channel_id,
            "title": video.title,
            "description": video.description,
            "thumbnails": self._thumbnails(video),
            "channelTitle": self._world.channels[video.channel_id].title,
            "categoryId": video.category,
            "liveBroadcastContent": video.live,
            "localized": {"title": video.title, "description": video.description},
        }
        optional = {
            "tags": list(video.tags),
            "defaultLanguage": video.language,
            "defaultAudioLanguage": video.audio_language,
        }
        return snippet | {name: value for name, value in optional.items() if value}

    def _thumbnails(self, video: Video) -> Json:
        shown = dict(THUMBNAILS)
        if video.is_short:
            shown["shortsAspectRatio"] = ("oardefault", 405, 720)
        base = "https://i.ytimg.com/vi"
        if self._world.settings.local_thumbnails:
            base = f"{self._world.base_url}/vi"
        return {
            name: {"url": f"{base}/{video.id}/{file}.jpg", "width": width, "height": height}
            for name, (file, width, height) in shown.items()
        }

    def _content_details(self, video: Video) -> Json:
        return {
            "duration": iso_duration(0 if video.live in {"live", "upcoming"} else video.seconds),
            "dimension": "2d",
            "definition": "hd",
            "caption": "false",
            "licensedContent": True,
            "contentRating": {},
            "projection": "rectangular",
        }

    def _statistics(self, video: Video, *, owner: bool) -> Json:
        counts = {"viewCount": str(video.views)}
        if not video.hides_likes:
            counts["likeCount"] = str(video.likes)
        if owner:
            counts["dislikeCount"] = str(video.dislikes)
        counts["favoriteCount"] = "0"
        if video.comments_enabled:
            counts["commentCount"] = str(self._world.comments.published_on(video.id))
        return counts

    def _status(self, video: Video, *, owner: bool) -> Json:
        status: Json = {
            "uploadStatus": "processed" if video.live in {"none"} else "uploaded",
            "privacyStatus": video.privacy,
            "license": "youtube",
            "embeddable": True,
            "publicStatsViewable": True,
            "madeForKids": False,
        }
        if owner:
            status["selfDeclaredMadeForKids"] = False
        if owner and video.publish_at:
            status["publishAt"] = rfc3339(video.publish_at)
        return status


def forbidden(domain: str, message: str, location: str = "") -> ApiError:
    return ApiError(403, "forbidden", message, domain=domain, location=location, status="PERMISSION_DENIED")


def three_figures(number: int) -> int:
    """Subscriber counts are rounded down to three significant figures."""
    unit = int(10 ** max(len(str(number)) - 3, 0))
    return number // unit * unit


def iso_duration(seconds: int) -> str:
    """As Google writes them: no zero parts, days beyond 24 hours, `P0D` for what has not run yet."""
    if not seconds:
        return "P0D"
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    day, hour = divmod(hours, 24)
    clock = "".join(f"{value}{unit}" for value, unit in ((hour, "H"), (minute, "M"), (second, "S")) if value)
    return "P" + (f"{day}D" if day else "") + (f"T{clock}" if clock else "")


def item_id(video: Video) -> str:
    return "VVV" + etag_of("playlistItem", video.id)[:45]


def _ids(request: Request) -> list[str]:
    ids = list(dict.fromkeys(request.many("id")))
    if len(ids) > MAX_IDS:
        raise ApiError(
            400,
            "invalidFilters",
            f"The request specifies {len(ids)} ids; at most {MAX_IDS} are allowed.",
            domain="youtube.parameter",
            location="id",
        )
    return ids


def _live_details(video: Video) -> Json:
    if video.live == "upcoming":
        return {"scheduledStartTime": rfc3339(video.live_started or video.published)}
    if video.live_started is None:
        return {}
    details: Json = {
        "actualStartTime": rfc3339(video.live_started),
        "scheduledStartTime": rfc3339(video.live_started),
    }
    if video.live == "live":
        return details | {"concurrentViewers": "412", "activeLiveChatId": f"Cg0KC{video.id}"}
    return details | {"actualEndTime": rfc3339(video.live_started + video.seconds)}


def _resource(kind: str, identity: str, known: Json, parts: frozenset[str]) -> Json:
    shown = {name: value for name, value in known.items() if name in parts}
    return {"kind": kind, "etag": etag_of(kind, identity, repr(shown)), "id": identity} | shown


def _dump(resource: Json) -> str:
    return json.dumps(resource, ensure_ascii=False)
