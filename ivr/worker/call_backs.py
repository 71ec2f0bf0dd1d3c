"""Promises to call back are kept: put into the team's queue at their caller's place, and followed from there.

At its time a promise gets a ticket of its own, with the moment from which its caller has waited; from then on it is
served as every ticket is (``offers.py``). What comes of the attempt is written in the ticket alone, by whoever learns
of it; the promise follows: it is kept, tried again after a pause, or given up.
"""

from __future__ import annotations

import json
import secrets
import struct
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from ivr import tickets as words
from ivr.archive.promises import reason_of
from ivr.callers import Kept
from ivr.codec import NotCodable, loads
from ivr.content import Content
from ivr.engine.effects import Effect, RequestCallBack
from ivr.errors import IvrError, StoreUnavailable
from ivr.facts.hours import EMERGENCY, OPEN, status
from ivr.facts.reach import is_day, reachable
from ivr.keys import KeyNotHeld, Keyring
from ivr.privacy import CallKey, NotReadable, key_of, open_call
from ivr.records import name_of
from ivr.store import Store
from ivr.store.call_backs import DONE, GIVEN_UP, WAITING, CallBack, Next
from ivr.store.polls import Poll
from ivr.tickets import Ticket

EVERY = 1.0  # seconds between two rounds
LATER = 60.0  # seconds until we look again whether somebody may be called
OPT_OUT = "no_calls"  # the list of those who are not called

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Keeping:
    """What promises are kept with."""

    store: Store
    keyring: Keyring
    content: Callable[[str], Content]  # a version's
    kept: Callable[[str], Kept]  # what staff keep of a number
    ask: Callable[[Poll, float], str]  # begins a survey by SMS; says why not


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise, opened."""

    row: CallBack
    wanted: RequestCallBack
    key: CallKey  # of its call
    line: str
    content: Content  # of the version in which it is kept
    number: str | None  # as it is dialled; None where it is of no country that is called back
    rang_from: str | None  # the number that the promise was asked for from; None where it was withheld


class CallBackRound:
    """Keeps promises; one per job process, several at work over one store."""

    def __init__(self, keeping: Keeping) -> None:
        """Take promises from the store, and put tickets there."""
        self._keeping = keeping
        self._store = keeping.store
        self._not_before = 0.0

    def run(self, now: float) -> int:
        """Go through all promises once; says how many moved."""
        if now < self._not_before:
            return 0
        self._not_before = now + EVERY
        rows = self._store.call_backs.open()
        flags = {flag.name for flag in self._store.flags.all() if flag.until > now} if rows else set()
        moved = 0
        for row in rows:
            try:
                moved += self._see_to(row, flags, now)
            except IvrError as error:  # one promise that cannot be kept now must not keep the others waiting
                log.warning("call_back_not_kept", call=row.call, why=str(error))
        return moved

    def _see_to(self, row: CallBack, flags: set[str], now: float) -> bool:
        if row.state == WAITING:
            return now >= row.due_at and self._begin(row, flags, now)
        ticket = self._store.tickets.find(row.ticket)
        if ticket is None or ticket.state not in words.OPEN:
            return self._follow(row, ticket, now)
        if ticket.state in words.QUEUED and not self._may_be_called(self._open(row), flags, now):
            self._store.tickets.leave(ticket.id, words.LEFT, words.NOT_NOW, now)
            return True
        return False

    def _begin(self, row: CallBack, flags: set[str], now: float) -> bool:
        """Put a promise into the queue, unless its caller may not be called, ever or now."""
        try:
            promise = self._open(row)
        except (KeyNotHeld, NotReadable, NotCodable) as error:
            return self._give_up(row, str(error), now)
        if promise.number is None:
            return self._give_up(row, words.NO_COUNTRY, now)
        if row.team not in promise.content.tree.teams:
            return self._give_up(row, words.NO_TEAM, now)
        if OPT_OUT in self._keeping.kept(promise.number).lists:
            return self._give_up(row, words.OPTED_OUT, now)
        if not self._may_be_called(promise, flags, now):
            later = Next(WAITING, row.reason, row.attempts, now + LATER)
            return self._store.call_backs.put_off(row, later, now)
        return self._store.call_backs.queue(row, self._ticket(promise, now), now)

    def _give_up(self, row: CallBack, why: str, now: float) -> bool:
        log.info("call_back_given_up", call=row.call, why=why)
        return self._store.call_backs.put_off(row, Next(GIVEN_UP, why, row.attempts, row.due_at), now)

    def _may_be_called(self, promise: Promise, flags: set[str], now: float) -> bool:
        """Tell whether the team is open, it is day where the caller is, and the caller may still be called."""
        row, number = promise.row, promise.number
        if (
            number is None
            or row.team not in promise.content.tree.teams
            or flags & {EMERGENCY, f"{EMERGENCY}.{row.team}"}
        ):
            return False
        opened = status(promise.content.schedules[row.team], now) == OPEN
        allowed = opened and is_day(promise.content, number, row.zone, now)
        return allowed and OPT_OUT not in self._keeping.kept(number).lists

    def _open(self, row: CallBack) -> Promise:
        """Open a promise with the key of its call, in the version of today where that has its team and line."""
        record = self._store.call(row.call)
        if record is None:
            raise NotReadable(f"no record of call {row.call}")
        key = key_of(record, self._keeping.keyring)
        wanted = loads(Effect, key.open(row.effect, row.private).decode("utf-8", "surrogatepass"))
        if not isinstance(wanted, RequestCallBack):
            raise NotReadable(f"the promise of call {row.call} is none")
        content = self._version(record.version, row.team, record.line)
        rang_from = json.loads(open_call(record, key)).get("from")
        return Promise(
            row, wanted, key, record.line, content, reachable(content, record.line, wanted.number), rang_from
        )

    def _version(self, began: str, team: str, line: str) -> Content:
        active = self._store.versions.active()
        today = self._keeping.content(active) if active else None
        if today and team in today.tree.teams and line in today.tree.lines:
            return today
        return self._keeping.content(began)

    def _ticket(self, promise: Promise, now: float) -> Ticket:
        """Write the ticket of one attempt."""
        row = promise.row
        # Of those who were promised the same moment (when the team opens), who was promised first is served first.
        name = struct.pack("!d", row.at) + secrets.token_bytes(8)
        private = {
            "summary": reason_of(self._store, self._keeping.keyring, row),
            "number": promise.number,
            "first": promise.wanted.first,
        }
        return Ticket(
            id=name,
            call=row.call,
            team=row.team,
            version=promise.content.hash,
            line=promise.line,
            language=row.language,
            skills=row.skills,
            priority=row.priority,
            joined_at=row.joined_at,
            pretend=False,
            private=promise.key.seal(name, json.dumps(private).encode("utf-8", "surrogatepass")),
            changed_at=now,
            call_back=row.effect,
            turn=row.turn,
        )

    def _follow(self, row: CallBack, ticket: Ticket | None, now: float) -> bool:
        """Say what becomes of a promise whose attempt is over."""
        if ticket is None or ticket.state == words.LEFT:
            return self._store.call_backs.follow(row, Next(WAITING, row.reason, row.attempts, now), now)
        tries = row.attempts + 1
        if ticket.state == words.DONE:
            self._ask_once(row, ticket, now)
            return self._store.call_backs.follow(row, Next(DONE, "", tries, row.due_at), now)
        rules = self._open(row).content.call_backs
        last = tries >= rules.tries or ticket.reason == words.DECLINED
        if last:
            return self._store.call_backs.follow(row, Next(GIVEN_UP, ticket.reason, tries, row.due_at), now)
        pause = rules.pauses[min(tries, len(rules.pauses)) - 1] if rules.pauses else LATER
        return self._store.call_backs.follow(row, Next(WAITING, ticket.reason, tries, now + pause), now)

    def _ask_once(self, row: CallBack, ticket: Ticket, now: float) -> None:
        """Ask, where that can be done; a survey that nobody can be asked keeps no promise open."""
        try:
            self._ask(row, ticket, now)
        except StoreUnavailable:
            raise  # the next round asks
        except IvrError as error:
            log.info("survey_not_asked", call=row.call, why=str(error))

    def _ask(self, row: CallBack, ticket: Ticket, now: float) -> None:
        """Have whoever was called back asked by SMS how it was, once, where the rules name a survey.

        Who had another number called than the one they rang from is not asked: what they answered there would be
        taken for somebody else's.
        """
        promise = self._open(row)
        step = promise.content.call_backs.survey
        if not step or promise.number != promise.rang_from:
            return
        poll = Poll(
            id=name_of("call back", row.effect.hex()),
            call=row.call,
            version=promise.content.hash,
            step=step,
            question=1,
            met=True,
            language=row.language,
            case=row.case,
            person=ticket.person,
            other=b"",
            at=now,
        )
        if why_not := self._keeping.ask(poll, now):
            log.info("survey_not_asked", call=row.call, why=why_not)
