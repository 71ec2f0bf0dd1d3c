"""Two nodes on one database: what one is told the other knows, and what both could do is done once."""

from __future__ import annotations

import re
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from rig.node import Node
from rig.postgres import postgres
from rig.server import ACCOUNT, TOKEN

from ivr.facts.numbers import read_blocks
from ivr.publishing.library import Library
from ivr.simulator.call import Call, Plan
from ivr.simulator.carrier import Carrier
from ivr.simulator.replies import Reply
from ivr.simulator.rest import RestSide, make_wav
from ivr.store import Store
from ivr.worker.alone import at_work
from tests.nodes.pair import Pair, pair
from tests.nodes.test_killed_in_turn import drill, killed

__all__ = ["postgres"]

HOTLINE = Path(__file__).parent / "hotline"
SOON = 5.0  # seconds until a publish has reached every worker of every node
SETTLED = 60.0  # seconds that two job processes on a busy machine may take for what a few calls want
MEDIA = re.compile(r"/Recordings/(RE[0-9a-f]{32})(?:\.wav)?$")


@dataclass(slots=True)
class House:
    """The pair, the carrier's double that both ask, and what they asked of it."""

    carrier: Carrier
    two: Pair = field(init=False)
    store: Store = field(init=False)
    fetched: Counter[str] = field(default_factory=Counter)  # recordings, by their ids
    sent: int = 0  # text messages

    def witness(self, method: str, target: str, body: bytes, reply: Reply) -> None:
        """Count what must come once."""
        if sound := MEDIA.search(target):
            self.fetched[sound[1]] += 1
        self.sent += method == "POST" and target.endswith("/Messages.json")

    def ring(self, node: Node) -> Call:
        """Call the hotline; every request of this call goes to this node."""
        public = f"http://127.0.0.1:{self.two.port}"
        line = Carrier(
            ACCOUNT,
            TOKEN,
            status=f"{public}/voice/status",
            addresses={public: f"http://127.0.0.1:{node.ports[0]}"},
            ledger=self.carrier.ledger,
        )
        call = Call(line, Plan(f"{public}/voice"))
        call.advance()
        return call

    def welcome(self, node: Node) -> str:
        """Call, and hang up after the first words."""
        call = self.ring(node)
        call.hang_up()
        return " ".join(call.heard_by())


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("nodes")
    shutil.copytree(HOTLINE, folder / "hotline")
    made = House(Carrier(ACCOUNT, TOKEN))
    with RestSide(made.carrier, witness=made.witness) as side, request.getfixturevalue("postgres").database() as url:
        places = {"TWILIO_API_URL": side.url, "IVR_RECORDINGS": str(folder / "recordings")}
        with pair(folder, url, places, folder / "hotline") as made.two:
            made.store = Store(url, folder)
            yield made
            made.store.close()


def until(true: Callable[[], object], seconds: float) -> bool:
    limit = time.monotonic() + seconds
    while not true() and time.monotonic() < limit:
        time.sleep(0.05)
    return bool(true())


def test_what_both_job_processes_could_do_is_done_once(house: House) -> None:
    calls = [house.ring(house.two.nodes[place % 2]) for place in range(8)]
    for place, call in enumerate(calls):
        call.press("3" if place < 6 else "4")
        if place < 6:
            call.speak(4, hangs_up=True)
        assert call.over
        assert call.faults == ()
    assert all(at_work(node.data) for node in house.two.nodes)

    def settled() -> bool:
        kept = [one.state for call in calls for one in house.store.recordings.of_call(call.sid)]
        cases = [case for call in calls for case in house.store.cases.of_call(call.sid)]
        return kept.count("kept") == len(cases) == 6 and house.sent == 2

    assert until(settled, SETTLED), (house.fetched, house.sent)
    time.sleep(1)  # whoever comes second would come now
    assert set(house.fetched.values()) == {1}
    assert house.sent == 2


def test_what_one_node_publishes_the_other_says_within_five_seconds(house: House) -> None:
    one, two = house.two.nodes
    menu = one.hotline / "menus" / "main.yaml"
    menu.write_text(menu.read_text().replace("Welcome. How can we help?", "Good day. What can we do?"))
    prompt = house.two.nodes[0].settings.recordings / "prompts" / "en-US" / "main.second.wav"
    prompt.parent.mkdir(parents=True)
    prompt.write_bytes(make_wav(1))
    one.run("publish", "--author", "Priya")
    began = time.monotonic()

    def heard_everywhere() -> bool:
        return all("Good day." in house.welcome(node) for node in (one, two) * 6)

    assert until(heard_everywhere, SOON)
    assert time.monotonic() - began < SOON
    version = house.store.versions.active()
    for node in (one, two):
        library = Library(node.data)
        assert version in library.hashes()
        (sound,) = library.get(version).audio
        assert library.audio(sound).read_bytes()[:4] == b"RIFF"
    call = house.ring(two)
    call.press("2")
    call.hang_up()
    assert call.faults == ()  # the carrier fetched what it is to play, from the other node


@pytest.mark.campaign  # a machine that others use meanwhile answers later than the carrier waits
def test_a_node_that_is_killed_costs_nobody_a_call(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    seen = drill(house.two, [killed], 4)
    with capsys.disabled():
        sys.stdout.write(f"\ntwo nodes: {seen.tell()}\n")
    blocks = [set(read_blocks((node.data / "numbers" / "C.json").read_bytes())) for node in house.two.nodes]
    assert all(blocks)
    assert blocks[0] & blocks[1] == set()
