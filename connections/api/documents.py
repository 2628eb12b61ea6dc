"""The OpenAPI document, for programs and for people. It holds no data, so everybody may read it."""

from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2, OpenApiYamlRenderer2
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from connections.api.throttling import AddressThrottle
from connections.api.views import CountedView


@cache
def document() -> dict[str, Any]:
    """The same for everybody, and dear: made once in a process."""
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return made


class SchemaView(CountedView):
    """JSON, or YAML for `Accept: application/yaml`."""

    schema = None
    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = [AddressThrottle]
    renderer_classes = [OpenApiJsonRenderer2, OpenApiJsonRenderer, OpenApiYamlRenderer2]

    def get(self, request: Request) -> Response:
        return Response(document())


class DocsView(CountedView, SpectacularSwaggerSplitView):
    """The same for people, who can try it out in the session they are signed in with or with a token."""

    schema = None
    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = []
    url_name = "api:schema"
    template_name = "connections/api_docs.html"
