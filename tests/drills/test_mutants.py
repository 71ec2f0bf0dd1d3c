"""Whatever is wrong with a menu is told with its place and a hint; what is published can be played to an end."""

from __future__ import annotations

import multiprocessing
from collections import Counter

import pytest
from drills.mutants.operators import OPERATORS
from drills.mutants.trial import operator_of, outcome

FEW, MANY = 300, 10_000


def table(counted: Counter[tuple[str, str]]) -> str:
    """Show how the mutants of each operator ended."""
    rows = ["| operator | mutants | refused | built and played |", "| --- | ---: | ---: | ---: |"]
    for name in OPERATORS:
        refused, built = counted[name, "refused"], counted[name, "built"]
        rows.append(f"| {name} | {refused + built} | {refused} | {built} |")
    refused, built = (sum(counted[name, end] for name in OPERATORS) for end in ("refused", "built"))
    return "\n".join([*rows, f"| **all {len(OPERATORS)}** | {refused + built} | {refused} | {built} |"])


def told(number: int) -> tuple[int, str, list[str]]:
    try:
        ending, faults = outcome(number)
    except Exception as error:  # noqa: BLE001  # a crash is the worst that this drill can find
        return number, "crashed", [f"{type(error).__name__}: {error}"]
    return number, ending, faults


def held(results: list[tuple[int, str, list[str]]]) -> None:
    faults = [f"mutant {number} ({operator_of(number)}): {fault}" for number, _, all_ in results for fault in all_]
    assert not faults, f"{len(faults)} faults\n" + "\n\n".join(faults[:40])


def test_a_menu_gone_wrong_is_refused_with_place_and_hint_or_played_to_an_end():
    results = [told(number) for number in range(FEW)]
    held(results)
    assert {ending for _, ending, _ in results} == {"refused", "built"}


@pytest.mark.campaign
def test_ten_thousand_menus_gone_wrong():
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        results = pool.map(told, range(MANY), chunksize=50)
    print(table(Counter((operator_of(number), ending) for number, ending, _ in results)))
    held(results)
    assert len(results) == MANY


def test_there_are_twenty_operators_or_more():
    assert len(OPERATORS) >= 20
