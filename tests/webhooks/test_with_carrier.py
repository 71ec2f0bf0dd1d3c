"""Whole calls over HTTP: the carrier's double reads our documents as strictly as the carrier's manual."""

from contextlib import ExitStack
from datetime import UTC, datetime

import pytest

from ivr.keys import Keyring
from ivr.node import Node
from ivr.privacy import key_of
from ivr.simulator.acts import Agent
from ivr.simulator.call import Call, Plan
from ivr.simulator.carrier import Carrier
from ivr.simulator.signing import SharedKey
from ivr.token import Pretend
from ivr.turns import read_told
from tests.kernel.hotline import AGENTS, hotline, to_screens
from tests.rig.server import ACCOUNT, TOKEN, serving


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("voice")
    keys = {"TWILIO_SHARED_KEYS": "k1:a-shared-secret"}
    with ExitStack() as stack:
        lent = request.param == "postgresql" and request.getfixturevalue("postgres").database()
        url = stack.enter_context(lent) if lent else ""
        yield stack.enter_context(serving(folder, (hotline(),), database_url=url, environ=keys))


@pytest.fixture
def screens(tmp_path):
    """A server whose team has a browser, an exchange and a public phone."""
    with serving(tmp_path, (to_screens(hotline()),)) as server:
        yield server


@pytest.fixture
def ring(server):
    """Begin a call to the real server."""

    def begin(agents=None, query="", plan=None, **habits):
        carrier = Carrier(
            ACCOUNT, TOKEN, fallback=f"{server.url}/voice/fallback", status=f"{server.url}/voice/status", **habits
        )
        people = dict(zip(AGENTS, agents or (), strict=False))
        call = Call(carrier, Plan(**({"url": f"{server.url}/voice{query}", "agents": people} | (plan or {}))))
        call.advance()
        calls.append(call)
        return call

    calls = []
    yield begin
    for call in calls:
        if not call.over:
            call.hang_up()


def words(call, leg=""):
    return " ".join(call.heard_by(leg))


def test_a_complaint_is_left_and_its_reference_spoken_and_an_agent_takes_the_call(ring):
    call = ring([Agent("takes", talks=30.0)])
    call.press("1")
    call.press("4022")
    call.speak(8)
    assert call.over, call.awaiting
    assert "Your reference is" in words(call)
    assert "Goodbye." in words(call)
    assert "A call about" in words(call, AGENTS[0])
    assert "A call about" not in words(call)
    assert call.faults == ()


@pytest.mark.parametrize("declined", ["completed", "no-answer"])
def test_an_agent_who_passes_is_not_joined_and_the_next_is_rung(ring, declined):
    call = ring([Agent("passes", keys="5"), Agent("takes", talks=5.0)], declined=declined)
    call.press("0")
    assert call.over
    assert "A call about" not in words(call, AGENTS[0])
    assert "A call about" in words(call, AGENTS[1])
    assert call.faults == ()


@pytest.mark.parametrize("does", ["voicemail", "busy", "no_answer", "failed", "hangs_up", "silent"])
def test_when_nobody_takes_the_call_the_caller_hears_an_end_and_no_voicemail(ring, does):
    call = ring([Agent(does), Agent(does)])
    call.press("0")
    assert call.over
    assert words(call).endswith("Goodbye.")
    assert call.faults == ()


@pytest.mark.parametrize("declined", ["completed", "no-answer"])
def test_screens_ring_together_and_who_passed_there_makes_way_for_the_next_phone(screens, declined):
    people = {
        "client:anna": Agent("passes"),
        "sip:bo@example.org": Agent("no_answer"),
        AGENTS[0]: Agent("takes", talks=5.0),
    }
    call = Call(Carrier(ACCOUNT, TOKEN, declined=declined), Plan(url=f"{screens.url}/voice", agents=people))
    call.advance()
    call.press("0")
    assert call.over
    rings = [item.text for item in call.items if item.verb == "dial"]
    assert rings == ["client:anna, sip:bo@example.org", "sip:bo@example.org", AGENTS[0]]  # Bo has not passed
    assert "A call about" in words(call, AGENTS[0])
    assert "A call about" not in words(call, "client:anna")
    assert call.faults == ()


def test_a_caller_who_says_and_presses_nothing_reaches_a_person(ring):
    call = ring([Agent("takes", talks=5.0)])
    for _ in range(3):
        call.silence()
    assert call.over
    assert "A call about" in words(call, AGENTS[0])
    assert call.faults == ()


def test_a_caller_who_speaks_no_word_in_a_recording_is_asked_again(ring):
    call = ring()
    call.press("3")
    before = words(call).count("Tell us.")
    call.silence()
    assert words(call).count("Tell us.") == before + 1
    call.hang_up()
    assert call.faults == ()


def test_a_caller_may_hang_up_anywhere(ring):
    for keys in ("", "1", "3", "0"):
        call = ring([Agent("takes", talks=None)])
        if keys:
            call.press(keys)
        call.hang_up()
        assert call.over
        assert call.faults == ()


@pytest.mark.parametrize(
    ("query", "habits"),
    [
        ("?z=1&a=2", {"sorted_query": True}),
        ("?z=1&a=2", {}),
        ("", {"shared_key": SharedKey("k1", "a-shared-secret")}),
        ("", {"names_finish": False}),
    ],
)
def test_every_way_of_the_carrier_to_sign_is_heard(ring, query, habits):
    call = ring(query=query, **habits)
    call.press("4")
    assert "Hello." in words(call)
    assert call.faults == ()


def test_a_pretended_call_keeps_its_own_clock_on_the_agents_leg_too(server, ring):
    christmas = datetime(2027, 12, 24, 17, 58, tzinfo=UTC).timestamp()
    node = Node(server.settings)
    try:
        token = node.switchboard.start_token(hotline().hash, "care", Pretend(christmas, {}))
        plan = {"url": f"{server.url}/voice/t/{token}/step", "pretend": True}
        call = ring([Agent("no_answer"), Agent("takes", talks=5.0)], plan=plan)
        call.press("0")
        assert "A call about" in words(call, AGENTS[1])
        assert call.faults == ()
        key = key_of(node.store.call(call.sid), Keyring(server.settings.secret_keys))
        sides = [turn for turn in node.store.chain(call.sid) if turn.kind == "side"]
        times = [read_told(turn, key).input.at - christmas for turn in sides]
    finally:
        node.close()
    assert len(times) == 2
    assert all(20 < at < 120 for at in times)


def test_an_unknown_account_is_refused_and_the_carrier_says_so(ring, server):
    call = Call(Carrier(ACCOUNT, "f" * 32), Plan(f"{server.url}/voice"))
    call.advance()
    assert call.over
    assert [fault.code for fault in call.faults] == [11200]


@pytest.mark.parametrize("number", ["anonymous", "", "+266696687", "sip:x@example.com", "client:ann"])
def test_a_caller_without_a_number_is_put_through_with_ours(ring, number):
    call = ring([Agent("takes", talks=5.0)], plan={"caller": number})
    call.press("0")
    assert "A call about" in words(call, AGENTS[0])
    assert call.faults == ()
