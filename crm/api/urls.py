from connections.api.routing import Router
from crm.api.views import ContentViewSet, FanViewSet, InteractionViewSet

router = Router()
router.register("interactions", InteractionViewSet, basename="interaction")
router.register("fans", FanViewSet, basename="fan")
router.register("content", ContentViewSet, basename="content")

urlpatterns = router.urls
