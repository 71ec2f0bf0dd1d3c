"""Text messages that got lost between the carrier and us are found in its own list, with what came along."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from texting import OURS, THEIRS, Phone, node, phone, talk

from ivr.carrier.texts import Texts
from ivr.errors import StoreUnavailable
from ivr.keys import Keyring
from ivr.messages import SMS, index_of, indexes_of
from ivr.messages.incoming import Incoming
from ivr.node import Node
from ivr.records import name_of
from ivr.settings import Settings
from ivr.simulator.dial import EPOCH
from ivr.simulator.ledger import TextEntry
from ivr.store import Store
from ivr.store.answers import Answer
from ivr.store.messages import Came
from ivr.store.polls import Poll
from ivr.store.shredding import COMMENTS, POLLS
from ivr.worker.lost_texts import LostTexts
from ivr.worker.media import Media
from ivr.worker.post import Post

__all__ = ["node", "phone"]


def test_a_text_that_got_lost_is_found_at_the_carrier(
    phone: Phone, node: Node, store: Store, keyring: Keyring, settings: Settings, carrier: tuple
) -> None:
    phone.sends("The meter is wrong", MessageSid="SM1")
    thanks = talk(store, keyring)[1]
    store.messages.begin(thanks.message.id, 1, 1.0, 2.0)
    store.messages.settle(thanks.message.id, 1, Came("unknown"), 1.0)
    carrier[0].ledger.texts += [
        TextEntry("SM1", THEIRS, OURS, "The meter is wrong", "inbound", "received"),
        TextEntry("SM2", THEIRS, OURS, "Are you there?", "inbound", "received"),
        TextEntry("SM3", OURS, THEIRS, thanks.said.body, status="sent"),
    ]
    lost = LostTexts(store, keyring, Texts(settings), node.mailroom)
    now = time.time()
    assert lost.run(now) == 2
    assert lost.run(now + 1000) == 0
    assert [piece.said.body for piece in talk(store, keyring) if piece.message.direction == "in"] == [
        "The meter is wrong",
        "Are you there?",
    ]
    found = store.messages.find(thanks.message.id)
    assert (found.state, found.provider) == ("sent", "SM3")


def test_what_came_while_the_database_was_away_is_taken_with_its_picture_once_it_is_back(
    node: Node, store: Store, keyring: Keyring, settings: Settings, carrier: tuple, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = Texts(settings)
    lost = LostTexts(store, keyring, texts, node.mailroom)
    picture = b"\xff\xd8\xff a meter"
    carrier[0].ledger.texts += [
        TextEntry("SM1", THEIRS, OURS, "The meter is wrong", "inbound", "received"),
        TextEntry("MM2", THEIRS, OURS, "See", "inbound", "received"),
    ]
    carrier[0].ledger.media["/Messages/MM2/Media/ME1"] = ("image/jpeg", picture)
    now = time.time()
    with monkeypatch.context() as away:
        away.setattr(node.mailroom, "receive", _away)
        assert lost.run(now) == 0
    asked = []
    monkeypatch.setattr(texts, "since", lambda at, listed=texts.since: asked.append(at) or listed(at))
    assert lost.run(now + 3600) == 2
    assert now - asked[0] > 86_000, "as far back as the look that was cut short"
    (see,) = [piece for piece in talk(store, keyring) if piece.said.body == "See"]
    Post(store, keyring, {}, Media(store, keyring, settings)).send(see.message.id, 1)
    (file,) = next(piece for piece in talk(store, keyring) if piece.said.body == "See").files
    assert (settings.data / file.path).read_bytes() == picture


@pytest.mark.parametrize(
    "asked", [("STOP", "Start.", True, 600.0), ("START", "stop", False, 600.0), ("STOP", "Start.", True, 5.0)]
)
def test_of_what_somebody_wants_who_has_no_case_the_latest_counts_however_often_the_carrier_lists_it(
    node: Node, store: Store, keyring: Keyring, settings: Settings, carrier: tuple, asked: tuple[str, str, bool, float]
) -> None:
    first, then, writes, ago = asked
    now = time.time()
    carrier[0].ledger.texts += [  # the carrier lists the newest first
        TextEntry("SM2", THEIRS, OURS, then, "inbound", "received", at=now - ago - EPOCH.timestamp()),
        TextEntry("SM1", THEIRS, OURS, first, "inbound", "received", at=now - 700 - EPOCH.timestamp()),
    ]
    came = [Incoming(channel=SMS, once="SM1", address=THEIRS, ours=OURS, body=first)]
    came += [Incoming(channel=SMS, once="SM2", address=THEIRS, ours=OURS, body=then)]
    for each in came:  # they were not lost at all
        node.mailroom.receive(each)
    lost = LostTexts(store, keyring, Texts(settings), node.mailroom)
    for later in (0, 200):
        lost.run(now + later)
        assert store.messages.opted_out(indexes_of(keyring, THEIRS)) != writes


@pytest.mark.parametrize("erased", [False, True])
def test_the_answers_to_one_survey_are_never_heard_again_by_the_next_nor_after_an_erasure(
    node: Node, store: Store, keyring: Keyring, settings: Settings, carrier: tuple, erased: bool
) -> None:
    now = time.time()
    _surveyed(store, keyring, "CA1", now - 600)
    for place, body in enumerate(("2", "5", "1")):
        carrier[0].ledger.texts.append(
            TextEntry(f"SM{place}", THEIRS, OURS, body, "inbound", "received", at=now - 500 - EPOCH.timestamp())
        )
        answer = replace(ANSWER, effect=name_of(SMS, f"SM{place}"), question=f"q{place}", value=body, at=now - 500)
        poll = store.polls.of(indexes_of(keyring, THEIRS), 0.0)[0]
        assert store.polls.answered(poll, answer, (place + 2) % 4, now - 500)
    if erased:
        store.shredder.all_of([POLLS, COMMENTS], ["CA1"])
    else:
        _surveyed(store, keyring, "CA2", now - 60)
    lost = LostTexts(store, keyring, Texts(settings), node.mailroom)
    lost.run(now)
    waiting = [(poll.call, poll.question) for poll in store.polls.of(indexes_of(keyring, THEIRS), 0.0)]
    assert waiting == ([] if erased else [("CA2", 1), ("CA1", 0)])
    assert store.cases.latest(10) == []
    assert store.answers.of_call("CA2") == []


ANSWER = Answer(
    effect=b"",
    call="CA1",
    step="main.opinion",
    question="resolved",
    kind="number",
    value="",
    case="",
    person="",
    at=0.0,
)


def _surveyed(store: Store, keyring: Keyring, call: str, at: float) -> None:
    """Ask somebody a survey of three questions by SMS."""
    asked = Poll(
        id=name_of("survey", call),
        call=call,
        version=store.versions.active() or "",
        step="main.opinion",
        question=1,
        met=True,
        language="en-US",
        case="",
        person="",
        other=index_of(keyring, THEIRS),
        at=at,
    )
    store.polls.begin(asked)


def _away(_came: object) -> None:
    raise StoreUnavailable("the database is away")
