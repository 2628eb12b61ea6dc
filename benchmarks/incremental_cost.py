"""Quota units that one run of `comments` costs on a channel with many stored comments: for any size.

    ALLOW_SANDBOX=1 python -m benchmarks.incremental_cost [--threads 100000]

Uses the database of DATABASE_URL, where it makes and drops one of its own as tests do; without it, SQLite in memory.
"""

import argparse
import os
import time

import django

BASELINE_UNITS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=100_000)
    threads: int = parser.parse_args().threads
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings  # noqa: PLC0415
    from django.test.utils import get_runner  # noqa: PLC0415 - needs the settings

    runner = get_runner(settings)(verbosity=0)
    databases = runner.setup_databases()
    try:
        _measure(threads)
    finally:
        runner.teardown_databases(databases)


def _measure(threads: int) -> None:
    from django.test import override_settings  # noqa: PLC0415 - needs the settings

    from config.celery import app  # noqa: PLC0415
    from connections.sandbox_server import SandboxServer, load  # noqa: PLC0415
    from connections.tests.factories import make_workspace  # noqa: PLC0415
    from youtube.platform import youtube  # noqa: PLC0415
    from youtube.tests.incremental_cost import measure  # noqa: PLC0415
    from youtube.tests.sandbox_control import SandboxControl  # noqa: PLC0415
    from youtube.tests.stocked import connect_stocked  # noqa: PLC0415

    app.conf.update(broker_url="memory://localhost")
    with SandboxServer(load(["youtube.sandbox"], 1, f"threads:{threads}")) as server:
        url = f"{server.url}/youtube"
        with override_settings(**youtube.sandbox_environment(url)):
            started = time.monotonic()
            connection = connect_stocked(SandboxControl(url), make_workspace())
            print(f"{threads:,} threads stored in {time.monotonic() - started:.0f} s", flush=True)
            costs = measure(SandboxControl(url), connection)
    print(*costs, sep="\n")
    print(
        f"100 new comments cost {costs[0].units} units; to be at most {BASELINE_UNITS} "
        f"(ratio {costs[0].units / BASELINE_UNITS:.2f})"
    )


if __name__ == "__main__":
    main()
