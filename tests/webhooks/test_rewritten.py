"""Documents written again from the records: the same bytes, and a hurried change of what writes them is seen."""

import time

import pytest
from kernel.boards import SECRET, publish
from kernel.nodes import CutOff
from rig.tables import with_tables

import webhooks.twiml
from ivr.archive.rewriting import rewrite
from ivr.engine.inputs import Called
from ivr.keys import Keyring
from ivr.node import Node
from ivr.replay import NotTheSame, reel
from ivr.simulator.acts import Agent
from ivr.simulator.call import Call, Plan
from ivr.simulator.carrier import Carrier
from ivr.store import Store
from ivr.turns import read_told
from tests.kernel.hotline import AGENTS, hotline, to_screens
from tests.rig.server import ACCOUNT, TOKEN, serving
from webhooks.noted import noted


@pytest.fixture
def office(tmp_path):
    """A server whose team has a browser, an exchange and a public phone; the node that reads its records."""
    with serving(tmp_path, (to_screens(hotline()),)) as server:
        node = Node(server.settings)
        yield server, node
        node.close()


def walked(server, node, *keys):
    """Walk a call over HTTP; its tape, and the keys."""
    carrier = Carrier(ACCOUNT, TOKEN, status=f"{server.url}/voice/status")
    call = Call(carrier, Plan(url=f"{server.url}/voice", agents={AGENTS[0]: Agent("takes", talks=30.0)}))
    call.advance()
    for pressed in keys:
        call.press(pressed)
    if not call.over:
        call.hang_up()
    keyring = Keyring(server.settings.secret_keys)
    record = node.store.call(call.sid)
    return reel(record, node.store.chain(call.sid), keyring, node.library.get), keyring


def noted_in(tape):
    return [told.document for turn in tape.chain if (told := read_told(turn, tape.key)).document]


def test_every_document_of_a_call_is_written_again_with_its_card_and_its_address(office):
    tape, keyring = walked(*office, "1", "4022", "#")
    drives = [turn for turn in tape.chain if turn.kind == "drive"]
    assert rewrite(tape, keyring, noted) == len(noted_in(tape)) == len(drives) >= 3


def test_a_turn_in_which_a_secret_was_in_play_notes_no_document(office):
    tape, keyring = walked(*office, "2", "1234")
    drives = [turn for turn in tape.chain if turn.kind == "drive"]
    assert 0 < rewrite(tape, keyring, noted) == len(noted_in(tape)) < len(drives)


@pytest.mark.parametrize(
    ("where", "changed"),
    [("_TAIL", "</Response>\n"), ("_RETRIES", "#rc=1")],
    ids=["a line more at the end", "an address with fewer tries"],
)
def test_one_that_is_written_otherwise_is_named(office, monkeypatch, where, changed):
    tape, keyring = walked(*office, "1")
    monkeypatch.setattr(webhooks.twiml, where, changed)
    with pytest.raises(NotTheSame, match="another document"):
        rewrite(tape, keyring, noted)


def test_a_token_with_another_end_is_named(office, monkeypatch):
    tape, keyring = walked(*office, "1")
    monkeypatch.setattr("ivr.archive.rewriting.expiry", lambda _tree, _began: int(time.time()))
    with pytest.raises(NotTheSame, match="another document"):
        rewrite(tape, keyring, noted)


def test_each_of_two_beginnings_of_a_call_is_written_again(tmp_path):
    """Two nodes that could not see each other each began it, under a seed of their own."""
    store = Store("", tmp_path, budget=60)
    with_tables(store)
    nodes = [CutOff(store, tmp_path / name, (SECRET,)) for name in ("one", "other")]
    publish(nodes[0].board, hotline())
    for node in nodes:
        node.board.facts.snapshots.renew()
        node.board.library.get(hotline().hash)
        node.board.script = noted
    nodes[1].cut = True
    call = "CA" + "9" * 32
    for node in nodes:
        node.board.begin(call, Called(time.time(), "+14155550123", "+18005550100"))
    nodes[1].cut = False
    assert nodes[1].fold()
    board = nodes[0].board
    tape = reel(store.call(call), store.chain(call), board.keyring, board.library.get)
    assert len({turn.seed for turn in tape.chain}) == 2
    assert rewrite(tape, board.keyring, noted) == 2
    for node in nodes:
        node.close()
    store.close()
