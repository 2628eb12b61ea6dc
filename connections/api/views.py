"""What every list and detail of the API stands on: rows of the person's own workspaces, by public id."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeVar, cast

from django.db.models import Model, QuerySet
from django.utils.cache import patch_cache_control
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, NotFound, Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from connections.api.throttling import AddressThrottle
from connections.models.people import WorkspaceQuerySet

ModelT = TypeVar("ModelT", bound=Model)

UUID_PATTERN = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


class CountedView(APIView):
    """Counts strangers too: the framework looks at limits only once it knows who is asking.

    No answer is kept by a cache: whom it is for stands in a header.
    """

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        patch_cache_control(final, no_store=True, private=True)
        return final

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, AuthenticationFailed | NotAuthenticated):
            throttle = AddressThrottle()
            if not throttle.allow_request(self.request, self):
                exc = Throttled(throttle.wait())
        return super().handle_exception(exc)


class RowsView(CountedView, GenericViewSet[ModelT]):
    """A list and a detail. Set `rows`, narrowed by nobody yet, and `orderings`, which `paging` explains.

    `extra_context(rows)` adds what a page's rows need beside themselves, asked for once a page.
    """

    rows: ClassVar[QuerySet[Any]]
    orderings: ClassVar[Sequence[str]]
    detail_serializer_class: ClassVar[type[serializers.BaseSerializer[Any]] | None] = None
    lookup_field = "uuid"
    lookup_value_regex = UUID_PATTERN

    def get_queryset(self) -> QuerySet[ModelT]:
        rows = cast("WorkspaceQuerySet[Any]", self.rows.all())
        return rows.for_user_at_once(self.request.user)

    def list(self, request: Request) -> Response:
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        serializer = self.get_serializer(rows, many=True, context=self._context(rows))
        return self.get_paginated_response(serializer.data)

    def retrieve(self, request: Request, uuid: str) -> Response:
        return Response(self.presented(self.get_object()))

    def presented(self, row: ModelT) -> Mapping[str, Any]:
        """A row as its detail shows it."""
        return cast(Mapping[str, Any], self.get_serializer(row, context=self._context([row])).data)

    def get_serializer_class(self) -> type[serializers.BaseSerializer[ModelT]]:
        in_detail = self.detail_serializer_class if self.detail else None
        return in_detail or super().get_serializer_class()

    def filter_queryset(self, queryset: Any) -> Any:
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def extra_context(self, rows: Sequence[ModelT]) -> Mapping[str, Any]:
        return {}

    def _context(self, rows: Sequence[ModelT]) -> dict[str, Any]:
        return {**self.get_serializer_context(), **self.extra_context(rows)}


class NowhereView(CountedView):
    """Everything beneath the API that is not there, so that it says so in the API's own shape."""

    permission_classes = [AllowAny]
    authentication_classes = []
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound
