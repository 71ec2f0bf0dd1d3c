"""Wrap-up: what an agent writes of a call, kept as a draft while they write and saved when they are done."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ivr import tickets as words
from ivr.archive.calls import Archive
from ivr.archive.story import Library
from ivr.archive.wrap_ups import (
    LONGEST_ANSWER,
    LONGEST_NOTES,
    OUTCOMES,
    BadWrapUp,
    Opened,
    Turned,
    Written,
    opened,
    sealed,
)
from ivr.desk.acts import LATELY
from ivr.desk.plight import plight_of
from ivr.errors import UnknownCall
from ivr.marks import AGENT, mark, word_marks
from ivr.payment_cards import hide_cards
from ivr.store import Store
from ivr.store.marks import Found
from ivr.store.wrap_ups import NOTHING, WrapUp

IN_HAND = 5  # calls that wait to be finished, the latest
MOST_TURNED = 20  # owners and days in one form
CONCERNED = (*words.RUNNING, words.RUNG, words.TAKEN)


@dataclass(frozen=True, slots=True)
class Form:
    """What stands in the form."""

    notes: str = ""
    outcome: str = ""
    wrong: bool = False
    answers: Mapping[str, str] = field(default_factory=dict)
    cases: Mapping[str, Turned] = field(default_factory=dict)
    rev: int = 0  # of what it was begun from
    done: bool = False  # to be saved, and not as a draft


def concerns(store: Store, person: str, call: str, now: float) -> bool:
    """Tell whether a call is, or was lately, this person's: it rings them, or they have taken it."""
    mine = store.offers.of_person(person, now - LATELY)
    return any(offer.call == call and offer.state in CONCERNED for offer in mine)


def in_hand(store: Store, person: str, now: float) -> list[str]:
    """Name the calls that a person has taken and not finished writing of, the latest first."""
    taken = [offer.call for offer in store.offers.of_person(person, now - LATELY) if offer.state == words.TAKEN]
    found = []
    for call in reversed(list(dict.fromkeys(taken))):
        row = store.wrap_ups.find(call, person)
        if row is None or row.saved_at is None:
            found.append(call)
        if len(found) == IN_HAND:
            break
    return found


def mine(archive: Archive, person: str, call: str) -> Opened | None:
    """Open what this person has written of a call."""
    return next((one for one in opened(archive, call) if one.row.person == person), None)


def write(archive: Archive, library: Library, at: tuple[str, str], form: Form) -> WrapUp | None:
    """Keep the form for `at` (person, call); None where another window of the same person was first."""
    person, call = at
    record = archive.store.call(call)
    if record is None:
        raise UnknownCall(f"no call {call} is known")
    check(form)
    answers = {}
    if form.answers:
        given = plight_of(archive, library, call).answers
        answers = {
            name: value for name, value in form.answers.items() if name in given and value not in shown_as(given[name])
        }
    now = time.time()
    made = WrapUp(call, person, b"", form.outcome, form.wrong, now if form.done else None, form.rev)
    private = sealed(record, archive, made, Written(form.notes, answers, form.cases))
    key = archive.keyring.held(record.key)
    found = Found({mark(key, AGENT, person)}, word_marks(key, form.notes)) if form.done else NOTHING
    return archive.store.wrap_ups.keep(replace(made, private=private), now, found)


def shown_as(given: str) -> set[str]:
    """Say how an answer stands on the desk: a card's number is not shown whole, and that is no change of it."""
    return {given, hide_cards(given)}


def check(form: Form) -> None:
    """Judge a form: BadWrapUp where it cannot be kept, or not be saved as it is."""
    if form.outcome not in {"", *OUTCOMES}:
        raise BadWrapUp(f"no outcome is called {form.outcome!r}")
    if form.done and not form.outcome:
        raise BadWrapUp("an outcome is needed", hint="choose one: Alt 1 to Alt 5")
    if len(form.notes) > LONGEST_NOTES or any(len(value) > LONGEST_ANSWER for value in form.answers.values()):
        raise BadWrapUp(f"notes have at most {LONGEST_NOTES:,} characters, an answer {LONGEST_ANSWER}")
    if len(form.cases) > MOST_TURNED or any(
        len(f"{name}{each.was}{each.to}") > LONGEST_ANSWER for name, each in form.cases.items()
    ):
        raise BadWrapUp("this form was not filled in on the desk page")
