"""YouTube as Greenroom's platforms go: what `settings.PLATFORMS` names."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from connections.quota import Bucket, QuotaPlan
from connections.records import Signals
from connections.registry import AccountIdentity, TokenGrant

if TYPE_CHECKING:
    from connections.models import Connection
    from connections.streams import Stream


class YouTube:
    slug = "youtube"
    name = "YouTube"
    urls: str | None = None
    api_urls: str | None = "youtube.api.urls"
    sandbox = "youtube.sandbox"
    oauth = "youtube.oauth.YouTubeBackend"
    permissions_url = "https://security.google.com/settings/security/permissions"
    # https://developers.google.com/youtube/terms/developer-policies (III.A)
    terms = {
        "YouTube's Terms of Service": "https://www.youtube.com/t/terms",
        "Google's Privacy Policy": "https://policies.google.com/privacy",
    }
    connection_model = "youtube.YouTubeConnection"
    derived_metrics_need_consent = True

    @cached_property
    def streams(self) -> Mapping[str, "Stream[Any]"]:
        from youtube import streams  # noqa: PLC0415 - models, which are not loaded when settings name this object

        found: list[Stream[Any]] = [
            streams.ChannelStream(),
            streams.VideosStream(),
            streams.CommentsStream(),
            streams.CompleteCommentsStream(),
            streams.VideoStatsStream(),
        ]
        return {stream.name: stream for stream in found}

    @property
    def quota_plan(self) -> QuotaPlan:
        """https://developers.google.com/youtube/v3/determine_quota_cost: days are Pacific, counters have a bucket."""
        return QuotaPlan(
            time_zone="America/Los_Angeles",
            buckets={
                "default": Bucket(settings.YOUTUBE_DAILY_QUOTA, settings.YOUTUBE_QUOTA_FOR_PEOPLE),
                "batchGetStats": Bucket(settings.YOUTUBE_DAILY_QUOTA),
            },
        )

    def refresh_access(self, refresh_token: str, access_token: str) -> TokenGrant:
        from youtube import oauth  # noqa: PLC0415 - as above

        return oauth.refresh_access(refresh_token)

    def revoke(self, token: str) -> None:
        from youtube import oauth  # noqa: PLC0415 - as above

        oauth.revoke(token)

    def connect(self, grant: TokenGrant) -> AccountIdentity:
        from youtube import oauth  # noqa: PLC0415 - as above

        return oauth.identify(grant)

    def on_connected(self, connection: "Connection") -> None:
        from youtube import reach_job  # noqa: PLC0415 - as above

        reach_job.ensure_reach_job(connection)

    def store_signals(self, connection: "Connection", signals: Mapping[str, Signals]) -> None:
        from youtube import storing  # noqa: PLC0415 - as above

        storing.store_signals(_channel(connection), signals, timezone.now())

    def erase(self, connection: "Connection") -> None:
        from youtube import storing  # noqa: PLC0415 - as above

        storing.erase(_channel(connection))

    def stored_counts(self, connection: "Connection") -> Mapping[str, int]:
        from youtube import storing  # noqa: PLC0415 - as above

        return storing.stored_counts(_channel(connection))

    def sandbox_environment(self, url: str) -> Mapping[str, str]:
        return {
            "YOUTUBE_API_URL": url,
            "YOUTUBE_ANALYTICS_API_URL": url,
            "YOUTUBE_REPORTING_API_URL": url,
            "GOOGLE_OAUTH_AUTHORIZE_URL": f"{url}/o/oauth2/v2/auth",
            "GOOGLE_OAUTH_TOKEN_URL": f"{url}/token",
            "GOOGLE_OAUTH_REVOKE_URL": f"{url}/revoke",
            "GOOGLE_CLIENT_ID": "sandbox-client-id",
            "GOOGLE_CLIENT_SECRET": "sandbox-client-secret",
        }


def _channel(connection: "Connection") -> Any:
    from youtube.models import YouTubeConnection  # noqa: PLC0415 - as above

    return YouTubeConnection.objects.get(pk=connection.pk)


youtube = YouTube()
