"""The primary of PostgreSQL is killed in mid-call and its standby takes over: nobody hears of it, nothing is lost."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest
from rig.node import Node
from rig.ports import free_ports
from rig.postgres import postgres
from rig.standby import Pairing, paired

from tests.drills.test_database_away import HOTLINE, Away, drill, running

__all__ = ["postgres"]

NOTICED = 1.0  # seconds until whoever watches the primary promotes the standby


def fails_over(pairing: Pairing, times: int) -> Away:
    """The primary dies, again and again; each time a new standby is made of the dead one's place."""

    def away(noticed: float) -> None:
        for _ in range(times - 1):
            pairing.fail_over(noticed)
            pairing.follow()
        pairing.fail_over(noticed)

    return away


def play(times: int, noticed: float, callers: int, capsys: pytest.CaptureFixture[str], server) -> None:
    with tempfile.TemporaryDirectory(prefix="ivr-failover-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with (
            paired(folder, server) as pairing,
            running(Node(folder / "data", HOTLINE, free_ports(), pairing.url)) as node,
        ):
            seen = drill(node, fails_over(pairing, times), noticed, callers)
        with capsys.disabled():
            sys.stdout.write(f"\nPostgreSQL, {times} failovers: {seen.tell()}\n")


def test_a_standby_takes_over_in_mid_call(postgres, capsys):
    play(1, NOTICED, 8, capsys, postgres)


@pytest.mark.campaign
def test_twenty_failovers_are_heard_by_nobody(postgres, capsys):
    play(20, NOTICED, 48, capsys, postgres)


@pytest.mark.campaign
def test_a_standby_that_is_promoted_late_is_heard_by_nobody(postgres, capsys):
    play(2, 30.0, 48, capsys, postgres)
