from django.urls import path

from connections import connect_views

app_name = "connections"
urlpatterns = [
    path("", connect_views.accounts, name="accounts"),
    path("quota/", connect_views.quota, name="quota"),
    path("<uuid:connection_uuid>/sync/", connect_views.sync_now, name="sync"),
    path("<uuid:connection_uuid>/disconnect/", connect_views.disconnect, name="disconnect"),
    path("<slug:platform>/", connect_views.start, name="start"),
    path("<slug:platform>/callback/", connect_views.callback, name="callback"),
]
