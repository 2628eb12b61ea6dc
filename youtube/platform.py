"""YouTube as Greenroom's platforms go: what `settings.PLATFORMS` names."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connections.streams import Stream


class YouTube:
    slug = "youtube"
    name = "YouTube"
    urls: str | None = None
    sandbox = "youtube.sandbox"
    oauth = "youtube.oauth.YouTubeBackend"
    permissions_url = "https://security.google.com/settings/security/permissions"
    connection_model = "youtube.YouTubeConnection"
    streams: Mapping[str, "Stream"] = {}


youtube = YouTube()
