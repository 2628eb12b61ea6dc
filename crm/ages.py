"""How long ago, in as few letters as a list can spare."""

from datetime import datetime, timedelta

from django.utils import timezone

_STEPS = (
    (timedelta(days=365), "y"),
    (timedelta(days=30), "mo"),
    (timedelta(days=7), "w"),
    (timedelta(days=1), "d"),
    (timedelta(hours=1), "h"),
    (timedelta(minutes=1), "min"),
)


def age(moment: datetime, now: datetime | None = None) -> str:
    passed = (now or timezone.now()) - moment
    for step, letters in _STEPS:
        if passed >= step:
            return f"{passed // step} {letters}"
    return "just now"


def ago(moment: datetime | None, now: datetime | None = None) -> str:
    """The same as part of a sentence."""
    if moment is None:
        return "at a time not known"
    passed = age(moment, now)
    return passed if passed == "just now" else f"{passed} ago"
