"""Reading, writing and moderating comments.

https://developers.google.com/youtube/v3/docs/{commentThreads,comments}. What Google leaves unsaid is decided
here in the way that is hardest on a client: no text of other people's comments but for display, no status
unless a list was asked for it.
"""

import secrets
from collections.abc import Sequence

from youtube.sandbox import methods
from youtube.sandbox.catalogue import MAX_IDS, forbidden
from youtube.sandbox.lists import Pager, list_response
from youtube.sandbox.oauth import Principal
from youtube.sandbox.rendering import Renderer, View, can_reply
from youtube.sandbox.wire import ApiError, Json, Request, Response, invalid_argument, json_response
from youtube.sandbox.world import PUBLISHED, REJECTED, SPAM, Comment, Video, World

MAX_TEXT = 10_000
VIDEO_ID_LINK = '<code><a href="/youtube/v3/docs/commentThreads/list#videoId">videoId</a></code>'
THREADS, COMMENTS = "youtube.commentThread", "youtube.comment"
FILTERS = ("allThreadsRelatedToChannelId", "channelId", "id", "videoId")
NOT_WITH_IDS = ("order", "moderationStatus", "searchTerms")
COMMENT_FIELDS = frozenset({"id", "kind", "etag", "snippet"})
SNIPPET_FIELDS = frozenset(
    [
        "authorChannelId",
        "authorChannelUrl",
        "authorDisplayName",
        "authorProfileImageUrl",
        "canRate",
        "channelId",
        "imageUrl",
        "likeCount",
        "moderationStatus",
        "parentId",
        "publishedAt",
        "textDisplay",
        "textOriginal",
        "updatedAt",
        "videoId",
        "viewerRating",
    ]
)


class Comments:
    def __init__(self, world: World, pager: Pager, renderer: Renderer) -> None:
        self._world = world
        self._pager = pager
        self._renderer = renderer

    # Reading

    def threads(self, method: methods.Method, request: Request, who: Principal) -> Response:
        chosen = methods.one_filter(request, FILTERS)
        if chosen == "id":
            return self._threads_by_id(method, request, who)
        status = request.one("moderationStatus", PUBLISHED)
        rows = self._thread_rows(chosen, request, who, status)
        page = self._pager.page(method, request, rows)
        view = self._view(method, request, who, status)
        items = self._renderer.threads(map(self._world.comments.row, page.items), view)
        info = {"totalResults": len(items), "resultsPerPage": page.size}
        return list_response("youtube#commentThreadListResponse", items, request, info, page.next_token)

    def _threads_by_id(self, method: methods.Method, request: Request, who: Principal) -> Response:
        clash = [name for name in NOT_WITH_IDS if name in request.params]
        if clash:
            raise methods.incompatible(["id", *clash])
        tops = [comment for comment in self._by_ids(request, who) if comment.parent_id is None]
        items = self._renderer.threads(tops, self._view(method, request, who, ""))
        info = {"totalResults": len(items), "resultsPerPage": len(items)}
        return list_response("youtube#commentThreadListResponse", items, request, info)

    def _thread_rows(self, chosen: str, request: Request, who: Principal, status: str) -> Sequence[int]:
        if (
            chosen == "channelId"
        ):  # channel discussions ended in 2024; only the discovery document still lists the filter
            raise processing_failure(THREADS, "channelId")
        key = request.one(chosen)
        owner = self._readable_video(key, who).channel_id if chosen == "videoId" else self._known_channel(key)
        if status == REJECTED:
            raise processing_failure(THREADS, "moderationStatus")
        if status != PUBLISHED and owner != who.channel_id:
            raise forbidden(
                THREADS,
                "One or more of the requested comment threads cannot be retrieved due to insufficient "
                "permissions. The "
                "request might not be properly authorized.",
            )
        rows = self._world.comments.feed(key, status)
        return self._ordered(self._matching(rows, request.one("searchTerms")), request.one("order", "time"))

    def _readable_video(self, video_id: str, who: Principal) -> Video:
        video = self._world.video(video_id)
        if video is None:
            raise video_not_found(THREADS)
        if video.privacy == "private" and video.channel_id != who.channel_id:
            raise forbidden(
                THREADS, "The request is not properly authorized to access this video's comments.", "videoId"
            )
        if not video.comments_enabled:
            raise comments_disabled(THREADS)
        return video

    def _known_channel(self, channel_id: str) -> str:
        if channel_id not in self._world.channels:
            raise channel_not_found(THREADS, "allThreadsRelatedToChannelId")
        return channel_id

    def _matching(self, rows: Sequence[int], terms: str) -> Sequence[int]:
        if not terms:
            return rows
        words = terms.lower().split()
        return [number for number in rows if all(word in self._thread_text(number) for word in words)]

    def _thread_text(self, number: int) -> str:
        top = self._world.comments.row(number)
        return " ".join([top.text, *(r.text for r in self._world.comments.replies(top, PUBLISHED))]).lower()

    def _ordered(self, rows: Sequence[int], order: str) -> Sequence[int]:
        if order != "relevance" or isinstance(rows, range):
            return rows

        def popularity(number: int) -> int:
            top = self._world.comments.row(number)
            return -top.likes - 3 * len(self._world.comments.reply_rows(top))

        return sorted(rows, key=popularity)

    def comments(self, method: methods.Method, request: Request, who: Principal) -> Response:
        view = self._view(method, request, who, "")
        if methods.one_filter(request, ("parentId", "id")) == "id":
            items = self._renderer.comments(self._by_ids(request, who), view)
            info = {"totalResults": len(items), "resultsPerPage": len(items)}
            return list_response("youtube#commentListResponse", items, request, info)
        page = self._pager.page(method, request, self._replies(request.one("parentId"), who))
        items = self._renderer.comments(page.items, view)
        info = {"totalResults": len(items), "resultsPerPage": page.size}
        return list_response("youtube#commentListResponse", items, request, info, page.next_token)

    def _replies(self, parent_id: str, who: Principal) -> list[Comment]:
        top = self._world.comments.get(parent_id)
        if top is None or top.parent_id is not None or not self._may_see(top, who):
            raise comment_not_found("parentId")
        replies = list(self._world.comments.replies(top, PUBLISHED))
        return replies[::-1] if self._world.settings.reply_order == "oldest" else replies

    def _by_ids(self, request: Request, who: Principal) -> list[Comment]:
        """Whatever is gone, rejected or not for this caller is left out without a word."""
        found = [comment for comment in map(self._world.comments.get, _ids(request)) if comment]
        return [comment for comment in found if self._may_see(comment, who)]

    def _may_see(self, comment: Comment, who: Principal) -> bool:
        video = self._world.videos[comment.video_id]
        if video.deleted or not video.comments_enabled or comment.visible_from > self._world.clock.now():
            return False
        if who.channel_id == video.channel_id:
            return comment.status != REJECTED
        return comment.status == PUBLISHED and video.privacy != "private"

    def _view(self, method: methods.Method, request: Request, who: Principal, status: str) -> View:
        plain = request.one("textFormat", "html") == "plainText"
        owner_pass = status if who.channel_id else ""
        return View(methods.parts(method, request), plain, who.channel_id, owner_pass)

    # Writing

    def insert_thread(self, method: methods.Method, request: Request, who: Principal) -> Response:
        author = self._writer(who)
        body = _object(request.json(), frozenset({"id", "kind", "etag", "snippet", "replies"}))
        snippet = body.get("snippet") or {}
        text = _text((snippet.get("topLevelComment") or {}).get("snippet") or {})
        video_id = snippet.get("videoId", "")
        if not video_id:
            raise ApiError(
                400,
                "channelOrVideoIdMissing",
                "The comment thread must specify a <code>videoId</code>.",
                domain=THREADS,
                location="other:body.snippet.channelId",
            )
        video = self._world.video(video_id)
        if video is None or (video.privacy == "private" and video.channel_id != author):
            raise video_not_found(THREADS)
        if not video.comments_enabled:
            raise comments_disabled(THREADS)
        comment = self._write(author, video.id, text, None)
        return json_response(self._renderer.thread(comment, self._written_view(method, request, author)))

    def insert_reply(self, method: methods.Method, request: Request, who: Principal) -> Response:
        author = self._writer(who)
        snippet = _snippet(request)
        parent_id = snippet.get("parentId", "")
        if not parent_id:
            raise write_error("parentIdMissing", "The comment must specify a <code>parentId</code>.")
        text = _text(snippet)
        parent = self._world.comments.get(parent_id)
        if parent is None or parent.parent_id is not None or not self._may_see(parent, who):
            raise ApiError(
                404,
                "parentCommentNotFound",
                "The specified parent comment could not be found.",
                domain=COMMENTS,
                location="other:body.snippet.parentId",
            )
        if parent.status != PUBLISHED:
            raise write_error("parentCommentIsPrivate", "The specified parent comment is private.")
        if not can_reply(parent):
            raise write_error("operationNotSupported", "The API user is not able to reply to this comment.")
        comment = self._write(author, parent.video_id, text, parent.id)
        return json_response(self._renderer.comment(comment, self._written_view(method, request, author)))

    def _write(self, author: str, video_id: str, text: str, parent_id: str | None) -> Comment:
        now = self._world.clock.now()
        comment = Comment(
            row=self._world.comments.next_row(),
            id=new_id(parent_id),
            video_id=video_id,
            author=self._world.channels[author].author,
            text=text,
            published=int(now),
            parent_id=parent_id,
            visible_from=now + self._world.settings.reply_visible_after,
        )
        return self._world.comments.add(comment)

    def _written_view(self, method: methods.Method, request: Request, author: str) -> View:
        return View(methods.parts(method, request), plain_text=False, viewer=author, status="")

    def update(self, method: methods.Method, request: Request, who: Principal) -> Response:
        author = self._writer(who)
        body = _object(request.json(), COMMENT_FIELDS)
        if not body.get("id"):
            raise write_error("invalidCommentMetadata", "The request metadata is invalid: the id is missing.")
        text = _text(_object(body.get("snippet") or {}, SNIPPET_FIELDS))
        comment = self._own_comment(body["id"], author)
        edited = self._world.comments.edit(comment, text, self._world.clock.now())
        return json_response(self._renderer.comment(edited, self._written_view(method, request, author)))

    def delete(self, method: methods.Method, request: Request, who: Principal) -> Response:
        author = self._writer(who)
        if not request.many("id"):
            raise methods.missing("id", "Required parameter: id")
        self._world.comments.remove(self._own_comment(request.one("id"), author))
        return Response(204)

    def _own_comment(self, comment_id: str, author: str) -> Comment:
        comment = self._world.comments.get(comment_id)
        if comment is None or (comment.author.channel_id != author and comment.status == REJECTED):
            raise comment_not_found("id")
        if comment.author.channel_id != author:
            raise forbidden(COMMENTS, "The comment cannot be changed: it was written by another user.", "id")
        return comment

    def _writer(self, who: Principal) -> str:
        if who.channel_id is None:
            raise ApiError(
                403,
                "ineligibleAccount",
                "The YouTube account used to authorize the API request must be merged with the user's "
                "Google account to "
                "insert a comment or comment thread.",
                domain=COMMENTS,
                location="header:Authorization",
            )
        return who.channel_id

    # Moderating

    def set_moderation_status(self, method: methods.Method, request: Request, who: Principal) -> Response:
        status, bans = request.one("moderationStatus"), request.one("banAuthor").lower() == "true"
        ids = _ids(request)
        if not ids or not status:
            name = "moderationStatus" if ids else "id"
            raise methods.missing(name, f"Required parameter: {name}")
        if status == SPAM:
            raise processing_failure(COMMENTS, "moderationStatus")
        if bans and status != REJECTED:
            raise ApiError(
                400,
                "banWithoutReject",
                "The <code>banAuthor</code> parameter can only be used if the "
                "<code>moderationStatus</code> parameter value "
                "is <code>rejected</code>.",
                domain=COMMENTS,
                location="banAuthor",
            )
        comments = self._moderated(ids, who)
        for comment in comments:
            self._world.comments.set_status(comment, status)
            if bans and comment.author.channel_id:
                self._world.banned.add((self._world.owner(comment), comment.author.channel_id))
        return Response(204)

    def _moderated(self, ids: Sequence[str], who: Principal) -> list[Comment]:
        """All of them or nothing: one unknown or foreign comment refuses the call."""
        found = [self._world.comments.get(comment_id) for comment_id in ids]
        comments = [comment for comment in found if comment]
        if len(comments) < len(ids):
            raise comment_not_found("id")
        if any(self._world.owner(comment) != who.channel_id for comment in comments):
            raise forbidden(
                COMMENTS,
                "The comment's moderation status cannot be changed due to insufficient permissions. The "
                "request might not be "
                "properly authorized.",
                "id",
            )
        return comments

    def mark_as_spam(self, method: methods.Method, request: Request, who: Principal) -> Response:
        """Unsupported since 2023-09-12, though the discovery document and every client still offer it."""
        raise write_error("operationNotSupported", "The operation is not supported.")


def new_id(parent_id: str | None) -> str:
    if parent_id:
        return f"{parent_id}.{secrets.token_urlsafe(17)[:22]}"
    return f"Ugx{secrets.token_urlsafe(15)[:16]}4AaABAg"


def write_error(reason: str, message: str) -> ApiError:
    return ApiError(400, reason, message, domain=COMMENTS, location="other:body")


def processing_failure(domain: str, location: str) -> ApiError:
    return ApiError(
        400,
        "processingFailure",
        "The API server failed to successfully process the request. While this can be a transient error, "
        "it usually indicates "
        "that the request's input is invalid. Check the structure of the <code>commentThread</code> "
        "resource in the request "
        "body to ensure that it is valid.",
        domain=domain,
        location=location,
    )


def video_not_found(domain: str) -> ApiError:
    message = f"The video identified by the {VIDEO_ID_LINK} parameter could not be found."
    return ApiError(404, "videoNotFound", message, domain=domain, location="videoId")


def comments_disabled(domain: str) -> ApiError:
    message = f"The video identified by the {VIDEO_ID_LINK} parameter has disabled comments."
    return ApiError(403, "commentsDisabled", message, domain=domain, location="videoId")


def channel_not_found(domain: str, location: str) -> ApiError:
    message = "The channel identified by the request parameter could not be found."
    return ApiError(404, "channelNotFound", message, domain=domain, location=location)


def comment_not_found(location: str) -> ApiError:
    message = "One or more of the specified comments cannot be found."
    return ApiError(404, "commentNotFound", message, domain=COMMENTS, location=location)


def _ids(request: Request) -> list[str]:
    ids = list(dict.fromkeys(request.many("id")))
    if len(ids) > MAX_IDS:
        raise processing_failure(COMMENTS, "id")
    return ids


def _snippet(request: Request) -> Json:
    body = _object(request.json(), COMMENT_FIELDS)
    return _object(body.get("snippet") or {}, SNIPPET_FIELDS)


def _object(value: object, fields: frozenset[str]) -> Json:
    if not isinstance(value, dict):
        raise invalid_argument("Invalid JSON payload received. Unexpected token.", "parseError")
    for name in value:
        if name not in fields:
            raise invalid_argument(f'Invalid JSON payload received. Unknown name "{name}": Cannot find field.')
    return value


def _text(snippet: Json) -> str:
    text = snippet.get("textOriginal", "")
    if not isinstance(text, str) or not text.strip():
        raise write_error("commentTextRequired", "The comment resource that is being inserted must specify a text.")
    if len(text) > MAX_TEXT:
        raise write_error(
            "commentTextTooLong",
            "The comment resource that is being inserted contains a text that is too long.",
        )
    return text
