"""The API under `/api/v1/`: each app's part, and a last word for addresses that lead nowhere."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from connections.api.documents import DocsView, SchemaView
from connections.api.views import NowhereView
from connections.registry import platforms

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    re_path(r"^schema/?$", SchemaView.as_view(), name="schema"),
    re_path(r"^docs/?$", DocsView.as_view(), name="docs"),
    path("", include("connections.api.urls")),
    path("", include("crm.api.urls")),
]
urlpatterns += [path(f"{one.slug}/", include(one.api_urls)) for one in platforms().values() if one.api_urls]
urlpatterns.append(re_path(r"^[\s\S]*$", NowhereView.as_view(), name="nowhere"))
