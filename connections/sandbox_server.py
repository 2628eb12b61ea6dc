"""A threaded HTTP server for the platforms' sandboxes: plain WSGI on sockets, nothing but the standard
library.

`wsgiref.simple_server` speaks HTTP/1.0, looks names up and writes a line per request; a sync of 100,000
comments over it measures the server. This one keeps connections alive, answers small responses in one packet
and says nothing.

A sandbox is a module with `SLUG` and `create(seed, size, **options) -> WSGI application`; it is mounted under
`/<SLUG>`.

    python -m connections.sandbox_server youtube.sandbox --port 8765 --seed 1 --size small

Faults of the wire are plain WSGI: an application raises `ConnectionDropped` to close the socket without an
answer, declares a longer `Content-Length` than it yields to cut a body short, or yields slowly to drip.
"""

import argparse
import gc
import importlib
import signal
import socketserver
import sys
import threading
import traceback
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from io import BytesIO
from types import TracebackType
from typing import Any, Protocol, Self, cast
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIApplication, WSGIEnvironment

MAX_LINE = 65536
MAX_HEADERS = 100
MAX_BODY = 64 * 1024 * 1024


class ConnectionDropped(Exception):
    """Raised by an application: close the socket now, answer nothing."""


class BadRequest(Exception):
    """What arrived is not HTTP that this server reads."""


class SandboxModule(Protocol):
    SLUG: str

    def create(self, seed: int, size: str, **options: Any) -> WSGIApplication: ...


class SandboxServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Serves each application under `/<slug>`; use as a context manager to run it on a thread."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, apps: Mapping[str, WSGIApplication], host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__((host, port), _Connection)
        self.apps = dict(apps)
        self.host = host
        self.port = int(self.server_address[1])

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def start(self) -> Self:
        threading.Thread(target=self.run, name="sandbox", daemon=True).start()
        return self

    def run(self) -> None:
        self.serve_forever(poll_interval=0.05)

    def stop(self) -> None:
        self.shutdown()
        self.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), OSError):  # a client that went away is none of our business
            super().handle_error(cast("Any", request), client_address)


class _Connection(socketserver.StreamRequestHandler):
    """One keep-alive connection; `server` is the `SandboxServer`."""

    disable_nagle_algorithm = True
    timeout = 300

    def handle(self) -> None:
        keep_open = True
        while keep_open:
            try:
                environ = self._read_request()
                keep_open = environ is not None and self._answer(environ)
            except BadRequest as error:
                self._send_plain(HTTPStatus.BAD_REQUEST, str(error))
                keep_open = False
            except (ConnectionDropped, OSError):
                keep_open = False

    def _read_request(self) -> WSGIEnvironment | None:
        line = self.rfile.readline(MAX_LINE + 1)
        if not line.strip():
            return None
        parts = line.decode("latin-1").split()
        if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
            raise BadRequest("Malformed request line")
        method, target, version = parts
        headers = self._read_headers()
        if headers.get("expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return self._environ(method, target, version, headers, self._read_body(headers))

    def _read_headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        for _ in range(MAX_HEADERS):
            line = self.rfile.readline(MAX_LINE + 1)
            if line in {b"\r\n", b"\n", b""}:
                return headers
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        raise BadRequest("Too many headers")

    def _read_body(self, headers: Mapping[str, str]) -> bytes:
        if "chunked" in headers.get("transfer-encoding", "").lower():
            return self._read_chunks()
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MAX_BODY:
            raise BadRequest("Bad Content-Length")
        return self.rfile.read(int(length)) if length != "0" else b""

    def _read_chunks(self) -> bytes:
        chunks: list[bytes] = []
        try:
            while size := int(self.rfile.readline(MAX_LINE).partition(b";")[0], 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline(MAX_LINE)
        except ValueError:
            raise BadRequest("Bad chunk") from None
        while self.rfile.readline(MAX_LINE).strip():
            pass
        return b"".join(chunks)

    def _environ(
        self, method: str, target: str, version: str, headers: Mapping[str, str], body: bytes
    ) -> WSGIEnvironment:
        server = cast("SandboxServer", self.server)
        path, _, query = target.partition("?")
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": server.host,
            "SERVER_PORT": str(server.port),
            "SERVER_PROTOCOL": version,
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": headers.get("content-type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        environ.update({f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()})
        return environ

    def _answer(self, environ: WSGIEnvironment) -> bool:
        answer = _Answer(self, environ)
        try:
            app = _mounted(cast("SandboxServer", self.server).apps, environ)
            return answer.send(app(environ, answer.start_response))
        except (ConnectionDropped, OSError):
            raise
        except Exception:  # noqa: BLE001 - the server outlives a broken application, as any server does
            traceback.print_exc()
            self._send_plain(HTTPStatus.INTERNAL_SERVER_ERROR, "The sandbox failed; see its output.")
            return False

    def _send_plain(self, status: HTTPStatus, text: str) -> None:
        body = text.encode()
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: text/plain\r\n"
        self.wfile.write(f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)


class _Answer:
    """Turns what an application returns into bytes on the socket."""

    def __init__(self, connection: _Connection, environ: WSGIEnvironment) -> None:
        self._connection = connection
        self._environ = environ
        self._status = "500 Internal Server Error"
        self._headers: list[tuple[str, str]] = []

    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: object = None, /
    ) -> Any:  # the `write` callable of PEP 3333 is not offered
        self._status, self._headers = status, list(headers)

    def send(self, result: Iterable[bytes]) -> bool:
        """Send everything; True when the connection may be used again."""
        if isinstance(result, Sequence) and self._declared() is None and self._has_body():
            self._headers.append(("Content-Length", str(sum(map(len, result)))))
        keep_open = self._keeps_open()
        sent = self._send_chunks(result, self._head(keep_open))
        return keep_open and (self._environ["REQUEST_METHOD"] == "HEAD" or sent == (self._declared() or 0))

    def _send_chunks(self, result: Iterable[bytes], head: bytes) -> int:
        sent = 0
        if self._environ["REQUEST_METHOD"] == "HEAD":
            result = ()
        if isinstance(result, Sequence):
            body = b"".join(result)
            self._connection.wfile.write(head + body)
            return len(body)
        self._connection.wfile.write(head)
        for chunk in result:
            self._connection.wfile.write(chunk)
            sent += len(chunk)
        return sent

    def _has_body(self) -> bool:
        return self._status[:3] not in {"204", "304"}

    def _declared(self) -> int | None:
        return next((int(value) for name, value in self._headers if name.lower() == "content-length"), None)

    def _keeps_open(self) -> bool:
        wish = self._environ.get("HTTP_CONNECTION", "").lower()
        if self._declared() is None and self._has_body():
            return False  # the end of the body is the end of the connection
        old = self._environ["SERVER_PROTOCOL"] == "HTTP/1.0"
        return bool(wish == "keep-alive" if old else wish != "close")

    def _head(self, keep_open: bool) -> bytes:
        lines = [f"HTTP/1.1 {self._status}", *(f"{name}: {value}" for name, value in self._headers)]
        lines.append("Connection: keep-alive" if keep_open else "Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _mounted(apps: Mapping[str, WSGIApplication], environ: WSGIEnvironment) -> WSGIApplication:
    slug, slash, rest = environ["PATH_INFO"].lstrip("/").partition("/")
    if slug not in apps:
        return _index(apps)
    environ["SCRIPT_NAME"], environ["PATH_INFO"] = f"/{slug}", slash + rest
    return apps[slug]


def _index(apps: Mapping[str, WSGIApplication]) -> WSGIApplication:
    def app(environ: WSGIEnvironment, start_response: Any) -> Iterable[bytes]:
        found = environ["PATH_INFO"] in {"", "/"}
        status = "200 OK" if found else "404 Not Found"
        start_response(status, [("Content-Type", "text/plain; charset=utf-8")])
        return ["".join(f"/{slug}/\n" for slug in sorted(apps)).encode()]

    return app


def load(modules: Iterable[str], seed: int, size: str, **options: Any) -> dict[str, WSGIApplication]:
    """The applications of these sandbox modules (dotted paths), by slug.

    An option named `<slug>.<name>` is for that module alone; the others go to all of them.
    """
    found = [cast("SandboxModule", importlib.import_module(path)) for path in modules]
    return {module.SLUG: module.create(seed, size, **_options_of(module.SLUG, options)) for module in found}


def _options_of(slug: str, options: Mapping[str, Any]) -> dict[str, Any]:
    own = {name.removeprefix(f"{slug}."): value for name, value in options.items()}
    return {name: value for name, value in own.items() if "." not in name}


def run_until_stopped(server: SandboxServer) -> None:
    """Serve in the foreground until SIGTERM or Ctrl-C; prints the address when ready."""

    def stop(_number: int, _frame: object) -> None:
        # shutdown() waits for the loop that this very thread runs
        threading.Thread(target=server.shutdown, daemon=True).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    gc.freeze()  # the seeded world lives as long as the process; collections need not walk through it
    sys.stdout.write(f"listening on {server.url}\n")
    sys.stdout.flush()
    server.run()
    server.server_close()


def _option(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError("expected name=value")
    return name.replace("-", "_"), value


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8765, help="0 picks a free one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", default="demo", help="small, demo, or threads:<number>")
    parser.add_argument("--option", type=_option, action="append", default=[], metavar="NAME=VALUE")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m connections.sandbox_server", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("modules", nargs="+", help="dotted paths of sandbox modules")
    add_arguments(parser)
    given = parser.parse_args(arguments)
    apps = load(given.modules, given.seed, given.size, **dict(given.option))
    run_until_stopped(SandboxServer(apps, given.host, given.port))


if __name__ == "__main__":
    main()
