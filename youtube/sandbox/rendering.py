"""Comments and threads as the Data API shows them to one viewer.

https://developers.google.com/youtube/v3/docs/comments and …/commentThreads; where those pages and the
discovery document differ, the discovery document decides.
"""

import functools
import html
import itertools
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from youtube.sandbox.clock import rfc3339
from youtube.sandbox.wire import Json, etag_of
from youtube.sandbox.world import EMBEDDED_REPLIES, PUBLISHED, Comment, World

LINK = re.compile(r"https?://[^\s<]+")
TIMESTAMP = re.compile(r"\b(\d{1,2}):([0-5]\d)\b")
KEPT_RENDERINGS = 30_000
ENCODE = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


@dataclass(frozen=True, slots=True)
class View:
    """Everything that the bytes of a comment depend on besides the comment."""

    parts: frozenset[str]
    plain_text: bool
    viewer: str | None  # channel of the token
    status: str  # the pass that lists it; "" outside of owner-authorised lists
    with_video_id: bool = False


class Renderer:
    def __init__(self, world: World) -> None:
        self._world = world
        self._kept: dict[tuple[str, int, int, View], str] = {}
        self._generation = 0

    def forget(self) -> None:
        self._kept.clear()
        self._generation += 1

    def threads(self, tops: Iterable[Comment], view: View) -> list[str]:
        return [self._cached("thread", top, view, self.thread) for top in tops]

    def comments(self, comments: Iterable[Comment], view: View) -> list[str]:
        return [self._cached("comment", comment, view, self.comment) for comment in comments]

    def _cached(self, kind: str, comment: Comment, view: View, render: Callable[[Comment, View], Json]) -> str:
        if self._world.comments.delayed_until > self._world.clock.now():
            return ENCODE(render(comment, view))
        key = (kind, comment.row, comment.version, view)
        text = self._kept.get(key)
        if text is None:
            if len(self._kept) >= KEPT_RENDERINGS:
                self._kept.clear()
            text = self._kept[key] = ENCODE(render(comment, view))
        return text

    def thread(self, top: Comment, view: View) -> Json:
        thread: Json = {"kind": "youtube#commentThread", "etag": self._etag(top, view, "thread"), "id": top.id}
        if "snippet" in view.parts:
            thread["snippet"] = self._thread_snippet(top, view)
        if "replies" in view.parts:
            replies = self._embedded(top, view)
            if replies:
                thread["replies"] = {"comments": replies}
        return thread

    def _thread_snippet(self, top: Comment, view: View) -> Json:
        replies = self._world.comments.replies(top)
        return {
            "channelId": self._world.owner(top),
            "videoId": top.video_id,
            "topLevelComment": self.comment(top, _inner(view)),
            "canReply": view.viewer is not None and can_reply(top),
            # counts held and suspected replies too, which no list of replies returns
            "totalReplyCount": sum(reply.status != "rejected" for reply in replies),
            "isPublic": top.status == PUBLISHED,
        }

    def _embedded(self, top: Comment, view: View) -> list[Json]:
        replies = self._world.comments.replies(top, view.status or PUBLISHED)
        shown = list(itertools.islice(replies, EMBEDDED_REPLIES))
        if self._world.settings.reply_order == "oldest":
            shown.reverse()
        return [self.comment(reply, _inner(view)) for reply in shown]

    def comment(self, comment: Comment, view: View) -> Json:
        resource: Json = {"kind": "youtube#comment", "etag": self._etag(comment, view), "id": comment.id}
        if "snippet" in view.parts:
            resource["snippet"] = self._snippet(comment, view)
        return resource

    def _etag(self, comment: Comment, view: View, kind: str = "") -> str:
        """Each change moves the version; hashing the content instead would cost more than rendering it."""
        return etag_of(f"{kind}{comment.id}{comment.version}{view.plain_text}{view.viewer}{self._generation}")

    def _snippet(self, comment: Comment, view: View) -> Json:
        author = comment.author
        own = view.viewer is not None and author.channel_id == view.viewer
        snippet: Json = {
            "channelId": self._world.owner(comment),
            "textDisplay": comment.text if view.plain_text else display_html(comment),
            "authorDisplayName": author.name,
            "authorProfileImageUrl": _picture(author.name),
            "canRate": view.viewer is not None,
            "viewerRating": "none",
            "likeCount": comment.likes,
            "publishedAt": (published := rfc3339(comment.published)),
            "updatedAt": rfc3339(comment.updated) if comment.updated else published,
        }
        if author.channel_id:
            snippet["authorChannelId"] = {"value": author.channel_id}
            snippet["authorChannelUrl"] = f"http://www.youtube.com/{author.name}"
        if own or self._world.settings.text_original_always:
            snippet["textOriginal"] = comment.text
        snippet |= self._optional(comment, view)
        return snippet

    def _optional(self, comment: Comment, view: View) -> Json:
        found: Json = {}
        if view.with_video_id:
            found["videoId"] = comment.video_id
        if comment.parent_id:
            found["parentId"] = comment.parent_id
        if comment.image:
            expires = int(self._world.clock.anchor) + 6 * 3600
            found["imageUrl"] = f"https://yt3.ggpht.com/image/{etag_of(comment.id)}?expires={expires}"
        if view.status and self._world.settings.moderation_status_in_lists:
            found["moderationStatus"] = comment.status
        return found


def can_reply(comment: Comment) -> bool:
    return comment.can_reply and comment.status == PUBLISHED


def display_html(comment: Comment) -> str:
    text = html.escape(comment.text).replace("&#x27;", "&#39;").replace("\n", "<br>")
    text = LINK.sub(lambda found: f'<a href="{found[0]}">{found[0]}</a>', text)
    watch = f"https://www.youtube.com/watch?v={comment.video_id}"

    def linked(found: re.Match[str]) -> str:
        seconds = int(found[1]) * 60 + int(found[2])
        return f'<a href="{watch}&amp;t={seconds}">{found[0]}</a>'

    return TIMESTAMP.sub(linked, text)


@functools.lru_cache(maxsize=256)
def _inner(view: View) -> View:
    return View(frozenset({"id", "snippet"}), view.plain_text, view.viewer, view.status, with_video_id=True)


@functools.lru_cache(maxsize=20_000)
def _picture(name: str) -> str:
    return f"https://yt3.ggpht.com/ytc/{etag_of(name)}=s48-c-k-c0x00ffffff-no-rj"
