"""Promises to call back are kept: put into the team's queue at their caller's place, and followed from there.

At its time a promise gets a ticket of its own, with the moment from which its caller has waited; from then on it is
served as every ticket is (``offers.py``). What comes of the attempt is written in the ticket alone, by whoever learns
of it; the promise follows: it is kept, tried again after a pause, or given up.

Whoever is promised several calls is called for one at a time. Of two promises of one team to one number the newer one
counts, at the place of the earlier; who has talked to the team since a promise is not called for it any more.
"""

from __future__ import annotations

import json
import secrets
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace

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
from ivr.privacy import CallKey, NotReadable, caller_indexes, key_of, open_call
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
        self._numbers: dict[bytes, str] = {}  # whom each open promise is for, as far as that can be read

    def run(self, now: float) -> int:
        """Go through all promises once; says how many moved."""
        if now < self._not_before:
            return 0
        self._not_before = now + EVERY
        rows = self._store.call_backs.open()
        flags = {flag.name for flag in self._store.flags.all() if flag.until > now} if rows else set()
        self._numbers = {row.effect: self._numbers.get(row.effect) or self._number_of(row) for row in rows}
        left = self._without_older(rows, now)
        moved = len(rows) - len(left)
        for row in left:
            try:
                moved += self._see_to(row, flags, now)
            except IvrError as error:  # one promise that cannot be kept now must not keep the others waiting
                log.warning("call_back_not_kept", call=row.call, why=str(error))
        return moved

    def _number_of(self, row: CallBack) -> str:
        try:
            return self._open(row).number or ""
        except StoreUnavailable:
            raise
        except IvrError:
            return ""  # it is said why, once it is due

    def _without_older(self, rows: list[CallBack], now: float) -> list[CallBack]:
        """Have whoever a team has promised another call wait for that one alone, at the place of the earlier."""
        latest: dict[tuple[str, str], CallBack] = {}
        left = {row.effect: row for row in rows}
        for each in sorted((row for row in rows if row.state == WAITING), key=lambda row: (row.at, row.effect)):
            row, whose = each, (self._numbers[each.effect], each.team)
            before = latest.get(whose) if whose[0] else None
            if before and self._store.call_backs.replace(before, row, now):
                del left[before.effect]
                row = left[row.effect] = replace(row, joined_at=min(before.joined_at, row.joined_at))
                log.info("call_back_given_up", call=before.call, why=words.PROMISED_ANEW)
            latest[whose] = row
        return list(left.values())

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
        since = self._calls_since(promise)
        if why := self._never(promise, since):
            return self._give_up(row, why, now)
        if any(one.state in words.OPEN for one in since) or not self._may_be_called(promise, flags, now):
            later = Next(WAITING, row.reason, row.attempts, now + LATER)
            return self._store.call_backs.put_off(row, later, now)
        apart = [effect for effect, number in self._numbers.items() if number != promise.number]
        return self._store.call_backs.queue(row, self._ticket(promise, now), now, apart)

    def _never(self, promise: Promise, since: list[Ticket]) -> str:
        """Say why nobody is called for a promise any more; "" where its caller may be called, now or later."""
        row = promise.row
        if promise.number is None:
            return words.NO_COUNTRY
        if row.team not in promise.content.tree.teams:
            return words.NO_TEAM
        if OPT_OUT in self._keeping.kept(promise.number).lists:
            return words.OPTED_OUT
        return words.TALKED if any(one.state == words.DONE and one.team == row.team for one in since) else ""

    def _calls_since(self, promise: Promise) -> list[Ticket]:
        """List the places in queues that whoever is to be called has had since, by calling us."""
        indexes = caller_indexes(self._keeping.keyring, promise.number) if promise.number else []
        return self._store.tickets.of_caller(indexes, promise.row.at)

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
            self._give_up_others(row, now)
            return self._store.call_backs.follow(row, Next(DONE, "", tries, row.due_at), now)
        rules = self._open(row).content.call_backs
        last = tries >= rules.tries or ticket.reason == words.DECLINED
        if last:
            return self._store.call_backs.follow(row, Next(GIVEN_UP, ticket.reason, tries, row.due_at), now)
        pause = rules.pauses[min(tries, len(rules.pauses)) - 1] if rules.pauses else LATER
        return self._store.call_backs.follow(row, Next(WAITING, ticket.reason, tries, now + pause), now)

    def _give_up_others(self, row: CallBack, now: float) -> None:
        """Call nobody again who has just talked to this team."""
        number = self._numbers[row.effect]
        for other in self._store.call_backs.open() if number else ():
            if other.state == WAITING and other.team == row.team and self._numbers.get(other.effect) == number:
                self._give_up(other, words.TALKED, now)

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
