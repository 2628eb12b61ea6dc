from django.urls import path

from connections import connect_views

app_name = "connections"
urlpatterns = [
    path("", connect_views.accounts, name="accounts"),
    path("<uuid:connection_uuid>/disconnect/", connect_views.disconnect, name="disconnect"),
    path("<slug:platform>/", connect_views.start, name="start"),
    path("<slug:platform>/callback/", connect_views.callback, name="callback"),
]
