"""The staff's own line from the ring to what it switches: voice port, job process and the carrier's double for real."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from rig.server import ACCOUNT, ROOT, TOKEN, Server
from rig.worker import working

from ivr.menu.compile import compile_hotline
from ivr.menu.files import read_files
from ivr.menu.locales import fingerprint
from ivr.menu.phone_quality import fingerprint_in
from ivr.menu.staff import numbered
from ivr.simulator.call import Call, Plan
from ivr.simulator.carrier import Carrier
from ivr.simulator.rest import RestSide
from ivr.store import Store
from ivr.store.people import Person

T = TypeVar("T")
FOLDER = ROOT / "tests" / "corpus" / "two_hotlines"
STAFF, CALLERS = "+18005550190", "+18005550100"
PIN = "493027"


def compiled():
    found = compile_hotline(read_files(FOLDER / "config.yaml", FOLDER / "menus", FOLDER / "recordings"))
    assert found.content is not None
    return found.content


@pytest.fixture
def carrier() -> Iterator[tuple[Carrier, RestSide]]:
    made = Carrier(ACCOUNT, TOKEN)
    with RestSide(made) as side:
        yield made, side


@pytest.fixture
def server(url: str, tmp_path: Path, carrier: tuple[Carrier, RestSide]) -> Iterator[Server]:
    with working(tmp_path, compiled(), carrier[1], url) as server:
        yield server


@pytest.fixture
def store(server: Server, url: str) -> Iterator[Store]:
    opened = Store(url, server.data)
    yield opened
    opened.close()


@pytest.fixture
def number(store: Store) -> str:
    return store.pins.give(store.people.add(Person("Priya", "operator"), "Ida"), PIN, "Ida")


def ring(server: Server, carrier: Carrier, to: str) -> Call:
    double = Carrier(ACCOUNT, TOKEN, status=f"{server.url}/voice/status", ledger=carrier.ledger)
    call = Call(double, Plan(url=f"{server.url}/voice", called=to))
    call.advance()
    return call


def press(call: Call, *keys: str) -> list[str]:
    for key in keys[:-1]:
        call.press(key)
    return [item.text for item in call.press(keys[-1]) if item.spoken]


def until(look: Callable[[], T], why: str = "") -> T:
    limit = time.monotonic() + 30
    while time.monotonic() < limit:
        found = look()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(why or "it never happened")


def test_what_staff_confirm_by_phone_is_done_in_their_name(
    server: Server, carrier: tuple[Carrier, RestSide], store: Store, number: str, tmp_path: Path
) -> None:
    call = ring(server, carrier[0], STAFF)
    press(call, "1", number, PIN, "2", "3", "1", "1", "*")
    (flag,) = until(store.flags.all)
    assert (flag.name, flag.owner) == ("storm", "Priya")
    assert 3500 < flag.until - time.time() < 3700
    press(call, "3")
    call.speak(6)
    press(call, "1", "2", "1", "*")
    (announcement,) = until(store.announcements.all, (tmp_path / "worker.log").read_text()[-3000:])
    assert (announcement.owner, list(announcement.audio)) == ("Priya", ["en-US"])
    until(lambda: announcement.audio["en-US"] in callers_hear(server, carrier[0]))
    assert "emergency" not in "".join(press(call, "1"))
    names = {name: key for key, name in numbered(prompts()).items()}
    told = press(call, "5", names["care.storm"])
    assert told == ["After the tone, say: Our people are out to mend the lines. Then press any key."]
    call.speak(4)
    press(call, "1", "*")
    path = tmp_path / "recordings" / "prompts" / "en-US" / "care.storm.wav"
    until(path.exists, (tmp_path / "worker.log").read_text()[-3000:])
    assert fingerprint_in(path) == fingerprint(["Our people are out to mend the lines."])
    press(call, "4", "1", "*")
    until(lambda: not store.announcements.all())
    press(call, "2", "3", "4", "1")
    call.hang_up()
    until(lambda: not store.flags.all())
    assert {line.deed.who for line in store.audit.walk() if line.deed.did.startswith("switched")} == {"Priya"}


def callers_hear(server: Server, carrier: Carrier) -> str:
    call = ring(server, carrier, CALLERS)
    call.hang_up()
    return " ".join(call.heard_by())


def prompts() -> list[str]:
    return list(compiled().tree.labels["staff_prompt"])


def test_what_was_not_confirmed_is_not_done(
    server: Server, carrier: tuple[Carrier, RestSide], store: Store, number: str
) -> None:
    call = ring(server, carrier[0], STAFF)
    press(call, "1", number, PIN, "2", "3", "1")
    call.hang_up()
    again = ring(server, carrier[0], STAFF)
    press(again, "1", number, PIN, "2", "1", "1", "2")
    again.hang_up()
    time.sleep(2)
    assert store.flags.all() == []


def test_wrong_pins_close_the_number_whatever_the_caller_id_and_stand_nowhere(
    server: Server, carrier: tuple[Carrier, RestSide], store: Store, number: str
) -> None:
    for wrong in ("493026", "493025", "493024", "493023", "493022"):
        call = ring(server, carrier[0], STAFF)
        assert any("do not fit" in text for text in press(call, "1", number, wrong))
        call.hang_up()
    call = ring(server, carrier[0], STAFF)
    assert any("do not fit" in text for text in press(call, "1", number, PIN))
    call.hang_up()
    written = [path for path in server.data.rglob("*") if path.is_file()]
    assert len(written) > 3
    assert [path for path in written if any(pin.encode() in path.read_bytes() for pin in (PIN, "493026"))] == []
