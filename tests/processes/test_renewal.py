"""A group is renewed beside itself: who calls is never refused, and a new one that does not come up changes nothing."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from rig.ports import free_ports

from ivr.errors import SettingError
from ivr.processes import groups
from ivr.processes.groups import Group
from ivr.processes.listening import Listening
from ivr.serve import environment, ports_of, rereading
from ivr.settings import read_settings
from tests.processes.test_processes import eventually, started
from tests.rig.server import ACCOUNT, KEYS, TOKEN

ANSWERING = """
import os, signal, socket, sys
stopping = []
signal.signal(signal.SIGTERM, lambda *_: stopping.append(1))
if os.environ["WORD"] == "broken":
    sys.exit(3)
sock = socket.socket(fileno=int(sys.argv[-1].rpartition("/")[2]))
sock.settimeout(0.05)
os.write(int(os.environ["IVR_READY"]), b".")
while not stopping:
    try:
        conn, _ = sock.accept()
    except TimeoutError:
        continue
    conn.sendall(os.environ["WORD"].encode())
    conn.close()
"""


@pytest.fixture
def group():
    made = Group("one", [sys.executable, "-c", ANSWERING], Listening("PORT", "127.0.0.1", free_ports()[0]))
    yield made
    made.stop()
    until = time.monotonic() + 20
    while not made.stopped() and time.monotonic() < until:
        time.sleep(0.02)


def ask(group):
    """Ask whoever answers; "" where the door is closed."""
    try:
        with socket.create_connection(("127.0.0.1", group.listening.port), 20) as sock:
            return sock.recv(100).decode()
    except ConnectionRefusedError:
        return ""


def keep(group, word, until):
    """Look after it until something is so."""

    def look():
        group.look_after(environ(word))
        return until()

    return eventually(look, 30)


def environ(word):
    return os.environ | {"WORD": word}


def answers(group):
    return group.run is not None and group.run.hear()


def test_the_new_one_takes_over_when_it_answers_and_nobody_is_refused(group):
    keep(group, "old", lambda: answers(group))
    first = group.run
    group.renew(environ("new"))
    heard = []
    keep(group, "new", lambda: heard.append(ask(group)) or (group.run is not first and not group.leaving))
    assert first.process.returncode == 0
    assert set(heard) <= {"old", "new"}
    assert ask(group) == "new"


def test_a_new_one_that_does_not_come_up_leaves_the_old_one_where_it_is(group):
    keep(group, "old", lambda: answers(group))
    first = group.run
    group.renew(environ("broken"))
    keep(group, "old", lambda: group.coming is None and not group.leaving)
    assert group.run is first
    assert ask(group) == "old"


def test_a_second_renewal_drops_the_first_that_has_not_yet_come_up(group):
    keep(group, "old", lambda: answers(group))
    group.renew(environ("first"))
    group.renew(environ("second"))
    keep(group, "old", lambda: group.coming is None and not group.leaving)
    assert ask(group) == "second"


def test_who_calls_waits_for_the_next_one_where_a_settled_one_dies(group, monkeypatch):
    keep(group, "old", lambda: answers(group))
    monkeypatch.setattr(groups, "SETTLED", 0.0)
    group.run.process.kill()
    group.run.process.wait()
    keep(group, "new", lambda: group.run is None)
    with socket.create_connection(("127.0.0.1", group.listening.port), 20) as waiting:
        keep(group, "new", lambda: answers(group))
        assert waiting.recv(100) == b"new"


def test_the_door_is_closed_where_it_dies_as_soon_as_it_is_there(group):
    keep(group, "broken", lambda: group.pause > groups.FIRST_PAUSE and group.run is None)
    assert ask(group) == ""
    keep(group, "old", lambda: answers(group))
    assert ask(group) == "old"


def test_a_port_that_somebody_took_meanwhile_is_tried_again(group, monkeypatch):
    monkeypatch.setattr(groups, "LONGEST_PAUSE", 0.1)
    with socket.create_server(("127.0.0.1", group.listening.port)):
        group.look_after(environ("old"))
        assert group.run is None
    keep(group, "old", lambda: answers(group))


def test_one_without_a_port_is_renewed_only_when_it_has_gone(tmp_path):
    alone = (
        "import os, signal, sys, time\n"
        "end = lambda *_: (time.sleep(0.3), open(os.environ['PIDS'], 'a').write('gone\\n'), sys.exit(0))\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "open(os.environ['PIDS'], 'a').write('here\\n')\n"
        "time.sleep(60)\n"
    )
    told = tmp_path / "told"
    here = os.environ | {"PIDS": str(told)}
    group = Group("jobs", [sys.executable, "-c", alone])

    def look(lines):
        group.look_after(here)
        return told.exists() and told.read_text().split() == lines

    eventually(lambda: look(["here"]), 30)
    group.renew(here)
    eventually(lambda: look(["here", "gone", "here"]), 30)
    group.stop()
    eventually(group.stopped, 30)


KEEPER = """
import os, sys
from ivr.errors import IvrError
from ivr.logs import configure_logs
from ivr.processes.groups import Group, Groups
configure_logs()
def reread():
    word = open(os.environ["FILE"]).read()
    if word == "wrong":
        raise IvrError("this is not right")
    return os.environ | {"WORD": word}
child = "import os, time; open(os.environ['PIDS'], 'a').write(os.environ['WORD'] + chr(10)); time.sleep(60)"
Groups([Group("jobs", [sys.executable, "-c", child])], os.environ | {"WORD": "first"}, reread).keep()
"""


def test_a_hang_up_signal_renews_with_the_environment_of_that_moment_unless_it_is_wrong(tmp_path, root):
    told, file = tmp_path / "told", tmp_path / "file"
    here = os.environ | {"PIDS": str(told), "FILE": str(file)}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-c", KEEPER], cwd=root, env=here, stdout=log, stderr=log)
    try:
        assert started(told, 1) == ["first"]
        file.write_text("wrong")
        process.send_signal(signal.SIGHUP)
        eventually(lambda: "this is not right" in (tmp_path / "log").read_text(), 30)
        assert started(told, 1) == ["first"]
        file.write_text("second")
        process.send_signal(signal.SIGHUP)
        assert started(told, 2) == ["first", "second"]
    finally:
        process.terminate()
        assert process.wait(30) == 0


def settings_of(tmp_path, **more):
    here = {"IVR_DATA": str(tmp_path), "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, **more}
    return here | {"IVR_SECRET_KEYS": KEYS}


def test_the_file_of_the_environment_wins_and_is_read_anew(tmp_path):
    file = tmp_path / "hotline.env"
    file.write_text("# ours\n\nCURRENCY=DKK\nCOMPANY='a b'\n")
    started_with = settings_of(tmp_path, CURRENCY="USD")
    assert environment(file, started_with) == started_with | {"CURRENCY": "DKK", "COMPANY": "a b"}
    assert environment(None, started_with) == started_with
    reread = rereading(file, started_with, read_settings(started_with))
    assert reread()["CURRENCY"] == "DKK"
    for wrong, why in (
        ("CURRENCY=kroner", "CURRENCY"),
        ("PORT=9000", "stop and a start"),
        ("nothing", ":1: not a name"),
    ):
        file.write_text(wrong)
        with pytest.raises(SettingError, match=why):
            reread()
    with pytest.raises(SettingError, match="cannot be read"):
        environment(tmp_path / "absent", {})


def test_the_ports_are_those_of_the_settings(tmp_path):
    voice, pages = ports_of(read_settings(settings_of(tmp_path, VOICE_HOST="127.0.0.1", PORT="1", CONSOLE_PORT="2")))
    assert (voice.host, voice.port, pages.host, pages.port) == ("127.0.0.1", 1, "127.0.0.1", 2)
