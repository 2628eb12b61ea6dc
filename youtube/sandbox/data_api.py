"""YouTube Data API v3 under `/youtube/v3`: who may call what, and what it costs."""

import json
from collections.abc import Callable

from youtube.sandbox import methods, partial
from youtube.sandbox.catalogue import Catalogue
from youtube.sandbox.comments import Comments
from youtube.sandbox.lists import Pager
from youtube.sandbox.oauth import OAuth, Principal, authorise, bearer
from youtube.sandbox.quota import Quota
from youtube.sandbox.rendering import Renderer
from youtube.sandbox.wire import ApiError, Request, Response, invalid_argument, not_found
from youtube.sandbox.world import World

PREFIX = "/youtube/v3/"
API_KEY = "sandbox-api-key"
Handler = Callable[[methods.Method, Request, Principal], Response]


class DataApi:
    def __init__(self, world: World, oauth: OAuth, quota: Quota) -> None:
        self._world = world
        self._oauth = oauth
        self._quota = quota
        self.pager = Pager(world, world.seed)
        self.renderer = Renderer(world)
        catalogue = Catalogue(world, self.pager)
        comments = Comments(world, self.pager, self.renderer)
        self._handlers: dict[str, Handler] = {
            "channels.list": catalogue.channels,
            "playlistItems.list": catalogue.playlist_items,
            "videos.list": catalogue.videos,
            "videos.batchGetStats": catalogue.batch_stats,
            "commentThreads.list": comments.threads,
            "commentThreads.insert": comments.insert_thread,
            "comments.list": comments.comments,
            "comments.insert": comments.insert_reply,
            "comments.update": comments.update,
            "comments.delete": comments.delete,
            "comments.setModerationStatus": comments.set_moderation_status,
            "comments.markAsSpam": comments.mark_as_spam,
        }

    def handle(self, request: Request) -> Response:
        method = methods.METHODS.get((request.method, request.path.removeprefix(PREFIX)))
        if method is None:
            return not_found()
        who = self._caller(method, request)
        self._charge(method, request)
        methods.check(method, request)
        mask = partial.parse(request.one("fields")) if request.one("fields") else None
        response = self._handlers[method.name](method, request, who)
        if mask and response.body:
            response.body = json.dumps(partial.select(json.loads(response.body), mask), ensure_ascii=False).encode()
        return response

    def _caller(self, method: methods.Method, request: Request) -> Principal:
        if bearer(request):
            return authorise(self._oauth, request, method.scopes, method.rpc)
        key = request.one("key")
        if key == API_KEY and method.api_key:
            return Principal(None, frozenset())
        if key and key != API_KEY:
            raise invalid_argument("API key not valid. Please pass a valid API key.", "badRequest")
        if key:
            raise ApiError(
                401,
                "authorizationRequired",
                "Login Required.",
                location="header:Authorization",
            )
        raise ApiError(
            403,
            "forbidden",
            "Method doesn't allow unregistered callers (callers without established identity). Please "
            "use API Key or other "
            "form of API consumer identity to call this API.",
            status="PERMISSION_DENIED",
        )

    def _charge(self, method: methods.Method, request: Request) -> None:
        is_insert = method.name.endswith(".insert")
        units = self._world.settings.insert_cost if is_insert else method.units
        self._quota.charge(method.bucket, units)
        request.units = units
