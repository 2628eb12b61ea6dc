"""The sandbox's own time, which a test can move."""

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY = 86_400
PACIFIC = ZoneInfo("America/Los_Angeles")  # quota days and analytics days are Pacific ones


class Clock:
    """`now` runs from the machine's clock plus an offset; `anchor` is the day the seeded data was laid out
    on.

    Seeded dates hang on the anchor, so that a page looks alive today and two sandboxes started on one day
    hold the same bytes. A fixed `anchor` (epoch seconds) makes them equal on any day.
    """

    def __init__(self, anchor: int | None = None) -> None:
        self.offset = 0.0 if anchor is None else anchor - time.time()
        self.anchor = int(self.now()) // DAY * DAY if anchor is None else anchor

    def now(self) -> float:
        return time.time() + self.offset

    def today_pacific(self) -> date:
        return pacific_day(self.now())


def pacific_day(moment: float) -> date:
    return datetime.fromtimestamp(moment, PACIFIC).date()


def pacific_midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=PACIFIC).timestamp())


def rfc3339(moment: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


def rfc3339_micros(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse_rfc3339(text: str) -> float:
    """Epoch seconds; ValueError for anything else, also for a time without a zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.timestamp()


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]
