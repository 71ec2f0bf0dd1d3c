"""From the ring to the case: the voice port, the job process and the carrier's double, each for real."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from ipaddress import ip_network

import pytest
from rig.server import ACCOUNT, ROOT, TOKEN, Server
from rig.told import listening, verified
from rig.worker import working

from ivr.hooks import Wish, new_hook
from ivr.keys import Keyring
from ivr.simulator.acts import Agent
from ivr.simulator.call import Call, Plan
from ivr.simulator.carrier import Carrier
from ivr.simulator.rest import RestSide
from ivr.store import Store
from ivr.store.hooks import EVENTS
from tests.kernel.hotline import AGENTS, hotline


@pytest.fixture(scope="module")
def carrier() -> Iterator[tuple[Carrier, RestSide]]:
    made = Carrier(ACCOUNT, TOKEN)
    with RestSide(made) as side:
        yield made, side


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, carrier: tuple[Carrier, RestSide]
) -> Iterator[Server]:
    """One hotline on each database; each test is a call of its own."""
    with ExitStack() as stack:
        database = request.getfixturevalue("postgres") if request.param == "postgresql" else None
        url = stack.enter_context(database.database()) if database else ""
        yield stack.enter_context(working(tmp_path_factory.mktemp("whole"), hotline(), carrier[1], url))


@pytest.fixture
def store(server: Server) -> Iterator[Store]:
    opened = Store(server.settings.database_url, server.data)
    yield opened
    opened.close()


def asked(server: Server, *words: str) -> str:
    """What a command of ours prints."""
    command = [sys.executable, "-m", "ivr", *words]
    done = subprocess.run(command, env=server.environ, cwd=ROOT, capture_output=True, text=True, check=True, timeout=90)
    return done.stdout


def story_of(server: Server, store: Store, call: str) -> dict:
    """The story of a call, once it is settled."""
    wait_until_settled(server, store, call)
    return json.loads(asked(server, "story", call, "--json"))


def wait_until_settled(server: Server, store: Store, call: str) -> None:
    """Wait until a call's end is told and what it left behind is settled."""
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        row, effects, recordings = store.calls.find(call), store.effects.of_call(call), store.recordings.of_call(call)
        settled = {effect.state for effect in effects} <= {"sent", "dropped"}
        kept = {one.state for one in recordings} <= {"kept", "absent"}
        if row and row.ended_at and settled and kept and len(recordings) == 1:
            return
        time.sleep(0.05)
    raise AssertionError((server.data / "worker.log").read_text()[-3000:])


def ring(server: Server, carrier: Carrier, **agents: Agent) -> Call:
    carrier = Carrier(ACCOUNT, TOKEN, status=f"{server.url}/voice/status", ledger=carrier.ledger)
    call = Call(carrier, Plan(url=f"{server.url}/voice", agents=dict(zip(AGENTS, agents.values(), strict=False))))
    call.advance()
    return call


def test_the_reference_that_was_spoken_stands_in_the_cases_with_what_was_said(
    server: Server, carrier: tuple[Carrier, RestSide], store: Store
) -> None:
    call = ring(server, carrier[0], first=Agent("takes", talks=30.0))
    call.press("1")
    call.press("4022")
    call.speak(8)
    assert call.over
    story = story_of(server, store, call.sid)
    (case,) = story["cases"]
    spoken = "".join(re.findall(r"[0-9A-Z]", " ".join(call.heard_by("")).split("Your reference is ")[1].split(". ")[0]))
    assert spoken == "".join(re.findall(r"[0-9A-Z]", case["number"]))
    assert case["said"]["fields"] == {"account": "4022"}
    (recording,) = story["recordings"]
    assert (server.data / "recordings" / recording["path"]).read_bytes()[:4] == b"RIFF"
    assert recording["seconds"] == 8
    assert (story["call"]["outcome"], story["call"]["talked"]) == ("talked", 30)
    assert any(turn["leg"] for turn in story["turns"])


def test_a_system_hears_of_the_case_the_recording_and_the_end(
    server: Server, carrier: tuple[Carrier, RestSide], store: Store
) -> None:
    with listening() as system:
        wish = Wish(system.url, list(EVENTS), "Helen", time.time())
        made, secret = new_hook(wish, Keyring(server.settings.secret_keys), (ip_network("127.0.0.0/8"),))
        store.hooks.add(made)
        call = ring(server, carrier[0])
        call.press("1")
        call.press("4022")
        call.speak(5, hangs_up=True)
        wait_until_settled(server, store, call.sid)
        limit = time.monotonic() + 20
        while len(system.heard) < 3 and time.monotonic() < limit:
            time.sleep(0.1)
        told = [verified(secret, headers, body) for headers, body in system.heard]
    assert sorted(str(each["type"]) for each in told) == ["call.ended", "case.opened", "recording.saved"]
    assert {each["data"]["call"] for each in told} == {call.sid}  # type: ignore[index]


def test_who_hangs_up_while_recording_has_a_case_and_is_heard(
    server: Server, carrier: tuple[Carrier, RestSide], store: Store
) -> None:
    call = ring(server, carrier[0])
    call.press("1")
    call.press("4022")
    call.speak(5, hangs_up=True)
    assert call.over
    story = story_of(server, store, call.sid)
    (case,) = story["cases"]
    assert case["said"]["recordings"] == [story["recordings"][0]["sid"]]
    assert story["call"]["outcome"] == "case"
    assert json.loads(asked(server, "cases", case["number"], "--json"))["call"] == call.sid
    assert call.sid in asked(server, "calls", "--outcome", "case")
