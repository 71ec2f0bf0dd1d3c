"""Whatever is wrong with a menu is told with its place and a hint; what is published can be played to an end."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from drills.mutants.operators import OPERATORS
from drills.mutants.playing import judge
from drills.mutants.trial import Outcome, misplaced, operator_of, sample, tried, useless_fixes

from ivr.engine.inputs import Silent
from ivr.engine.state import CallState
from ivr.engine.turn import Turn
from ivr.engine.verbs import Hang, Speak
from ivr.menu.compile import Compiled, compile_hotline
from ivr.menu.problems import Fix, Problem

FEW, MANY = 136, 10_000


def table(outcomes: list[Outcome]) -> str:
    """Show how the mutants of each operator ended."""
    head = ["| operator | mutants | refused | built and played | corrections applied | turns played |"]
    rows = [*head, "| --- | ---: | ---: | ---: | ---: | ---: |"]
    rows += [row(name, [each for each in outcomes if operator_of(each.number) == name]) for name in OPERATORS]
    return "\n".join([*rows, row(f"**all {len(OPERATORS)}**", outcomes)])


def row(name: str, outcomes: list[Outcome]) -> str:
    endings = Counter(each.ending for each in outcomes)
    corrections, turns = sum(each.corrections for each in outcomes), sum(each.turns for each in outcomes)
    return f"| {name} | {len(outcomes)} | {endings['refused']} | {endings['built']} | {corrections} | {turns} |"


def held(outcomes: list[Outcome]) -> None:
    faults = [
        f"mutant {each.number} ({operator_of(each.number)}): {fault}" for each in outcomes for fault in each.faults
    ]
    assert not faults, f"{len(faults)} faults\n" + "\n\n".join(faults[:40])
    assert {each.ending for each in outcomes} == {"refused", "built"}


def test_a_menu_gone_wrong_is_refused_with_place_and_hint_or_played_to_an_end():
    held([tried(number) for number in range(FEW)])


@pytest.mark.campaign
def test_ten_thousand_menus_gone_wrong():
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        outcomes = pool.map(tried, range(MANY), chunksize=50)
    print(table(outcomes))
    held(outcomes)
    assert len(outcomes) == MANY


def test_the_drill_sees_a_problem_that_is_not_told_well():
    problem = Problem("no-such-code", "menus/main.yaml", 999, 1, "something is wrong")
    assert list(misplaced(problem, sample())) == ["its code has no page", "no hint", "its line is not in the file"]
    problem = Problem("tab", "menus/main.yaml", 2, 900, "something is wrong", "mend it")
    assert list(misplaced(problem, sample())) == ["its column is not in the line"]


def test_the_drill_sees_a_correction_that_does_not_help():
    files = sample() | {"menus/main.yaml": sample()["menus/main.yaml"].replace(b"-> doubts", b"-> doubst")}
    compiled = compile_hotline(files)
    (problem,) = [problem for problem in compiled.problems if problem.code == "unknown-step"]
    assert not list(useless_fixes(compiled, files, Random(1)))
    idle = replace(problem, fix=Fix(1, 1, "# nothing"))
    assert len(list(useless_fixes(Compiled(None, (idle,)), files, Random(1)))) == 1
    harm = replace(problem, fix=Fix(5, 5, '    1: "'))
    assert "breaks" in " ".join(useless_fixes(Compiled(None, (harm,)), files, Random(1)))


def test_the_drill_sees_a_document_that_leaves_the_caller_in_silence():
    words = Speak("Hello.", "en-US", "")
    with pytest.raises(AssertionError, match="a document ends with"):
        judge(Turn(CallState("care"), (words,), (), (), {}), Silent(1.0))
    with pytest.raises(AssertionError, match="never half"):
        judge(Turn(CallState("care"), (words, Hang()), (), (), {}), Silent(1.0))


def test_there_are_twenty_operators_or_more():
    assert len(OPERATORS) >= 20
