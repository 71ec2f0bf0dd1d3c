"""What was counted is exact: over several workers, and after one of them was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from rig.node import Node
from rig.ports import free_ports
from rig.server import ROOT, TOKEN, Server, serving

from ivr.metrics.page import Counts, registry_of
from ivr.metrics.places import FOLDER, SIZE
from tests.kernel.hotline import hotline
from tests.webhooks.signing import signature

HOTLINE = ROOT / "tests" / "drills" / "hotline"
Counted = dict[str, float]  # name{label="value"} -> value


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path, (hotline(),), workers=2, environ={"METRICS_PORT": "9108"}) as made:
        yield made


def call(server: Server, number: int) -> int:
    """Begin a call: the status of the answer, 0 where none came."""
    fields = {"CallSid": f"CA{number:032x}", "From": "+15005550101", "To": "+18005550100", "CallStatus": "ringing"}
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signature("/voice", fields, TOKEN, server.url),
    }
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        try:
            connection.request("POST", "/voice", urlencode(fields), headers)
            return connection.getresponse().status
        except (OSError, HTTPException):
            return 0


def parsed(text: str) -> Counted:
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return {
        one.name + "".join(f"{{{key}={value}}}" for key, value in sorted(one.labels.items())): one.value
        for one in samples
    }


def counted(server: Server) -> Counted:
    """What its processes have counted."""
    return parsed(generate_latest(registry_of(Counts(server.data))).decode())


def shown(environ: dict[str, str]) -> Counted:
    """Ask as an operator does."""
    words = [sys.executable, "-m", "ivr", "metrics", "--once"]
    done = subprocess.run(words, env=environ, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    return parsed(done.stdout)


def until(true: Callable[[], object], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "this did not come"
        time.sleep(0.05)


def test_every_request_is_counted_once_over_two_workers_and_a_killed_one(server: Server) -> None:
    until(lambda: counted(server).get("ivr_processes{group=voice}") == 2)
    looked = counted(server)["ivr_answers_total{status=200}"]  # at /health, by the rig
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(lambda number: call(server, number), range(200))) == {200}
        assert [call(server, 0), call(server, 1)] == [200, 200]  # the carrier asks twice
    before = counted(server)
    assert before["ivr_answers_total{status=200}"] == 202 + looked
    assert before["ivr_turn_seconds_count{kind=drive}{outcome=new}"] == 200
    assert before["ivr_turn_seconds_count{kind=drive}{outcome=repeated}"] == 2
    assert before["ivr_commits_total{kept=database}"] == 200
    assert (before["ivr_commits_total{kept=spool}"], before["ivr_commits_total{kept=nothing}"]) == (0, 0)
    assert (before["ivr_processes{group=voice}"], before["ivr_process_starts_total{group=voice}"]) == (2, 2)
    files = sorted(path.name for path in (server.data / FOLDER).iterdir())

    old = server.worker_pids
    with ThreadPoolExecutor(8) as threads:
        sent = [threads.submit(call, server, number) for number in range(1000, 1200)]
        until(lambda: sum(each.done() for each in sent) > 50)
        os.kill(old[0], signal.SIGKILL)
        answered = sum(each.result() == 200 for each in sent)
    until(lambda: len(server.worker_pids) == 2 and old[0] not in server.worker_pids)
    until(lambda: counted(server)["ivr_processes{group=voice}"] == 2)
    after = counted(server)
    new = after["ivr_turn_seconds_count{kind=drive}{outcome=new}"]
    assert 200 + answered <= new <= 400, "what was answered is counted, though its worker was killed"
    assert after["ivr_process_starts_total{group=voice}"] == 3
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(lambda number: call(server, number), range(2000, 2100))) == {200}
    last = counted(server)
    assert last["ivr_turn_seconds_count{kind=drive}{outcome=new}"] == new + 100
    assert last["ivr_commits_total{kept=database}"] == after["ivr_commits_total{kept=database}"] + 100
    assert last.items() <= shown(server.environ).items()
    assert sorted(path.name for path in (server.data / FOLDER).iterdir()) == files, "the next worker took its place"


def test_the_files_have_room_for_all_that_is_counted(server: Server) -> None:
    assert call(server, 1) == 200
    for path in (server.data / FOLDER).glob("*.db"):
        assert path.stat().st_size == SIZE
        assert path.stat().st_blocks * 512 >= SIZE, "a full disk would kill who writes here"
        assert int.from_bytes(path.read_bytes()[:4], sys.byteorder) < SIZE / 2


def test_a_node_shows_them_by_a_process_of_its_own(tmp_path: Path) -> None:
    node = Node(tmp_path / "data", HOTLINE, free_ports())
    port = free_ports()[0]
    node.environ["METRICS_PORT"] = str(port)
    node.prepare()
    node.start()
    try:
        until(lambda: asked(port).get("ivr_job_process_up") == 1)
        until(lambda: asked(port)["ivr_processes{group=voice}"] == 2)  # each when it has begun
        told = asked(port)
        assert told["ivr_database_up"] == 1
        assert told["ivr_publishes_total"] == 1
        assert told["ivr_spool_size_bytes"] == 1 << 20
        (jobs,) = (pid for pid in node.tree() if command(pid)[-2:] == [b"ivr", b"worker"])
        os.kill(jobs, signal.SIGSTOP)  # it hangs: its lock is held, and it goes round no more
        rounds = asked(port)["ivr_job_rounds_total"]
        assert asked(port)["ivr_job_rounds_total"] == rounds > 0
        os.kill(jobs, signal.SIGKILL)
        until(lambda: asked(port)["ivr_process_starts_total{group=jobs}"] == 2)
        until(lambda: asked(port)["ivr_job_rounds_total"] > rounds)
        (shown,) = (pid for pid in node.tree() if command(pid)[-2:] == [b"ivr", b"metrics"])
        os.kill(shown, signal.SIGKILL)
        until(lambda: asked(port).get("ivr_process_starts_total{group=jobs}") == 2)
    finally:
        node.stop()


def command(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().strip(b"\0").split(b"\0")
    except OSError:
        return []


def asked(port: int) -> Counted:
    """Ask as Prometheus does; nothing where nobody answers."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        try:
            connection.request("GET", "/metrics")
            answer = connection.getresponse()
            assert answer.status == 200
            return parsed(answer.read().decode())
        except OSError:
            return {}
