"""Promises to call back as people read them: the number, why the caller had called, and what came of each attempt."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from ivr.cases import opened
from ivr.codec import NotCodable
from ivr.engine.effects import RequestCallBack
from ivr.keys import KeyNotHeld, Keyring
from ivr.privacy import NotReadable, key_of
from ivr.records import EffectRecord
from ivr.store import Store
from ivr.store.call_backs import CallBack
from ivr.tickets import CALL_BACK, LEFT, Ticket
from ivr.turns import read_effect

ENDED = {
    "no_answer": "nobody answered",
    "busy": "the line was busy",
    "failed": "the number could not be reached",
    "machine": "somebody or something answered, and no key was pressed",
    "declined": "the caller does not need it any more",
    "hung_up": "the caller hung up before anybody was there",
    "agent_gone": "the agent was gone",
    "not_now": "the team had closed, or it was night where the caller is",
    "no_country": "the number is of no country that is called back",
    "no_team": "the team is there no more",
    "opted_out": "the number is on the list of those who are not called",
    "promised_anew": "the same team has promised the caller another call since",
    "talked": "the caller has talked to the team since",
    "cancelled": "it was cancelled",
}  # reason of an attempt -> its words


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to keep a promise."""

    at: float  # when its state was last changed
    state: str  # of its ticket: waiting | offered | claimed | talking | done | abandoned | left
    reason: str
    person: str  # id of who took it, "" for nobody of the rosters


@dataclass(frozen=True, slots=True)
class Promised:
    """One promise, with what stands sealed in it; `number` is None where the call's key is not held, or was erased."""

    row: CallBack
    number: str | None
    first: str  # on the clock of the team's zone: 2026-11-27T14:30
    reason: str  # why the caller had called, "" where nobody knows
    attempts: tuple[Attempt, ...]

    @property
    def stands(self) -> str:
        """Say how it stands, in words."""
        row = self.row
        if row.state == "queued":
            return self.attempts[-1].state if self.attempts else row.state
        return f"{row.state.replace('_', ' ')}: {ENDED.get(row.reason, row.reason)}" if row.reason else row.state


def promise_data(one: Promised) -> dict[str, Any]:
    """Lay a promise out for JSON."""
    known = {name: getattr(one.row, name) for name in ("call", "team", "case", "state", "first_at", "due_at")}
    known |= {"id": one.row.effect.hex(), "why_not": one.row.reason, "tries": one.row.attempts, "at": one.row.at}
    own = {"number": one.number, "first": one.first, "zone": one.row.zone, "reason": one.reason}
    return known | own | {"attempts": [asdict(attempt) for attempt in one.attempts]}


def promise_told(one: Promised) -> str:
    """Say a promise in one line."""
    when = f", first {one.first.replace('T', ' ')} {one.row.zone}" if one.first else ""
    why = f", {one.reason}" if one.reason else ""
    return f"{one.number or 'a number that is not readable here'}{when}, team {one.row.team}{why}: {one.stands}"


def attempts_told(one: Promised) -> list[str]:
    """Say what came of each attempt, a line each, with its time before it."""
    return [ENDED.get(attempt.reason, attempt.state) for attempt in one.attempts]


def promised(row: CallBack, store: Store, keyring: Keyring) -> Promised:
    """Open one promise with the key of its call."""
    attempts = tuple(
        Attempt(ticket.changed_at, ticket.state, ticket.reason, ticket.person)
        for ticket in store.call_backs.attempts(row.effect)
    )
    wanted = _wanted(row, store, keyring)
    number, first = (wanted.number, wanted.first) if wanted else (None, "")
    return Promised(row, number, first, reason_of(store, keyring, row), attempts)


def reason_of(store: Store, keyring: Keyring, row: CallBack) -> str:
    """Say why whoever waits for a call back had called: what an agent would have been told, else what the case says."""
    kept = place_kept(store.tickets.of_call(row.call), row.team)
    said = _summary(store, keyring, kept) if kept else ""
    case = store.cases.find(row.case) if row.case and not said else None
    told = opened(case, store, keyring).said if case else None
    return said or (f"{row.case}: {told.about}" if told and told.about else row.case)


def place_kept(tickets: list[Ticket], team: str) -> Ticket | None:
    """Find the place that a caller gave up for a call back: the last wait for this team, which ended without a talk."""
    left = [one for one in tickets if one.team == team and one.state in {CALL_BACK, LEFT} and not one.call_back]
    return left[-1] if left else None


def _summary(store: Store, keyring: Keyring, ticket: Ticket) -> str:
    call = store.call(ticket.call)
    if call is None:
        return ""
    try:
        return str(json.loads(key_of(call, keyring).open(ticket.id, ticket.private)).get("summary", ""))
    except (KeyNotHeld, NotReadable):
        return ""


def _wanted(row: CallBack, store: Store, keyring: Keyring) -> RequestCallBack | None:
    call = store.call(row.call)
    if call is None:
        return None
    try:
        key = key_of(call, keyring)
        effect = read_effect(EffectRecord(row.effect, 0, RequestCallBack.__name__, row.private), key)
    except (KeyNotHeld, NotReadable, NotCodable):
        return None
    return effect if isinstance(effect, RequestCallBack) else None
