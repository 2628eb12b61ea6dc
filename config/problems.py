"""Answers to requests that fail outside of every view: pages as Django has them, the API in its own shape."""

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.views import defaults

from connections.api.errors import error_body


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/v1/")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if _is_api(request):
        return JsonResponse(error_body("bad_request", "This request cannot be read."), status=400)
    return HttpResponseBadRequest("This request cannot be read.")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_api(request):
        return JsonResponse(error_body("permission_denied", "This is not allowed."), status=403)
    return defaults.permission_denied(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    if _is_api(request):
        return JsonResponse(error_body("error", "Server Error (500)", kind="server_error"), status=500)
    return defaults.server_error(request)
