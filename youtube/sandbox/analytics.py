from youtube.sandbox.oauth import OAuth
from youtube.sandbox.wire import Request, Response, not_found
from youtube.sandbox.world import World


class Analytics:
    def __init__(self, world: World, oauth: OAuth) -> None:
        self._world = world

    def handle(self, request: Request) -> Response:
        return not_found()
