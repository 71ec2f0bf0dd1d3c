"""Two nodes killed in turn under load, and callers with no more patience than the carrier: nobody is lost."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from rig.books import judge_cases, recorded_cases
from rig.insistent import CARRIER, Load, WalkedCall
from rig.node import Node
from rig.postgres import Postgres, postgres

from ivr.replay import heard
from ivr.store import Store
from tests.nodes.pair import Pair, pair

__all__ = ["postgres"]

KEYS = ("2", "1", "1", "1234", "2", "1")  # there and back, a complaint with its number, there and back again
SETTLED = 0.5  # seconds that a node which came back has answered before the other one goes


def killed(node: Node) -> None:
    """The machine loses its power."""
    node.kill_everything()
    node.start()


def stopped(node: Node) -> None:
    """Somebody restarts it in good order."""
    node.stop()
    node.start()


def hanging(node: Node) -> None:
    """It answers nothing any more for five seconds, neither well nor ill."""
    tree = node.tree()
    for pid in tree:
        os.kill(pid, signal.SIGSTOP)
    try:
        time.sleep(5)
    finally:
        for pid in tree:
            os.kill(pid, signal.SIGCONT)
    node.wait_until_healthy()


Fault = Callable[[Node], None]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a drill saw."""

    faults: Counter[str]
    calls: list[WalkedCall]
    cases: int
    seconds: float

    def tell(self) -> str:
        asked = [each for call in self.calls for each in call.asked]
        broke = sum(bool(each.broke) for each in asked)
        slowest = max(each.answered - each.sent for each in asked if each.answered)
        return (
            f"{dict(self.faults)}; {len(self.calls)} calls, {len(asked)} requests, {broke} broke once or more, "
            f"{sum(call.lost for call in self.calls)} calls lost; {self.cases} cases; slowest answer {slowest:.2f} s; "
            f"{round(self.seconds)} s"
        )


def drill(two: Pair, faults: list[Fault], callers: int) -> Seen:
    """Let one fault after another befall the nodes in turn, and compare what callers heard with what is recorded."""
    chance, began, before = random.Random(len(faults)), time.monotonic(), known_cases(two)
    load = Load(two.port, two.signer, KEYS, callers, CARRIER)
    load.start()
    for place, fault in enumerate(faults):
        time.sleep(SETTLED + chance.uniform(0, 0.5))
        fault(two.nodes[place % 2])
        assert load.is_alive(), load.failure
    calls = load.finish()
    compare(two, calls)
    cases = judge_cases(two.nodes[0], calls, before)
    return Seen(Counter(fault.__name__ for fault in faults), calls, cases, time.monotonic() - began)


def known_cases(two: Pair) -> set[tuple[str, str]]:
    """Give the cases that stand there already."""
    store = Store(two.nodes[0].settings.database_url, two.nodes[0].data)
    try:
        return recorded_cases(store)
    finally:
        store.close()


def compare(two: Pair, calls: list[WalkedCall]) -> None:
    """Each call was walked to its end, and each of its requests has its one turn on the way that was heard."""
    assert [call.sid for call in calls if call.lost] == []
    store = Store(two.nodes[0].settings.database_url, two.nodes[0].data)
    try:
        for call in calls:
            path = heard([turn for turn in store.chain(call.sid) if turn.kind == "drive"])
            assert len(path) == len(call.asked), f"{call.sid}: {len(call.asked)} asked, {len(path)} recorded"
            assert not call.unlike, f"{call.sid}: {call.unlike} repeats were answered otherwise"
    finally:
        store.close()


def play(faults: list[Fault], callers: int, folder: Path, server: Postgres, capsys: pytest.CaptureFixture[str]) -> Seen:
    with server.database() as database, pair(folder, database) as two:
        seen = drill(two, faults, callers)
    with capsys.disabled():
        sys.stdout.write(f"\ntwo nodes: {seen.tell()}\n")
    return seen


@pytest.mark.campaign
def test_nodes_killed_sixty_times_in_turn_cost_nobody_a_call(tmp_path, postgres, capsys):
    play([killed] * 60, 48, tmp_path, postgres, capsys)


@pytest.mark.campaign
@pytest.mark.parametrize("fault", [stopped, hanging])
def test_nodes_that_go_in_other_ways_cost_nobody_a_call(fault, tmp_path, postgres, capsys):
    play([fault] * 10, 48, tmp_path, postgres, capsys)
