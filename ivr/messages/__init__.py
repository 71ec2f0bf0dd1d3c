"""The conversation of a case: sealed and opened, and written to by people of ours.

What belongs to a case is sealed under the key of the call that opened it. A case that a message opened has a key of its
own. So whoever erases that one key erases the whole conversation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ivr.codec import NotCodable, dumps, loads
from ivr.errors import IvrError
from ivr.keys import KeyNotHeld, Keyring
from ivr.privacy import (
    CallKey,
    NotReadable,
    caller_index,
    caller_indexes,
    key_of,
    new_seed,
    open_call,
    unwrapped,
    wrap,
)
from ivr.records import name_of
from ivr.store import Store
from ivr.store.cases import Case
from ivr.store.messages import IN, KEPT, NOTE, OUT, WAITING, Attachment, CaseKey, Message

SMS, EMAIL = "sms", "email"
LONGEST = 1600  # characters of one SMS: the carrier takes no more
LONGEST_MAIL = 100_000  # characters


class NotWritten(IvrError):
    """This cannot be written to the case, and the reason is said."""


@dataclass(frozen=True, slots=True)
class Said:
    """The private part of a message."""

    body: str
    address: str = ""  # of whoever we talk to
    ours: str = ""  # our own number or address
    subject: str = ""
    names: tuple[str, ...] = ()  # of the files, in their order
    attach: tuple[str, ...] = ()  # sids of recordings that go along
    media: tuple[str, ...] = ()  # what is still at the carrier: type and address of each
    left_out: tuple[str, ...] = ()  # files that were not kept, each with the reason
    answer_to: str = ""  # where answers are wanted, if not at `address`
    automatic: bool = False  # a machine wrote it


@dataclass(frozen=True, slots=True)
class Piece:
    """One message as people read it; `said` is None where its key is not held, or was erased."""

    message: Message
    said: Said | None
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody of ours wants written on a case."""

    case: str
    channel: str  # sms | email | note
    body: str
    author: str
    once: str  # made by the page: the same again is the same message
    to: str = ""  # "" where the case knows the address
    subject: str = ""
    language: str = ""


def normal(address: str) -> str:
    """Write an address as it is compared: mail in small letters, a number as it stands."""
    return address.strip().lower()


def index_of(keyring: Keyring, address: str) -> bytes:
    """Make the word under which an address is found without being written."""
    return caller_index(keyring.first, normal(address)) if address else b""


def indexes_of(keyring: Keyring, address: str) -> list[bytes]:
    """Make the words to look for: one per key."""
    return caller_indexes(keyring, normal(address))


def new_case_key(keyring: Keyring, number: str) -> tuple[CaseKey, CallKey]:
    """Draw the own key of a case that no call opened."""
    key, name = keyring.first, f"case {number}"
    wrapped = wrap(key, name, new_seed())
    return CaseKey(number, key.id, wrapped), unwrapped(key, name, wrapped)


def key_for(store: Store, keyring: Keyring, call: str, case: str) -> CallKey:
    """Give the key of what belongs to a call or a case; KeyNotHeld or NotReadable where that cannot be."""
    if call:
        record = store.call(call)
        if record is None:
            raise NotReadable(f"no record of call {call}")
        return key_of(record, keyring)
    row = store.messages.case_key(case)
    if row is None:
        raise NotReadable(f"no key of case {case}")
    return unwrapped(keyring.held(row.key), f"case {row.number}", row.wrapped)


def seal(key: CallKey, message: bytes, said: Said) -> bytes:
    """Seal the private part of a message."""
    return key.seal(message, dumps(Said, said).encode("utf-8", "replace"))  # a letter can hold half a sign


def read(store: Store, keyring: Keyring, messages: Sequence[Message]) -> Iterator[tuple[Message, Said]]:
    """Open many messages, each key once; those that cannot be opened are left out."""
    keys: dict[tuple[str, str], CallKey | None] = {}
    for message in messages:
        whose = (message.call, "" if message.call else message.case)
        if whose not in keys:
            try:
                keys[whose] = key_for(store, keyring, *whose)
            except (KeyNotHeld, NotReadable):
                keys[whose] = None
        key = keys[whose]
        if key is None:
            continue
        try:
            yield message, loads(Said, key.open(message.id, message.private))
        except (NotReadable, NotCodable):
            continue


def opened(message: Message, store: Store, keyring: Keyring) -> Piece:
    """Open one message."""
    files = tuple(store.messages.files(message.id)) if message.direction != NOTE else ()
    try:
        text = key_for(store, keyring, message.call, message.case).open(message.id, message.private)
        said: Said = loads(Said, text)
    except (KeyNotHeld, NotReadable, NotCodable):
        return Piece(message, None, files)
    return Piece(message, said, files)


class Conversation:
    """What is written on cases by us, and read by us."""

    def __init__(self, store: Store, keyring: Keyring) -> None:
        """Read and write here."""
        self._store = store
        self._keyring = keyring

    def of_case(self, *numbers: str) -> list[Piece]:
        """Open a case's whole conversation, the oldest first; several numbers are one case."""
        return [opened(message, self._store, self._keyring) for message in self._store.messages.of_case(*numbers)]

    def write(self, draft: Draft, now: float) -> bool:
        """Put a message in the outbox, or a note on the case; False where the same draft was there before.

        NotWritten says what is wrong with it.
        """
        case = self._store.cases.find(draft.case)
        if case is None:
            raise NotWritten(f"there is no case {draft.case}")
        _check(draft)
        known = self.addresses(case)
        theirs = draft.to or known.get(draft.channel, "")
        if draft.channel != NOTE and not theirs:
            what = "number" if draft.channel == SMS else "e-mail address"
            raise NotWritten(f"nobody knows the {what} of whoever opened case {case.number}", hint="write it down")
        if theirs and self._store.messages.opted_out(indexes_of(self._keyring, theirs)):
            raise NotWritten("the owner of this number has answered STOP and wants no messages", hint="call instead")
        ours = known.get("ours", "") if draft.channel == SMS else ""
        ident = name_of("page", draft.case, draft.once)
        key = key_for(self._store, self._keyring, case.call, case.number)
        noted = draft.channel == NOTE
        made = Message(
            id=ident,
            direction=NOTE if noted else OUT,
            channel=draft.channel,
            case=case.number,
            call=case.call,
            at=now,
            private=seal(key, ident, Said(draft.body, "" if noted else theirs, ours, draft.subject)),
            state=KEPT if noted else WAITING,
            other=b"" if noted else index_of(self._keyring, theirs),
            author=draft.author,
            language=draft.language or case.language,
            due_at=None if noted else now,
        )
        return self._store.messages.keep(made)

    def addresses(self, case: Case) -> dict[str, str]:
        """Say where whoever opened a case can be reached: `sms`, `email`, and `ours`, the number they know us by.

        What is not known of the case itself is taken from the doubles that were merged into it.
        """
        known: dict[str, str] = {}
        for number in reversed(self._store.cases.names_of(case.number)):
            one = self._store.cases.find(number)
            known |= self._of_one(one) if one else {}
        return known

    def _of_one(self, case: Case) -> dict[str, str]:
        """Say what the call and the messages under one number of a case tell."""
        known = self._of_call(case.call) if case.call else {}
        for message in self._store.messages.of_case(case.number):
            if message.direction != IN or message.team:
                continue
            said = opened(message, self._store, self._keyring).said
            # A relay's report is no word of the caller; a form on the web that opened the case is all there is.
            if said and (not said.automatic or message.id == case.effect):
                known[message.channel] = said.answer_to or said.address
                known |= {"ours": said.ours} if message.channel == SMS else {}
        return {what: address for what, address in known.items() if address}

    def _of_call(self, call: str) -> dict[str, str]:
        record = self._store.call(call)
        if record is None:
            return {}
        try:
            told = json.loads(open_call(record, key_of(record, self._keyring)))
        except (KeyNotHeld, NotReadable):
            return {}
        own = str(told.get("from") or "")
        return {SMS: own if own.startswith("+") else "", "ours": str(told.get("to") or "")}


def _check(draft: Draft) -> None:
    problems: Sequence[tuple[bool, str]] = (
        (draft.channel not in {SMS, EMAIL, NOTE}, f"{draft.channel!r} is no way to write: sms, email or note"),
        (not draft.body.strip(), "there is nothing in it"),
        (not draft.once, "it has no key of its own, so that it could be sent twice"),
        (draft.channel == SMS and len(draft.body) > LONGEST, f"a text message has {LONGEST} characters at most"),
        (len(draft.body) > LONGEST_MAIL, f"a message has {LONGEST_MAIL} characters at most"),
    )
    for wrong, what in problems:
        if wrong:
            raise NotWritten(what)
