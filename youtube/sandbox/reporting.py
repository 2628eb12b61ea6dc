from youtube.sandbox.analytics import Analytics
from youtube.sandbox.oauth import OAuth
from youtube.sandbox.wire import Request, Response, not_found
from youtube.sandbox.world import World


class Reporting:
    def __init__(self, world: World, oauth: OAuth, analytics: Analytics) -> None:
        self._world = world

    def handle(self, request: Request) -> Response:
        return not_found()
