"""Tell a past call as a scenario: play it once more with made-up numbers, and write down what is heard.

It is played in the call's own version on a server of its own, so what is written is what the version says; and it is
kept only if it goes the way that the call went.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from ivr.archive.calls import Archive
from ivr.archive.story import Library
from ivr.engine.events import CaseOpened
from ivr.engine.inputs import Called, Input
from ivr.engine.tree import Value
from ivr.errors import UnknownCall
from ivr.replay import Played, reel
from ivr.retelling.acts import acts
from ivr.retelling.facts import as_maps, facts_of
from ivr.retelling.fiction import CannotRetell, Fiction
from ivr.retelling.numbers import NUMBER, Numbers
from ivr.simulator.acts import NEVER_ANSWERS, Act, AgentDoes
from ivr.simulator.call import Call, CannotNow, Plan
from ivr.simulator.keep import Notebook
from ivr.simulator.scenario import WITHHELD, Scenario
from ivr.stage import Installed
from ivr.trial.tape import Tape, tape, way_of


@dataclass(frozen=True, slots=True)
class Telling:
    """A past call, ready to be told."""

    tape: Tape
    turns: tuple[tuple[Played, Input], ...]  # with the inputs that stand for the real ones
    numbers: Numbers  # that stand for those of people

    @property
    def facts(self) -> Mapping[str, Value]:
        """Give the facts that it read, the last time counts, without anything that is a person's."""
        reads = {name: value for play in self.tape.plays for name, value in play.told.reads.items()}
        return facts_of(reads, self.turns, self.numbers)

    @property
    def began(self) -> str:
        """Say when it began, in the line's zone."""
        first = self.tape.plays[0]
        zone = ZoneInfo(first.content.tree.lines[self.tape.line].zone)
        return f"{datetime.fromtimestamp(first.told.input.at, zone):%Y-%m-%d %H:%M:%S}"

    @property
    def caller(self) -> str:
        """Give the made-up number; a withheld one stays so."""
        first = self.tape.plays[0].told.input
        return NUMBER if isinstance(first, Called) and first.number else WITHHELD

    def way(self) -> list[str]:
        """Give the way that it went, without what the job process did after it."""
        return _heard_way(self.tape)


def telling(archive: Archive, call: str, library: Library) -> Telling:
    """Read a call; UnknownCall, CannotRetell, KeyNotHeld, NotReadable or UnknownVersion where it cannot be told."""
    record = archive.store.call(call)
    if record is None:
        raise UnknownCall(f"no call {call} is known", hint="ivr calls lists the calls that are")
    found = tape(reel(record, archive.store.chain(call), archive.keyring, library))
    if found.moved:
        raise CannotRetell("this call was taken off a version that was withdrawn")
    fiction = Fiction(found)
    return Telling(found, tuple(fiction.inputs()), fiction.numbers)


def retold(told: Telling, archive: Archive, library: Library, environ: Mapping[str, str]) -> Notebook:
    """Play it once more, and write it down."""
    facts = told.facts
    scenario = Scenario("", "", (), line=told.tape.line, caller=told.caller, moment=told.began, facts=facts)
    caller = "withheld" if told.caller == WITHHELD else told.caller
    head = {"line": told.tape.line, "caller": caller, "at": told.began}
    notebook = Notebook(f"A past call that ended at {told.tape.plays[-1].after.place}", head, as_maps(facts))
    with Installed(told.tape.plays[0].record.version, "", environ) as stage:
        carrier, url = stage.begin(scenario)
        call = Call(carrier, Plan(url, told.caller, pretend=True))
        _play(call, told, notebook)
    _same_way(told, call, archive, library)
    return notebook


def _play(call: Call, told: Telling, notebook: Notebook) -> None:
    notebook.note(None, call.advance(), call.over)
    for play, given in told.turns[1:]:
        for act in () if call.over else until_settled(call, acts(play, given)):
            try:
                items = call.act(act)
            except CannotNow as error:
                raise CannotRetell(f"after {play.before.place}: {error}") from error
            notebook.note(act, items, call.over)
        for event in play.told.events:
            if isinstance(event, CaseOpened):
                notebook.opened(event.kind)
    if not call.over:
        call.hang_up()


def until_settled(call: Call, wanted: tuple[Act, ...]) -> Iterator[Act]:
    """Let everybody who is rung together do the same."""
    for act in wanted:
        if call.over:
            return
        ring = call.awaiting.action if call.awaiting else ""
        yield act
        while isinstance(act, AgentDoes) and act.agent.does in NEVER_ANSWERS and _rings(call, ring):
            yield act


def _rings(call: Call, ring: str) -> bool:
    """Say whether people of this ring are still to do something."""
    return call.awaiting is not None and call.awaiting.kind == "ring" and call.awaiting.action == ring


def _same_way(told: Telling, call: Call, archive: Archive, library: Library) -> None:
    """Compare the ways of the two calls by their records."""
    record = archive.store.call(call.sid)
    if record is None:
        raise CannotRetell("the call that was played left no record")
    played = tape(reel(record, archive.store.chain(call.sid), archive.keyring, library))
    then, now = told.way(), _heard_way(played)
    if then != now:
        at = next((step for step, other in zip(then, [*now, ""], strict=False) if step != other), then[-1])
        raise CannotRetell(
            f"played once more it went another way, at {at}: something it depends on is not in the records"
        )


def _heard_way(of: Tape) -> list[str]:
    return list(way_of(event for play in of.plays if play.record.kind == "drive" for event in play.told.events))
