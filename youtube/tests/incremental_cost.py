"""What it costs to keep up with a channel: quota units of one run of `comments` after a hundred new ones."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from connections.models import Connection, SyncRun
from connections.tests.working import at, walk
from youtube.models import YouTubeComment
from youtube.tests.sandbox_control import SandboxControl

NEW = 100
LONG_THREADS, REPLIES = 10, 8


@dataclass(frozen=True, slots=True)
class Cost:
    """`requests` is counted by the sandbox, `units` by our ledger."""

    case: str
    stored: int
    new: int
    found: int
    requests: int
    units: int

    def __str__(self) -> str:
        return (
            f"{self.case:32} {self.stored:>9,} stored {self.new:>5,} new {self.found:>5,} found "
            f"{self.requests:>4} requests {self.units:>4} units"
        )


def measure(vendor: SandboxControl, connection: Connection) -> list[Cost]:
    """The plain case, short pages, threads whose replies do not fit on their page, and a quiet time.

    Each run reads the last hour that its predecessor saw once more, so hours with a single comment lie between.
    """
    cases: list[tuple[str, Callable[[], list[str]]]] = [
        ("100 new comments", lambda: write_new(vendor, connection)),
        ("… in pages of 20", lambda: write_new(vendor, connection, page_cap=20)),
        ("… 10 of them long threads", lambda: write_long_threads(vendor, connection)),
        ("nothing new", list),
    ]
    costs, began = [], timezone.now()
    for number, (case, write) in enumerate(cases):
        with at(began + timedelta(hours=4 * number)):
            vendor.comment(video=vendor.videos(connection.external_id)[0]["id"], text="A quiet afternoon")
            walk(connection, "comments")
        with at(began + timedelta(hours=4 * number + 2)):
            costs.append(_measure(vendor, connection, case, write))
    return costs


def write_new(vendor: SandboxControl, connection: Connection, page_cap: int | None = None) -> list[str]:
    """A hundred top-level comments, dealt to the channel's videos."""
    vendor.post("settings", page_cap=page_cap)
    videos = vendor.videos(connection.external_id)[:10]
    return [key for video in videos for key in vendor.comment(video=video["id"], n=NEW // len(videos), text="New")]


def write_long_threads(vendor: SandboxControl, connection: Connection) -> list[str]:
    """The same, with more replies to ten of them than a page of threads carries."""
    new = write_new(vendor, connection)
    answers = [key for top in new[:LONG_THREADS] for key in vendor.comment(parent=top, n=REPLIES, text="An answer")]
    return [*new, *answers]


def _measure(vendor: SandboxControl, connection: Connection, case: str, write: Callable[[], list[str]]) -> Cost:
    comments = YouTubeComment.objects.filter(connection_id=connection.pk)
    stored = comments.count()
    new, before = write(), vendor.last_call()
    run = walk(connection, "comments")
    assert run.state == SyncRun.State.SUCCEEDED, run.reason
    return Cost(
        case=case,
        stored=stored,
        new=len(new),
        found=comments.filter(comment_id__in=new).count(),
        requests=sum(call.is_data_api for call in vendor.calls(since=before)),
        units=run.units,
    )
