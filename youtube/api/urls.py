from connections.api.routing import Router
from youtube.api.views import ChannelViewSet, CommentViewSet, VideoViewSet

router = Router()
router.register("connections", ChannelViewSet, basename="youtube-connection")
router.register("videos", VideoViewSet, basename="youtube-video")
router.register("comments", CommentViewSet, basename="youtube-comment")

urlpatterns = router.urls
