"""Who proves to know a case hears how it stands; wrong proofs are counted per case, and survive everything."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.codec import dumps
from ivr.content import Content
from ivr.engine.effects import CreateCase, Effect
from ivr.engine.services import Status
from ivr.engine.state import CallState
from ivr.engine.tree import Limits, Tree, Words
from ivr.errors import StoreUnavailable
from ivr.inquiries.statuses import Statuses
from ivr.keys import Keyring
from ivr.messages import new_case_key
from ivr.question import Question
from ivr.records import name_of
from ivr.settings import Settings
from ivr.store import Store
from ivr.store.cases import Case, Telling
from ivr.store.messages import IN, KEPT, Message, Opening
from ivr.worker.deeds import Deeds
from tests.worker.conftest import CALL, Sealing

NUMBER = "C10021"
CASE = CreateCase(NUMBER, "complaint", "a bill", 2, "complaints", "en", {"account": "40227195"})
STEP = Status(id="main.status", prompt=Words({}), proof="account")
TREE = Tree("x", "en-US", {"main.status": STEP}, {}, {}, {"complaint": "C"}, {}, {}, {}, Limits(proofs=3, closed=600))
CONTENT = Content("v" * 64, TREE, {}, {}, {}, {})
NOW = 1_800_000_000.0


def asked(account: str | None, turn: int, at: float = NOW, **more: object) -> Question:
    state = CallState("care", place="main.status", pending=NUMBER, values={"account": account} if account else {})
    question = Question(CONTENT, state, "CA9", turn.to_bytes(16, "big"), b"p" * 16, at, {})
    return replace(question, **more)


@pytest.fixture
def statuses(store: Store, sealing: Sealing, deeds: Deeds, settings: Settings) -> Statuses:
    sealing.turn(CALL, 1)
    sealing.turn(CALL, 2, CASE, kind="end")
    store.effects.release(time.time())
    (wanted,) = store.effects.due(time.time())
    assert deeds.do(wanted.record.id) == "sent"
    return Statuses(store, Keyring(settings.secret_keys))


def outcome(statuses: Statuses, question: Question) -> str:
    return statuses.answer(question).outcome


def test_the_proof_that_was_kept_with_the_case_opens_its_status(statuses: Statuses) -> None:
    answer = statuses.answer(asked("40227195", 1))
    assert (answer.outcome, answer.values) == ("found", {"status": "new"})


def test_of_two_that_were_merged_each_caller_proves_their_own_and_both_hear_the_same(
    statuses: Statuses, store: Store
) -> None:
    first = Case(**{name: getattr(store.cases.find(NUMBER), name) for name in Case.__slots__})
    other = replace(first, number="C10039", effect=b"o" * 16, visit="w/0", call="CA8", private=b"")
    store.cases.create(other, NOW)
    store.cases.merge(first, other, Telling("Priya", NOW))
    kept = store.cases.find("C10039")
    assert kept is not None
    store.cases.change(kept, {"status": "waiting"}, Telling("Priya", NOW))
    answer = statuses.answer(asked("40227195", 1))
    assert (answer.outcome, answer.values) == ("found", {"status": "waiting"})
    by_the_other = asked("40227195", 2)
    by_the_other = replace(by_the_other, state=replace(by_the_other.state, pending="C10039"))
    assert outcome(statuses, by_the_other) == "nothing", "who knows the other's number proves what is kept there"


def test_a_wrong_proof_a_missing_one_and_an_unknown_case_sound_alike(statuses: Statuses) -> None:
    assert outcome(statuses, asked("40227196", 1)) == "nothing"
    assert outcome(statuses, asked(None, 2)) == "nothing"
    other = asked("40227195", 3)
    assert outcome(statuses, replace(other, state=replace(other.state, pending="C99999"))) == "nothing"


def test_a_case_that_a_message_opened_has_nothing_to_prove_and_sounds_like_one_that_is_not_there(
    statuses: Statuses, store: Store, settings: Settings
) -> None:
    keyring = Keyring(settings.secret_keys)
    row, key = new_case_key(keyring, "M10001")
    ident = name_of("sms", "SM1")
    said = CreateCase("M10001", "message", "The meter is wrong", 3, "complaints", "en")
    case = Case(
        number="M10001",
        effect=ident,
        call="",
        visit=ident.hex(),
        kind="message",
        team="complaints",
        priority=3,
        language="en",
        at=NOW,
        private=key.seal(ident, dumps(Effect, said).encode()),
    )
    came = Message(
        id=ident, direction=IN, channel="sms", case="M10001", call="", at=NOW, private=b"", state=KEPT, other=b"o" * 16
    )
    assert store.messages.keep(came, opens=Opening(case, row))
    heard = []
    for number in ("M10001", "M99999"):  # told apart by nothing, not by how many wrong ones close it either
        for turn in range(1, 5):
            question = asked("40227195", turn)
            question = replace(question, turn=name_of(number, str(turn)))
            question = replace(question, state=replace(question.state, pending=number))
            heard.append(outcome(statuses, question))
    assert heard == ["nothing", "nothing", "nothing", "failed"] * 2


def test_wrong_proofs_close_the_status_for_a_time_from_whichever_phone_and_after_a_restart(
    statuses: Statuses, store: Store, settings: Settings
) -> None:
    for turn in range(1, 4):
        assert outcome(statuses, asked("00000000", turn, call=f"CA{turn}")) == "nothing"
    assert outcome(statuses, asked("40227195", 4)) == "failed", "closed, though the proof is right"
    again = Statuses(store, Keyring(settings.secret_keys))
    assert outcome(again, asked("40227195", 5, NOW + 590, call="CA5")) == "failed"
    assert outcome(again, asked("40227195", 6, NOW + 601)) == "found"


def test_a_repeat_counts_once_and_right_proofs_count_nothing(statuses: Statuses) -> None:
    for _ in range(5):
        assert outcome(statuses, asked("00000000", 1)) == "nothing"
    for turn in range(2, 8):
        assert outcome(statuses, asked("40227195", turn)) == "found"


def test_a_store_that_does_not_answer_closes_the_status(statuses: Statuses, store: Store) -> None:
    class Away:
        def attempt(self, *_: object) -> int:
            raise StoreUnavailable

    store.proofs = Away()  # type: ignore[assignment]
    assert outcome(statuses, asked("40227195", 1)) == "failed"


def test_a_pretended_call_reads_no_real_case(statuses: Statuses) -> None:
    assert outcome(statuses, asked("40227195", 1, pretend={})) == "nothing"


def test_without_the_key_of_the_call_nothing_is_told(statuses: Statuses, store: Store, tmp_path: Path) -> None:
    del statuses, tmp_path
    stranger = Statuses(store, Keyring([("k9", b"y" * 32)]))
    assert outcome(stranger, asked("40227195", 1)) == "nothing"
