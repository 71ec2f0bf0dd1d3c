"""`ivr serve` for real: it answers, comes again, and takes everything along."""

import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest
from rig.insistent import Load

from bench.form import Signer, new_call
from ivr.records import NoteRecord
from ivr.settings import read_settings
from ivr.spool import Spool
from ivr.store import Store
from tests.kernel.hotline import hotline
from tests.rig.server import ACCOUNT, KEYS, TOKEN, publish_all


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def health(port):
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def eventually(look, seconds=60.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(0.05)
    pytest.fail("it did not happen in time")


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def descendants(pid):
    return [each for child in children(pid) for each in (child, *descendants(child))]


def running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def node(tmp_path, root):
    port, console = free_port(), free_port()
    file = tmp_path / "hotline.env"
    file.write_text("CURRENCY=DKK\n")
    environ = {
        "IVR_DATA": str(tmp_path),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "CONSOLE_PORT": str(console),
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "IVR_SECRET_KEYS": KEYS,
    }
    (tmp_path / "console").write_text(str(console))
    publish_all(read_settings(environ), [hotline()])
    with (tmp_path / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ivr", "serve", "--workers", "1", "--environment", str(file)],
            cwd=root,
            env=os.environ | environ,
            stdout=log,
            stderr=log,
        )
    yield process, port
    if process.poll() is None:
        process.kill()
    process.wait()


WORDS = {"voice": b"webhooks.gunicorn", "pages": b"console.gunicorn", "jobs": b"worker"}


def group(process, name):
    """The process of a group that takes over or answers: the latest."""
    found = [
        pid
        for pid in children(process.pid)
        if WORDS[name] in Path(f"/proc/{pid}/cmdline").read_bytes() and running(pid)
    ]
    return max(found, default=0)


def test_a_killed_group_comes_again_whichever_it_is_and_all_stop_together(node):
    process, port = node
    eventually(lambda: health(port) == 200)
    first = {name: group(process, name) for name in WORDS}
    for pid in first.values():
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: all(group(process, name) not in {0, pid} for name, pid in first.items()))
    eventually(lambda: health(port) == 200)
    everybody = descendants(process.pid)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert not any(running(pid) for pid in everybody)


def begun(port):
    """Open a connection that has sent a call but for its last bytes; gives it, and these."""
    request = Signer(f"http://127.0.0.1:{port}", TOKEN.encode(), ACCOUNT).request("/voice", new_call(), None)
    connection = socket.create_connection(("127.0.0.1", port), 60)
    connection.sendall(request[:-20])
    return connection, request[-20:]


def test_a_reload_takes_new_settings_finishes_what_is_in_hand_and_refuses_nobody(node, tmp_path):
    process, port = node
    eventually(lambda: health(port) == 200)
    first = {name: group(process, name) for name in WORDS}
    load = Load(port, Signer(f"http://127.0.0.1:{port}", TOKEN.encode(), ACCOUNT), ("4",), 4)
    load.start()
    (tmp_path / "hotline.env").write_text("CURRENCY=HUF\n")
    process.send_signal(signal.SIGHUP)
    until, answers = time.monotonic() + 90, []
    while any(group(process, name) in {0, pid} or running(pid) for name, pid in first.items()):
        assert time.monotonic() < until, "renewed in time"
        connection, rest = begun(port)  # one is in hand at any moment, so also in the one in which the old is stopped
        with connection:
            time.sleep(0.3)
            connection.sendall(rest)
            answers.append(connection.recv(12))
    assert set(answers) == {b"HTTP/1.1 200"}
    calls = load.finish()
    assert [each.broke for call in calls for each in call.asked if each.broke] == []
    assert len(calls) > 4
    for name in WORDS:
        assert b"CURRENCY=HUF" in Path(f"/proc/{group(process, name)}/environ").read_bytes()


def test_a_stop_finishes_what_is_in_hand(node):
    process, port = node
    eventually(lambda: health(port) == 200)
    connection, rest = begun(port)
    with connection:
        time.sleep(0.5)  # it is being read
        process.send_signal(signal.SIGTERM)
        eventually(lambda: health(port) == 0)
        connection.sendall(rest)
        assert connection.recv(12) == b"HTTP/1.1 200"
    assert process.wait(30) == 0


def test_pages_that_answer_nobody_leave_the_voice_port_alone(node, tmp_path):
    """All threads of the pages are taken, as by slow reports, and connections to them stand half-open."""
    process, port = node
    eventually(lambda: health(port) == 200)
    (worker,) = eventually(lambda: children(group(process, "pages")))
    console = int((tmp_path / "console").read_text())
    os.kill(worker, signal.SIGSTOP)
    half = [socket.create_connection(("127.0.0.1", console), 5) for _ in range(200)]
    try:
        for each in half:
            each.sendall(b"GET /insight HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        load = Load(port, Signer(f"http://127.0.0.1:{port}", TOKEN.encode(), ACCOUNT), ("4",), 4)
        load.start()
        time.sleep(2)
        calls = load.finish()
    finally:
        for each in half:
            each.close()
        os.kill(worker, signal.SIGCONT)
    assert len(calls) > 4
    assert [each.broke for call in calls for each in call.asked if each.broke] == []


def test_nothing_is_left_when_the_server_is_killed(node):
    process, port = node
    eventually(lambda: health(port) == 200)
    everybody = descendants(process.pid)
    process.kill()
    eventually(lambda: not any(running(pid) for pid in everybody))
    assert health(port) == 0


def test_one_group_alone_is_started_where_it_is_asked_for_and_minds_no_other_port(tmp_path, root):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = free_port()
        environ = os.environ | {
            "IVR_DATA": str(tmp_path),
            "PORT": str(port),
            "CONSOLE_PORT": str(taken.getsockname()[1]),
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "IVR_SECRET_KEYS": KEYS,
        }
        publish_all(read_settings(environ), [hotline()])
        words = [sys.executable, "-m", "ivr", "serve", "--workers", "1", "--only", "voice"]
        process = subprocess.Popen(words, cwd=root, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            eventually(lambda: health(port) == 200)
            assert len(children(process.pid)) == 1
        finally:
            process.send_signal(signal.SIGTERM)
            said, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert b"pages:" not in said


def test_the_last_fold_goes_by_the_settings_of_the_last_reload(tmp_path, root):
    file = tmp_path / "hotline.env"
    file.write_text("")
    names = {"IVR_DATA": str(tmp_path), "CONSOLE_PORT": str(free_port()), "IVR_SECRET_KEYS": KEYS}
    names |= {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN}
    publish_all(read_settings(names), [hotline()])
    there, moved = Store("", tmp_path), tmp_path / "moved"
    away = Store(
        "postgresql://nobody@127.0.0.1:9/nothing", tmp_path, disk=Spool(moved, read_settings(names).spool_size)
    )
    away.note(NoteRecord(b"1" * 16, "CA1", "CA1", "status", 1.0, "{}"))
    away.close()
    words = [sys.executable, "-m", "ivr", "serve", "--only", "pages", "--environment", str(file)]  # they fold nothing
    process = subprocess.Popen(
        words, cwd=root, env=os.environ | names, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        first = eventually(lambda: group(process, "pages"))
        file.write_text(f"IVR_SPOOL={moved}\n")
        eventually(lambda: health(int(names["CONSOLE_PORT"])))
        process.send_signal(signal.SIGHUP)
        eventually(lambda: group(process, "pages") not in {0, first} and not running(first))
        assert there.notes("CA1") == []
    finally:
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=30)
    assert [found.id for found in there.notes("CA1") if found.kind == "status"] == [b"1" * 16], said
    there.close()


@pytest.mark.parametrize("name", ["PORT", "CONSOLE_PORT"])
def test_a_port_that_somebody_has_is_named_and_nothing_is_started(tmp_path, name):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        environ = os.environ | {
            "IVR_DATA": str(tmp_path),
            "PORT": str(free_port()),
            "CONSOLE_PORT": str(free_port()),
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "IVR_SECRET_KEYS": KEYS,
            name: str(port),
        }
        command = [sys.executable, "-m", "ivr", "serve"]
        ended = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 1
    assert f"{name}: another program listens on port {port}" in ended.stderr
    assert f"{name}={port + 10000} make run" in ended.stderr
    assert "started" not in ended.stdout + ended.stderr
