"""Talks opened, moved and kept again: the one way to them for pages, webhooks and the job process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ivr.codec import dumps, loads
from ivr.errors import IvrError, UnknownCall
from ivr.handover import events as ev
from ivr.handover.moves import NotNow, move
from ivr.handover.talk import Move, Talk, Told
from ivr.keys import Keyring
from ivr.privacy import CallKey, key_of
from ivr.store import Store
from ivr.store.talks import Change, InAnotherCall, Overtaken, TalkEvent, TalkRow

TRIES = 20  # of one change, where others change the same talk


@dataclass(frozen=True, slots=True)
class Held:
    """A talk as it was read."""

    talk: Talk
    revision: int


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of a talk's story, opened."""

    at: float
    what: str
    who: str
    how: str
    talk: str = ""  # its id, hexadecimal


class TalkDesk:
    """One process's way to the talks; safe for threads. Every method raises StoreUnavailable."""

    def __init__(self, store: Store, keyring: Keyring) -> None:
        """Keep them in this store, sealed under their calls' keys."""
        self._store = store
        self._keyring = keyring

    def begin(self, talk: Talk, event: ev.Event, now: float) -> Talk:
        """Write a talk down with what is asked for first; NotNow where it is over, or has been begun by another."""
        made = move(talk, event, now)
        offer = bytes.fromhex(talk.agent.id) if talk.queued else None
        try:
            self._store.talks.begin(self._change(made, 1, now), offer)
        except Overtaken:
            raise NotNow("the talk is over, or somebody else has just asked for something; look again") from None
        except InAnotherCall as busy:
            raise NotNow(f"{busy} is in a call") from None
        return made.talk

    def tell(self, name: str, event: ev.Event, now: float) -> Talk | None:
        """Tell a talk what happened, or what somebody wants; None where it is not known.

        Raises NotNow where what somebody wants does not fit.
        """
        for _ in range(TRIES):
            held = self.find(name)
            if held is None:
                return None
            changed = self.tell_once(held, event, now)
            if changed is not None:
                return changed
        raise IvrError("this talk changes all the time; try again")

    def tell_once(self, held: Held, event: ev.Event, now: float) -> Talk | None:
        """Tell a talk as it was read; None where it has changed since."""
        made = move(held.talk, event, now)
        if made.talk == held.talk and not made.beside and not made.told:
            return made.talk
        try:
            self._store.talks.change(self._change(made, held.revision + 1, now))
        except Overtaken:
            return None
        except InAnotherCall as busy:
            raise NotNow(f"{busy} is in a call") from None
        return made.talk

    def find(self, name: str) -> Held | None:
        """Find a talk by its id."""
        row = self._store.talks.find(bytes.fromhex(name))
        return self._open(row) if row else None

    def latest(self, call: str) -> Talk | None:
        """Find the last talk of a call."""
        row = self._store.talks.latest(call)
        return self._open(row).talk if row else None

    def open_of(self, call: str) -> Talk | None:
        """Find the talk of a call that goes on."""
        found = self.latest(call)
        return found if found and found.open else None

    def earlier(self, call: str, parent: str) -> tuple[int, int]:
        """Count the talks after one turn that are over, and add up the seconds that the caller waited before them."""
        talks = [self._open(row).talk for row in self._store.talks.of_call(call)]
        over = [talk for talk in talks if talk.parent == parent and not talk.open]
        return len(over), sum(talk.waited for talk in over)

    def due(self, now: float) -> list[Held]:
        """List the talks that the job process is to look at."""
        return [self._open(row) for row in self._store.talks.due(now)]

    def open(self) -> list[Talk]:
        """List the talks that go on."""
        return [self._open(row).talk for row in self._store.talks.open()]

    def look_again(self, held: Held, due: float | None) -> None:
        """Look at a talk at this time, unless it changes before."""
        self._store.talks.look_again(bytes.fromhex(held.talk.id), held.revision, due)

    def told(self, call: str) -> list[Happened]:
        """Tell what happened in the talks of a call."""
        rows = self._store.talks.told(call)
        key = self._key(call) if rows else None
        return [_happened(row, key) for row in rows if key]

    def caller_gone(self, call: str, now: float) -> None:
        """Tell the talk of a caller who hung up; who was called back since talks on another leg."""
        talk = self.open_of(call)
        if talk is not None and not talk.caller:
            self.tell(talk.id, ev.CallerGone(), now)

    def _change(self, made: Move, revision: int, now: float) -> Change:
        talk = made.talk
        name, key = bytes.fromhex(talk.id), self._key(talk.call)
        sealed = key.seal(name, dumps(Talk, talk).encode("utf-8", "surrogatepass"))
        row = TalkRow(name, talk.call, talk.stage, talk.agent.person, revision, talk.began, sealed, due=now)
        return Change(row, made.beside, tuple(_event(talk, key, told, now) for told in made.told), now)

    def _open(self, row: TalkRow) -> Held:
        talk: Talk = loads(Talk, self._key(row.call).open(row.id, row.private))
        return Held(talk, row.revision)

    def _key(self, call: str) -> CallKey:
        record = self._store.call(call)
        if record is None:
            raise UnknownCall(f"no call {call} is known")
        return key_of(record, self._keyring)


def _event(talk: Talk, key: CallKey, told: Told, now: float) -> TalkEvent:
    private = {"who": told.who, "how": told.how}
    name = bytes.fromhex(talk.id)
    return TalkEvent(talk.call, now, told.what, key.seal(name, json.dumps(private).encode()))


def _happened(row: TalkEvent, key: CallKey) -> Happened:
    said: Mapping[str, Any] = json.loads(key.open(row.talk, row.private))
    return Happened(row.at, row.what, str(said["who"]), str(said["how"]), row.talk.hex())
