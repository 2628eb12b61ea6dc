"""Servers that a test may stop, kill and empty, since it has started them itself."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import psycopg

BOOT_SECONDS = 30


def wait_for(condition: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Look again and again until it holds. The only sleep of these tests, and it has an end."""
    give_up_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up_at, f"after {seconds:g} seconds still not: {what}"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Redis:
    """A broker without persistence: what it held is gone when it dies. Use as a context manager."""

    def __init__(self) -> None:
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> Self:
        binary = shutil.which("redis-server") or shutil.which("valkey-server")
        assert binary is not None, "neither redis-server nor valkey-server is installed"
        self.process = subprocess.Popen(
            [binary, "--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no"],
            cwd=tempfile.gettempdir(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(lambda: is_listening(self.port), "Redis listens", BOOT_SECONDS)
        return self

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.kill()


class Postgres:
    """A PostgreSQL of the machine's own binaries, in a folder that is gone afterwards."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()

    @property
    def url(self) -> str:
        return f"postgres://greenroom@127.0.0.1:{self.port}/postgres"

    def create(self) -> None:
        self._run("initdb", "-U", "greenroom", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self._control("start")

    def restart_at_once(self) -> None:
        """As a crash of the server: nobody is waited for, and what was not committed is lost."""
        self._control("restart", "-m", "immediate")

    def stop(self) -> None:
        self._control("stop", "-m", "immediate")

    def _control(self, *action: str) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder} -c fsync=off"
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, *action)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(postgres_programs() / program), "-D", str(self.folder / "data"), *arguments]
        if os.geteuid() == 0:  # the server refuses to run as root
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, cwd=self.folder, check=True, stdout=subprocess.DEVNULL, timeout=BOOT_SECONDS)


def postgres_programs() -> Path:
    """Where Debian and its kin keep the server's programs, or wherever the shell finds them."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    program = str(found[-1]) if found else shutil.which("initdb")
    assert program is not None, "PostgreSQL's server programs are not installed"
    return Path(program).parent


@contextmanager
def own_postgres() -> Iterator[Postgres]:
    # Not below pytest's folders, which are closed to the user that the server runs as.
    with tempfile.TemporaryDirectory(prefix="greenroom-postgres-") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        server = Postgres(folder)
        server.create()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def own_database(server_url: str, name: str, template: str = "template0") -> Iterator[str]:
    """A database of that name on a server; its URL. Dropped afterwards, whoever is still connected."""
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
        try:
            yield f"{server_url.rpartition('/')[0]}/{name}"
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def kill_group(process: subprocess.Popen[bytes], number: signal.Signals = signal.SIGKILL) -> None:
    """Signal a process that leads its own session, with all its children."""
    if process.poll() is None:
        os.killpg(process.pid, number)
        if number == signal.SIGKILL:
            process.wait()
