"""Named places at which a test may kill the process, to see that nothing is lost there."""

import itertools
import os
import signal

from django.conf import settings

POINTS = ("after_fetch", "after_page_commit", "before_finish")
_counters = {point: itertools.count(1) for point in POINTS}


def hit(point: str) -> None:
    """Die here if `FAULT_POINT` is `point` or, at the nth pass in this process, `point:n`. Else do nothing."""
    if not settings.FAULT_POINT:
        return
    count = next(_counters[point])
    wanted, _, nth = settings.FAULT_POINT.partition(":")
    if wanted == point and count == int(nth or 1):
        os.kill(os.getpid(), signal.SIGKILL)
