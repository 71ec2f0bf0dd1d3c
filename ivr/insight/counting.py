"""What one call adds to the figures, from what is kept of it; pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from zoneinfo import ZoneInfo

from ivr.content import Content
from ivr.engine.events import (
    Answered,
    CallBackPromised,
    CaseOpened,
    Chose,
    Declined,
    Event,
    LanguageChanged,
    Left,
    LimitReached,
    Queued,
    Rang,
    Rated,
    Talked,
    WaitEnded,
)
from ivr.engine.tree import Line
from ivr.insight.clock import day_of, hour_of
from ivr.insight.flow import flow
from ivr.insight.spread import step_of
from ivr.insight.words import word
from ivr.store.insight import Counted
from ivr.store.material import Material

WEEK = 7 * 86400.0
TARGET = 20.0  # seconds within which callers are to be met where their team says nothing
UNREACHED = frozenset({"busy", "no_answer"})  # exits after a team was tried
TURNED_AWAY = frozenset({"closed", "nobody"})  # exits before anybody is rung or waited for
SETTLED = frozenset({"solved", "case", "message"})  # outcomes of who needed nobody
COMPLAINT = "complaint"
REJECTED = "rejected"  # the outcome of a blocked number's call: it was never answered, and cost nothing


@dataclass(frozen=True, slots=True)
class Heard:
    """One turn of the way that a call went."""

    at: float  # seconds since the epoch
    turn: bytes
    parent: bytes
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What is needed of a call beside its material."""

    heard: Sequence[Heard]
    content: Content  # of the version that it began with
    before: float | None = None  # when the same number had called last, and when it called next
    after: float | None = None
    old: Counted | None = None  # as it was counted before


@dataclass(slots=True)
class Way:
    """What is gathered as the call is walked through."""

    counts: Counter[str] = field(default_factory=Counter)
    team: str = ""
    language: str = ""
    first: Chose | None = None  # the choice that made the branch
    last: Chose | None = None
    sent_by: Chose | None = None  # the choice before the first person
    asked: bool = False  # a team was rung or waited for
    turned_away: bool = False  # there was none to ring
    began_wait: float = 0.0
    reached: float | None = None
    chose_at: float | None = None
    talked: int = 0  # seconds
    met: bool = False
    complained: bool = False
    promised: bool = False
    surveyed: bool = False


def count(call: Material, known: Known) -> Counted:
    """Count one call."""
    line = known.content.tree.lines[call.row.record.line]
    way = walk(call, known, line)
    counts = way.counts
    if call.row.outcome == REJECTED:
        counts[word("outcome", REJECTED)] += 1
    else:
        counts.update(flow(event for heard in known.heard for event in heard.events))
        _count_end(call, way)
        _count_callers(call, known, way)
        _count_minutes(call, way)
        _count_judgement(call, way)
    zone, at = ZoneInfo(line.zone), call.row.record.at
    return Counted(
        call.row.record.call,
        day_of(at, zone),
        hour_of(at, zone),
        line.id,
        way.language,
        call.row.record.version,
        way.team,
        {key: number for key, number in counts.items() if number},
    )


def walk(call: Material, known: Known, line: Line) -> Way:
    """Go through the turns that the caller heard, first to last."""
    way = Way(language=line.languages[0] if line.languages else known.content.tree.language)
    for heard in known.heard:
        for event in heard.events:
            _pass(way, event, heard, call, known)
    began = call.row.record.at
    if way.chose_at is not None:
        way.counts[word("chose_first", str(step_of(way.chose_at - began)))] += 1
    if way.reached is not None:
        way.counts[word("reached", str(step_of(way.reached - began)))] += 1
    return way


def _pass(way: Way, event: Event, heard: Heard, call: Material, known: Known) -> None:
    """Take one event in: what concerns the menu, or people."""
    match event:
        case LanguageChanged(language):
            way.language = language
        case Chose(_, key) if key:
            way.first, way.last = way.first or event, event
            way.chose_at = heard.at if way.chose_at is None else way.chose_at
        case Answered():
            way.chose_at = heard.at if way.chose_at is None else way.chose_at
        case CaseOpened(_, _, kind):
            way.complained |= kind == COMPLAINT
            step, key = (way.last.step, way.last.key) if way.last else ("", "")
            way.counts[word("cause", "caller", kind, step, key)] += 1
        case Rated() | Declined():
            way.surveyed = True
        case LimitReached(limit):
            way.counts[word("limit", limit)] += 1
        case WaitEnded():
            _wait(way, event, call.waited_for.get(heard.parent, event.team), known.content)
        case _:
            _reach(way, event, heard)


def _reach(way: Way, event: Event, heard: Heard) -> None:
    """Take in what concerns people."""
    match event:
        case Rang(_, team) | Queued(_, team):
            _ask(way, team)
            way.began_wait = heard.at
        case Left(_, exit) if exit in UNREACHED:
            way.asked = True
        case Left(_, exit) if exit in TURNED_AWAY:
            way.turned_away = True
        case Talked(_, team, seconds):
            way.team, way.met, way.talked = way.team or team, True, way.talked + seconds
            way.reached = heard.at - seconds if way.reached is None else way.reached
        case CallBackPromised(_, team):
            way.team, way.promised = team, True


def _ask(way: Way, team: str) -> None:
    if not way.asked:
        way.sent_by = way.last
    way.asked, way.team = True, team


def _wait(way: Way, event: WaitEnded, team: str, content: Content) -> None:
    """Count a wait; whoever was sent on waited for another team than their step says."""
    soon = event.seconds <= content.targets.get(team, TARGET)
    met = event.how == "answered"
    served = ("soon" if soon else "later") if met else ("left_soon" if soon else "left_later")
    step = str(step_of(event.seconds))
    way.counts.update([word("served", served, team), word("waited", step), word("wait", team, step)])
    way.team = team
    if met and way.reached is None:
        way.reached = way.began_wait + event.seconds


def _count_end(call: Material, way: Way) -> None:
    """Count how it ended."""
    outcome = call.row.outcome
    wanted = way.asked or way.turned_away
    contained = not wanted and outcome in SETTLED
    way.counts["calls"] += 1
    way.counts["seconds"] += _seconds(call)
    way.counts[word("outcome", outcome)] += 1
    way.counts["asked"] += way.asked
    way.counts["talked"] += way.met
    way.counts["contained"] += contained
    way.counts["gave_up"] += not wanted and outcome in {"left", "limit"}
    way.counts["left_waiting"] += way.asked and not way.met and not way.promised and outcome not in SETTLED
    way.counts["promised"] += way.promised
    way.counts["surveyed"] += way.surveyed


def _count_callers(call: Material, known: Known, way: Way) -> None:
    """Count what the same number did before and after, and what its caller said in surveys."""
    unsolved = False
    for answer in call.answers:
        value = "spoken" if answer.kind == "recording" else answer.value
        way.counts[word("rated", answer.question, answer.kind, value)] += 1
        unsolved |= (answer.question, answer.value) == ("resolved", "no")
    way.counts["unhappy"] += unsolved or way.complained
    if not call.row.record.caller:
        return
    at, old = call.row.record.at, known.old.counts if known.old else {}
    # The call that was seen before or after may have been erased since: what it made of this one stays.
    had_called = bool(old.get("numbered")) and not old.get("first")
    again = bool(old.get("again")) or (known.after is not None and known.after - at <= WEEK)
    first = not had_called and (known.before is None or at - known.before > WEEK)
    settled = bool(way.counts["talked"] or way.counts["contained"])
    way.counts["numbered"] += 1
    way.counts["again"] += again
    way.counts["first"] += first
    way.counts["resolved"] += first and settled and not again and not unsolved


def _count_minutes(call: Material, way: Way) -> None:
    """Count what the carrier bills, by the first choice."""
    branch = (way.first.step, way.first.key) if way.first else ("", "")
    way.counts[word("branch", *branch)] += 1
    way.counts[word("branch_done", *branch)] += bool(way.counts["talked"] or way.counts["contained"])
    way.counts[word("minutes", *branch)] += ceil(_seconds(call) / 60)
    way.counts[word("agent_minutes", *branch)] += ceil(way.talked / 60)


def _count_judgement(call: Material, way: Way) -> None:
    """Count what agents wrote."""
    if way.counts["unhappy"]:
        for one in call.judged:
            way.counts[word("cause", "agent", one.outcome)] += bool(one.outcome)
    if call.judged and way.sent_by is not None:
        sent_by = (way.sent_by.step, way.sent_by.key)
        way.counts[word("judged", *sent_by)] += 1
        way.counts[word("misled", *sent_by)] += any(one.wrong for one in call.judged)


def _seconds(call: Material) -> int:
    """Give the seconds that the carrier bills: its own word for the caller's leg, else by our clock."""
    ours = call.row.record.call
    for note in call.notes:
        told = json.loads(note.body)
        if note.leg == ours and told.get("CallStatus") == "completed" and str(told.get("CallDuration", "")).isdigit():
            return int(told["CallDuration"])
    return max(0, round((call.row.ended_at or call.row.record.at) - call.row.record.at))
