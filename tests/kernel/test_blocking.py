"""Blocked numbers: never answered, recorded all the same, and nobody blocked by accident."""

import re
import time
from pathlib import Path

import pytest
from kernel.boards import CALL, SECRET, replayed
from kernel.test_switchboard import LINE, called, texts

from ivr.blocking import EVER, WITHHELD, BlockList, NotBlockable, as_blockable
from ivr.engine.events import Ended
from ivr.engine.inputs import Called
from ivr.engine.verbs import Refuse
from ivr.keys import Keyring
from ivr.privacy import key_of
from ivr.store.audit import Deed
from ivr.store.blocks import BlockRow, TooManyBlocks
from ivr.turns import read_told
from ivr.worker.endings import Endings
from webhooks.twiml import MAIN, Addresses, document

NUMBER = "+14155550123"
REFUSED = (Refuse(),)


@pytest.fixture
def blocks(board, store):
    return BlockList(store, board.keyring)


def answer(board, call=CALL, number=NUMBER):
    board.facts.snapshots.renew()
    return board.begin(call, Called(time.time(), number, LINE))


def test_a_blocked_number_is_refused_by_the_very_first_verb_and_the_call_stands_as_rejected(board, store, blocks):
    blocks.add(NUMBER, "a machine", "Priya", time.time() + 60)
    refused = answer(board)
    assert refused.verbs == REFUSED
    written = document(refused.verbs, MAIN, Addresses("https://h", refused.token))
    assert re.fullmatch(rb'<\?xml[^>]*><Response><Reject reason="rejected"/></Response>', written)
    (turn,) = store.chain(CALL)
    assert read_told(turn, key_of(store.call(CALL), board.keyring)).events == (Ended("", "refused"),)
    Endings(store, board.keyring, board, lambda version: board.library.get(version).tree).end(CALL, time.time())
    row = store.calls.find(CALL)
    assert (row.outcome, row.talked) == ("rejected", 0)
    assert replayed(board) == 2


def test_a_repeat_is_answered_as_the_first_copy_was_whatever_staff_did_meanwhile(board, blocks):
    first = answer(board)
    assert "Welcome." in texts(first)
    blocks.add(NUMBER, "a machine", "Priya")
    assert answer(board).verbs == first.verbs
    other = CALL.replace("1", "2")
    assert answer(board, other).verbs == REFUSED
    assert blocks.remove(NUMBER, "Priya")
    assert answer(board, other).verbs == REFUSED
    assert "Welcome." in texts(answer(board, CALL.replace("1", "3")))


def test_who_shows_no_number_is_blocked_by_that_word_alone(board, blocks):
    for hidden in ("anonymous", "+266696687", "Restricted", "", "0123", "+1", "call me"):
        with pytest.raises(NotBlockable):
            blocks.add(hidden, "a machine", "Priya")
    blocks.add(NUMBER, "a machine", "Priya")
    assert "Welcome." in texts(answer(board, number=None))
    blocks.add(WITHHELD, "threats from hidden numbers", "Priya")
    assert answer(board, CALL.replace("1", "2"), None).verbs == REFUSED
    assert "Welcome." in texts(answer(board, CALL.replace("1", "3"), "+14155550199"))


def test_a_block_ends_by_itself_also_while_the_database_is_away_and_its_row_goes(board, store, blocks, monkeypatch):
    until = time.time() + 30
    blocks.add(NUMBER, "a machine", "Priya", until)
    board.facts.snapshots.renew()
    assert board.begin(CALL, called()).verbs == REFUSED
    later = Called(until + 1, NUMBER, LINE)
    assert "Welcome." in texts(board.begin(CALL.replace("1", "2"), later))
    assert store.blocks.tidy(until - 1) == 0
    assert store.blocks.tidy(until + 1) == 1
    assert store.blocks.listed() == ""


def test_a_block_is_found_by_every_key_and_kept_once(board, store, blocks):
    blocks.add("+1 (415) 555-0123", "a machine", "Priya")
    newer = BlockList(store, Keyring([("k2", b"2" * 32), SECRET]))
    assert newer.find(NUMBER).reason == "a machine"
    newer.add(NUMBER, "still a machine", "Bo", EVER)
    (only,) = newer.all()
    assert (only.number, only.reason, only.owner) == (NUMBER, "still a machine", "Bo")
    assert blocks.all()[0].number is None  # the key that sealed it is not held there
    assert not newer.remove("+14155550199", "Bo")


def test_no_number_stands_in_the_clear_neither_here_nor_in_the_trail(board, store, blocks, tmp_path):
    made = blocks.add(NUMBER, "calls Ada at night", "Priya", time.time() + 60)
    answer(board)
    assert blocks.remove_named(made.name, "Bo")
    kept = [f"{line.deed}" for line in store.audit.latest(10)]
    assert [f"{line.deed.who} {line.deed.did}" for line in store.audit.latest(10)][:2] == [
        "Bo unblocked a number",
        "Priya blocked a number",
    ]
    disk = b"".join(path.read_bytes() for path in Path(tmp_path).rglob("*") if path.is_file()) + "".join(kept).encode()
    assert b"4155550123" not in disk
    assert b"Ada" not in disk


def test_what_has_no_reason_owner_or_end_in_the_future_is_refused(blocks):
    for reason, owner, until in ((" ", "Priya", EVER), ("x" * 201, "Priya", EVER), ("why", " ", EVER), ("why", "P", 1)):
        with pytest.raises(NotBlockable):
            blocks.add(NUMBER, reason, owner, until)
    assert as_blockable("client:anna") == "client:anna"


def test_the_list_has_an_end(store, blocks, monkeypatch):
    monkeypatch.setattr("ivr.store.blocks.MOST", 2)
    for last in range(2):
        store.blocks.put(BlockRow(bytes([last]), "k", b"", "P", EVER, float(last)), [], Deed("P", "blocked"))
    with pytest.raises(TooManyBlocks):
        blocks.add(NUMBER, "why", "Priya")
