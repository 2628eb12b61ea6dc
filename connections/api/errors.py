"""Every error of the API has one shape: `{"type": …, "errors": [{"code": …, "detail": …, "attr": …}]}`."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.types import Error, ErrorResponse
from rest_framework.exceptions import APIException


class Conflict(APIException):
    """Somebody came first. `current` is the row as it stands, in the form the endpoint serves it."""

    status_code = 409
    default_code = "conflict"
    default_detail = "This is not as it was when you read it."

    def __init__(self, detail: str, code: str = "conflict", current: Mapping[str, Any] | None = None) -> None:
        super().__init__(detail, code)
        self.current = current


class Formatter(ExceptionFormatter):
    def get_errors(self) -> list[Error]:
        """Validators of Django's own forms often give no code."""
        return [replace(error, code=error.code or "invalid") for error in super().get_errors()]

    def format_error_response(self, error_response: ErrorResponse) -> dict[str, Any]:
        body: dict[str, Any] = super().format_error_response(error_response)
        if isinstance(self.exc, Conflict) and self.exc.current is not None:
            body["current"] = self.exc.current
        return body


def error_body(code: str, detail: str, *, kind: str = "client_error") -> dict[str, Any]:
    """The same shape, for answers that are given before a request reaches the API's own code."""
    return {"type": kind, "errors": [{"code": code, "detail": detail, "attr": None}]}
