"""A case's conversation: kept once, in its order, sealed; sent by one attempt at a time."""

from __future__ import annotations

import pytest

from ivr.cases import opened as open_case
from ivr.codec import dumps
from ivr.engine.effects import CreateCase, Effect
from ivr.keys import Keyring
from ivr.messages import Conversation, Draft, NotWritten, Said, index_of, indexes_of, new_case_key, seal
from ivr.records import name_of
from ivr.store import Store
from ivr.store.cases import Case
from ivr.store.messages import Attachment, Came, Message, Opening
from ivr.worker.deeds import Deeds
from tests.worker.conftest import CALL, Sealing

THEIRS, OURS = "+14155550123", "+18005550100"


def written_in(store: Store, keyring: Keyring, number: str = "C10017") -> Message:
    """An SMS from somebody who never called: it opens a case."""
    ident = name_of("sms", number)
    row, key = new_case_key(keyring, number)
    created = CreateCase(number, "complaint", "my meter", 3, "complaints", "en-US")
    case = Case(
        number=number,
        effect=ident,
        call="",
        visit=ident.hex(),
        kind="complaint",
        team="complaints",
        priority=3,
        language="en-US",
        at=100.0,
        private=key.seal(ident, dumps(Effect, created).encode()),
    )
    made = Message(
        id=ident,
        direction="in",
        channel="sms",
        case=number,
        call="",
        at=100.0,
        private=seal(key, ident, Said("My meter is wrong", THEIRS, OURS, names=("bill.pdf",))),
        state="kept",
        other=index_of(keyring, THEIRS),
        provider="SM" + "1" * 32,
    )
    file = Attachment("application/pdf", 3, "ab" * 32, "messages/1/0")
    assert store.messages.keep(made, [file], opens=Opening(case, row))
    assert not store.messages.keep(made, [file], opens=Opening(case, row))
    return made


def test_a_message_from_a_stranger_opens_a_case_with_a_key_of_its_own(store: Store, keyring: Keyring) -> None:
    made = written_in(store, keyring)
    (piece,) = Conversation(store, keyring).of_case("C10017")
    assert piece.said == Said("My meter is wrong", THEIRS, OURS, names=("bill.pdf",))
    assert [file.path for file in piece.files] == ["messages/1/0"]
    assert b"meter" not in made.private
    case = store.cases.find("C10017")
    assert case is not None
    assert open_case(case, store, keyring).said.about == "my meter"
    assert open_case(case, store, Keyring([("k2", b"x" * 32)])).said is None
    assert store.messages.case_of(indexes_of(keyring, THEIRS)) == "C10017"
    assert store.messages.case_of(indexes_of(keyring, "+14155550999")) == ""
    assert store.messages.by_provider("SM" + "1" * 32) == store.messages.find(made.id)


def test_what_a_page_writes_is_written_once_and_to_the_address_that_the_case_knows(
    store: Store, keyring: Keyring
) -> None:
    written_in(store, keyring)
    talk = Conversation(store, keyring)
    reply = Draft(case="C10017", channel="sms", body="We come on Monday.", author="p1", once="a")
    assert talk.write(reply, 101.0)
    assert not talk.write(reply, 102.0)
    assert talk.write(Draft(case="C10017", channel="note", body="Is angry", author="p1", once="b"), 103.0)
    assert [(one.message.direction, one.message.state, one.said.address) for one in talk.of_case("C10017")] == [
        ("in", "kept", THEIRS),
        ("out", "waiting", THEIRS),
        ("note", "kept", ""),
    ]
    (due,) = store.messages.due(200.0)
    assert talk.of_case("C10017")[1].said.ours == OURS
    assert (due.author, due.team, due.language) == ("p1", "", "en-US")
    for wrong, what in (
        ({"channel": "email"}, "nobody knows the e-mail address"),
        ({"channel": "fax"}, "'fax' is no way"),
        ({"body": " "}, "nothing in it"),
        ({"body": "x" * 1601}, "1600"),
        ({"case": "C1"}, "no case C1"),
    ):
        values = {"case": "C10017", "channel": "sms", "body": "x", "author": "p1", "once": "c"} | wrong
        with pytest.raises(NotWritten, match=what):
            talk.write(Draft(**values), 104.0)


def test_one_attempt_at_a_time_sends_and_what_may_have_left_never_waits_again(store: Store, keyring: Keyring) -> None:
    written_in(store, keyring)
    Conversation(store, keyring).write(Draft(case="C10017", channel="sms", body="Hello", author="p1", once="a"), 101.0)
    (due,) = store.messages.due(101.0)
    store.messages.handed_on([due.id], 160.0)
    assert store.messages.due(102.0) == []
    assert store.messages.begin(due.id, 1, 102.0, 400.0)
    assert not store.messages.begin(due.id, 2, 103.0, 400.0)
    assert not store.messages.settle(due.id, 2, Came("sent"), 104.0)
    assert store.messages.settle(due.id, 1, Came("waiting", "busy"), 104.0, 110.0)
    assert store.messages.begin(due.id, 2, 110.0, 400.0)
    assert store.messages.settle(due.id, 2, Came("unknown", "no answer"), 111.0)
    assert store.messages.due(1e9) == []
    assert store.messages.told(due.id, Came("sent", provider="SM2"), 112.0)
    assert store.messages.told(due.id, Came("delivered"), 113.0)
    assert not store.messages.told(due.id, Came("sent"), 114.0)
    found = store.messages.find(due.id)
    assert (found.state, found.provider, found.attempts) == ("delivered", "SM2", 1)


def test_a_message_of_a_call_is_kept_as_its_effect_is_settled(store: Store, sealing: Sealing, deeds: Deeds) -> None:
    sealing.turn(CALL, 1, CreateCase("C10025", "complaint", "", 3, "complaints", "en-US"))
    (wanted,) = store.effects.of_call(CALL)
    made = Message(
        id=wanted.record.id,
        direction="out",
        channel="sms",
        case="C10025",
        call=CALL,
        at=1.0,
        private=b"",
        state="waiting",
        due_at=1.0,
    )
    assert store.messages.keep(made, effect=wanted.record.id)
    assert store.effects.find(wanted.record.id).state == "sent"
    assert not store.messages.keep(made, effect=wanted.record.id)
    assert store.messages.of_call(CALL) == store.messages.due(2.0) == [store.messages.find(made.id)]


def test_whoever_wants_nothing_written_is_known_by_a_keyed_word(store: Store, keyring: Keyring) -> None:
    store.messages.opt_out(index_of(keyring, THEIRS), 1.0)
    store.messages.opt_out(index_of(keyring, THEIRS), 2.0)
    assert store.messages.opted_out(indexes_of(keyring, THEIRS))
    store.messages.opt_in(indexes_of(keyring, THEIRS))
    assert not store.messages.opted_out(indexes_of(keyring, THEIRS))
