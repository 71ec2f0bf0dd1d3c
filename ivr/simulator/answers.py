"""What systems outside answer in a scenario, by the step that asks: an outcome, an answer, or a list of them in turn.

They travel as facts of the pretended call: ``look_up.<step>``, for its second answer ``look_up.<step>.2``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from itertools import count

import yaml

from ivr.errors import IvrError
from ivr.simulator.yaml_nodes import Entry

OUTCOMES = ("nothing", "refused", "unsure", "failed")
LONGEST = 900  # characters of all of them: they travel in every address of the call


def read_answers(given: Mapping[str, Entry]) -> dict[str, str]:
    """Read `answers:`."""
    facts: dict[str, str] = {}
    for step, entry in given.items():
        several = isinstance(entry.node, yaml.SequenceNode)
        for number, one in enumerate(entry.items() if several else [entry], 1):
            facts[named(step, number)] = _answer(one)
            if sum(map(len, facts.values())) > LONGEST:
                raise one.refuse(
                    f"the answers have more than {LONGEST} characters", "leave out what the step does not keep"
                )
    return facts


def named(step: str, number: int) -> str:
    """Name the fact that holds a step's answer; numbers count from 1."""
    return f"look_up.{step}" if number == 1 else f"look_up.{step}.{number}"


def _answer(entry: Entry) -> str:
    """Read an outcome, or an answer as JSON."""
    if not isinstance(entry.node, yaml.ScalarNode):
        return json.dumps(_plain(entry), ensure_ascii=False, separators=(",", ":"))
    if entry.text() not in OUTCOMES:
        raise entry.refuse(
            f"{entry.text()!r} is no answer", f"one of: {', '.join(OUTCOMES)}; or a map of what is answered"
        )
    return entry.text()


def _plain(entry: Entry) -> object:
    """Give what is written: maps, lists and texts; each value is judged by the type that the menu says it has."""
    if isinstance(entry.node, yaml.MappingNode):
        return {name: _plain(value) for name, value in entry.entries().items()}
    if isinstance(entry.node, yaml.SequenceNode):
        return [_plain(item) for item in entry.items()]
    return str(entry.node.value)


def answers_of(written: Sequence[str]) -> dict[str, str]:
    """Read answers as they are typed: `step=nothing` or `step={"name": "Ann"}`; one step may answer again."""
    facts: dict[str, str] = {}
    for each in written:
        step, _, said = each.partition("=")
        if said not in OUTCOMES:
            try:
                said = json.dumps(json.loads(said), ensure_ascii=False, separators=(",", ":"))
            except ValueError as error:
                raise IvrError(f"{each}: no answer", hint=f"step= and one of {', '.join(OUTCOMES)}, or JSON") from error
        number = next(number for number in count(1) if named(step, number) not in facts)
        facts[named(step, number)] = said
    return facts


def in_steps(facts: Mapping[str, str]) -> dict[str, str]:
    """Write answers as a scenario has them: each step with its answers in turn."""
    turns: dict[str, list[str]] = {}
    for name, said in facts.items():
        step = re.sub(r"\.\d+$", "", name.removeprefix("look_up."))
        turns.setdefault(step, []).append(said)
    return {step: said[0] if len(said) == 1 else f"[{', '.join(said)}]" for step, said in turns.items()}
