"""A worker is held by nobody who is slow: here by threads of its own, and with a patience of one second."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from rig.ports import free_ports
from rig.proxies import heard

SERVER = """
import time
from ivr.processes.patience import PatientWorker

class Worker(PatientWorker):
    patience = 1.0

def app(environ, start_response):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    if environ["PATH_INFO"] == "/long":
        time.sleep(3)
    words = f"{len(body)} {environ['PATH_INFO']} {environ['SCRIPT_NAME']}".encode()
    start_response("200 OK", [("Content-Length", str(len(words)))])
    return [words]

worker_class, threads, control_socket_disable, forwarder_headers = Worker, 2, True, ""
"""
HEAD = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[int]:
    """Run it: two threads."""
    tmp_path = tmp_path_factory.mktemp("patience")
    (tmp_path / "slow_server.py").write_text(SERVER)
    port = free_ports()[0]
    own = f"sys.path[:0] = [{str(tmp_path)!r}, {str(root)!r}]"
    words = ["-c", "python:slow_server", "--bind", f"127.0.0.1:{port}", "slow_server:app"]
    start = f"import sys; {own}; sys.argv[1:] = {words!r}; from gunicorn.app.wsgiapp import run; run()"
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-c", start], cwd=tmp_path, stdout=log, stderr=log)
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            dial(port).close()
            break
        except OSError:
            time.sleep(0.05)
    yield port
    process.terminate()
    process.wait(30)
    assert b"Traceback" not in (tmp_path / "log").read_bytes()


def dial(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), 30)


def ask(port: int, words: bytes = HEAD + b"\r\n0123456789") -> bytes:
    with dial(port) as connection:
        connection.sendall(words.replace(b"Host: a", b"Host: a\r\nConnection: close"))
        return heard(connection)


def test_connections_that_say_nothing_take_no_thread_and_are_closed(port: int) -> None:
    silent = [dial(port) for _ in range(50)]
    began = time.monotonic()
    assert ask(port).endswith(b"\r\n\r\n10 / ")
    assert time.monotonic() - began < 20  # two threads would have waited five seconds for every second one of them
    assert [heard(each) for each in silent] == [b""] * 50
    for each in silent:
        each.close()


@pytest.mark.parametrize("begun", [b"POST / HT", HEAD, HEAD + b"\r\n01234"])
def test_a_request_that_does_not_come_to_its_end_is_cut(port: int, begun: bytes) -> None:
    slow = [dial(port) for _ in range(2)]  # both threads
    for each in slow:
        each.sendall(begun)
    assert ask(port).endswith(b"\r\n\r\n10 / ")
    for each in slow:
        assert b"10 /" not in heard(each)
        each.close()


def test_a_drop_now_and_then_is_cut_too(port: int) -> None:
    until = time.monotonic() + 30
    with dial(port) as slow, suppress(ConnectionError):
        slow.sendall(HEAD + b"X-Slow: ")
        while time.monotonic() < until:
            slow.sendall(b"x")
            time.sleep(0.1)
    assert time.monotonic() < until


def test_an_answer_that_takes_long_is_not_cut(port: int) -> None:
    assert ask(port, HEAD.replace(b"POST /", b"POST /long") + b"\r\n0123456789").endswith(b"10 /long ")


def test_no_header_says_what_the_path_is(port: int) -> None:
    claims = b"SCRIPT_NAME: /elsewhere\r\nPATH_INFO: /other\r\n"
    assert ask(port, HEAD + claims + b"\r\n0123456789").endswith(b"10 / ")
