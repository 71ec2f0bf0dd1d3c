"""Messages leave once: by the carrier's double and by a real mail server, each in every mood."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from kernel.hotline import hotline
from rig.mail import MailServer, mail_server
from structlog.testing import capture_logs

from ivr.carrier.texts import Texts
from ivr.depot.choosing import depot_of
from ivr.engine.effects import SendMessage
from ivr.environment import Smtp
from ivr.keys import Keyring
from ivr.mail.addresses import case_in
from ivr.messages import Conversation, Draft, NotWritten, index_of
from ivr.messages.parts import cut
from ivr.settings import Settings
from ivr.store import Store
from ivr.store.messages import Message
from ivr.worker.deeds import Deeds
from ivr.worker.media import Media
from ivr.worker.post import INTERRUPTED, Post
from ivr.worker.recordings import Inbox
from ivr.worker.ways import ByMail, BySms, Papers
from ivr.worker.writing import Writing
from tests.messages.test_conversation import OURS, THEIRS, written_in
from tests.worker.conftest import CALL, Sealing

OWN = "hotline@ours.example"


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def post(store: Store, keyring: Keyring, settings: Settings, mail: MailServer, clock: Clock) -> Post:
    there = replace(settings, smtp=Smtp("127.0.0.1", mail.port, False), mail_from=OWN, mail_port=25)
    papers = Papers(store, keyring, hotline, depot_of(settings))
    return Post(
        store,
        keyring,
        {"sms": BySms(Texts(there)), "email": ByMail(there, papers)},
        Media(store, keyring, there),
        clock,
    )


def reply(store: Store, keyring: Keyring, at: float, channel: str = "sms", once: str = "a") -> Message:
    """A person of ours answers the stranger of `written_in`."""
    if store.cases.find("C10017") is None:
        written_in(store, keyring)
    to = "ann@theirs.example" if channel == "email" else ""
    draft = Draft(case="C10017", channel=channel, body="We come on Monday.\n.\nBye", author="p1", once=once, to=to)
    assert Conversation(store, keyring).write(draft, at)
    return store.messages.of_case("C10017")[-1]


def round_of(store: Store, post: Post, clock: Clock) -> None:
    """What the relay and the job engine do of a moment."""
    for message in store.messages.due(clock.now):
        store.messages.handed_on([message.id], clock.now + 60)
        post.send(message.id, message.attempts + 1)


def test_a_text_message_leaves_with_the_number_that_was_written_to(
    store: Store, keyring: Keyring, post: Post, clock: Clock, carrier: tuple
) -> None:
    made = reply(store, keyring, clock.now)
    assert post.send(made.id, 1) == "sent"
    assert post.send(made.id, 2) == "sent"
    (text,) = carrier[0].ledger.texts
    assert (text.sender, text.to) == (OURS, THEIRS)
    assert text.report == f"http://127.0.0.1:8000/sms/status/{made.id.hex()}"
    assert store.messages.find(made.id).provider == text.sid


@pytest.mark.parametrize(
    ("code", "why"),
    [(21614, "no mobile phone"), (21610, "STOP"), (21999, "https://www.twilio.com/docs/api/errors/21999")],
)
def test_a_refusal_of_the_carrier_is_said_in_words_and_not_tried_again(
    store: Store, keyring: Keyring, post: Post, clock: Clock, carrier: tuple, code: int, why: str
) -> None:
    carrier[0].ledger.refused[THEIRS] = code
    made = reply(store, keyring, clock.now)
    assert post.send(made.id, 1) == "failed"
    found = store.messages.find(made.id)
    assert why in found.reason
    assert found.code == str(code)
    assert store.messages.due(1e12) == []
    carrier[0].ledger.refused.clear()
    if code == 21610:
        with pytest.raises(NotWritten, match="STOP"):
            reply(store, keyring, clock.now, once="b")
    else:
        assert post.send(reply(store, keyring, clock.now, once="b").id, 1) == "sent"


def test_an_answer_that_is_lost_leaves_nobody_to_know_and_nothing_is_sent_twice(
    store: Store, keyring: Keyring, post: Post, clock: Clock, carrier: tuple, mail: MailServer
) -> None:
    carrier[0].ledger.mute, mail.mute = 1, True
    for channel in ("sms", "email"):
        made = reply(store, keyring, clock.now, channel, once=channel)
        with capture_logs() as lines:
            assert post.send(made.id, 1) == "unknown"
        told = [(line["event"], line["channel"], line["state"]) for line in lines]
        assert told == [("message_not_sent", channel, "unknown")]
        assert "nobody knows" in store.messages.find(made.id).reason
        clock.now += 86400
        round_of(store, post, clock)
    assert (len(carrier[0].ledger.texts), len(mail.letters)) == (1, 1)


def test_whoever_is_killed_while_sending_leaves_nobody_to_know(
    store: Store, keyring: Keyring, post: Post, clock: Clock, carrier: tuple
) -> None:
    made = reply(store, keyring, clock.now)
    store.messages.handed_on([made.id], clock.now + 60)
    assert store.messages.begin(made.id, 1, clock.now, clock.now + 900)
    assert post.send(made.id, 2) == "sending"
    assert post.send(made.id, 1) == "unknown"
    assert store.messages.find(made.id).reason == INTERRUPTED
    assert carrier[0].ledger.texts == []


def test_an_hour_in_which_carrier_and_mail_server_fail_loses_nothing_and_doubles_nothing(
    store: Store, keyring: Keyring, post: Post, clock: Clock, carrier: tuple, mail: MailServer
) -> None:
    written_in(store, keyring)
    began = clock.now
    while clock.now < began + 5400:
        away = clock.now < began + 3600
        carrier[0].ledger.away = 1000 if away else 0
        mail.data = "451 4.3.0 come again" if away else ""
        if clock.now < began + 240:
            for channel in ("sms", "email"):
                reply(store, keyring, clock.now, channel, once=f"{channel} {clock.now}")
        round_of(store, post, clock)
        clock.now += 60
    sent = [one for one in store.messages.of_case("C10017") if one.direction == "out"]
    assert {one.state for one in sent} == {"sent"}
    assert len(sent) == 8
    assert sorted(one.sid for one in carrier[0].ledger.texts) == sorted(
        one.provider for one in sent if one.channel == "sms"
    )
    assert sorted(one["Message-ID"] for one in mail.letters) == sorted(
        one.provider for one in sent if one.channel == "email"
    )


def test_a_letter_says_who_writes_about_what_and_where_an_answer_goes(
    store: Store, keyring: Keyring, post: Post, clock: Clock, mail: MailServer
) -> None:
    made = reply(store, keyring, clock.now, "email")
    assert post.send(made.id, 1) == "sent"
    (letter,) = mail.letters
    assert (mail.to, str(letter["From"])) == (["ann@theirs.example"], f"{hotline().tree.company} <{OWN}>")
    assert letter["Subject"] == f"{hotline().tree.company}: C10017"
    assert case_in(keyring, OWN, letter["Reply-To"]) == "C10017"
    assert letter["Auto-Submitted"] is None
    assert letter.get_content().startswith("We come on Monday.\r\n.\r\nBye\r\n")


@pytest.mark.parametrize(
    ("mood", "state", "why"),
    [
        ({"rcpt": "550 5.1.1 <ann@theirs.example> unknown"}, "failed", "there is no such mailbox (550)"),
        ({"rcpt": "450 4.2.0 ann@theirs.example is greylisted"}, "waiting", "try again later"),
        ({"data": "552 5.3.4 too big"}, "failed", "too large"),
        ({"data": "421 closing"}, "waiting", "try again later"),
    ],
)
def test_what_a_mail_server_refuses_is_said_in_words_without_addresses(
    store: Store,
    keyring: Keyring,
    post: Post,
    clock: Clock,
    mail: MailServer,
    mood: dict[str, str],
    state: str,
    why: str,
) -> None:
    for name, value in mood.items():
        setattr(mail, name, value)
    made = reply(store, keyring, clock.now, "email")
    assert post.send(made.id, 1) == state
    reason = store.messages.find(made.id).reason
    assert why in reason
    assert "ann@" not in reason


def test_a_message_says_why_it_waits_where_there_is_no_way_to_send_it(
    store: Store, keyring: Keyring, settings: Settings, clock: Clock, carrier: tuple
) -> None:
    nowhere = replace(settings, local_account=True, api_url="https://api.twilio.com")
    papers = Papers(store, keyring, hotline, depot_of(settings))
    post = Post(
        store,
        keyring,
        {"sms": BySms(Texts(nowhere)), "email": ByMail(nowhere, papers)},
        Media(store, keyring, nowhere),
        clock,
    )
    for channel, why in (("sms", "TWILIO_ACCOUNT_SID"), ("email", "SMTP_URL")):
        made = reply(store, keyring, clock.now, channel, once=channel)
        assert post.send(made.id, 1) == "waiting"
        assert why in store.messages.find(made.id).reason
        clock.now += 3 * 86400
        assert post.send(made.id, 2) == "failed"
        assert "given up after two days" in store.messages.find(made.id).reason


def test_whoever_said_stop_gets_nothing(
    store: Store, keyring: Keyring, post: Post, clock: Clock, carrier: tuple
) -> None:
    made = reply(store, keyring, clock.now)
    store.messages.opt_out(index_of(keyring, THEIRS), 1.0)
    assert post.send(made.id, 1) == "failed"
    assert "STOP" in store.messages.find(made.id).reason
    assert carrier[0].ledger.texts == []


def test_what_a_call_wants_written_becomes_a_message_and_goes_to_a_number_with_its_country(
    store: Store, keyring: Keyring, settings: Settings, sealing: Sealing, post: Post, carrier: tuple, clock: Clock
) -> None:
    writing = Writing(store, keyring, lambda _version: hotline())
    deeds = Deeds(store, keyring, Inbox(settings), None, writing)
    sealing.turn(CALL, 1, SendMessage("sms", "4155550123", "Hello", "en-US", "C10025"), told={"to": OURS})
    sealing.turn(CALL, 2)
    store.effects.release(1.0)
    (wanted,) = store.effects.of_call(CALL)
    assert deeds.do(wanted.record.id) == "sent"
    assert deeds.do(wanted.record.id) == "sent"
    (made,) = store.messages.of_call(CALL)
    assert (made.case, made.direction, made.state) == ("C10025", "out", "waiting")
    assert post.send(made.id, 1) == "sent"
    assert [(text.to, text.sender) for text in carrier[0].ledger.texts] == [("+14155550123", OURS)]


def test_a_long_text_is_sent_in_parts_at_ends_of_words_each_once_and_in_order(
    store: Store, keyring: Keyring, settings: Settings, sealing: Sealing, post: Post, carrier: tuple, clock: Clock
) -> None:
    deeds = Deeds(store, keyring, Inbox(settings), None, Writing(store, keyring, lambda _version: hotline()))
    words = [f"word{number}" for number in range(500)]
    for place, text in enumerate((" ".join(words), "x" * 1600), 1):
        sealing.turn(CALL, place, SendMessage("sms", THEIRS, text, "en-US", ""), told={"to": OURS})
    sealing.turn(CALL, 3)
    store.effects.release(1.0)
    for wanted in store.effects.of_call(CALL) * 2:
        assert deeds.do(wanted.record.id) == "sent"
    clock.now, texts = time.time() + 1, carrier[0].ledger.texts
    assert len(store.messages.due(clock.now)) == 2, "only the first parts are due"
    carrier[0].ledger.away = 2
    for _ in range(10):
        round_of(store, post, clock)
        clock.now += 100
    long = [one.body for one in texts if one.body.startswith("word")]
    assert [len(body) <= 1600 for body in long] == [True] * 3
    assert " ".join(long).split() == words
    assert len(texts) == 4, "what fits stays whole"
    assert {one.state for one in store.messages.of_call(CALL)} == {"sent"}


def test_where_a_part_is_refused_the_rest_is_not_sent(
    store: Store, keyring: Keyring, settings: Settings, sealing: Sealing, post: Post, carrier: tuple, clock: Clock
) -> None:
    deeds = Deeds(store, keyring, Inbox(settings), None, Writing(store, keyring, lambda _version: hotline()))
    sealing.turn(CALL, 1, SendMessage("sms", THEIRS, "no " * 2000, "en-US", ""), told={"to": OURS})
    sealing.turn(CALL, 2)
    store.effects.release(1.0)
    (wanted,) = store.effects.of_call(CALL)
    deeds.do(wanted.record.id)
    carrier[0].ledger.refused[THEIRS] = 21614
    clock.now = time.time() + 1
    round_of(store, post, clock)
    states = [(one.state, "before" in one.reason) for one in store.messages.of_call(CALL)]
    assert states == [("failed", False), *[("failed", True)] * 3]


def test_a_text_is_cut_as_the_carrier_counts() -> None:
    assert cut("a b c", 3) == ["a b", "c"]
    assert cut("abcdef", 4) == ["abcd", "ef"]
    assert cut("one\ntwo", 4) == ["one", "two"]
    assert cut("\N{GRINNING FACE}" * 3, 4) == ["\N{GRINNING FACE}" * 2, "\N{GRINNING FACE}"]


def test_a_recording_goes_along_once_it_is_here(
    store: Store, keyring: Keyring, settings: Settings, sealing: Sealing, post: Post, mail: MailServer
) -> None:
    from tests.worker.conftest import RECORDING
    from tests.worker.test_deeds import COMPLETED, KEEP

    deeds = Deeds(store, keyring, Inbox(settings), None, Writing(store, keyring, lambda _version: hotline()))
    wish = SendMessage("email", "desk@ours.example", "A message", "en-US", "", "complaints", (RECORDING,))
    sealing.note(1, CALL, "recording", COMPLETED)
    sealing.turn(CALL, 1, KEEP, wish)
    sealing.turn(CALL, 2)
    store.effects.release(1.0)
    for wanted in store.effects.of_call(CALL):
        deeds.do(wanted.record.id)
    (made,) = store.messages.of_call(CALL)
    assert post.send(made.id, 1) == "waiting"
    assert store.messages.find(made.id).reason == "recording 1 is not here yet"
    deeds.settle(RECORDING, 1, deeds.fetch(RECORDING))
    assert post.send(made.id, 2) == "sent"
    (letter,) = mail.letters
    (sound,) = letter.iter_attachments()
    assert (sound.get_content_type(), sound.get_content()[:4]) == ("audio/wav", b"RIFF")
    assert (letter["Auto-Submitted"], letter["Reply-To"]) == ("auto-generated", None)
