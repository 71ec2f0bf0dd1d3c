"""config.yaml: what a hotline is. Read before the menus, after their steps' names are known."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ivr.content import CallBackRules, Kind, Retention, Schedule
from ivr.engine.staff import AREA
from ivr.engine.tree import Limits, Line
from ivr.menu import case_kinds, hours, keeping, kinds, offices, outside, recipients, shapes, waits
from ivr.menu.calling_back import call_backs
from ivr.menu.guarding import guard, guard_of
from ivr.menu.maps import Option, Options, as_map, entries, read_map, shape_of_map
from ivr.menu.problems import shown
from ivr.menu.scope import Scope, Text
from ivr.menu.source import Mapping, Node, Scalar

PATH = "config.yaml"
STAFF_START = f"{AREA}.language"


@dataclass(frozen=True, slots=True)
class RawQueue:
    """How a team's callers wait."""

    by: str = "ring"
    patience: int = 300  # seconds
    wrap_up: int = 0  # seconds
    skills: tuple[str, ...] = ()


@dataclass(slots=True)
class RawTeam:
    """A team before its name is translated."""

    name: Text | None
    node: Scalar  # its key in the file
    ring: tuple[str, ...] = ()
    order: str = "in turn"
    rings_for: int = 20
    queue: RawQueue = RawQueue()
    sms: str = ""
    email: str = ""
    record: bool = False


@dataclass(slots=True)
class Config:
    """config.yaml, read."""

    company: str = ""
    language: str = ""
    voices: dict[str, str] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    staff: dict[str, Line] = field(default_factory=dict)  # lines whose menu is ours
    teams: dict[str, RawTeam] = field(default_factory=dict)
    targets: dict[str, float] = field(default_factory=dict)  # team -> seconds within which callers are to be met
    kinds: dict[str, Kind] = field(default_factory=dict)
    schedules: dict[str, Schedule] = field(default_factory=dict)
    offices: dict[str, offices.RawOffice] = field(default_factory=dict)
    everywhere: dict[str, str] = field(default_factory=dict)
    failed: str = ""
    failed_written: bool = False  # it is in the file, whether or not it leads somewhere
    always_on: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    guard: dict[str, Any] = field(default_factory=dict)  # of every line, as far as it is written
    consent: Text | None = None
    consent_needed: bool = False  # no menu may record without having said so
    keep: int = 90  # days
    tested: bool = False
    messages_kind: str = ""
    call_backs: CallBackRules = field(default_factory=CallBackRules)
    retention: Retention = field(default_factory=Retention)


def each(read: Callable[[Scope, Scalar, Node], Any], what: str, shape: shapes.Shape) -> kinds.Read:
    """Make a reader of maps whose keys people choose: every entry by the same reader."""

    def read_all(scope: Scope, node: Node) -> dict[str, Any]:
        holder = as_map(scope, node, what)
        made: dict[str, Any] = {}
        for key, value in entries(scope, holder) if holder else ():
            found = read(scope, key, value)
            if found is not None:
                made[key.text] = found
        return made

    return shapes.shaped(read_all, shape)


def _voice(scope: Scope, key: Scalar, node: Node) -> str | None:
    found = kinds.scalar(scope, node, "a voice")
    return found.text if kinds.tag(scope, key) and found else None


LINE: Options = {
    "number": Option(kinds.phone, needed=True),
    "zone": Option(kinds.zone, needed=True),
    "start": Option(kinds.step),
    "person": Option(kinds.step),
    "languages": Option(kinds.listed(kinds.tag)),
    "default": Option(kinds.flag),
    "staff": Option(kinds.flag),
    "guard": Option(guard),
}


def _line(scope: Scope, key: Scalar, node: Node) -> dict[str, Any] | None:
    if kinds.name(scope, key) is None:
        return None
    values = read_map(scope, node, LINE, f"the line '{key.text}'")
    return values | {"node": key} if "number" in values and "zone" in values else None


TEAM: Options = {
    "name": Option(kinds.text),
    "by": Option(kinds.pick("ring", "queue", "taskrouter")),
    "ring": Option(kinds.listed(kinds.reachable)),
    "order": Option(kinds.pick("in turn", "together")),
    "rings_for": Option(kinds.seconds),
    "hours": Option(hours.rules),
    "zone": Option(kinds.zone),
    "holidays": Option(hours.holidays),
    "sms": Option(kinds.phone),
    "email": Option(recipients.mail),
    "patience": Option(kinds.seconds),
    "target": Option(kinds.seconds),
    "skills": Option(kinds.listed(waits.skill)),
    "wrap_up": Option(kinds.seconds),
    "record": Option(kinds.flag),
}


def _team(scope: Scope, key: Scalar, node: Node) -> dict[str, Any] | None:
    if kinds.name(scope, key) is None:
        return None
    values = read_map(scope, node, TEAM, f"the team '{key.text}'")
    if values.get("order") == "together" and any(number.startswith("+") for number in values.get("ring", ())):
        order = node.get("order") if isinstance(node, Mapping) else None
        said = "numbers of the telephone network are rung in turn: a voicemail would end the others' ringing"
        where = order or key
        fix = scope.notes.replace(where, "in turn")
        scope.notes.add("together-on-phones", where, said, "ring only client: and sip: together", fix=fix)
    return values | {"node": key}


def _schedule(scope: Scope, key: Scalar, node: Node) -> Schedule | None:
    return hours.schedule(scope, node) if kinds.name(scope, key) else None


def _key_target(scope: Scope, key: Scalar, node: Node) -> str | None:
    if re.fullmatch(r"[0-9*#]", key.text):
        return kinds.target(scope, node)
    scope.notes.add("bad-key", key, f"{shown(key.text)} is not one key of a phone", 'write 0 to 9, "*" or "#"')
    return None


def _directory(scope: Scope, key: Scalar, node: Node) -> dict[str, str] | None:
    if kinds.name(scope, key) is None:
        return None
    found: dict[str, str] = {}
    for name, value in entries(scope, holder) if (holder := as_map(scope, node, "a directory")) else ():
        team = kinds.team(scope, value)
        for extension in _extensions(scope, name) if team else ():
            if extension in found:
                said = f"the extension {extension} stands in this directory twice"
                scope.notes.add("duplicate-key", name, said, "keep one of the two")
                break
            found[extension] = team or ""
    scope.directories[key.text] = found
    return found


def _extensions(scope: Scope, node: Scalar) -> list[str]:
    match = re.fullmatch(r"(\d{1,8})(?: to (\d{1,8}))?", node.text)
    first, last = (match[1], match[2] or match[1]) if match else ("1", "0")
    if len(first) == len(last) and 0 <= int(last) - int(first) < 10_000:
        return [str(number).zfill(len(first)) for number in range(int(first), int(last) + 1)]
    said = f"{shown(node.text)} is not an extension or a range of them"
    scope.notes.add("bad-number", node, said, 'write "1001" or "1000 to 1019"')
    return []


LIMITS: Options = {
    "call": Option(kinds.seconds),
    "talk": Option(kinds.seconds),
    "steps": Option(kinds.whole(10, 10_000)),
    "silence": Option(kinds.whole(1, 100)),
    "proofs": Option(kinds.whole(1, 20)),
    "closed": Option(kinds.seconds),
}


def _limits(scope: Scope, node: Node) -> Limits:
    values = read_map(scope, node, LIMITS, "'limits'")
    for name in ("call", "talk", "closed"):
        if name in values:
            values[name] = int(values[name])
    return Limits(**values)


RECORDING: Options = {
    "consent": Option(kinds.text),
    "consent_needed": Option(kinds.flag),
    "keep": Option(keeping.days),
}
PUBLISH: Options = {"test": Option(kinds.flag)}
MESSAGES: Options = {"kind": Option(kinds.kind_of_case)}


def _section(options: Options, what: str) -> kinds.Read:
    """Make a reader of a map with these keys."""

    def read(scope: Scope, node: Node) -> dict[str, Any]:
        return read_map(scope, node, options, what)

    return shapes.shaped(read, shape_of_map(options))


def _anything(scope: Scope, node: Node) -> bool:
    """Accept the seed as it is: `ivr seed` reads it, and it is no part of a version."""
    del scope, node
    return True


shapes.shaped(_limits, shape_of_map(LIMITS))
shapes.shaped(_anything, {})
# Names that are used before they are read (teams, areas) are gathered first; see `read_config`.
CONFIG: Options = {
    "company": Option(kinds.text, needed=True),
    "language": Option(kinds.tag, needed=True),
    "voices": Option(each(_voice, "'voices'", shapes.keyed({"type": "string"}, kinds.TAG.pattern))),
    "hours": Option(each(_schedule, "'hours'", shapes.keyed(shapes.shape_of(hours.schedule), kinds.NAME.pattern))),
    "teams": Option(each(_team, "'teams'", shapes.keyed(shape_of_map(TEAM), kinds.NAME.pattern))),
    "kinds": Option(each(case_kinds.kind, "'kinds'", shapes.keyed(shape_of_map(case_kinds.KIND), kinds.NAME.pattern))),
    "directories": Option(
        each(_directory, "'directories'", shapes.keyed(shapes.keyed({"type": "string"}), kinds.NAME.pattern))
    ),
    "lines": Option(each(_line, "'lines'", shapes.keyed(shape_of_map(LINE), kinds.NAME.pattern)), needed=True),
    "offices": Option(
        each(offices.office, "'offices'", shapes.keyed(shape_of_map(offices.OFFICE), kinds.NAME.pattern))
    ),
    "everywhere": Option(each(_key_target, "'everywhere'", shapes.keyed(shapes.shape_of(kinds.target), "[0-9*#]"))),
    "failed": Option(kinds.target),
    "hosts": Option(kinds.listed(outside.host)),
    "always_on": Option(kinds.listed(kinds.phone)),
    "limits": Option(_limits),
    "guard": Option(guard),
    "recording": Option(_section(RECORDING, "'recording'")),
    "retention": Option(keeping.retention),
    "call_backs": Option(call_backs),
    "publish": Option(_section(PUBLISH, "'publish'")),
    "messages": Option(_section(MESSAGES, "'messages'")),
    "seed": Option(_anything),
}


def read_config(scope: Scope, root: Node) -> Config:
    """Read config.yaml, and give the scope the names that the menus may use."""
    if not isinstance(root, Mapping):
        as_map(scope, root, PATH)
        return Config()
    teams = root.get("teams")
    scope.teams |= {key.text for key, _ in teams.entries} if isinstance(teams, Mapping) else set()
    known = root.get("kinds")
    scope.kinds |= {key.text for key, _ in known.entries} if isinstance(known, Mapping) else set()
    values = read_map(scope, root, CONFIG, PATH)
    company = values.get("company")
    made = Config(
        company="".join(part for part in company.template if isinstance(part, str)) if company else "",
        language=values.get("language", ""),
        voices=values.get("voices", {}),
        kinds=values.get("kinds", {}),
        everywhere=values.get("everywhere", {}),
        offices=values.get("offices", {}),
        failed=values.get("failed", ""),
        failed_written=root.get("failed") is not None,
        always_on=values.get("always_on", ()),
        limits=values.get("limits", Limits()),
        guard=values.get("guard", {}),
        consent=values.get("recording", {}).get("consent"),
        consent_needed=values.get("recording", {}).get("consent_needed", False),
        keep=values.get("recording", {}).get("keep", 90),
        tested=values.get("publish", {}).get("test", False),
        messages_kind=values.get("messages", {}).get("kind", ""),
        call_backs=values.get("call_backs", CallBackRules()),
        retention=values.get("retention", Retention()),
    )
    keeping.check(scope, root, made.limits, made.retention)
    _fill_lines(scope, made, values.get("lines", {}), root)
    _fill_teams(made, values)
    _letters_once(scope, made, root)
    lines = (*made.lines.values(), *made.staff.values())
    scope.languages |= {made.language, *made.voices, *(language for line in lines for language in line.languages)}
    scope.hosts |= set(values.get("hosts", ()))
    scope.schedules |= set(made.schedules)
    return made


def _fill_lines(scope: Scope, made: Config, lines: dict[str, dict[str, Any]], root: Mapping) -> None:
    numbers: dict[str, str] = {}
    defaults = [name for name, line in lines.items() if line.get("default")]
    for name, line in lines.items():
        first = numbers.setdefault(line["number"], name)
        if first != name:
            said = f"the lines '{first}' and '{name}' have the same number"
            scope.notes.add("number-twice", line["node"], said, "give each line its own number")
        if line.get("staff"):
            made.staff[name] = _staff_line(scope, made, name, line)
            continue
        start = line.get("start") or scope.areas.get("main")
        if start is None:
            hint = "write 'start: area.step', or make an area 'main'"
            scope.notes.add("missing-key", line["node"], f"the line '{name}' has no 'start'", hint)
            continue
        person = line.get("person") or start
        languages = line.get("languages") or (made.language,)
        is_default = line.get("default", False) and name == defaults[0]
        guarded = guard_of(made.guard, line.get("guard", {}))
        made.lines[name] = Line(name, line["number"], line["zone"], start, person, languages, is_default, guard=guarded)
    for name in defaults[1:]:
        said = f"the lines '{defaults[0]}' and '{name}' are both 'default'"
        scope.notes.add("two-defaults", lines[name]["node"], said, "one line takes the calls to unknown numbers")
    node = root.key("lines")
    if node is not None and not lines and not scope.notes.failed():
        scope.notes.add("missing-key", node, "there is no line", "write the number that people call")


def _staff_line(scope: Scope, made: Config, name: str, line: dict[str, Any]) -> Line:
    """Make a line of the staff, whose menu is ours."""
    stray = [key for key in ("start", "person", "default") if line.get(key)]
    if stray:
        said = f"the line '{name}' is the staff's: its menu is ours, and no caller comes to it by chance"
        scope.notes.add("staff-line", line["node"], said, f"take '{stray[0]}' out")
    languages = line.get("languages") or (made.language,)
    guarded = guard_of(made.guard, line.get("guard", {}))
    return Line(name, line["number"], line["zone"], STAFF_START, STAFF_START, languages, staff=True, guard=guarded)


def _fill_teams(made: Config, values: dict[str, Any]) -> None:
    zone = next((line.zone for line in made.lines.values() if line.default), "")
    zone = zone or next((line.zone for line in made.lines.values()), "UTC")
    for name, plan in values.get("hours", {}).items():
        made.schedules[name] = Schedule(plan.rules, plan.zone or zone, plan.holidays)
    for name, place in made.offices.items():
        made.schedules[f"office.{name}"] = Schedule(place.hours, place.zone or zone, place.holidays)
    for name, team in values.get("teams", {}).items():
        rings_for = int(team.get("rings_for", 20))
        made.teams[name] = RawTeam(
            team.get("name"), team["node"], team.get("ring", ()), team.get("order", "in turn"), rings_for
        )
        made.teams[name].sms, made.teams[name].email = team.get("sms", ""), team.get("email", "")
        made.teams[name].record = team.get("record", False)
        made.teams[name].queue = RawQueue(
            team.get("by", "ring"),
            int(team.get("patience", RawQueue().patience)),
            int(team.get("wrap_up", 0)),
            team.get("skills", ()),
        )
        made.schedules[name] = Schedule(team.get("hours", ""), team.get("zone", zone), team.get("holidays", ""))
        if "target" in team:
            made.targets[name] = float(team["target"])


def _letters_once(scope: Scope, made: Config, root: Mapping) -> None:
    holder = root.get("kinds")
    seen: dict[str, str] = {}
    for kind in made.kinds.values():
        first = seen.setdefault(kind.series, kind.id)
        key = holder.key(kind.id) if isinstance(holder, Mapping) else None
        if first != kind.id and key:
            said = f"the kinds '{first}' and '{kind.id}' share the letter {kind.series}"
            scope.notes.add("letter-twice", key, said, "give each kind its own letter: it begins the number")
    teams = root.get("teams")
    plans = root.get("hours")
    for key, _ in plans.entries if isinstance(plans, Mapping) and isinstance(teams, Mapping) else ():
        if key.text in made.teams:
            said = f"a team is named '{key.text}' as well"
            scope.notes.add("name-twice", key, said, "give the schedule another name: both are asked as hours")
