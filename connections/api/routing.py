from rest_framework.routers import SimpleRouter


class Router(SimpleRouter):
    """Paths answer with and without a final slash; links are written without."""

    def __init__(self) -> None:
        super().__init__()
        self.trailing_slash = "/?"
