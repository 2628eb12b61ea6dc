"""The project's quota: a meter a bucket, emptied at midnight Pacific.

https://developers.google.com/youtube/v3/determine_quota_cost. Every request of the project costs at least one
unit, also a refused one; a request whose token is dead belongs to no project and costs nothing.
"""

from dataclasses import dataclass
from datetime import date

from youtube.sandbox.clock import Clock
from youtube.sandbox.wire import ApiError, Json

DEFAULT, BATCH_STATS, SEARCH = "default", "videos.batchGetStats", "search.list"
LIMITS = {DEFAULT: 10_000, BATCH_STATS: 10_000, SEARCH: 100}


@dataclass(slots=True)
class Meter:
    limit: int
    used: int = 0
    day: date | None = None


class Quota:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.meters = {bucket: Meter(limit) for bucket, limit in LIMITS.items()}

    def charge(self, bucket: str, units: int) -> None:
        meter = self._current(bucket)
        if meter.used + units > meter.limit:
            raise quota_exceeded()
        meter.used += units

    def set(self, bucket: str, used: int | None, limit: int | None) -> None:
        meter = self._current(bucket)
        meter.used = meter.used if used is None else used
        meter.limit = meter.limit if limit is None else limit

    def as_json(self) -> Json:
        return {
            bucket: {"used": self._current(bucket).used, "limit": self._current(bucket).limit} for bucket in self.meters
        }

    def _current(self, bucket: str) -> Meter:
        meter, today = self.meters[bucket], self._clock.today_pacific()
        if meter.day != today:
            meter.day, meter.used = today, 0
        return meter


def quota_exceeded() -> ApiError:
    message = (
        "The request cannot be completed because you have exceeded your "
        '<a href="/youtube/v3/getting-started#quota">quota</a>.'
    )
    return ApiError(403, "quotaExceeded", message, domain="youtube.quota")


def daily_limit_as_429(bucket: str = "Queries") -> ApiError:
    """A spent daily bucket as it also arrives since June 2026: only the text tells it from a burst."""
    message = (
        f"Quota exceeded for quota metric '{bucket}' and limit '{bucket} per day' of service "
        "'youtube.googleapis.com' for consumer 'project_number:123456789012'."
    )
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "RATE_LIMIT_EXCEEDED",
        "domain": "googleapis.com",
        "metadata": {
            "quota_metric": "youtube.googleapis.com/default",
            "quota_limit": "defaultPerDayPerProject",
            "consumer": "projects/123456789012",
            "service": "youtube.googleapis.com",
            "quota_limit_value": "10000",
        },
    }
    return ApiError(429, "rateLimitExceeded", message, status="RESOURCE_EXHAUSTED", details=[info])
