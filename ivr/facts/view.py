"""The facts of one turn, by name: looked up when they are read, remembered until the turn is over."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from ivr.content import Content, Schedule
from ivr.engine.tasks import PRETENDED, TASKROUTER
from ivr.engine.tree import Value
from ivr.facts import announcements, appointments, blocks, guards, reach, rosters
from ivr.facts.ends import clock, end_of
from ivr.facts.hours import EMERGENCY, OPEN, status
from ivr.facts.numbers import PRETEND, NumberBlocks
from ivr.facts.snapshot import Snapshot
from ivr.tickets import taken
from ivr.withheld import WITHHELD

OF_LATE = 15.0  # seconds; a snapshot is renewed twice a second while the store answers
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Indexes = Callable[[str], list[bytes]]
LookUp = Callable[[str, float], Mapping[str, Value]]  # a number, the time -> facts; {} where nothing can be known


@dataclass(frozen=True, slots=True)
class Asking:
    """Which call asks, and when."""

    call: str
    line: str  # its id in the content
    at: float  # seconds since the epoch, on the caller's clock
    caller: str | None  # E.164; None when withheld
    pretend: Mapping[str, Value] | None = None  # what a pretended call takes for real; None: a real call
    verified: bool | None = None  # a carrier vouches for the number; None where none says anything
    reached: bool = True  # the store has not just failed to answer
    lost: bool = False  # nothing of the call can be kept


@dataclass(slots=True)
class TurnFacts(Mapping[str, Value]):
    """All that a step can read; a name that is missing is unknown."""

    content: Content
    snapshot: Snapshot
    numbers: NumberBlocks
    asking: Asking
    callers: LookUp | None = None
    indexes: Indexes | None = None
    _known: dict[str, Value] = field(default_factory=dict)
    _caller: Mapping[str, Value] | None = None

    def __getitem__(self, name: str) -> Value:
        """Look a fact up once; KeyError where it is unknown."""
        if name not in self._known:
            self._known[name] = self._look(name)
        value = self._known[name]
        if value is None:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        """Go through the facts that were read and known."""
        return (name for name, value in self._known.items() if value is not None)

    def __len__(self) -> int:
        """Count them."""
        return sum(1 for _ in self)

    def _look(self, name: str) -> Value:
        pretended = self.asking.pretend
        if pretended and name in pretended:
            return pretended[name]
        room, _, rest = name.partition(".")
        look = ROOMS.get(room)
        return look(self, rest) if look else None

    def flag(self, name: str) -> bool:
        """Say whether a flag is on, for this call."""
        pretended = (self.asking.pretend or {}).get(f"flag.{name}")
        return bool(pretended) if pretended is not None else self.snapshot.flag(name, self.asking.at)

    def team(self, rest: str) -> Value:
        """Look up ``<team>.open``, ``why_closed``, what ``appointments`` knows, and what its queue does."""
        team, _, what = rest.partition(".")
        if team not in self.content.tree.teams:
            return None
        asked = self._appointment(team, what)
        if asked is not None:
            return asked
        if what not in {"open", "why_closed"}:
            return self.queue(team, what)
        emergency = self.flag("emergency") or self.flag(f"emergency.{team}")
        return self._opening(self.content.schedules.get(team), what, emergency=emergency)

    def queue(self, team: str, what: str) -> Value:  # noqa: PLR0911 - one line per fact
        """Look up ``free present waiting estimate numbers``, ``able.<language>.<skill>…``, ``workflow.<skill>…``."""
        snapshot, living = self.snapshot, self.snapshot.living
        if not self.content.tree.teams[team].waits:
            return None
        pretended = (self.asking.pretend or {}).get(f"team.{team}.present")
        people = rosters.present(snapshot, self.content, team, self.asking.at)
        if what == "numbers":  # known while the store is away, too
            return rosters.numbers(snapshot, self.content, team, self.asking.at) or None
        if rosters.is_stale(snapshot, time.time()):
            return None
        name, *wanted = what.split(".")
        match name:
            case "workflow":
                return self.workflow(team, wanted)
            case "free":
                return rosters.free(people)
            case "present":
                return len(people)
            case "waiting":
                return living.waiting.get(team, 0)
            case "estimate":
                return rosters.estimate(living.waiting.get(team, 0) + 1, living.paces.get(team), len(people))
            case "able":
                return pretended if pretended is not None else rosters.able(people, team, wanted[0], wanted[1:])
        return None

    def workflow(self, team: str, skills: list[str]) -> Value:
        """Look up which workflow of TaskRouter takes a team's callers who need these skills; None: none does."""
        if self.content.tree.teams[team].by != TASKROUTER:
            return None
        if self.asking.pretend is not None:
            return PRETENDED
        routing = self.snapshot.living.routing
        return routing.workflow if routing.workflow and taken(team, skills) in routing.takes else None

    def hours(self, rest: str) -> Value:
        """Look up ``<schedule>.open`` and ``<schedule>.why_closed``."""
        name, _, what = rest.rpartition(".")
        schedule = self.content.schedules.get(name)
        return None if schedule is None else self._opening(schedule, what, emergency=self.flag("emergency"))

    def office(self, rest: str) -> Value:
        """Look up ``<office>.hours``: today's."""
        office, _, what = rest.partition(".")
        return self._appointment(f"office.{office}", what)

    def store(self, what: str) -> Value:
        """Look up ``reached``, the store has answered of late, and ``lost``: nothing can be kept, else unknown.

        Without the first nothing is promised that is looked up in the store, without the second nothing at all.
        """
        asking = self.asking
        if what == "lost":
            return asking.lost or None
        if what != "reached" or asking.pretend is not None:
            return None
        return asking.reached and asking.at - self.snapshot.taken < OF_LATE

    def _appointment(self, schedule: str, what: str) -> Value:
        name, _, rest = what.partition(".")
        ask, known = appointments.ASKED.get(name), self.content.schedules.get(schedule)
        return None if ask is None or known is None else ask(known, self.asking.at, rest)

    def _opening(self, schedule: Schedule | None, what: str, *, emergency: bool) -> Value:
        now = EMERGENCY if emergency else status(schedule, self.asking.at) if schedule else OPEN
        match what:
            case "open":
                return now == OPEN
            case "why_closed":
                return "" if now == OPEN else now
        return None

    def call(self, name: str) -> Value:
        """Look up the call itself, on the clock of its line's zone."""
        asking = self.asking
        if name in {"id", "line"}:
            return asking.call if name == "id" else asking.line
        line = self.content.tree.lines.get(asking.line)
        if line is None:
            return None
        moment = datetime.fromtimestamp(asking.at, ZoneInfo(line.zone))
        clock = {"date": f"{moment:%Y-%m-%d}", "weekday": WEEKDAYS[moment.weekday()], "time": f"{moment:%H:%M}"}
        return country_of(asking.caller) if name == "country" else clock.get(name)

    def caller(self, name: str) -> Value:
        """Look up the caller: what the number alone tells, then what is kept and counted, asked for once."""
        match name:
            case "number":
                return self.asking.caller
            case "country":
                return country_of(self.asking.caller)
            case "area_code":
                return area_code_of(self.asking.caller)
            case "verified":  # a pretended call brings its own
                return self.asking.verified if self.asking.pretend is None else None
            case "blocked" | "over":
                return self.blocked() if name == "blocked" else self.over()
        if self._caller is None:
            number = self.asking.caller if self.asking.pretend is None else None  # a pretended call brings its own
            self._caller = self.callers(number, self.asking.at) if self.callers and number else {}
        return self._caller.get(name)

    def blocked(self) -> bool:
        """Say whether staff have blocked the number; a pretended call brings its own."""
        listed = self.snapshot.living.blocked
        if not listed or self.indexes is None or self.asking.pretend is not None:
            return False
        return blocks.holds(listed, self.indexes(self.asking.caller or WITHHELD), self.asking.at)

    def over(self) -> str | None:
        """Name the rule by which the line has had too much of the caller; nobody is turned away by old counts.

        A pretended call brings its own.
        """
        listed, asking = self.snapshot.living.over, self.asking
        line = self.content.tree.lines.get(asking.line)
        if not listed or line is None or self.indexes is None or asking.pretend is not None:
            return None
        if not self.store("reached") or asking.caller in line.guard.spare:
            return None
        who = [index.hex() for index in self.indexes(asking.caller)] if asking.caller else [WITHHELD]
        return guards.over(listed, line.id, who, asking.at)

    def on_air(self) -> list[announcements.OnAir]:
        """List the announcements of this call's line; none where a pretended call brings its own."""
        if self.asking.pretend and "announcements" in self.asking.pretend:
            return []
        line = self.content.tree.lines.get(self.asking.line)
        of_line = None if line and line.staff else self.asking.line  # staff hear of those of every line
        return announcements.heard(self.snapshot.living.announcements, of_line, self.asking.at)

    def call_back(self, rest: str) -> Value:
        """Look up whether ``<number>`` may be called back; ``….ever.<team>``: at all; ``….<zone>.<seconds>``: then."""
        number, _, when = rest.partition(".")
        if not when:
            return reach.may_be_called(self.content, self.asking.line, number)
        zone, _, at = when.rpartition(".")
        written = reach.reachable(self.content, self.asking.line, number)
        if written is None:
            return False
        if zone == "ever":
            return reach.is_ever_day(self.content, written, at, self.asking.at)
        return reach.is_day(self.content, written, zone, float(at))

    def announcements(self, which: str) -> Value:
        """Count what is on the air."""
        return announcements.count(self.on_air(), which)

    def announcement(self, rest: str) -> Value:
        """Look up ``<number>.<language>``."""
        return announcements.told(self.on_air(), rest)

    def flag_end(self, name: str) -> Value:
        """Look up when a flag ends, on the clock of the call's line."""
        return self._told_end(self.snapshot.living.flags.get(name))

    def announcement_end(self, number: str) -> Value:
        """Look up when an announcement ends."""
        found = self.on_air()
        place = int(number) if number.isdigit() else 0
        return self._told_end(found[place - 1].until if 1 <= place <= len(found) else None)

    def _told_end(self, until: float | None) -> Value:
        line = self.content.tree.lines.get(self.asking.line)
        return clock(until, ZoneInfo(line.zone)) if line and until is not None and until > self.asking.at else None

    def end(self, which: str) -> Value:
        """Work out an end: ``hour``, ``tonight``, or four digits of a clock; the point in time, then as it is told."""
        line = self.content.tree.lines.get(self.asking.line)
        zone = ZoneInfo(line.zone) if line else None
        until = end_of(which, self.asking.at, zone) if zone else None
        return None if until is None or zone is None else f"{until} {clock(until, zone)}"

    def number(self, kind: str) -> Value:
        """Take a number for a case of this kind, once in a turn for each name: ``complaint``, ``complaint.2``."""
        series = self.content.tree.series.get(kind.partition(".")[0])
        if series is None:
            return None
        return self.numbers.take(series if self.asking.pretend is None else series + PRETEND)


ROOMS: Mapping[str, Callable[[TurnFacts, str], Value]] = {
    "flag": TurnFacts.flag,
    "team": TurnFacts.team,
    "hours": TurnFacts.hours,
    "office": TurnFacts.office,
    "store": TurnFacts.store,
    "call": TurnFacts.call,
    "caller": TurnFacts.caller,
    "number": TurnFacts.number,
    "call_back": TurnFacts.call_back,
    "announcements": TurnFacts.announcements,
    "announcement": TurnFacts.announcement,
    "announcement_end": TurnFacts.announcement_end,
    "flag_end": TurnFacts.flag_end,
    "end": TurnFacts.end,
}


def country_of(number: str | None) -> str | None:
    """Say a number's country (ISO code); None where the number does not tell."""
    import phonenumbers  # heavy, and only few menus ask

    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number)) if number else None
    except phonenumbers.NumberParseException:
        return None


def area_code_of(number: str | None) -> str | None:
    """Say a number's geographic area code; None where it has none."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number) if number else None
    except phonenumbers.NumberParseException:
        return None
    length = phonenumbers.length_of_geographical_area_code(parsed) if parsed else 0
    return phonenumbers.national_significant_number(parsed)[:length] if parsed and length else None
