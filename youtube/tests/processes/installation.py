"""A Greenroom as it runs in earnest: workers and beat as processes, with a database and a broker of their own."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from connections.models import Connection, SyncRun
from youtube.platform import youtube
from youtube.tests.processes.servers import Redis, kill_group, wait_for
from youtube.tests.sandbox_control import Call, SandboxControl

# Short waits. A lease must outlast a page on a busy machine, or workers take pages from the living.
WAITS = {
    "SYNC_LEASE_SECONDS": "4",
    "SYNC_TASK_SECONDS": "3",
    "SYNC_RETRY_SECONDS": "0.2",
    "SYNC_REDISPATCH_SECONDS": "1",
    "SYNC_SWEEP_SECONDS": "1",
}


@dataclass
class Process:
    name: str
    popen: subprocess.Popen[bytes]
    log: Path
    is_to_end: bool = False

    def says(self, text: str) -> int:
        """How often its log says that."""
        return self.log.read_text(errors="replace").count(text)

    @property
    def has_lost_its_child(self) -> bool:
        return bool(self.says("exited with 'signal 9 (SIGKILL)'"))

    def signal(self, number: signal.Signals) -> None:
        """To the process and all its children, as the end of a container is."""
        self.is_to_end = self.is_to_end or number == signal.SIGKILL
        kill_group(self.popen, number)

    def terminate(self) -> None:
        """To the main process alone, as a deployment stops it."""
        self.is_to_end = True
        self.popen.terminate()

    def check(self) -> None:
        assert self.is_to_end or self.popen.poll() is None, f"{self.name} ended with {self.popen.returncode}"


@dataclass
class Installation:
    """Use `start_worker` and `start_beat` as often as needed; `stop` ends whatever is still there."""

    database_url: str
    redis: Redis
    vendor: SandboxControl
    logs: Path
    processes: list[Process] = field(default_factory=list)

    def start_worker(self, **env: str) -> Process:
        """One process that works and its parent. It takes the sync queue and beat's."""
        return self._start(
            "worker", ["worker", "-Q", "sync,beat", "-c", "1", "--without-mingle", "--without-gossip"], env
        )

    def start_beat(self) -> Process:
        schedule = ["--max-interval", "1", "--pidfile", ""]
        return self._start("beat", ["beat", *schedule], {})

    def manage(self, *arguments: str) -> None:
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=settings.BASE_DIR, env=self._environment({}), check=True, timeout=90)

    def wait_for(self, condition: Callable[[], object], what: str, seconds: float = 60) -> None:
        """As `servers.wait_for`, with what the processes said if it does not come."""

        def holds() -> object:
            for process in self.processes:
                process.check()
            return condition()

        try:
            wait_for(holds, what, seconds)
        except AssertionError as error:
            runs = "\n".join(f"{run} {run.reason} due {run.due_at}" for run in SyncRun.objects.all())
            raise AssertionError(f"{error}\n{runs}\n{self._tails()}") from None

    def wait_until_synced(self, *connections: Connection, seconds: float = 60) -> None:
        """Until every run of these accounts has come to its end."""
        runs = SyncRun.objects.open().filter(connection__in=connections)
        self.wait_for(lambda: not runs.exists(), "all runs have ended", seconds)

    def hold_page(self, nth: int, seconds: float) -> None:
        """Let the nth page of threads take so long that something can happen meanwhile."""
        self.vendor.fault("delay", {"path": "commentThreads", "nth": nth}, seconds=seconds)

    def wait_for_page(self, nth: int) -> Call:
        """Until the nth page of threads is being asked for; the request."""
        self.wait_for(lambda: len(self.vendor.calls("commentThreads")) >= nth, f"page {nth} is asked for")
        return self.vendor.calls("commentThreads")[nth - 1]

    def stop(self) -> None:
        for process in self.processes:
            process.signal(signal.SIGKILL)

    def _start(self, name: str, command: list[str], env: Mapping[str, str]) -> Process:
        log = self.logs / f"{name}-{len(self.processes)}.log"
        with log.open("wb") as output:
            popen = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "config", *command, "-l", "INFO"],
                cwd=settings.BASE_DIR,
                env=self._environment(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        process = Process(name, popen, log)
        self.processes.append(process)
        return process

    def _environment(self, env: Mapping[str, str]) -> dict[str, str]:
        return {
            **os.environ,
            **WAITS,
            **youtube.sandbox_environment(self.vendor.url),
            "ALLOW_SANDBOX": "1",
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis.url,
            "FAULT_POINT": "",
            **env,
        }

    def _tails(self) -> str:
        return "\n".join(
            f"--- {process.log.name}\n" + "\n".join(process.log.read_text(errors="replace").splitlines()[-30:])
            for process in self.processes
        )
