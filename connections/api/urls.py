from django.urls import re_path

from connections.api.people import MeView, WorkspaceViewSet
from connections.api.routing import Router
from connections.api.sync_runs import SyncRunViewSet

router = Router()
router.register("workspaces", WorkspaceViewSet, basename="workspace")
router.register("sync-runs", SyncRunViewSet, basename="sync-run")

urlpatterns = [re_path(r"^me/?$", MeView.as_view(), name="me"), *router.urls]
