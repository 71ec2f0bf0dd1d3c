"""Real processes: they come again when they die and go when their keeper goes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

KEEPER = """
import os, sys
from ivr.processes.groups import Group, Groups
from ivr.logs import configure_logs
configure_logs()
child = "import os, time; open(os.environ['PIDS'], 'a').write(f'{os.getpid()}\\\\n'); time.sleep(60)"
Groups([Group(name, [sys.executable, "-c", child]) for name in ("one", "two")], os.environ).keep()
"""


@pytest.fixture
def keeper(tmp_path, root):
    pids = tmp_path / "pids"
    process = subprocess.Popen(
        [sys.executable, "-c", KEEPER], cwd=root, env=os.environ | {"PIDS": str(pids)}, stderr=subprocess.DEVNULL
    )
    yield process, pids
    if process.poll() is None:
        process.kill()
    process.wait()


def started(pids, count):
    return eventually(lambda: pids.exists() and (found := pids.read_text().split()) and len(found) >= count and found)


def eventually(look, seconds=10.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(0.02)
    pytest.fail("it did not happen in time")


def alive(pid):
    """Tell whether a process runs; one that is dead but not yet buried does not."""
    try:
        with Path(f"/proc/{pid}/stat").open() as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_group_that_is_killed_is_started_again(keeper):
    _, pids = keeper
    first = started(pids, 2)
    os.kill(int(first[0]), signal.SIGKILL)
    assert alive(started(pids, 3)[2])
    assert alive(first[1])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_all_groups_stop_together_when_the_keeper_is_asked_to(keeper, number):
    process, pids = keeper
    children = started(pids, 2)
    process.send_signal(number)
    assert process.wait(10) == 0
    assert not any(alive(pid) for pid in children)


def test_no_group_outlives_a_keeper_that_is_killed(keeper):
    process, pids = keeper
    children = started(pids, 2)
    process.kill()
    eventually(lambda: not any(alive(pid) for pid in children))
