"""The page ``/settings``: when each team is open, day by day, and what a caller will hear at a time."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, render_template, request

from console.account import me
from console.faces import words_of
from console.frame import live
from console.rights import ROUTES, may
from console.signin.first import users
from ivr.archive.texts import text_of
from ivr.content import Content, Schedule
from ivr.errors import IvrError
from ivr.facts.announcements import OnAir, heard
from ivr.facts.calendar import Day, midnight, next_change
from ivr.facts.hours import CLOSED, EMERGENCY, HOLIDAY, OPEN, status
from ivr.facts.outlook import Outlook, Switched, emergencies, notices, outlook
from ivr.facts.snapshot import Living
from ivr.hearing import play
from ivr.node import living_in
from ivr.rehearsal import Rehearsal, Wish, line_of, moment
from ivr.simulator.call import Call, Plan
from ivr.simulator.transcript import CALLER, MENU, Item

bp = Blueprint("settings", __name__)
NOT_TOLD = {"redirect", "hung up", "ended"}  # our own redirect, and that the pretended caller hangs up at the end
MOST_KEYS = 20  # documents that are walked through
USUAL = 0.75  # of a schedule's longest day: a shorter one is marked


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks; each as it was typed."""

    team: str = ""
    month: str = ""  # 2026-12
    day: str = ""
    time: str = ""
    line: str = ""
    caller: str = ""
    keys: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the calendar."""

    day: Day
    shape: str  # "" open | short | closed | hol
    told: str  # "08:00-18:00", "Closed"
    marks: tuple[str, ...]  # holiday's name, clocks, what is switched on


@dataclass(frozen=True, slots=True)
class Rule:
    """One of the rules that are asked in this order, and what it says of a moment."""

    name: str
    shape: str
    told: str
    decides: bool


@bp.get("/settings")
def page() -> str:
    """Show a team's month, and what is in effect at the chosen moment."""
    return shown(asked(request.args))


@bp.post("/settings/hear")
def hear() -> str:
    """Play a call at the chosen moment, through the webhooks, and show what its caller heard."""
    wanted = asked(request.form)
    content = live()
    if content is None:
        return shown(wanted)
    try:
        call, trouble = played(content, wanted)
    except IvrError as error:
        return shown(wanted, error=error)
    return shown(wanted, call=call, trouble=trouble)


def asked(given: Mapping[str, str]) -> Asked:
    """Read the address or the form."""
    return Asked(**{name: given.get(name, "").strip()[:60] for name in Asked.__slots__})


def played(content: Content, wanted: Asked) -> tuple[Call, str]:
    """Begin a pretended call then, press the keys, hang up; say also what could not be pressed."""
    keys = wanted.keys.split()
    if len(keys) > MOST_KEYS or not all(re.fullmatch(r"[0-9*#]{1,20}|-", each) for each in keys):
        raise IvrError("these are no keys", hint="write what is pressed after each menu: 2 1; - is silence")
    if wanted.caller and not re.fullmatch(r"\+[1-9][0-9 ]{6,18}", wanted.caller):
        raise IvrError(f"{wanted.caller!r} is no number", hint="write it with its country: +45 33 12 34 56, or nothing")
    rehearsal: Rehearsal = current_app.extensions["rehearsal"]
    wish = Wish(wanted.line, at_of(content, wanted))
    line = line_of(content, wanted.line)
    caller = wanted.caller.replace(" ", "") or "anonymous"
    plan = Plan(rehearsal.start(content, wish), caller, line.number, pretend=True)
    call = Call(rehearsal.carrier(), plan)
    return call, play(call, keys)


def at_of(content: Content, wanted: Asked) -> str:
    """Put day and time together, in the line's zone; IvrError where they are none."""
    if not wanted.day and not wanted.time:
        return ""
    here = datetime.fromtimestamp(time.time(), ZoneInfo(line_of(content, wanted.line).zone))
    return f"{wanted.day or here.date()} {wanted.time or '12:00'}"


def shown(wanted: Asked, *, call: Call | None = None, trouble: str = "", error: IvrError | None = None) -> str:
    """Show the page."""
    content, now = live(), time.time()
    if content is None or not content.schedules:
        return render_template("settings/hours.html", page="settings", at="hours", teams={}, asked=wanted)
    teams = names(content)
    name = wanted.team if wanted.team in teams else next(iter(teams))
    schedule, living = content.schedules[name], living_in(users().store)
    chosen, error = moment_of(content, wanted, error)
    first = first_of(wanted, datetime.fromtimestamp(chosen, ZoneInfo(schedule.zone)).date())
    closing = emergencies(living.flags, name, now)
    told = notices(living.flags, living.announcements, now)
    view = outlook(name, schedule, first, days_in(first), (now, closing, told))
    return render_template(
        "settings/hours.html",
        page="settings",
        at="hours",
        teams=teams,
        name=name,
        asked=wanted,
        view=view,
        cells=[cell(view, day) for day in view.days],
        first=first,
        before=f"{first - timedelta(days=1):%Y-%m}",
        after=f"{first + timedelta(days=31):%Y-%m}",
        chosen=datetime.fromtimestamp(chosen, ZoneInfo(schedule.zone)),
        rules=rules(schedule, closing, chosen),
        next=told_change(schedule, chosen),
        on=in_effect(content, living, wanted, chosen),
        lines=[line for line in content.tree.lines.values() if not line.staff],
        items=heard_items(call.items) if call else [],
        faults=[str(fault) for fault in call.faults] if call else [],
        trouble=trouble,
        error=error,
        can=may(me().role, ROUTES["settings.hear"]),
        can_phone=may(me().role, ROUTES["phone.page"]),
        dialed=dialed(content, wanted, chosen),
        version=content.hash[:7],
    )


def names(content: Content) -> dict[str, str]:
    """Name what has hours: teams, then offices and schedules of their own."""
    teams = {team.id: text_of(team.name, "") or team.id for team in content.tree.teams.values()}
    others = {name: name.removeprefix("office.").replace("_", " ") for name in content.schedules if name not in teams}
    return {name: words for name, words in teams.items() if name in content.schedules} | others


def moment_of(content: Content, wanted: Asked, error: IvrError | None) -> tuple[float, IvrError | None]:
    """Find the chosen moment; now, and what is wrong, where none can be read."""
    try:
        line = line_of(content, wanted.line)
        return moment(at_of(content, wanted), line, time.time()), error
    except IvrError as wrong:
        return time.time(), error or wrong


def dialed(content: Content, wanted: Asked, at: float) -> dict[str, str]:
    """Give the line and the moment, on its clock, as the phone page takes them."""
    lines = content.tree.lines
    line = lines.get(wanted.line) or line_of(content, "")
    return {"line": line.id, "at": f"{datetime.fromtimestamp(at, ZoneInfo(line.zone)):%Y-%m-%dT%H:%M}"}


def first_of(wanted: Asked, day: date) -> date:
    """Find the first day of the month that is shown: the one asked for, or that of the chosen day."""
    found = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", wanted.month)
    return date(int(found[1]), int(found[2]), 1) if found else day.replace(day=1)


def days_in(first: date) -> int:
    """Count the days of a month."""
    return ((first + timedelta(days=31)).replace(day=1) - first).days


def cell(view: Outlook, day: Day) -> Cell:
    """Lay one day out."""
    zone = ZoneInfo(view.schedule.zone)
    begins, ends = midnight(day.date, zone), midnight(day.date + timedelta(days=1), zone)
    clock = [
        f"{datetime.fromtimestamp(span.begins, zone):%H:%M}-"
        + ("24:00" if span.ends == ends else f"{datetime.fromtimestamp(span.ends, zone):%H:%M}")
        for span in day.spans
    ]
    longest = max((open_for(each) for each in view.days), default=0.0)
    shape = "short" if open_for(day) < USUAL * longest else ""
    if not day.spans:
        shape = "hol" if day.closed_by_holiday else "closed"
    shut = [f"closed by {flag.name}" for flag in view.emergencies if flag.covers(begins, ends, view.now)]
    told = [notice.name for notice in view.notices if notice.covers(begins, ends, view.now)]
    marks = tuple(mark for mark in (day.holiday, day.shift, *shut, *told) if mark)
    return Cell(day, shape, ", ".join(clock) or ("Holiday" if day.closed_by_holiday else "Closed"), marks)


def open_for(day: Day) -> float:
    """Count the seconds that a day is open."""
    return sum(span.ends - span.begins for span in day.spans)


def rules(schedule: Schedule, closing: tuple[Switched, ...], at: float) -> list[Rule]:
    """Ask the rules in their order: the first that applies decides."""
    now, written = status(schedule, at), schedule.rules or "always open"
    flag = next((one.name for one in closing if one.until > at), "")
    decides = EMERGENCY if flag else now
    asked_in_order = (
        (EMERGENCY, "bad", f"flag {flag} is on" if flag else "", "no flag closes it then"),
        (HOLIDAY, "note", "closed on this holiday" if now == HOLIDAY else "", "no holiday closes it"),
        (
            CLOSED,
            "off",
            written if now == CLOSED else "",
            "not asked" if now == HOLIDAY else "the hours do not close it",
        ),
        (OPEN, "ok", written if now == OPEN else "", "not open by its hours"),
    )
    return [
        Rule(name.capitalize(), shape if told else "off", told or otherwise, decides == name)
        for name, shape, told, otherwise in asked_in_order
    ]


def told_change(schedule: Schedule, at: float) -> str:
    """Say when the hours change next."""
    change = next_change(schedule, at)
    what = "closes" if status(schedule, at) == OPEN else "opens"
    when = f"{datetime.fromtimestamp(change, ZoneInfo(schedule.zone)):%a %d %b, %H:%M}" if change else ""
    return f"{what} {when}" if when else f"never {what}"


def in_effect(content: Content, living: Living, wanted: Asked, at: float) -> list[str]:
    """Name what is switched on then, as far as is known now."""
    flags = [f"flag {name}" for name, until in living.flags.items() if until > at]
    line = line_of(content, wanted.line if wanted.line in content.tree.lines else "")
    air: tuple[OnAir, ...] = living.announcements
    return [*flags, *(f"announcement {one.name}" for one in heard(air, line.id, at))]


def heard_items(items: tuple[Item, ...]) -> list[tuple[str, str, str]]:
    """Tell a call as its caller hears it: (what it is, the words, the language)."""
    made: list[tuple[str, str, str]] = []
    for item in items:
        if item.leg or item.verb in NOT_TOLD:
            continue
        if item.who == CALLER:
            made.append(("key", item.text, "") if item.verb == "pressed" else ("note", item.verb.replace("_", " "), ""))
        elif item.who == MENU and item.spoken and item.verb != "play":
            made.append(("said", item.text, item.language))
        else:
            made.append(("note", words_of(item) if item.who == MENU else f"{item.verb} {item.text}".strip(), ""))
    return made
