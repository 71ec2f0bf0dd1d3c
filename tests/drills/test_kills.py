"""`kill -9` of workers and of the whole node at random moments, under load: nothing that was answered is lost."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from rig.books import judge_cases
from rig.insistent import Load, WalkedCall, broken_requests
from rig.node import Node
from rig.ports import free_ports
from rig.postgres import Postgres, postgres

from bench.form import Signer
from ivr.records import TurnRecord
from ivr.store import Store

__all__ = ["postgres"]

HOTLINE = Path(__file__).parent / "hotline"
KEYS = ("2", "1", "1", "1234", "2", "1")  # there and back, a complaint with its number, there and back again
CALLERS = 96
IN_FLIGHT = 50
TRIES, WITHIN = 3, 14.0  # how often the carrier asks, and how many seconds it gives all of that


@pytest.fixture(params=["sqlite", "postgresql"])
def node(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Node]:
    """A node with the drill's hotline, running."""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        with server.database() as url:
            yield from running(Node(tmp_path / "data", HOTLINE, free_ports(), url))
    else:
        yield from running(Node(tmp_path / "data", HOTLINE, free_ports()))


def running(node: Node) -> Iterator[Node]:
    node.prepare()
    node.start()
    try:
        yield node
    finally:
        node.stop()


@dataclass(slots=True)
class Tally:
    """What a drill saw."""

    kills: list[tuple[float, str, int]] = field(default_factory=list)  # when, what, requests in flight
    seconds: float = 0.0
    between: int = 0  # requests committed before a kill and answered only after it
    broken: int = 0
    given_up: int = 0  # requests that the carrier would have given up
    given_up_alone: int = 0  # those of them that no kill of the whole node explains

    def tell(self, calls: list[WalkedCall]) -> str:
        flights = sorted(flight for _, _, flight in self.kills)
        whole = sum(what == "node" for _, what, _ in self.kills)
        return (
            f"{len(self.kills)} kills ({whole} of the whole node), in flight at each: at least {flights[0]}, median "
            f"{flights[len(flights) // 2]}; {len(calls)} calls, {sum(len(call.asked) for call in calls)} requests, "
            f"{self.broken} broke, {self.between} of them between commit and answer; the carrier would have "
            f"given up {self.given_up}, {self.given_up_alone} of them without a kill of the whole node; "
            f"{round(self.seconds)} s"
        )


def drill(node: Node, kills: int, seed: int) -> tuple[Tally, list[WalkedCall]]:
    """Kill at random moments while the callers go on."""
    chance = random.Random(seed)
    settings, tally = node.settings, Tally()
    load = Load(
        settings.port, Signer(settings.public_url, settings.auth_token.encode(), settings.account_sid), KEYS, CALLERS
    )
    load.start()
    while len(tally.kills) < kills and load.is_alive():
        time.sleep(chance.uniform(0.1, 1.4))
        flight = wait_for_flight(load)
        whole = len(tally.kills) % 4 == 3
        tally.kills.append((time.time(), "node" if whole else "worker", flight))
        if whole:
            node.kill_everything()
            node.start()
        else:
            node.kill_a_worker(chance)
    return tally, load.finish()


def wait_for_flight(load: Load) -> int:
    """Wait until enough requests are out; give how many."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        flight = load.in_flight
        if flight >= IN_FLIGHT:
            return flight
        time.sleep(0.0005)
    raise AssertionError(f"never {IN_FLIGHT} requests in flight; {load.failure!r}")


def judge(node: Node, tally: Tally, calls: list[WalkedCall]) -> None:
    """Compare what callers heard with what is recorded."""
    store = Store(node.settings.database_url, node.data)
    try:
        chains = {call.sid: drives(store.chain(call.sid)) for call in calls}
        wrong = [complaint for call in calls for complaint in compare(call, chains[call.sid])]
        assert wrong == []
        for call, place, asked in broken_requests(calls):
            tally.broken += 1
            killed = any(when <= asked.broke[0] <= when + 1 for when, _, _ in tally.kills)
            tally.between += killed and chains[call.sid][place].at < asked.broke[0]
            if asked.tries > TRIES or asked.answered - asked.sent > WITHIN:
                tally.given_up += 1
                tally.given_up_alone += not any(
                    what == "node" and when - 1 <= asked.broke[-1] and asked.broke[0] <= when + 15
                    for when, what, _ in tally.kills
                )
    finally:
        store.close()


def drives(chain: list[TurnRecord]) -> list[TurnRecord]:
    return [turn for turn in chain if turn.kind == "drive"]


def compare(call: WalkedCall, chain: list[TurnRecord]) -> Iterator[str]:
    """Each request that was answered has its one record, each in the chain after the one before it."""
    answered = sum(asked.answered > 0 for asked in call.asked)
    if not answered <= len(chain) <= len(call.asked):
        yield f"{call.sid}: {answered} of {len(call.asked)} answered, {len(chain)} recorded"
    if [turn.parent for turn in chain[1:]] != [turn.id for turn in chain[:-1]]:
        yield f"{call.sid}: the records are no chain"
    if call.unlike:
        yield f"{call.sid}: {call.unlike} repeats were answered otherwise"
    if call.lost:
        yield f"{call.sid}: lost"


def play(node: Node, kills: int, capsys: pytest.CaptureFixture[str]) -> Tally:
    began = time.monotonic()
    tally, calls = drill(node, kills, seed=kills)
    tally.seconds = time.monotonic() - began
    judge(node, tally, calls)
    cases = judge_cases(node, calls)
    with capsys.disabled():
        sys.stdout.write(f"\n{node.settings.database_url.partition(':')[0]}: {tally.tell(calls)}, {cases} cases\n")
    return tally


def test_a_few_kills_lose_nothing(node, capsys):
    play(node, 4, capsys)


@pytest.mark.campaign
def test_two_hundred_kills_lose_nothing(node, capsys):
    tally = play(node, 200, capsys)
    assert tally.between > 0, "no kill fell between commit and answer: the drill proves too little"
