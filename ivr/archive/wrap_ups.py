"""What an agent writes of a call, sealed under the call's key and opened for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from ivr.archive.calls import Archive
from ivr.codec import NotCodable, dumps, loads
from ivr.errors import IvrError
from ivr.keys import KeyNotHeld
from ivr.privacy import CallKey, NotReadable, key_of
from ivr.records import CallRecord
from ivr.store.wrap_ups import WrapUp

# how a call came out, for who took it -> its words, in the order of the desk page's keys
OUTCOMES = {
    "solved": "solved",
    "owed": "we owe an answer",
    "call_back": "call back agreed",
    "passed_on": "passed to another team",
    "nobody": "no one there, or abuse",
}
LONGEST_NOTES = 20_000  # characters
LONGEST_ANSWER = 500


class BadWrapUp(IvrError):
    """This cannot be kept of a call."""


@dataclass(frozen=True, slots=True)
class Turned:
    """What of a case is to be another."""

    was: str  # as the agent saw it
    to: str


@dataclass(frozen=True, slots=True)
class Written:
    """The private part."""

    notes: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)  # what the caller had given, put right by the agent
    cases: Mapping[str, Turned] = field(default_factory=dict)  # C10039.owner, C10039.due: done when it is saved


@dataclass(frozen=True, slots=True)
class Opened:
    """One agent's part of a call's record, as people read it."""

    row: WrapUp
    name: str  # of the agent
    said: Written | None  # None where the call's key is not held, or was erased

    @property
    def outcome(self) -> str:
        """Say the outcome in words."""
        return OUTCOMES.get(self.row.outcome, self.row.outcome)


def wrote(one: Opened) -> Iterator[str]:
    """Say in lines what an agent wrote."""
    if one.row.outcome:
        yield f"outcome {one.outcome}"
    if one.row.wrong:
        yield "wrong option: the menu sent the caller to the wrong team"
    if one.said is None:
        yield "what was written is not readable here"
        return
    yield from (f"{name} put right: {value}" for name, value in one.said.answers.items())
    if one.said.notes:
        yield one.said.notes


def sealed(record: CallRecord, archive: Archive, row: WrapUp, said: Written) -> bytes:
    """Seal the private part; KeyNotHeld, NotReadable where the call's key is not here."""
    return sealed_for(key_of(record, archive.keyring), row.call, row.person, said)


def sealed_for(key: CallKey, call: str, person: str, said: Written) -> bytes:
    """Seal it with the key of the call."""
    return key.seal(_name(call, person), dumps(Written, said).encode("utf-8", "surrogatepass"))


def opened(archive: Archive, call: str) -> tuple[Opened, ...]:
    """Open what agents wrote of a call, drafts too."""
    rows = archive.store.wrap_ups.of_call(call)
    if not rows:
        return ()
    record = archive.store.call(call)
    try:
        key = key_of(record, archive.keyring) if record else None
    except (KeyNotHeld, NotReadable):
        key = None
    names = {person.id: person.name for person in archive.store.people.all()}
    return tuple(Opened(row, names.get(row.person, "somebody"), _said(row, key)) for row in rows)


def _said(row: WrapUp, key: CallKey | None) -> Written | None:
    try:
        text = key.open(_name(row.call, row.person), row.private) if key else b""
        said: Written | None = loads(Written, text.decode("utf-8", "surrogatepass")) if text else None
    except (NotReadable, NotCodable):
        return None
    return said


def _name(call: str, person: str) -> bytes:
    """Name the row for the seal: it can be moved to no other call and no other agent."""
    return sha256(f"wrap-up\n{call}\n{person}".encode()).digest()[:16]
