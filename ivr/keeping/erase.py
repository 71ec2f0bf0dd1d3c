"""A person erased: by proved calls and cases, with all that belongs to them.

First somebody asks, and what is to go is written down. Then each thing goes: its key and its tombstone in one
transaction, whereupon nobody can read it any more, and after it slice by slice what had been sealed. A call that still
goes on is erased when it has ended, so that nobody is cut off. What is interrupted goes on in the job process, and a
row that comes late by a token that still holds goes as well.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from ivr.keeping import graves
from ivr.keeping.places import Places
from ivr.keeping.reach import Reach, goes_on
from ivr.keys import Keyring
from ivr.store import Store
from ivr.store.case_words import UNSETTLED
from ivr.store.erasures import Erasure, Piece
from ivr.store.holds import CALL, OnHold
from ivr.store.shredding import OF_CALL, OF_CASE

LATE = 2 * 86400.0  # seconds; no call's token holds longer


@dataclass(frozen=True, slots=True)
class Eraser:
    """Carries erasures out, on one machine."""

    store: Store
    keyring: Keyring
    places: Places

    def ask(self, reach: Reach, who: str, now: float) -> Erasure:
        """Write down what is to go; OnHold where a legal hold keeps any of it."""
        made = Erasure(secrets.token_hex(8), who, self.store.audit.via, now, reach.counts, None)
        self.store.erasures.ask(made, reach.calls, reach.numbers)
        if reach.callers:
            self.store.caller_rows.forget(reach.callers)
        self.store.exports.without(reach.since, now)
        self.places.depot.remove(self.places.exports(reach.since))
        return made

    def run(self, now: float) -> int:
        """Do what is still to be done of all erasures, and what came late; says how many things went."""
        return self._go_through(self.store.erasures.to_see_to(now - LATE), now)

    def carry_out(self, erasure: Erasure, now: float) -> Erasure:
        """Do one at once, as far as it can be done now."""
        self._go_through(self.store.erasures.pieces(erasure.id), now)
        return self.store.erasures.find(erasure.id)

    def _go_through(self, pieces: Sequence[Piece], now: float) -> int:
        done = 0
        for piece in pieces:
            if self._goes_on(piece):
                continue
            with suppress(OnHold):  # it was set since somebody asked: the piece goes once it is lifted
                done += self._destroy(piece, now) + self._empty(piece)
        erasures = sorted({piece.erasure for piece in pieces})
        for erasure in erasures:
            self.store.erasures.finish(erasure, now)
        if done:  # what was written since somebody asked may have been read before it went
            self.store.exports.without(min(self.store.erasures.find(erasure).at for erasure in erasures), now)
            self.store.database.forget_log()
        if pieces:
            graves.note(self.places.data, self.store.erasures.buried(now - LATE))
        return done

    def _destroy(self, piece: Piece, now: float) -> bool:
        """Take the key and set the tombstone; False where that was done. OnHold."""
        if piece.done_at is not None:
            return False
        for hold in self.store.holds.over([piece.subject], []):
            raise OnHold(hold.refusal())
        self._want_copies(piece, now)  # while the rows still say what the carrier has
        return self.store.erasures.destroy(piece, graves.mark_of(self.keyring, piece.kind, piece.subject), now)

    def _empty(self, piece: Piece) -> int:
        call = piece.kind == CALL
        calls, numbers = _named(piece)
        ids = self.store.shredder.message_ids(calls, numbers)
        closed = sum(
            self.store.shredder.close_case(case.number, time.time())
            for case in (self.store.cases.of_call(piece.subject) if call else ())
            if case.status in UNSETTLED
        )
        removed = self.places.depot.remove([*self.places.of_calls(calls), *self.places.of_messages(ids)])
        if removed:
            self.store.shredder.forget_files(ids)
        return closed + removed + self.store.shredder.all_of(OF_CALL if call else OF_CASE, [piece.subject])

    def _goes_on(self, piece: Piece) -> bool:
        """Say whether a call, or the call that a case is of, still goes on."""
        call = piece.subject
        if piece.kind != CALL:
            case = self.store.cases.find(piece.subject)
            call = case.call if case else ""
        return bool(call) and goes_on(self.store, call)

    def _want_copies(self, piece: Piece, now: float) -> None:
        """Have the carrier delete what it holds of a call or a case."""
        call = piece.kind == CALL
        calls, numbers = _named(piece)
        copies = [("message", sid) for sid in self.store.shredder.texts(calls, numbers)]
        if call:
            copies += [("recording", one.sid) for one in self.store.recordings.of_call(piece.subject)]
            copies += [("call", leg) for leg in self._legs(piece.subject)]
        self.store.deletions.want(piece.erasure, copies, now)

    def _legs(self, call: str) -> Sequence[str]:
        row = self.store.call(call)
        if row is None or row.pretend:
            return ()
        legs = {offer.leg for offer in self.store.offers.of_call(call)} | {note.leg for note in self.store.notes(call)}
        return sorted({call, *legs} - {""})


def _named(piece: Piece) -> tuple[list[str], list[str]]:
    """Put the subject with the calls or with the cases."""
    return ([piece.subject], []) if piece.kind == CALL else ([], [piece.subject])
