"""The sandbox's own API, under `/youtube/sandbox/`: JSON in and out, no authorisation.

Looking
    GET    state            seed, now, anchor, channels, accounts, videos, settings, quota
    GET    counts           a channel id to what a perfect sync of it holds, foreign videos' threads left out:
                            videos, comments (top-level), replies, held, spam (both levels), fans, by_status
    GET    truth            every such comment with text, status, parent, author, kind;
                            ?channel= &offset= &limit= (1000); `next` is the next offset or null
    GET    log?since=N      requests after number N: method, path, params, body, status, units, faults
    POST   log/clear

Breaking
    GET    faults           the rules with how often each was seen and hit
    POST   faults           a rule or a list of them, see `faults`; answers the rules with their ids
    DELETE faults[/<id>]

Changing what exists
    POST   comments         {video | parent, text?, n?, id?, ids?, author?, author_id?, status?, likes?,
                            published?, kind?}: `n` writes that many; `author_id: null` is a deleted account;
                            answers {ids}
    PATCH  comments/<id>    {text?, status?, likes?, can_reply?, author?}; a new text moves updatedAt
    DELETE comments/<id>    with its replies
    POST   videos           {channel?, title?, privacy?, seconds?, live?, is_short?, comments_enabled?, id?};
                            answers {id}
    PATCH  videos/<id>      any of privacy, comments_enabled, hides_likes, title, deleted, views, likes, live
    DELETE videos/<id>

Tokens, quota, time
    POST   tokens           {account? | channel?, scopes?, lifetime?}: a token response as after consent
    POST   tokens/expire    {token?}: this access token, or all; refresh tokens go on
    POST   tokens/revoke    {token?, account?}: the grant behind a token, an account's grants, or all
    POST   tokens/drop_scope    {token, scope}
    POST   quota            {bucket?, used?, limit?}; answers all buckets
    POST   clock            {offset? | advance?} in seconds
    POST   settings         any of `world.Settings`; {"expire_page_tokens": true} ends all page tokens
    POST   reset            {seed?, size?}: everything anew, tokens, log and faults included
"""

import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from youtube.sandbox import oauth
from youtube.sandbox.clock import parse_rfc3339
from youtube.sandbox.comments import new_id
from youtube.sandbox.wire import ApiError, Json, Request, Response, json_response
from youtube.sandbox.world import (
    HELD,
    PUBLISHED,
    REJECTED,
    SPAM,
    Author,
    Comment,
    Settings,
    Video,
    reachable_threads,
)

if TYPE_CHECKING:
    from youtube.sandbox.app import Sandbox

DEFAULT_SCOPES = [oauth.FORCE_SSL, oauth.ANALYTICS]
TRUTH_PAGE = 1000


def refused(message: str, code: int = 400) -> ApiError:
    return ApiError(code, "sandboxControl", message)


class Control:
    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox
        self._routes: dict[tuple[str, str], Callable[[Request, Json], object]] = {
            ("GET", "state"): self._state,
            ("GET", "counts"): self._counts,
            ("GET", "truth"): self._truth,
            ("GET", "log"): self._log,
            ("POST", "log/clear"): self._clear_log,
            ("GET", "faults"): self._faults,
            ("POST", "faults"): self._add_faults,
            ("DELETE", "faults"): self._clear_faults,
            ("POST", "comments"): self._add_comments,
            ("POST", "videos"): self._add_video,
            ("POST", "tokens"): self._mint,
            ("POST", "tokens/expire"): self._expire,
            ("POST", "tokens/revoke"): self._revoke,
            ("POST", "tokens/drop_scope"): self._drop_scope,
            ("POST", "quota"): self._quota,
            ("POST", "clock"): self._clock,
            ("POST", "settings"): self._settings,
            ("POST", "reset"): self._reset,
        }
        self._item_routes: dict[tuple[str, str], Callable[[str, Json], object]] = {
            ("PATCH", "comments"): self._change_comment,
            ("DELETE", "comments"): self._delete_comment,
            ("PATCH", "videos"): self._change_video,
            ("DELETE", "videos"): self._delete_video,
            ("DELETE", "faults"): self._clear_fault,
        }

    def handle(self, request: Request) -> Response:
        path = request.path.removeprefix("/sandbox/").strip("/")
        body = request.json()
        route = self._routes.get((request.method, path))
        if route:
            return json_response(route(request, body))
        noun, _, identity = path.partition("/")
        item_route = self._item_routes.get((request.method, noun))
        if item_route is None or not identity:
            raise refused(f"no control call {request.method} {path}", 404)
        return json_response(item_route(identity, body))

    # Looking

    def _state(self, _request: Request, _body: Json) -> Json:
        sandbox, world = self._sandbox, self._sandbox.world
        return {
            "seed": world.seed,
            "now": world.clock.now(),
            "anchor": world.clock.anchor,
            "channels": [asdict(channel) for channel in world.channels.values()],
            "accounts": [asdict(account) for account in world.accounts.values()],
            "videos": [asdict(video) for video in world.videos.values()],
            "settings": asdict(world.settings),
            "quota": sandbox.quota.as_json(),
        }

    def _counts(self, _request: Request, _body: Json) -> Json:
        return {channel.id: self._counts_of(channel.id) for channel in self._sandbox.world.owned_channels()}

    def _counts_of(self, channel_id: str) -> Json:
        statuses: Counter[str] = Counter()
        fans: set[str] = set()
        comments = replies = 0
        for top, its_replies in reachable_threads(self._sandbox.world, channel_id):
            comments += top.status in {PUBLISHED, HELD, SPAM}
            replies += len(its_replies)
            shown = [top, *its_replies] if top.status != REJECTED else its_replies
            statuses.update(comment.status for comment in shown)
            fans.update(comment.author.channel_id for comment in shown if comment.author.channel_id)
        return {
            "videos": len(self._sandbox.world.videos_of(channel_id)),
            "comments": comments,
            "replies": replies,
            "held": statuses[HELD],
            "spam": statuses[SPAM],
            "fans": len(fans - {channel_id}),
            "by_status": dict(statuses),
        }

    def _truth(self, request: Request, _body: Json) -> Json:
        offset, limit = int(request.one("offset", "0")), int(request.one("limit", str(TRUTH_PAGE)))
        channels = (
            [request.one("channel")] if request.one("channel") else [c.id for c in self._sandbox.world.owned_channels()]
        )
        found: list[Json] = []
        number = 0
        for channel_id in channels:
            for top, replies in reachable_threads(self._sandbox.world, channel_id):
                for comment in (top, *replies):
                    if offset <= number < offset + limit:
                        found.append(self._comment(comment))
                    number += 1
        more = offset + limit < number
        return {"comments": found, "total": number, "next": offset + limit if more else None}

    def _comment(self, comment: Comment) -> Json:
        return {
            "id": comment.id,
            "video": comment.video_id,
            "channel": self._sandbox.world.owner(comment),
            "parent": comment.parent_id,
            "status": comment.status,
            "text": comment.text,
            "author": comment.author.name,
            "author_id": comment.author.channel_id,
            "likes": comment.likes,
            "published": comment.published,
            "updated": comment.updated or comment.published,
            "kind": comment.kind,
        }

    def _log(self, request: Request, _body: Json) -> Json:
        return {"requests": self._sandbox.log.since(int(request.one("since", "0")))}

    def _clear_log(self, _request: Request, _body: Json) -> Json:
        self._sandbox.log.clear()
        return {}

    # Breaking

    def _faults(self, _request: Request, _body: Json) -> Json:
        return {"faults": self._sandbox.faults.as_json()}

    def _add_faults(self, _request: Request, body: Any) -> Json:
        specs = body if isinstance(body, list) else [body]
        return {"faults": [self._sandbox.faults.add(spec).as_json() for spec in specs]}

    def _clear_faults(self, _request: Request, _body: Json) -> Json:
        self._sandbox.faults.clear()
        return {}

    def _clear_fault(self, identity: str, _body: Json) -> Json:
        self._sandbox.faults.clear(int(identity))
        return {}

    # Changing

    def _add_comments(self, _request: Request, body: Json) -> Json:
        count = int(body.get("n", 1))
        return {"ids": [self.add_comment(body, number, count).id for number in range(count)]}

    def add_comment(self, body: Json, number: int = 0, count: int = 1) -> Comment:
        world = self._sandbox.world
        parent_id = body.get("parent")
        parent = world.comments.get(parent_id) if parent_id else None
        if parent_id and parent is None:
            raise refused("no such parent", 404)
        video_id = parent.video_id if parent else body.get("video", "")
        if video_id not in world.videos:
            raise refused("no such video", 404)
        row = world.comments.next_row()
        author = self._author(body, row)
        text = body.get("text", "Added comment")
        comment = Comment(
            row=row,
            id=(body.get("ids") or [body.get("id")] * count)[number] or new_id(parent_id),
            video_id=video_id,
            author=author,
            text=f"{text} #{number + 1}" if count > 1 else text,
            published=self._moment(body.get("published")),
            status=self._status(body, video_id, author),
            parent_id=parent_id,
            likes=int(body.get("likes", 0)),
            kind=body.get("kind", ""),
        )
        return world.comments.add(comment)

    def _author(self, body: Json, row: int) -> Author:
        if "author_id" in body or "author" in body:
            name = body.get("author", f"@viewer{row}")
            return Author(name, body.get("author_id", f"UCadded{zlib.crc32(name.encode()):017d}"))
        return Author(f"@viewer{row}", f"UCadded{row:017d}")

    def _moment(self, value: Any) -> int:
        if value is None:
            return int(self._sandbox.world.clock.now())
        return int(parse_rfc3339(value)) if isinstance(value, str) else int(value)

    def _status(self, body: Json, video_id: str, author: Author) -> str:
        world = self._sandbox.world
        if (world.videos[video_id].channel_id, author.channel_id) in world.banned:
            return REJECTED  # what a banned author writes never shows
        status = str(body.get("status", PUBLISHED))
        if status not in {PUBLISHED, HELD, SPAM, REJECTED}:
            raise refused("unknown status")
        return status

    def _found(self, identity: str) -> Comment:
        comment = self._sandbox.world.comments.get(identity)
        if comment is None:
            raise refused("no such comment", 404)
        return comment

    def _change_comment(self, identity: str, body: Json) -> Json:
        store, comment = self._sandbox.world.comments, self._found(identity)
        comment = store.touch(comment)
        if "text" in body:
            store.edit(comment, body["text"], self._sandbox.world.clock.now())
        if "status" in body:
            store.set_status(comment, body["status"])
        if "author" in body:
            comment.author = Author(body["author"], comment.author.channel_id)
        comment.likes = int(body.get("likes", comment.likes))
        comment.can_reply = bool(body.get("can_reply", comment.can_reply))
        store.touch(comment)
        return self._comment(comment)

    def _delete_comment(self, identity: str, _body: Json) -> Json:
        self._sandbox.world.comments.remove(self._found(identity))
        return {}

    def _add_video(self, _request: Request, body: Json) -> Json:
        world = self._sandbox.world
        channel_id = body.get("channel") or world.owned_channels()[0].id
        identity = body.get("id") or f"vid{len(world.videos):08d}"
        known = {
            name: value
            for name, value in body.items()
            if name in {"privacy", "live", "live_started", "is_short", "comments_enabled"}
        }
        world.videos[identity] = Video(
            id=identity,
            channel_id=channel_id,
            title=body.get("title", "Added video"),
            description="",
            published=int(world.clock.now()),
            seconds=int(body.get("seconds", 300)),
            **known,
        )
        return {"id": identity}

    def _change_video(self, identity: str, body: Json) -> Json:
        video = self._sandbox.world.videos.get(identity)
        changeable = {
            "privacy",
            "comments_enabled",
            "hides_likes",
            "title",
            "deleted",
            "views",
            "likes",
            "live",
        }
        if video is None or body.keys() - changeable:
            raise refused("no such video, or a field that cannot be changed", 404)
        for name, value in body.items():
            setattr(video, name, value)
        return asdict(video)

    def _delete_video(self, identity: str, _body: Json) -> Json:
        return self._change_video(identity, {"deleted": True})

    # Tokens, quota, time

    def _mint(self, _request: Request, body: Json) -> Json:
        return self._sandbox.oauth.mint(
            self._account(body), frozenset(body.get("scopes", DEFAULT_SCOPES)), body.get("lifetime")
        )

    def _account(self, body: Json) -> str:
        accounts = self._sandbox.world.accounts
        if body.get("channel"):
            return next(a.slug for a in accounts.values() if a.channel_id == body["channel"])
        account = str(body.get("account") or next(iter(accounts)))
        if account not in accounts:
            raise refused(f"no such account; there are {sorted(accounts)}", 404)
        return account

    def _expire(self, _request: Request, body: Json) -> Json:
        return {"expired": self._sandbox.oauth.expire(body.get("token", ""))}

    def _revoke(self, _request: Request, body: Json) -> Json:
        return {"revoked": self._sandbox.oauth.revoke(body.get("token", ""), body.get("account", ""))}

    def _drop_scope(self, _request: Request, body: Json) -> Json:
        self._sandbox.oauth.drop_scope(body["token"], body["scope"])
        return {}

    def _quota(self, _request: Request, body: Json) -> Json:
        self._sandbox.quota.set(body.get("bucket", "default"), body.get("used"), body.get("limit"))
        return self._sandbox.quota.as_json()

    def _clock(self, _request: Request, body: Json) -> Json:
        clock = self._sandbox.world.clock
        clock.offset = float(body.get("offset", clock.offset)) + float(body.get("advance", 0))
        return {"now": clock.now(), "offset": clock.offset}

    def _settings(self, _request: Request, body: Json) -> Json:
        settings = self._sandbox.world.settings
        known = {field.name for field in fields(Settings)}
        if body.pop("expire_page_tokens", False):
            self._sandbox.data.pager.tokens.generation += 1
        if body.keys() - known:
            raise refused(f"unknown settings; there are {sorted(known)}")
        for name, value in body.items():
            setattr(settings, name, value)
        self._sandbox.data.renderer.forget()
        return asdict(settings)

    def _reset(self, _request: Request, body: Json) -> Json:
        self._sandbox.reset(body.get("seed"), body.get("size"))
        return {}
