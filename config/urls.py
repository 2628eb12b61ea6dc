from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from connections.registry import platforms

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("connect/", include("connections.urls")),
    path("api/v1/", include("config.api_urls")),
    path("api/tokens/", include("connections.api.token_urls")),
]
urlpatterns += [path(f"{one.slug}/", include(one.urls)) for one in platforms().values() if one.urls]

handler400 = "config.problems.bad_request"
handler403 = "config.problems.permission_denied"
handler500 = "config.problems.server_error"
