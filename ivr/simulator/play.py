"""One runner plays every scenario over HTTP and says where a call went another way than was written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from ivr.simulator.call import Call, CannotNow, Plan
from ivr.simulator.carrier import Carrier
from ivr.simulator.scenario import EVERYONE, Expected, Scenario, told_as
from ivr.simulator.transcript import MENU, Item

_KINDS = "say|ask|play|record|dial|enqueue|leave|hangup|reject"
_LINE = re.compile(rf"(?:({_KINDS})(?: (.*))?|(.*))", re.DOTALL)


class Stage(Protocol):
    """What the simulator cannot know by itself: how a call begins, and what our records say of it."""

    def begin(self, scenario: Scenario) -> tuple[Carrier, str]:
        """Give the carrier that plays and the address at which the pretended call begins."""

    def agents_leg(self, call: Call, target: str) -> tuple[str, str]:
        """Give the addresses (document, status) of a leg to an agent for a caller who waits in a queue."""

    def place(self, call: Call) -> str:
        """Say at which step of the menu the call stands."""

    def cases(self, call: Call) -> Sequence[str]:
        """Give the kinds of the cases opened in this call so far."""

    def outbox(self, call: Call) -> Sequence[str]:
        """Say what is to be done outside the call so far, one sentence each."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Where the call went another way."""

    path: str
    line: int
    why: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.why}"


@dataclass(slots=True)
class Outcome:
    """How one scenario went."""

    scenario: Scenario
    call: Call
    failures: list[Failure] = field(default_factory=list)
    items: tuple[Item, ...] = ()

    @property
    def passed(self) -> bool:
        """Tell whether everything was as written."""
        return not self.failures


def play(scenario: Scenario, stage: Stage) -> Outcome:
    """Play one scenario to its end; the caller hangs up where it leaves the call open."""
    carrier, url = stage.begin(scenario)
    call = Call(carrier, _plan(scenario, url, stage))
    outcome = Outcome(scenario, call)
    try:
        for step in scenario.steps:
            try:
                whys = _judge(call, step, stage, _do(call, step))
            except CannotNow as error:
                outcome.failures.append(Failure(scenario.path, step.line, f"{step.when}: {told_as(error)}"))
                break
            outcome.failures += [Failure(scenario.path, step.line, why) for why in whys]
    finally:
        if not call.over:
            call.hang_up()
    last = scenario.steps[-1].line
    outcome.failures += [Failure(scenario.path, last, f"the carrier complained: {fault}") for fault in call.faults]
    outcome.items = call.items
    return outcome


def _plan(scenario: Scenario, url: str, stage: Stage) -> Plan:
    agents = {target: agent for target, agent in scenario.agents.items() if target != EVERYONE}
    everyone = scenario.agents.get(EVERYONE)
    made = Plan(url, scenario.caller, agents=agents, everyone=everyone, leaves=scenario.leaves, pretend=True)
    return replace(made, offers=stage.agents_leg)


def _do(call: Call, step: Expected) -> list[Item]:
    """Do what a step says; give what came of it."""
    items = [] if step.acts else call.advance()
    for act in step.acts:
        items += call.act(act)
    return items


def _judge(call: Call, step: Expected, stage: Stage, items: list[Item]) -> Iterable[str]:
    """Say what was not as written."""
    caller = [item for item in items if not item.leg and item.who == MENU]
    agent = [item for item in items if item.leg and item.who == MENU]
    yield from _missing(step.hears, caller, "the caller")
    yield from _missing(step.heard_by_agent, agent, "the agent")
    for line in step.hears_not:
        if any(fits(line, item) for item in caller):
            yield f"{step.when}: the caller hears {line!r}, which must not be"
    wrong = [item for item in caller if item.language and item.language != step.language]
    if step.language and wrong:
        yield f"{step.when}: {wrong[0].text!r} is spoken in {wrong[0].language}, not in {step.language}"
    if step.ends is not None and step.ends != call.over:
        yield f"{step.when}: the call {'is over' if call.over else f'goes on, waiting for {_wanted(call)}'}"
    if step.at and (place := stage.place(call)) != step.at:
        yield f"{step.when}: the call stands at {place!r}, not at {step.at!r}"
    if step.case and step.case not in stage.cases(call):
        yield f"{step.when}: no case {step.case!r} was opened (cases: {', '.join(stage.cases(call)) or 'none'})"
    wanted = stage.outbox(call) if step.outbox else ()
    for line in step.outbox:
        if not any(line in one for one in wanted):
            yield f"{step.when}: nothing in the outbox says {line!r} (it holds: {'; '.join(wanted) or 'nothing'})"


def _wanted(call: Call) -> str:
    return call.awaiting.kind if call.awaiting else "the first ring"


def _missing(lines: Sequence[str], items: Sequence[Item], who: str) -> Iterable[str]:
    """Find the lines in what was heard, in this order; each may be a part of what was said."""
    place = 0
    for line in lines:
        found = next((number for number in range(place, len(items)) if fits(line, items[number])), None)
        if found is None:
            heard = "; ".join(told(item) for item in items) or "nothing"
            yield f"{who} does not hear {line!r}\n  but: {heard}"
            return
        place = found + 1


def fits(line: str, item: Item) -> bool:
    """Tell whether a written line means this item: its kind where one is named, and its words as a part."""
    match = _LINE.fullmatch(" ".join(line.split()))
    kind, words, bare = match.groups() if match else ("", "", line)
    if kind:
        return item.verb == kind and (words or "") in item.text
    return item.verb in {"say", "ask"} and bare in item.text


def told(item: Item) -> str:
    """Write an item as a scenario's line."""
    return f"{item.verb} {item.text}".strip()
