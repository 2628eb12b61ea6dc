"""Today's use of each quota bucket and how the day would end at the same pace."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from connections.models import QuotaLedger
from connections.quota import QuotaPlan
from connections.registry import Platform, platforms

# Before this much of the day has passed a straight line says nothing.
TOO_EARLY = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class BucketToday:
    """`expected` is the use at the day's end at today's pace; None while it is too early to tell."""

    platform: str
    bucket: str
    used: int
    reserved: int
    limit: int
    expected: int | None
    resets_at: datetime
    runs_out_at: datetime | None
    is_exhausted: bool

    @property
    def left_for_syncs(self) -> int:
        return max(self.limit - self.reserved - self.used, 0)

    @property
    def will_run_out(self) -> bool:
        return self.runs_out_at is not None

    @property
    def outlook(self) -> str:
        """One sentence."""
        if self.is_exhausted:
            return "Nothing is left today: syncs go on after the reset."
        if self.left_for_syncs == 0:
            return "Only what is kept for people is left."
        if self.runs_out_at is not None:
            return f"At this pace nothing is left for syncs from {self.runs_out_at:%H:%M} UTC."
        if self.expected is None:
            return "The day has just begun."
        return f"At this pace {self.expected:,} by the end of the day."


def todays_quota(now: datetime | None = None) -> list[BucketToday]:
    """Every bucket of every platform, one query; a bucket that nothing has drawn on stands at 0."""
    now = (now or timezone.now()).astimezone(UTC)
    plans = [(platform, platform.quota_plan) for platform in platforms().values()]
    days = {plan.day(now) for _, plan in plans}
    ledgers = {(row.platform, row.bucket, row.day): row for row in QuotaLedger.objects.filter(day__in=days)}
    return [
        _bucket(platform, plan, name, ledgers.get((platform.slug, name, plan.day(now))), now)
        for platform, plan in plans
        for name in plan.buckets
    ]


def _bucket(platform: Platform, plan: QuotaPlan, name: str, ledger: QuotaLedger | None, now: datetime) -> BucketToday:
    bucket = plan.buckets[name]
    used = ledger.used if ledger else 0
    reserved = min(bucket.reserved, bucket.limit)
    begun = datetime.combine(plan.day(now), time.min, ZoneInfo(plan.time_zone)).astimezone(UTC)
    ends = plan.resets_at(now)
    passed = now - begun
    pace = used / passed.total_seconds() if passed >= TOO_EARLY else None
    return BucketToday(
        platform=platform.name,
        bucket=name,
        used=used,
        reserved=reserved,
        limit=bucket.limit,
        expected=None if pace is None else used + round(pace * (ends - now).total_seconds()),
        resets_at=ends,
        runs_out_at=_runs_out(now, ends, bucket.limit - reserved - used, pace),
        is_exhausted=bool(ledger and ledger.exhausted_at),
    )


def _runs_out(now: datetime, ends: datetime, left: int, pace: float | None) -> datetime | None:
    """When the syncs' part is used up, if that is before the reset."""
    if not pace or left <= 0:
        return None
    at = now + timedelta(seconds=left / pace)
    return at if at < ends else None
