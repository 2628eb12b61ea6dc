"""The whole of YouTube as one WSGI application: routing, the log, the faults."""

import gzip
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from youtube.sandbox import seeding
from youtube.sandbox.analytics import Analytics
from youtube.sandbox.clock import Clock
from youtube.sandbox.control import Control
from youtube.sandbox.data_api import PREFIX, DataApi
from youtube.sandbox.faults import Faults, Rule
from youtube.sandbox.oauth import OAuth
from youtube.sandbox.quota import Quota
from youtube.sandbox.reporting import Reporting
from youtube.sandbox.request_log import RequestLog
from youtube.sandbox.thumbnails import thumbnail
from youtube.sandbox.wire import ApiError, Request, Response, not_found
from youtube.sandbox.world import World

CONTROL_PREFIX = "/sandbox/"
DEFAULTS: dict[str, Any] = {
    "client_id": "sandbox-client-id",
    "client_secret": "sandbox-client-secret",
    "anchor": None,
}


class Sandbox:
    """State lives in memory; `reset` builds it anew from the seed."""

    world: World
    oauth: OAuth
    quota: Quota
    data: DataApi
    analytics: Analytics
    reporting: Reporting
    faults: Faults
    log: RequestLog

    def __init__(self, seed: int, size: str, **options: Any) -> None:
        unknown = options.keys() - DEFAULTS.keys() - seeding.SETTINGS
        if unknown:
            raise TypeError(f"unknown options: {', '.join(sorted(unknown))}")
        self._seed, self._size, self._options = seed, size, DEFAULTS | options
        self._control = Control(self)
        self.reset()

    def reset(self, seed: int | None = None, size: str | None = None) -> None:
        seed = self._seed if seed is None else seed
        options = self._options
        anchor = options["anchor"]
        clock = Clock(None if anchor is None else int(anchor))
        self.world = seeding.build(seed, size or self._size, clock, options)
        self.oauth = OAuth(self.world, options["client_id"], options["client_secret"])
        self.quota = Quota(clock)
        self.data = DataApi(self.world, self.oauth, self.quota)
        self.analytics = Analytics(self.world, self.oauth)
        self.reporting = Reporting(self.world, self.oauth)
        self.faults = Faults(self)
        self.log = RequestLog()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request.from_environ(environ)
        if request.path.startswith(CONTROL_PREFIX):
            response = self._refusals_as_answers(self._control.handle, request)
        else:
            response = self._logged(request)
        self._compress(request, response)
        return _send(response, start_response)

    def _logged(self, request: Request) -> Response:
        with self.world.lock:
            entry = self.log.open(request, self.world.clock.now())
            self.world.base_url = request.base_url
            rules = self.faults.matching(request)
        entry.faults = [rule.effect for rule in rules]
        response = self._faulty(request, rules)
        entry.status, entry.units, entry.channel = response.status, request.units, request.channel_id
        return response

    def _faulty(self, request: Request, rules: list[Rule]) -> Response:
        for rule in rules:
            early = self.faults.before(rule, request)
            if early:
                return early
        response = self._refusals_as_answers(self._route, request)
        for rule in rules:
            response = self.faults.after(rule, request, response)
        return response

    def _refusals_as_answers(self, handle: Any, request: Request) -> Response:
        with self.world.lock:
            try:
                answer: Response = handle(request)
            except ApiError as error:
                answer = error.response()
        return answer

    def _route(self, request: Request) -> Response:
        path = request.path
        if path.startswith(PREFIX):
            return self.data.handle(request)
        if path == "/v2/reports":
            return self.analytics.handle(request)
        if path.startswith("/v1/"):
            return self.reporting.handle(request)
        if path.startswith("/vi/"):
            return thumbnail(self.world, path)
        return self.oauth.handle(request) or not_found()

    def shift(self, request: Request, count: int) -> None:
        """New comments on top of what this request lists, as they arrive between two pages."""
        key = request.one("videoId") or request.one("allThreadsRelatedToChannelId")
        videos = self.world.videos_of(key) if key in self.world.channels else [self.world.videos[key]]
        listed = [video for video in videos if video.comments_enabled and video.privacy == "public" and video.seconds]
        for number in range(count if listed else 0):
            self._control.add_comment({"video": listed[0].id, "text": f"Just arrived {number}"})

    def _compress(self, request: Request, response: Response) -> None:
        wanted = self.world.settings.gzip and "gzip" in request.headers.get("accept-encoding", "")
        if wanted and response.body and response.stream is None:
            response.body = gzip.compress(response.body, compresslevel=1, mtime=0)
            response.headers["Content-Encoding"] = "gzip"


def _send(response: Response, start_response: StartResponse) -> Iterable[bytes]:
    headers = response.headers
    if response.status in {204, 304}:
        headers.pop("Content-Type", None)
    status = f"{response.status} {HTTPStatus(response.status).phrase}"
    if response.stream is not None:
        start_response(status, list(headers.items()))
        return response.stream
    if response.status not in {204, 304}:
        headers["Content-Length"] = str(len(response.body))
    start_response(status, list(headers.items()))
    return [response.body]
