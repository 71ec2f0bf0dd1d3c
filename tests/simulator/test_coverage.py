"""Which ways of a menu have been walked."""

from __future__ import annotations

from ivr.coverage import Coverage
from ivr.engine.events import Chose, Decided, Entered, Left, StayedSilent
from ivr.engine.tree import Branch, Choice, Decide, Menu, OpenCase, Transfer, Tree, Words

WORDS = Words({"en-US": ("Hello.",)})


def tree() -> Tree:
    steps = (
        Menu(
            id="main.main",
            prompt=WORDS,
            choices=(Choice("1", "main.file"), Choice("2", "main.desk")),
            exits={"silence": "main.desk", "wrong": "main.desk", "failed": "main.desk"},
        ),
        Decide(id="main.night", branches=(Branch("team.desk.open", "main.desk"),), next="main.main"),
        OpenCase(id="main.file", kind="complaint", reference=None, exits={"failed": "main.desk"}),
        Transfer(id="main.desk", team="desk", exits={"closed": "main.main", "failed": "main.main"}),
    )
    return Tree("Nordlys", "en-US", {step.id: step for step in steps}, {}, {}, {}, {}, {}, {})


def test_every_step_key_branch_and_exit_is_a_way():
    assert Coverage.of(tree()).missing == [
        "main.desk",
        "main.desk exit closed",
        "main.file",
        "main.file exit failed",
        "main.main",
        "main.main exit silence",
        "main.main exit wrong",
        "main.main key 1",
        "main.main key 2",
        "main.night",
        "main.night branch 0",
        "main.night branch 1",
    ]


def test_what_happened_in_a_call_is_walked():
    coverage = Coverage.of(tree())
    coverage.add(
        [
            Entered("main.main"),
            StayedSilent("main.main", 1),
            Chose("main.main", ""),
            Chose("main.main", "2"),
            Decided("main.night", 0, "main.main"),
            Left("main.desk", "closed", "main.main"),
            Chose("main.main", "*"),
        ]
    )
    assert coverage.told() == "5 of 12 steps, keys, branches and exits walked"
    assert "main.main exit silence" not in coverage.missing
