"""Where whoever opened a case can be reached: what they wrote themselves counts, whatever else came meanwhile."""

from __future__ import annotations

import smtplib
import time
from dataclasses import replace

from test_incoming import OWN, letter, letters
from texting import OURS, THEIRS, Phone, cases, node, phone

from ivr.depot.choosing import depot_of
from ivr.keys import Keyring
from ivr.messages import Conversation, Draft
from ivr.node import Node
from ivr.settings import Settings
from ivr.store import Store
from ivr.store.cases import Telling
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
    talk = Conversation(store, keyring)
    reach = {"sms": THEIRS, "email": "ann@theirs.example", "ours": OURS}
    assert talk.addresses(store.cases.find(kept.number)) == reach
    assert talk.write(Draft(case=kept.number, channel="email", body="Hello", author="p1", once="a"), time.time())
    hello = talk.of_case(kept.number)[-1]
    ways = ByMail(replace(settings, mail_from=OWN), Papers(store, keyring, node.in_force, depot_of(settings)))
    made = ways._letter(Parcel(hello.message, hello.said), "<a@ours.example>")
    assert (made.to, made.answers) == ("ann@theirs.example", "<1@theirs.example>")
