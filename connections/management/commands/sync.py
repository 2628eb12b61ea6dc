import argparse
import time
from typing import Any, Never

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from connections import sync
from connections.models import Connection, SyncRun

LONGEST_NAP_SECONDS = 5.0


class Command(BaseCommand):
    help = "Sync connected accounts in the foreground, with a progress bar."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("connection", nargs="?", help="uuid, handle or account id; all accounts when left out")
        parser.add_argument("--full", action="store_true", help="walk everything, not only what is new")

    def handle(self, *args: Any, connection: str | None, full: bool, **options: Any) -> None:
        runs = [run for one in _connections(connection) for run in _start(one, full=full)]
        failed = [run for run in runs if not _follow(run)]
        if failed:
            raise CommandError("; ".join(f"{run.connection} · {run.stream}: {run.reason}" for run in failed))


def _connections(wanted: str | None) -> list[Connection]:
    active = Connection.objects.filter(status=Connection.Status.ACTIVE).order_by("pk")
    found = [one for one in active if wanted in (None, str(one.uuid), one.handle, one.external_id)]
    if not found:
        raise CommandError(f"No connected account is called {wanted}." if wanted else "No account is connected.")
    return found


def _start(connection: Connection, *, full: bool) -> list[SyncRun]:
    wanted = sync.streams_due(connection, full=full)
    return sync.start_streams(connection, wanted, trigger=SyncRun.Trigger.PERSON)


def _follow(run: SyncRun) -> bool:
    """Walk a run to its end here, or watch the worker that walks it. True if it ended well."""
    with tqdm(desc=f"{run.connection} · {run.stream}", total=run.expected, unit=" records") as bar:
        while True:
            sync.advance(run.pk)
            run.refresh_from_db()
            _show(bar, run)
            if not run.is_open:
                return run.state in (SyncRun.State.SUCCEEDED, SyncRun.State.PARTIAL)
            if run.due_at is None or sync.waits_in_vain(run):
                return False
            wait = (run.due_at - timezone.now()).total_seconds()
            time.sleep(min(max(wait, 0.05), LONGEST_NAP_SECONDS))


def _show(bar: "tqdm[Never]", run: SyncRun) -> None:
    if run.expected and run.is_open:
        bar.total = max(run.expected, run.seen)
    bar.set_postfix_str(f"{run.created} new, {run.updated} changed, {run.units} units {run.reason}".strip())
    bar.update(run.seen - bar.n)
