"""What is written to us lands on its case, opens one, or ends our messages: by the real voice port and real e-mail."""

from __future__ import annotations

import io
import logging
import smtplib
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from email.message import EmailMessage

import pytest
from rig.ports import free_ports
from texting import OURS, THEIRS, Phone, cases, node, phone, talk

from ivr.callers import Callers
from ivr.cases import opened as open_case
from ivr.errors import StoreUnavailable
from ivr.facts.numbers import is_number
from ivr.keys import Keyring
from ivr.logs import configure_logs
from ivr.mail.addresses import message_id, reply_address
from ivr.mail.door import FROM_ONE
from ivr.mail.listener import Letters, Listener
from ivr.messages import Conversation, Draft, Said, index_of, indexes_of, key_for, seal
from ivr.node import Node
from ivr.records import name_of
from ivr.settings import Settings, read_settings
from ivr.store import Store
from ivr.store.case_filter import Filter
from ivr.store.cases import Telling
from ivr.store.messages import Came, Message
from ivr.worker.media import Media
from ivr.worker.post import Post
from tests.worker.conftest import ACCOUNT

__all__ = ["node", "phone"]

OWN = "hotline@ours.example"
PDF = b"%PDF-1.4 a bill"


@pytest.fixture
def letters(node: Node, settings: Settings, keyring: Keyring) -> Iterator[smtplib.SMTP]:
    """A connection to our mail server."""
    there = replace(settings, mail_from=OWN, mail_port=free_ports()[0])
    listener = Listener(there, Letters(there, keyring, node.mailroom))
    listener.start()
    with smtplib.SMTP("127.0.0.1", there.mail_port, timeout=20) as connection:
        yield connection
    listener.close()


def letter(body: str = "My bill is wrong", **heads: str) -> EmailMessage:
    made = EmailMessage()
    known = {"From": "Ann <ann@theirs.example>", "To": OWN, "Subject": "A bill", "Message-ID": "<1@theirs.example>"}
    for name, value in (known | {name.replace("_", "-"): value for name, value in heads.items()}).items():
        made[name] = value
    made.set_content(body)
    return made


def test_a_strangers_text_opens_a_case_once_and_is_thanked(phone: Phone, store: Store, keyring: Keyring) -> None:
    for _ in range(2):
        assert "<Message>" not in phone.sends("The meter is wrong", MessageSid="SMa")
    (case,) = cases(store)
    assert is_number(case.number)
    assert (case.kind, case.team, case.language) == ("complaint", "care", "en-US")
    assert open_case(case, store, keyring).said.about == "The meter is wrong"
    came, thanks = talk(store, keyring)
    assert (came.said.body, came.said.address, came.message.state) == ("The meter is wrong", THEIRS, "kept")
    assert (thanks.message.state, thanks.said.address, thanks.said.ours) == ("waiting", THEIRS, OURS)
    assert "message_received" in thanks.said.body


def test_what_somebody_known_writes_lands_on_the_case_that_is_open(
    phone: Phone, store: Store, keyring: Keyring
) -> None:
    phone.sends("The meter is wrong")
    phone.sends("And the bill is too high")
    phone.sends("Somebody else", From="+14155550199")
    assert len(cases(store)) == 2
    bodies = [piece.said.body for piece in Conversation(store, keyring).of_case(cases(store)[1].number)]
    assert [bodies[0], bodies[2]] == ["The meter is wrong", "And the bill is too high"]


def test_a_case_that_a_text_opened_is_open_for_its_number_as_one_of_a_call_is(
    phone: Phone, store: Store, keyring: Keyring
) -> None:
    phone.sends("The meter is wrong")
    (case,) = cases(store)
    indexes = indexes_of(keyring, THEIRS)
    assert Callers(store, keyring).look(THEIRS, time.time())["open_cases"] == 1
    assert store.caller_rows.open_case_numbers(indexes, 5) == [case.number]
    assert [one.number for one in store.cases.search(Filter(callers=indexes), 5)] == [case.number]
    assert store.cases.callers_of(case.number) == [index_of(keyring, THEIRS)]
    others = indexes_of(keyring, "+14155550199")
    assert store.caller_rows.open_case_numbers(others, 5) == []


def test_stop_ends_our_messages_start_begins_them_and_help_is_answered(
    phone: Phone, store: Store, keyring: Keyring
) -> None:
    indexes = indexes_of(keyring, THEIRS)
    assert "<Message>" not in phone.sends(" Stop. ")
    assert store.messages.opted_out(indexes)
    assert "<Message>" not in phone.sends("START")
    assert not store.messages.opted_out(indexes)
    assert "<Message>" in phone.sends("help")
    assert "<Message>" not in phone.sends("AIUTO", OptOutType="HELP")
    phone.sends("BASTA", OptOutType="STOP")
    assert store.messages.opted_out(indexes)
    assert cases(store) == []


def test_the_carriers_reports_move_a_message_on_and_never_back(phone: Phone, store: Store, keyring: Keyring) -> None:
    phone.sends("The meter is wrong")
    thanks = talk(store, keyring)[1].message.id
    assert phone.tells(thanks, "delivered") == 204
    assert store.messages.find(thanks).state == "waiting"  # what has not been sent was not delivered
    store.messages.begin(thanks, 1, 1.0, 2.0)
    for status, state in (("queued", "sent"), ("delivered", "delivered"), ("sent", "delivered"), ("x", "delivered")):
        assert phone.tells(thanks, status) == 204
        assert store.messages.find(thanks).state == state
    Conversation(store, keyring).write(
        Draft(case=cases(store)[0].number, channel="sms", body="Hello", author="p1", once="a"), time.time()
    )
    other = talk(store, keyring)[2].message.id
    store.messages.begin(other, 1, 1.0, 2.0)
    assert phone.tells(other, "undelivered", ErrorCode="30006") == 204
    found = store.messages.find(other)
    assert (found.state, found.code) == ("failed", "30006")
    assert "landline" in found.reason
    assert phone.tells(b"\0", "sent") == 400


def test_a_picture_is_fetched_from_the_carrier_and_kept(
    phone: Phone, node: Node, store: Store, keyring: Keyring, settings: Settings, carrier: tuple
) -> None:
    picture = b"\xff\xd8\xff a meter"
    carrier[0].ledger.media["/Messages/MM1/Media/ME1"] = ("image/jpeg", picture)
    carrier[0].ledger.media["/Messages/MM1/Media/ME2"] = ("application/x-msdownload", b"MZ")
    base = f"https://169.254.169.254/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media"
    more = {"MediaUrl0": f"{base}/ME1", "MediaContentType0": "image/jpeg"}
    more |= {"MediaUrl1": f"{base}/ME2", "MediaContentType1": "application/x-msdownload", "NumMedia": "2"}
    phone.sends("See", **more)
    came = talk(store, keyring)[0].message
    assert came.state == "waiting"
    waiting = Post(store, keyring, {}, Media(store, keyring, settings))
    waiting.send(came.id, 1)
    piece = talk(store, keyring)[0]
    assert (piece.message.state, piece.said.names) == ("kept", ("picture-1",))
    assert "application/x-msdownload" in piece.said.left_out[0]
    assert (settings.data / piece.files[0].path).read_bytes() == picture
    assert (settings.data / piece.files[0].path).stat().st_mode & 0o777 == 0o600


def test_a_strangers_letter_opens_a_case_with_what_goes_along(
    letters: smtplib.SMTP, store: Store, keyring: Keyring, settings: Settings
) -> None:
    made = letter()
    made.add_attachment(PDF, maintype="application", subtype="pdf", filename="../../bill.pdf")
    made.add_attachment(b"MZ", maintype="application", subtype="x-msdownload", filename="virus.exe")
    made.add_attachment(b"MZ", maintype="application", subtype="pdf", filename="no.pdf")
    for _ in range(2):
        letters.send_message(made)
    came, thanks = talk(store, keyring)
    assert (came.said.subject, came.said.body) == ("A bill", "My bill is wrong")
    assert came.said.names == ("bill.pdf",)
    assert [each.partition(":")[0] for each in came.said.left_out] == ["virus.exe", "no.pdf"]
    assert (settings.data / came.files[0].path).read_bytes() == PDF
    assert (thanks.message.channel, thanks.said.address) == ("email", "ann@theirs.example")


def test_an_answer_lands_on_its_case_by_our_signed_address_or_by_what_it_answers(
    letters: smtplib.SMTP, store: Store, keyring: Keyring
) -> None:
    letters.send_message(letter())
    (case,) = cases(store)
    thanks = talk(store, keyring)[1].message
    store.messages.begin(thanks.id, 1, 1.0, 2.0, message_id(OWN, thanks.id))
    there = reply_address(keyring, OWN, case.number)
    letters.send_message(letter("By address", Message_ID="<2@x>", From="bob@other.example"), to_addrs=[there])
    letters.send_message(letter("By what it answers", Message_ID="<3@x>", In_Reply_To=message_id(OWN, thanks.id)))
    bodies = [piece.said.body for piece in talk(store, keyring)]
    assert {"By address", "By what it answers"} <= set(bodies)
    local, _, domain = there.partition("@")
    wrong = f"{local[:-1]}{'b' if local.endswith('a') else 'a'}@{domain}"
    letters.send_message(letter("Not signed", Message_ID="<4@x>"), to_addrs=[wrong])
    assert len(cases(store)) == 2


def test_nothing_is_relayed_and_our_own_letters_do_not_come_back(letters: smtplib.SMTP, store: Store) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        letters.send_message(letter(), to_addrs=["somebody@elsewhere.example"])
    letters.rset()
    with pytest.raises(smtplib.SMTPDataError, match="our own"):
        letters.send_message(letter(From=OWN))
    many = letter()
    for _ in range(60):
        many["Received"] = "from a by b"
    with pytest.raises(smtplib.SMTPDataError, match="hops"):
        letters.send_message(many)
    assert cases(store) == []


def test_a_bounce_fails_the_message_and_a_notice_of_absence_opens_nothing(
    letters: smtplib.SMTP, store: Store, keyring: Keyring
) -> None:
    letters.send_message(letter("Away", Auto_Submitted="auto-replied", Message_ID="<9@x>"))
    assert cases(store) == []
    letters.send_message(letter())
    thanks = talk(store, keyring)[1].message
    name = message_id(OWN, thanks.id)
    store.messages.begin(thanks.id, 1, 1.0, 2.0, name)
    store.messages.settle(thanks.id, 1, Came("sent"), 1.0)
    report = (
        f"From: MAILER-DAEMON@theirs.example\r\nTo: {OWN}\r\nMessage-ID: <10@x>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt did not work.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; theirs.example\r\n\r\n"
        "Final-Recipient: rfc822; ann@theirs.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {name}\r\n\r\n--b--\r\n"
    )
    letters.sendmail("", [OWN], report.encode())
    found = store.messages.find(thanks.id)
    assert (found.state, found.reason) == ("failed", "there is no such mailbox")
    letters.send_message(letter("Away", Auto_Submitted="auto-replied", Message_ID="<11@x>", In_Reply_To=name))
    assert talk(store, keyring)[-1].said.body == "Away"
    assert len(store.messages.latest(100)) == 3  # nobody thanks a machine


def test_a_stranger_is_thanked_once_a_day_and_a_machine_never(letters: smtplib.SMTP, store: Store) -> None:
    for number in range(3):
        letters.send_message(letter(Message_ID=f"<{number}@x>"))
    assert len(cases(store)) == 3
    assert [one.direction for one in store.messages.latest(100)].count("out") == 1
    form = letter(Message_ID="<form@x>", From="form@theirs.example", Auto_Submitted="auto-generated")
    letters.send_message(form)
    assert len(cases(store)) == 4
    assert [one.direction for one in store.messages.latest(100)].count("out") == 1


def test_a_letter_that_cannot_be_kept_now_is_asked_for_again(
    letters: smtplib.SMTP, node: Node, monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    class Away:
        def __getattr__(self, name: str) -> None:
            raise StoreUnavailable("away")

    there = node.mailroom._store
    monkeypatch.setattr(node.mailroom, "_store", Away())
    with pytest.raises(smtplib.SMTPDataError) as refused:
        letters.send_message(letter())
    assert refused.value.smtp_code == 451
    monkeypatch.setattr(node.mailroom, "_store", there)
    letters.send_message(letter())
    assert len(cases(store)) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\0",
        b"From: =?x?q?=?= <@@>\r\nSubject: =?utf-8?b?!!!?=\r\nContent-Type: text/plain; charset=nope\r\n\r\n\xff",
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: ;;;\r\n\r\nx',
    ],
)
def test_a_broken_letter_is_kept_as_far_as_it_goes(letters: smtplib.SMTP, store: Store, content: bytes) -> None:
    letters.sendmail("ann@theirs.example", [OWN], content)
    assert len(cases(store)) == 1


def test_settings_of_mail_name_what_is_missing_and_never_repeat_the_password(settings: Settings) -> None:
    good = {"IVR_DATA": str(settings.data), "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": "t" * 32}
    good |= {"IVR_SECRET_KEYS": "k1:" + "QUFB" * 16, "MAIL_FROM": "Hotline@ours.example"}
    read = read_settings(good | {"SMTP_URL": "smtps://us%40x:p%40ss@mail.example"})
    assert (read.smtp.port, read.smtp.tls, read.smtp.user, read.smtp.password) == (465, True, "us@x", "p@ss")
    assert "p@ss" not in repr(read)
    assert read.mail_from == OWN
    wrong = {"SMTP_URL": "smtp://hush@mail.example", "MAIL_FROM": "a+b@x", "MAIL_PORT": "8000", "SMS_FROM": "0800"}
    with pytest.raises(Exception, match="MAIL_PORT: 8000 is PORT") as refused:
        read_settings(good | wrong)
    assert "hush" not in str(refused.value)
    for name in wrong:
        assert name in str(refused.value)


def test_what_a_team_answers_is_no_word_of_the_caller_and_a_merged_case_has_one_conversation(
    phone: Phone, store: Store, keyring: Keyring
) -> None:
    phone.sends("The meter is wrong")
    first = cases(store)[0]
    store.cases.change(first, {"status": "solved"}, Telling("Priya", time.time()))
    phone.sends("It is wrong again")  # nothing of ours had reached them
    second = cases(store)[0]
    assert second.number != first.number
    store.cases.merge(store.cases.find(second.number), store.cases.find(first.number), Telling("Priya", time.time()))
    store.cases.change(store.cases.find(first.number), {"status": "open"}, Telling("Priya", time.time()))
    phone.sends("Are you there?")
    assert [one.said.body for one in Conversation(store, keyring).of_case(first.number)][-1] == "Are you there?"
    to_team = name_of("test", "team")
    key = key_for(store, keyring, "", first.number)
    sent = Message(
        id=to_team,
        direction="out",
        channel="sms",
        case=first.number,
        call="",
        at=time.time(),
        private=seal(key, to_team, Said("A new case", "+15005550101", OURS)),
        state="sent",
        other=index_of(keyring, "+15005550101"),
        team="care",
    )
    store.messages.keep(sent)
    phone.sends("I see to it", From="+15005550101")
    talk = Conversation(store, keyring)
    assert talk.of_case(first.number)[-1].message.team == "care"
    assert store.caller_rows.open_cases(indexes_of(keyring, "+15005550101")) == 0, "a team is no caller"
    assert store.cases.callers_of(first.number) == [index_of(keyring, THEIRS)]
    assert talk.addresses(store.cases.find(first.number))["sms"] == THEIRS


def test_no_address_of_anybody_stands_in_the_log(letters: smtplib.SMTP, store: Store, keyring: Keyring) -> None:
    written = io.StringIO()
    before = logging.getLogger().handlers
    configure_logs(written)
    try:
        letters.send_message(letter())
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            letters.send_message(letter(), to_addrs=["who@elsewhere.example"])
    finally:
        logging.getLogger().handlers = before
    assert "message_came" in written.getvalue()
    assert "example" not in written.getvalue()


def test_who_comes_with_too_many_connections_is_asked_to_come_later(letters: smtplib.SMTP) -> None:
    port = letters.sock.getpeername()[1]
    with ExitStack() as open_ones:
        for _ in range(FROM_ONE - 1):
            open_ones.enter_context(smtplib.SMTP("127.0.0.1", port, timeout=20))
        with pytest.raises(smtplib.SMTPConnectError) as refused:
            smtplib.SMTP("127.0.0.1", port, timeout=20)
        assert refused.value.smtp_code == 421
        letters.send_message(letter())  # who is inside is served
    limit = time.monotonic() + 10
    while True:  # the server hears of those who left a moment later
        try:
            smtplib.SMTP("127.0.0.1", port, timeout=20).quit()
        except smtplib.SMTPConnectError:
            assert time.monotonic() < limit
            time.sleep(0.05)
        else:
            return
