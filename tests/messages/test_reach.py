"""Where whoever opened a case can be reached: what they wrote themselves counts, whatever else came meanwhile."""

from __future__ import annotations

import smtplib
import time
from dataclasses import replace

import pytest
from test_incoming import OWN, letter, letters
from texting import OURS, THEIRS, Phone, cases, node, phone, talk

from ivr.depot.choosing import depot_of
from ivr.keys import Keyring
from ivr.mail.addresses import message_id
from ivr.messages import Conversation, Draft
from ivr.node import Node
from ivr.settings import Settings
from ivr.store import Store
from ivr.store.cases import Telling
from ivr.store.messages import Came
from ivr.worker.post import Parcel
from ivr.worker.ways import ByMail, Papers

__all__ = ["letters", "node", "phone"]


def test_what_was_merged_into_a_case_is_known_of_it_and_what_it_knows_itself_counts_more(
    phone: Phone, letters: smtplib.SMTP, node: Node, store: Store, keyring: Keyring, settings: Settings
) -> None:
    phone.sends("The meter is wrong")
    (kept,) = cases(store)
    letters.send_message(letter())
    phone.sends("The meter next door is wrong", From="+14155550199")
    for double in [case for case in cases(store) if case.number != kept.number]:
        store.cases.merge(double, store.cases.find(kept.number), Telling("Priya", time.time()))
    there = Conversation(store, keyring)
    reach = {"sms": THEIRS, "email": "ann@theirs.example", "ours": OURS}
    assert there.addresses(store.cases.find(kept.number)) == reach
    assert there.write(Draft(case=kept.number, channel="email", body="Hello", author="p1", once="a"), time.time())
    hello = there.of_case(kept.number)[-1]
    ways = ByMail(replace(settings, mail_from=OWN), Papers(store, keyring, node.in_force, depot_of(settings)))
    made = ways._letter(Parcel(hello.message, hello.said), "<a@ours.example>")
    assert (made.to, made.answers) == ("ann@theirs.example", "<1@theirs.example>")


def test_a_report_of_a_relay_that_a_letter_is_delayed_leaves_the_address_of_the_caller_alone(
    letters: smtplib.SMTP, store: Store, keyring: Keyring
) -> None:
    letters.send_message(letter())
    (case,) = cases(store)
    thanks = talk(store, keyring)[1].message
    name = message_id(OWN, thanks.id)
    store.messages.begin(thanks.id, 1, 1.0, 2.0, name)
    store.messages.settle(thanks.id, 1, Came("sent"), 1.0)
    report = (
        f"From: MAILER-DAEMON@relay.example\r\nTo: {OWN}\r\nMessage-ID: <10@x>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt takes longer.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\n"
        "Final-Recipient: rfc822; ann@theirs.example\r\nAction: delayed\r\nStatus: 4.4.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {name}\r\n\r\n--b--\r\n"
    )
    letters.sendmail("", [OWN], report.encode())
    assert talk(store, keyring)[-1].said.body == "It takes longer."
    assert store.messages.find(thanks.id).state == "sent"
    assert Conversation(store, keyring).addresses(case)["email"] == "ann@theirs.example"


@pytest.mark.parametrize("automatic", ["auto-generated", "no"])
def test_a_form_on_the_web_is_answered_where_it_says(
    letters: smtplib.SMTP, store: Store, keyring: Keyring, automatic: str
) -> None:
    form = {"From": "noreply@shop.example", "Reply_To": "Ann <ann@theirs.example>", "Auto_Submitted": automatic}
    letters.send_message(letter(**form))
    (case,) = cases(store)
    came, *thanks = talk(store, keyring)
    assert came.said.address == "noreply@shop.example", "who wrote it is shown as it is"
    assert Conversation(store, keyring).addresses(case)["email"] == "ann@theirs.example"
    assert [one.said.address for one in thanks] == (["ann@theirs.example"] if automatic == "no" else [])


@pytest.mark.parametrize(
    "heads",
    [
        {"Reply_To": "one@theirs.example, two@theirs.example"},
        {"Reply_To": "nobody"},
        {"Reply_To": f"Hotline <{OWN}>"},
        {"Reply_To": "everybody@lists.example", "List_Id": "<everybody.lists.example>"},
    ],
)
def test_where_answers_are_wanted_counts_only_where_it_is_one_address_of_theirs(
    letters: smtplib.SMTP, store: Store, keyring: Keyring, heads: dict[str, str]
) -> None:
    letters.send_message(letter(**heads))
    (case,) = cases(store)
    assert Conversation(store, keyring).addresses(case)["email"] == "ann@theirs.example"


def test_a_letter_from_our_own_address_is_refused_wherever_it_wants_its_answer(
    letters: smtplib.SMTP, store: Store
) -> None:
    with pytest.raises(smtplib.SMTPDataError, match="our own"):
        letters.send_message(letter(From=OWN, Reply_To="ann@theirs.example"), from_addr="x@theirs.example")
    assert cases(store) == []
