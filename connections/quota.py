"""The quota ledger: units are reserved before a call, in a transaction of their own.

A call that then fails has still cost its units at the platform, so nothing is ever refunded.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from connections.errors import QuotaExhausted
from connections.models import QuotaLedger
from connections.registry import platforms


@dataclass(frozen=True, slots=True)
class Bucket:
    """`limit` units a quota day, of which `reserved` are kept for what people do."""

    limit: int
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class QuotaPlan:
    """A platform's daily buckets. A quota day begins at midnight in `time_zone`."""

    time_zone: str
    buckets: Mapping[str, Bucket]

    def day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.time_zone)).date()

    def resets_at(self, at: datetime) -> datetime:
        """The next quota day's first moment, in UTC; right across daylight saving, when a day has 23 or 25 hours."""
        midnight = datetime.combine(self.day(at) + timedelta(days=1), time.min, ZoneInfo(self.time_zone))
        return midnight.astimezone(ZoneInfo("UTC"))


# Just after midnight the platform's clock, or ours, may still be in the day before.
MIDNIGHT_DOUBT = timedelta(hours=1)
DOUBTFUL_PAUSE = timedelta(minutes=20)


def reserve(platform: str, bucket: str, units: int, *, for_people: bool = False, share: float = 1.0) -> None:
    """Take `units` from today's bucket, committed before the call that costs them.

    A sync leaves the reserved units alone and may be held to a `share` of the others; `for_people` may use
    all. Raises `QuotaExhausted` with the
    moment at which the next quota day begins. Must not be called inside a transaction.
    """
    plan = _plan(platform)
    now = timezone.now()
    with transaction.atomic(durable=True):
        ledger = _ledger(platform, bucket, plan, now)
        ceiling = ledger.limit if for_people else int((ledger.limit - ledger.reserved) * share)
        affordable = QuotaLedger.objects.filter(pk=ledger.pk, exhausted_at=None, used__lte=ceiling - units)
        taken = affordable.update(used=F("used") + units)
    if not taken:
        raise QuotaExhausted(
            f"Of today's quota of {ledger.limit:,} units nothing is left for this.",
            code="quota",
            until=_resume_at(plan, now),
        )


def mark_exhausted(platform: str, bucket: str, *, asked_at: datetime) -> datetime:
    """The platform says of a call sent at `asked_at` that nothing is left, whatever we counted.

    Returns when to go on. In the first hour of a quota day the word may be about the day before, and is
    taken for a short pause.
    """
    plan = _plan(platform)
    now = timezone.now()
    if plan.day(asked_at - MIDNIGHT_DOUBT) != plan.day(now):
        return now + DOUBTFUL_PAUSE
    ledger = _ledger(platform, bucket, plan, now)
    QuotaLedger.objects.filter(pk=ledger.pk, exhausted_at=None).update(exhausted_at=now)
    return _resume_at(plan, now)


def _ledger(platform: str, bucket: str, plan: QuotaPlan, now: datetime) -> QuotaLedger:
    wanted = plan.buckets[bucket]
    reserved = min(wanted.reserved, wanted.limit)
    ledger, _ = QuotaLedger.objects.get_or_create(
        platform=platform,
        bucket=bucket,
        day=plan.day(now),
        defaults={"limit": wanted.limit, "reserved": reserved},
    )
    if (ledger.limit, ledger.reserved) != (wanted.limit, reserved):
        ledger.limit, ledger.reserved = wanted.limit, reserved
        ledger.save(update_fields=["limit", "reserved"])
    return ledger


def _resume_at(plan: QuotaPlan, now: datetime) -> datetime:
    # Not all at once: every parked run of every channel would start in the same second.
    return plan.resets_at(now) + timedelta(seconds=random.uniform(1, 120))  # noqa: S311


def _plan(platform: str) -> QuotaPlan:
    return platforms()[platform].quota_plan
