from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from connections.registry import platforms

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("connect/", include("connections.urls")),
]
for platform in platforms().values():
    if platform.urls:
        urlpatterns.append(path(f"{platform.slug}/", include(platform.urls)))
