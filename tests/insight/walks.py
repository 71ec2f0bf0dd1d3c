"""Callers who go through a menu by chance, counted as the job process counts them: a history to look at."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from ivr.content import Place
from ivr.engine.inputs import Called, Continued, Dequeued, Dialed, HungUp, Pressed, Recorded, Silent
from ivr.engine.state import CallState
from ivr.engine.step import step
from ivr.engine.tree import Menu
from ivr.engine.verbs import Continue, Enqueue, Hang, Listen, Ring, TakeMessage
from ivr.insight.counting import Heard, Known, count
from ivr.records import CallRecord
from ivr.store.calls import CallRow
from ivr.store.material import Judged, Material
from ivr.worker.outcome import outcome, talked

MOST = 40  # turns


def walk(content, chance, number, at):
    """Give one call: what was heard of it, turn by turn."""
    line = next(each for each in content.tree.lines.values() if not each.staff)
    state, given, heard = CallState(line=line.id), Called(at, "+14155550123", line.number), []
    facts = {f"team.{team}.open": True for team in content.tree.teams}
    parent = b""
    while len(heard) < MOST:
        turn = step(content.tree, state, given, facts | {"number.complaint": "C10039"})
        name = f"{number}/{len(heard)}".encode()
        heard.append(Heard(given.at, name, parent, turn.events))
        if turn.state.ended or isinstance(given, HungUp):
            break
        state, parent = turn.state, name
        last = turn.verbs[-1] if turn.verbs else Hang()
        given = replace(
            answered(content.tree.steps.get(state.place), last, chance), at=given.at + chance.randint(2, 25)
        )
    return heard


def pressed(place, chance):
    if chance.random() < 0.15:
        return Silent(0.0)
    keys = [choice.key for choice in place.choices] if isinstance(place, Menu) else ["12345678#", "1", "2", "#"]
    return Pressed(0.0, chance.choice([*keys, keys[-1], "9"]))


# verb -> what callers may do
ANSWERS = {
    TakeMessage: lambda _place, chance: Recorded(0.0, f"RE{chance.random()}", "http://carrier/x", 12),
    Continue: lambda _place, _chance: Continued(0.0),
    Ring: lambda _place, chance: Dialed(
        0.0, "completed" if chance.random() < 0.7 else "busy", chance.random() < 0.7, 9
    ),
    Enqueue: lambda _place, chance: Dequeued(0.0, "bridged", chance.randint(3, 300)),
    Listen: pressed,
}


def answered(place, verb, chance):
    """Do something that fits, or hang up."""
    if chance.random() < 0.05 or type(verb) not in ANSWERS:
        return HungUp(0.0)
    return ANSWERS[type(verb)](place, chance)


def drawable(content):
    """Say where each step is written: a picture has them in that order."""
    steps = enumerate(content.tree.steps)
    places = {step: Place("menus/main.yaml", 10 * number, 10 * number + 9) for number, step in steps}
    return content if content.places else replace(content, places=places)


def history(content, calls, since, until, seed=1):
    """Give what so many calls of a time add to the figures."""
    chance = Random(seed)
    for number in range(calls):
        at = chance.uniform(since, until)
        heard = walk(content, chance, number, at)
        events = [event for one in heard for event in one.events]
        name = f"CA{content.hash[:6]}{number:026d}"
        record = CallRecord(name, "care", content.hash, at, False, b"x", "k1", b"", b"", b"")
        row = CallRow(record, heard[-1].at, outcome(events), len(heard), talked(events))
        judged = [Judged("owed", chance.random() < 0.1)] if row.talked else []
        after = at + 1000 if chance.random() < 0.1 else None
        yield count(Material(row, (), judged=judged), Known(heard, content, None, after))
