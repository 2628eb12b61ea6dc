"""How the OpenAPI document is made of the code."""

from collections.abc import Callable, Sequence
from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

ERROR_TYPES = ("validation_error", "client_error", "server_error")


class ProblemSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="For programs: what is wrong, in a word.")
    detail = serializers.CharField(help_text="For people.")
    attr = serializers.CharField(allow_null=True, help_text="The field or parameter it is about.")


class ErrorSerializer(serializers.Serializer[Any]):
    type = serializers.ChoiceField(choices=ERROR_TYPES)
    errors = ProblemSerializer(many=True)  # type: ignore[assignment]  # a field, not the base's attribute


class APISchema(AutoSchema):
    """Says of every operation that errors have one shape, instead of repeating it for each status."""

    def get_description(self) -> str:  # type: ignore[override]  # drf-spectacular's own takes no more
        """What `extend_schema` says replaces this; docstrings speak to whoever reads the code."""
        return ""

    def _resolve_path_parameters(self, variables: Sequence[str]) -> list[dict[str, Any]]:
        return [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
            for name in variables
        ]

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        error = self._get_response_for_code(ErrorSerializer, "default")  # type: ignore[no-untyped-call]
        return {**bodies, "default": {**error, "description": "Anything else: what is wrong."}}


Endpoint = tuple[str, str, str, Callable[..., Any]]


def without_final_slash(endpoints: Sequence[Endpoint]) -> list[Endpoint]:
    """Paths answer both ways; the document names one."""
    return [(path.rstrip("/"), regex, method, callback) for path, regex, method, callback in endpoints]
