from django.urls import path

from connections.api import token_pages

app_name = "api_tokens"
urlpatterns = [
    path("", token_pages.tokens, name="list"),
    path("<uuid:token_uuid>/revoke/", token_pages.revoke, name="revoke"),
]
