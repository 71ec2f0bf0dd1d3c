"""A scenario: a conversation written down, which anybody can read and one runner plays. Format: docs/scenarios.md."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ivr.errors import IvrError
from ivr.simulator.acts import Act, Agent
from ivr.simulator.answers import read_answers
from ivr.simulator.whens import read_agent, read_when
from ivr.simulator.yaml_nodes import Entry, ScenarioRefused, open_file

__all__ = ["EVERYONE", "Expected", "Scenario", "ScenarioRefused", "read_scenario"]

EVERYONE = "everyone"
WITHHELD = "anonymous"  # how the carrier writes a number that is not shown

Fact = str | int | float | bool | None  # None: cannot be known, as when the database is away


@dataclass(frozen=True, slots=True)
class Expected:
    """One step: what is done, and what must be heard after it."""

    line: int  # in the file, from 1
    when: str  # as written
    acts: tuple[Act, ...]  # done one after the other; none for `called`
    hears: tuple[str, ...] = ()
    hears_not: tuple[str, ...] = ()
    heard_by_agent: tuple[str, ...] = ()
    language: str = ""  # of every word heard in this step
    at: str = ""  # the step of the menu that the call stands at afterwards
    case: str = ""  # kind of the case that was opened
    outbox: tuple[str, ...] = ()  # parts of what is to be done outside the call by then
    ends: bool | None = None  # whether the call is over; None: either


@dataclass(frozen=True, slots=True)
class Scenario:
    """One conversation."""

    path: str
    title: str
    steps: tuple[Expected, ...]
    menu: str = ""  # folder with config.yaml and menus/, from the scenario's own folder; "" is the working copy
    line: str = ""  # "": the default line
    caller: str = "+14155550123"
    moment: str = ""  # "2026-11-19 14:32" in the line's zone; "" now
    facts: Mapping[str, Fact] = field(default_factory=dict)  # flags too, as flag.<name>
    agents: Mapping[str, Agent] = field(default_factory=dict)  # by target; EVERYONE for all the others
    leaves: float | None = None  # the caller hangs up at this second


HEAD = frozenset(
    {"title", "menu", "line", "caller", "at", "flags", "announcements", "facts", "answers", "agents", "leaves", "steps"}
)
STEP = frozenset({"when", "hears", "hears_not", "heard_by_agent", "in", "at", "case", "outbox", "ends"})


def read_scenario(path: Path) -> Scenario:
    """Read one file; raise ScenarioRefused with its line at the first thing that is not understood."""
    root = open_file(path)
    entries = root.entries(HEAD, needed=("title", "steps"))
    flags = {f"flag.{name}": entry.yes_no() for name, entry in _given(entries, "flags").items()}
    facts = {name: _fact(entry) for name, entry in _given(entries, "facts").items()}
    answers = read_answers(_given(entries, "answers"))
    steps = tuple(_step(entry) for entry in entries["steps"].items())
    if not steps or steps[0].acts:
        raise entries["steps"].refuse("the first step is `when: called`")
    return Scenario(
        path=str(path),
        title=entries["title"].text(),
        steps=steps,
        menu=_text(entries, "menu"),
        line=_text(entries, "line"),
        caller=_caller(entries),
        moment=_text(entries, "at"),
        facts={**facts, **flags, **_announcements(entries), **answers},
        agents={name: read_agent(entry) for name, entry in _given(entries, "agents").items()},
        leaves=entries["leaves"].seconds() if "leaves" in entries else None,
    )


def _given(entries: Mapping[str, Entry], name: str) -> Mapping[str, Entry]:
    return entries[name].entries() if name in entries else {}


def _text(entries: Mapping[str, Entry], name: str, default: str = "") -> str:
    return entries[name].text() if name in entries else default


def _caller(entries: Mapping[str, Entry]) -> str:
    written = _text(entries, "caller", "+14155550123")
    return WITHHELD if written == "withheld" else written


def _fact(entry: Entry) -> Fact:
    """Read a fact's value: yes and no, `unknown`, a whole number, else a text."""
    text = entry.text()
    if text == "unknown":
        return None
    if text in {"yes", "on", "true", "no", "off", "false"}:
        return entry.yes_no()
    return int(text) if re.fullmatch(r"0|-?[1-9]\d*", text, re.ASCII) else text


def _announcements(entries: Mapping[str, Entry]) -> dict[str, Fact]:
    """Read what is on the air, by name: words by language, and `emergency`; the names of the facts are the engine's."""
    if "announcements" not in entries:
        return {}
    given = [each.entries() for each in _given(entries, "announcements").values()]
    urgent = [each for each in given if "emergency" in each and each["emergency"].yes_no()]
    made: dict[str, Fact] = {"announcements": len(given), "announcements.emergency": len(urgent)}
    for number, each in enumerate([*urgent, *(one for one in given if one not in urgent)], 1):
        words = {language: entry.text() for language, entry in each.items() if language != "emergency"}
        made |= {f"announcement.{number}.{language}": f"say {text}" for language, text in words.items()}
    return made


def _step(entry: Entry) -> Expected:
    entries = entry.entries(STEP, needed=("when",))
    when = entries["when"]
    return Expected(
        line=entry.line,
        when=when.text(),
        acts=read_when(when),
        hears=_lines(entries, "hears"),
        hears_not=_lines(entries, "hears_not"),
        heard_by_agent=_lines(entries, "heard_by_agent"),
        language=_text(entries, "in"),
        at=_text(entries, "at"),
        case=_text(entries, "case"),
        outbox=_lines(entries, "outbox"),
        ends=entries["ends"].yes_no() if "ends" in entries else None,
    )


def _lines(entries: Mapping[str, Entry], name: str) -> tuple[str, ...]:
    return tuple(item.text() for item in entries[name].items()) if name in entries else ()


def told_as(error: IvrError) -> str:
    """Tell an error with its hint, on one or two lines."""
    return f"{error}\n  hint: {error.hint}" if error.hint else str(error)
