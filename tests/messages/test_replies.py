"""What somebody answers by text message: on which case it lands, and which words are more than an answer."""

from __future__ import annotations

import time

import pytest
from texting import OURS, THEIRS, Phone, cases, node, phone

from ivr.keys import Keyring
from ivr.messages import Conversation, Said, index_of, indexes_of, key_for, seal
from ivr.records import name_of
from ivr.store import Store
from ivr.store.cases import Case, Telling
from ivr.store.messages import Message

__all__ = ["node", "phone"]


@pytest.mark.parametrize(
    ("ago", "state", "lands"),
    [(6 * 86400, "sent", True), (8 * 86400, "sent", False), (60, "failed", False), (60, "waiting", False)],
)
def test_a_text_lands_on_the_settled_case_of_which_we_wrote_last_and_has_it_worked_on_again(
    phone: Phone, store: Store, keyring: Keyring, ago: float, state: str, lands: bool
) -> None:
    phone.sends("The meter is wrong")
    (case,) = cases(store)
    _written(store, keyring, case, "We have mended it.", time.time() - ago, state)
    store.cases.change(case, {"status": "solved"}, Telling("Priya", time.time()))
    phone.sends("Somebody else", From="+14155550199")
    phone.sends("No, it is still broken")
    assert len(cases(store)) == (2 if lands else 3)
    assert store.cases.find(case.number).status == ("open" if lands else "solved")
    bodies = [piece.said.body for piece in Conversation(store, keyring).of_case(case.number)]
    assert ("No, it is still broken" in bodies) == lands


def test_a_text_lands_on_an_open_case_before_any_settled_one(phone: Phone, store: Store, keyring: Keyring) -> None:
    phone.sends("The meter is wrong")
    (first,) = cases(store)
    store.cases.change(first, {"status": "solved"}, Telling("Priya", time.time()))
    phone.sends("The bill is wrong")
    second = cases(store)[0]
    _written(store, keyring, first, "We have mended it.", time.time(), "sent")
    phone.sends("And the bill is too high")
    assert [store.cases.find(each.number).status for each in (first, second)] == ["solved", "new"]
    assert len(cases(store)) == 2


@pytest.mark.parametrize("body", ["Yes", "yes!", "help"])
def test_yes_to_a_question_of_ours_is_an_answer(phone: Phone, store: Store, body: str) -> None:
    phone.sends("The meter is wrong")
    (case,) = cases(store)
    store.cases.change(case, {"status": "waiting"}, Telling("Priya", time.time()))
    phone.sends(body, **({"OptOutType": "START"} if body == "yes!" else {}))
    found = store.cases.find(case.number)
    assert (found.status, found.reckon) == ("open", True)


def test_yes_begins_our_messages_where_they_had_been_stopped(phone: Phone, store: Store, keyring: Keyring) -> None:
    phone.sends("The meter is wrong")
    (case,) = cases(store)
    store.cases.change(case, {"status": "waiting"}, Telling("Priya", time.time()))
    for body, writes in (("STOP", False), ("Yes", True)):
        phone.sends(body)
        assert store.messages.opted_out(indexes_of(keyring, THEIRS)) != writes
        assert store.cases.find(case.number).status == "waiting"


def _written(store: Store, keyring: Keyring, case: Case, words: str, at: float, state: str) -> None:
    """Keep a text message of ours to the caller."""
    ident = name_of("test", words)
    key = key_for(store, keyring, case.call, case.number)
    made = Message(
        id=ident,
        direction="out",
        channel="sms",
        case=case.number,
        call=case.call,
        at=at,
        private=seal(key, ident, Said(words, THEIRS, OURS)),
        state=state,
        other=index_of(keyring, THEIRS),
        author="Priya",
    )
    store.messages.keep(made)
