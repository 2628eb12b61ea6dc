"""Comments a second from the wire to the inbox, with its parts, beside a floor and beside a version by rows.

    ALLOW_SANDBOX=1 DATABASE_URL=postgres://… python -m benchmarks.sync_throughput [--threads 20000]

The sandbox runs in a process of its own. Floor: the same pages fetched, parsed and copied into one table.
By rows: the same tables, each comment with `update_or_create`, on a sample.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import django

SAMPLE = 1_000
AIM_OF_FLOOR, AIM_OF_ROWS, AIM_MEGABYTES = 0.1, 8, 300


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=20_000)
    threads: int = parser.parse_args().threads
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings  # noqa: PLC0415 - needs the environment
    from django.test.utils import get_runner  # noqa: PLC0415 - needs the settings

    if not settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        sys.exit("Set DATABASE_URL: the figures are about PostgreSQL.")
    runner = get_runner(settings)(verbosity=0)
    databases = runner.setup_databases()
    try:
        with _sandbox(threads) as url:
            _measure(url)
    finally:
        runner.teardown_databases(databases)


@contextmanager
def _sandbox(threads: int) -> Iterator[str]:
    command = [sys.executable, "-m", "connections.sandbox_server", "youtube.sandbox", "--port", "0"]
    server = subprocess.Popen(  # noqa: S603 - our own command
        [*command, "--seed", "1", "--size", f"threads:{threads}"], stdout=subprocess.PIPE, text=True
    )
    try:
        yield next(iter(server.stdout or [])).split()[-1] + "/youtube"
    finally:
        server.terminate()
        server.wait()


def _measure(url: str) -> None:
    from django.test import override_settings  # noqa: PLC0415 - needs the settings

    from config.celery import app  # noqa: PLC0415
    from connections.models import SyncRun  # noqa: PLC0415
    from connections.tests.factories import make_workspace  # noqa: PLC0415
    from connections.tests.working import step  # noqa: PLC0415
    from youtube.platform import youtube  # noqa: PLC0415
    from youtube.tests.connecting import connect  # noqa: PLC0415
    from youtube.tests.sandbox_control import SandboxControl  # noqa: PLC0415

    app.conf.update(broker_url="memory://localhost")
    with override_settings(**youtube.sandbox_environment(url), YOUTUBE_DAILY_QUOTA=1_000_000):
        connection = connect(SandboxControl(url), make_workspace())
        for stream in ("channel", "videos"):
            step(SyncRun.objects.get(connection=connection, stream=stream))
        # Once through, so that the sandbox has its pages ready for both.
        floor = _floor(connection)
        floor = _floor(connection)
        clock = Counter[str]()
        with _timed(clock):
            ours = _sync(connection)
        by_rows = _by_rows(connection)
    _report(ours, clock, floor, by_rows)


def _sync(connection: Any) -> tuple[int, float]:
    from connections import sync  # noqa: PLC0415
    from connections.models import SyncRun  # noqa: PLC0415

    SyncRun.objects.open().filter(connection=connection).exclude(stream="comments_complete").delete()
    run = SyncRun.objects.get(connection=connection, stream="comments_complete")
    started = time.perf_counter()
    while run.is_open:
        sync.advance(run.pk)
        run.refresh_from_db()
    return run.created, time.perf_counter() - started


@contextmanager
def _timed(clock: Counter[str]) -> Iterator[None]:
    """Add up the time spent in each part; the parts lie inside one another and are told apart in the report."""
    from connections import registry  # noqa: PLC0415
    from crm import enriching  # noqa: PLC0415
    from youtube import storing  # noqa: PLC0415
    from youtube.streams import CompleteCommentsStream  # noqa: PLC0415

    parts: list[tuple[Any, str, str]] = [
        (CompleteCommentsStream, "fetch", "fetch"),
        (CompleteCommentsStream, "store", "store"),
        (registry, "_intake", "intake"),
        (enriching, "read_comments", "reading"),
        (storing, "_upsert", "rows"),
    ]
    originals = [getattr(owner, name) for owner, name, _ in parts]
    for (owner, name, label), original in zip(parts, originals, strict=True):
        setattr(owner, name, _stopwatch(clock, label, original))
    try:
        yield
    finally:
        for (owner, name, _), original in zip(parts, originals, strict=True):
            setattr(owner, name, original)


def _stopwatch(clock: Counter[str], label: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def timed(*args: Any, **kwargs: Any) -> Any:
        started = time.perf_counter_ns()
        try:
            return function(*args, **kwargs)
        finally:
            clock[label] += time.perf_counter_ns() - started

    return timed


def _pages(connection: Any) -> Iterator[list[Any]]:
    """Every page of published threads, fetched and parsed as the sync does it."""
    from youtube import payloads  # noqa: PLC0415
    from youtube.client import YouTubeClient  # noqa: PLC0415
    from youtube.models import YouTubeVideo  # noqa: PLC0415

    client = YouTubeClient(connection, lambda bucket, units: None)
    for video_id in YouTubeVideo.objects.filter(connection_id=connection.pk).values_list("video_id", flat=True):
        token: str | None = None
        while True:
            page = client.threads(moderation="published", page_token=token, video_id=video_id)
            threads = [payloads.thread(item) for item in page.items]
            yield [(video_id, comment) for thread in threads for comment in (thread.top, *thread.replies)]
            token = page.next_page_token
            if token is None:
                break


def _floor(connection: Any) -> tuple[int, float]:
    from django.db import connection as database  # noqa: PLC0415

    count, started = 0, time.perf_counter()
    with database.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS floor (id text, video text, author text, text text)")
        for rows in _pages(connection):
            with cursor.copy("COPY floor FROM STDIN") as copy:
                for video_id, comment in rows:
                    copy.write_row((comment.comment_id, video_id, comment.author_channel_id, comment.text))
            count += len(rows)
    return count, time.perf_counter() - started


def _by_rows(connection: Any) -> tuple[int, float]:
    """The obvious way: for each comment its fan, its interaction and its row, each looked up and saved."""
    from crm.models import Interaction  # noqa: PLC0415
    from youtube.models import YouTubeComment, YouTubeVideo  # noqa: PLC0415

    videos = {video.video_id: video for video in YouTubeVideo.objects.filter(connection_id=connection.pk)}
    Interaction.objects.filter(connection=connection).delete()
    YouTubeComment.objects.filter(connection_id=connection.pk).delete()
    count, started = 0, time.perf_counter()
    for rows in _pages(connection):
        for video_id, comment in rows:
            _save(connection, videos[video_id], comment)
        count += len(rows)
        if count >= SAMPLE:
            break
    return count, time.perf_counter() - started


def _save(connection: Any, video: Any, comment: Any) -> None:
    from django.utils import timezone  # noqa: PLC0415

    from crm.fans import find_or_create_fan  # noqa: PLC0415
    from crm.models import Interaction  # noqa: PLC0415
    from enrichment.comments import calculate_priority, read_comment, signals  # noqa: PLC0415
    from youtube.models import YouTubeComment  # noqa: PLC0415

    text = read_comment(comment.text)
    found = signals(text, calculate_priority(text, comment.like_count, 0))
    fan = None
    if comment.author_channel_id:
        fan = find_or_create_fan(connection.workspace, "youtube", comment.author_channel_id, comment.author_name)
    now = timezone.now()
    Interaction.objects.update_or_create(
        connection=connection,
        platform_id=comment.comment_id,
        defaults={
            "workspace": connection.workspace,
            "platform": "youtube",
            "type": Interaction.Type.REPLY if comment.parent_id else Interaction.Type.COMMENT,
            "content": comment.text,
            "fan": fan,
            "thread_platform_id": comment.parent_id or comment.comment_id,
            "platform_created_at": comment.published_at,
            "last_activity_at": comment.published_at,
            "observed_at": now,
            **Interaction.signal_columns(found, now),
        },
    )
    YouTubeComment.objects.update_or_create(
        connection_id=connection.pk,
        comment_id=comment.comment_id,
        defaults={
            "workspace": connection.workspace,
            "video": video,
            "text": comment.text,
            "author_name": comment.author_name,
            "published_at": comment.published_at,
            "refreshed_at": now,
            **YouTubeComment.signal_columns(found, now),
        },
    )


def _report(ours: tuple[int, float], clock: Counter[str], floor: tuple[int, float], by_rows: tuple[int, float]) -> None:
    count, seconds = ours
    speed, floor_speed, row_speed = count / seconds, floor[0] / floor[1], by_rows[0] / by_rows[1]
    part = {name: nanoseconds / 1e9 for name, nanoseconds in clock.items()}
    parts = {
        "fetch and parse": part["fetch"],
        "reading the texts": part["reading"],
        "intake without that": part["intake"] - part["reading"],
        "comment rows": part["rows"],
        "the rest of storing": part["store"] - part["intake"] - part["rows"],
        "the run's own rows": seconds - part["fetch"] - part["store"],
    }
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count:,} comments in {seconds:.1f} s: {speed:,.0f} a second")
    for name, taken in parts.items():
        print(f"  {name:22}{taken:7.2f} s {taken / seconds:6.0%}")
    print(f"floor   {floor_speed:9,.0f} a second; ratio {speed / floor_speed:.3f} (aim {AIM_OF_FLOOR})")
    print(f"by rows {row_speed:9,.0f} a second; ratio {speed / row_speed:.1f} (aim {AIM_OF_ROWS})")
    print(f"memory  {memory:9,.0f} MB at most (aim {AIM_MEGABYTES})")


if __name__ == "__main__":
    main()
