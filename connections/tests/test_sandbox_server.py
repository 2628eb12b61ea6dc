import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from connections.sandbox_server import ConnectionDropped, SandboxServer, load

ROOT = Path(__file__).resolve().parents[2]


def app(environ: Any, start_response: Any) -> Any:
    """Does what its path says."""
    path = environ["PATH_INFO"]
    if path == "/drop":
        raise ConnectionDropped
    if path == "/broken":
        raise ValueError("broken on purpose")
    if path == "/nothing":
        start_response("204 No Content", [])
        return []
    if path == "/half":
        start_response("200 OK", [("Content-Length", "10")])
        return iter([b"12345"])
    if path == "/stream":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return iter([b"one ", b"two"])
    start_response("200 OK", [("Content-Type", "text/plain")])
    told = f"{environ['REQUEST_METHOD']} {environ['SCRIPT_NAME']}|{path}|{environ['QUERY_STRING']}|"
    return [told.encode(), environ["wsgi.input"].read()]


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    with SandboxServer({"play": app}) as running:
        yield running


@pytest.fixture
def connection(server: SandboxServer) -> Iterator[http.client.HTTPConnection]:
    with closing(http.client.HTTPConnection(server.host, server.port, timeout=5)) as opened:
        yield opened


def ask(connection: http.client.HTTPConnection, method: str, path: str, **more: Any) -> tuple[int, bytes]:
    connection.request(method, path, **more)
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_one_connection_serves_many_requests(connection: http.client.HTTPConnection) -> None:
    assert ask(connection, "GET", "/play/a%20b?c=d") == (200, b"GET /play|/a b|c=d|")
    socket_before = connection.sock
    assert ask(connection, "POST", "/play/", body=b"sent") == (200, b"POST /play|/||sent")
    assert ask(connection, "PUT", "/play", body=iter([b"in ", b"chunks"]), encode_chunked=True)[0] == 200
    assert ask(connection, "GET", "/play/nothing") == (204, b"")
    assert ask(connection, "HEAD", "/play/") == (200, b"")
    assert connection.sock is socket_before


def test_chunked_bodies_are_read(connection: http.client.HTTPConnection) -> None:
    assert ask(connection, "POST", "/play/x", body=iter([b"in ", b"chunks"]), encode_chunked=True) == (
        200,
        b"POST /play|/x||in chunks",
    )


def test_close_is_honoured(connection: http.client.HTTPConnection) -> None:
    assert ask(connection, "GET", "/play/", headers={"Connection": "close"})[0] == 200
    assert connection.sock is None


def test_body_of_unknown_length_ends_with_the_connection(connection: http.client.HTTPConnection) -> None:
    assert ask(connection, "GET", "/play/stream") == (200, b"one two")
    assert connection.sock is None


def test_drop_closes_without_an_answer(connection: http.client.HTTPConnection) -> None:
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        ask(connection, "GET", "/play/drop")


def test_short_body_is_noticed_by_the_client(connection: http.client.HTTPConnection) -> None:
    with pytest.raises(http.client.IncompleteRead) as cut:
        ask(connection, "GET", "/play/half")
    assert cut.value.partial == b"12345"


def test_broken_application_does_not_end_the_server(
    connection: http.client.HTTPConnection, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(connection, "GET", "/play/broken")[0] == 500
    assert "broken on purpose" in capsys.readouterr().err
    assert ask(connection, "GET", "/play/")[0] == 200


def test_requests_are_not_written_about(
    connection: http.client.HTTPConnection, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(connection, "GET", "/play/")
    assert capsys.readouterr() == ("", "")


def test_root_lists_what_is_mounted(connection: http.client.HTTPConnection) -> None:
    assert ask(connection, "GET", "/") == (200, b"/play/\n")
    assert ask(connection, "GET", "/elsewhere/") == (404, b"/play/\n")


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(150)) + b"\r\n",
    ],
)
def test_what_is_not_http_is_refused(server: SandboxServer, sent: bytes) -> None:
    with socket.create_connection((server.host, server.port), timeout=5) as raw:
        raw.sendall(sent)
        assert raw.recv(1000).startswith(b"HTTP/1.1 400 ")


def test_client_may_wait_before_it_sends_the_body(server: SandboxServer) -> None:
    with socket.create_connection((server.host, server.port), timeout=5) as raw:
        raw.sendall(b"POST /play/ HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert raw.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        raw.sendall(b"ok")
        assert b"POST /play|/||ok" in raw.recv(1000)


def test_old_clients_are_closed_unless_they_ask(server: SandboxServer) -> None:
    with socket.create_connection((server.host, server.port), timeout=5) as raw:
        raw.sendall(b"GET /play/ HTTP/1.0\r\n\r\n")
        answer = b"".join(iter(lambda: raw.recv(1000), b""))
    assert b"Connection: close" in answer


def test_modules_are_mounted_by_their_slug() -> None:
    assert list(load(["youtube.sandbox"], 1, "small")) == ["youtube"]


def test_options_are_for_all_modules_or_for_one() -> None:
    load(["youtube.sandbox"], 1, "small", **{"page_cap": "3", "youtube.insert_cost": "52", "elsewhere.unheard_of": "1"})
    with pytest.raises(TypeError, match="unheard_of"):
        load(["youtube.sandbox"], 1, "small", **{"youtube.unheard_of": "1"})


@pytest.mark.parametrize("command", [["-m", "connections.sandbox_server", "youtube.sandbox"], ["manage.py", "sandbox"]])
def test_command_serves_until_terminated(command: list[str]) -> None:
    whole = [sys.executable, *command, "--port", "0", "--size", "small"]
    environment = {"PATH": os.environ["PATH"], "ALLOW_SANDBOX": "1"}
    with subprocess.Popen(whole, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        host, _, port = line.removeprefix("listening on http://").strip().partition(":")
        with closing(http.client.HTTPConnection(host, int(port), timeout=5)) as connection:
            status, body = ask(connection, "GET", "/youtube/sandbox/counts")
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0
    assert (status, body[:3]) == (200, b'{"U')
    assert time.monotonic() - started < 2
