"""What each figure means, by calls that are counted by hand: twenty of each, since fewer say nothing."""

from __future__ import annotations

from collections import Counter

import pytest

from ivr.engine import events as of
from ivr.engine.events import Event
from ivr.insight.counting import Heard, Known, count
from ivr.insight.figures import figures, listed
from ivr.records import CallRecord
from ivr.store.answers import Answer
from ivr.store.calls import CallRow
from ivr.store.material import Judged, Material
from tests.kernel.hotline import hotline

BEGAN = 1_795_000_000.0
CONTENT = hotline()
LINE = next(iter(CONTENT.tree.lines))
CHOSE = of.Chose("main.main", "2", "meter")
JOINED = of.Talked("main.care", "care", 90)
DAY = 86400.0
TURNS = (4.0, 9.0, 60.0)  # seconds after the beginning: the choice, the wait begins, it has ended


def call(outcome: str, *deeds: Event, number: bool = True, **beside) -> Counter[str]:
    """Count one call, an event a turn."""
    at = [BEGAN + (TURNS[place] if place < len(TURNS) else 100.0) for place in range(len(deeds))]
    heard = [
        Heard(when, bytes([place]), b"", (deed,)) for place, (when, deed) in enumerate(zip(at, deeds, strict=True))
    ]
    record = CallRecord("CA1", LINE, CONTENT.hash, BEGAN, False, b"n" * number, "k1", b"", b"", b"", b"")
    row = CallRow(record, BEGAN + 130, outcome, len(deeds), 0)
    judged = [Judged(*one) for one in beside.pop("judged", ())]
    kept = {"effect": b"e", "call": "CA1", "step": "s", "kind": "yes_no", "case": "", "person": "", "at": 1.0}
    said = [Answer(**kept, question=question, value=value) for question, value in beside.pop("answers", ())]
    known = Known(heard, CONTENT, beside.pop("before", None), beside.pop("after", None))
    assert not beside
    return Counter(count(Material(row, (), (), said, judged), known).counts)


WAITS, TAKEN = of.Queued("main.care", "care"), of.WaitEnded("main.care", "care", "answered", 12)
LATE = of.WaitEnded("main.care", "care", "answered", 51)
KINDS = {
    "solved": call("solved", CHOSE),
    "solved, called again": call("solved", CHOSE, after=BEGAN + DAY),
    "solved, after a call before": call("solved", CHOSE, before=BEGAN - DAY),
    "solved, withheld": call("solved", CHOSE, number=False),
    "gave up": call("left"),
    "ran out of tries": call("limit", CHOSE),
    "met soon": call("talked", CHOSE, WAITS, TAKEN, JOINED),
    "met late": call("talked", CHOSE, WAITS, LATE, JOINED),
    "hung up at once": call("left", CHOSE, WAITS, of.WaitEnded("main.care", "care", "hung_up", 3)),
    "hung up late": call("left", CHOSE, WAITS, of.WaitEnded("main.care", "care", "hung_up", 51)),
    "promised": call("left", CHOSE, WAITS, of.CallBackPromised("main.care", "care", "")),
    "rung in vain": call("left", CHOSE, of.Left("main.care", "busy", "main.bye")),
    "found it closed": call("left", CHOSE, of.Left("main.care", "closed", "main.bye"), of.Ended("main.bye", "hung_up")),
    "nobody was there": call("left", CHOSE, of.Left("main.care", "nobody", "main.bye")),
    "waited until it closed": call("left", CHOSE, WAITS, of.Left("main.care", "closed", "main.bye")),
    "wrong team": call("talked", CHOSE, WAITS, TAKEN, JOINED, judged=[("owed", True)]),
    "right team": call("talked", CHOSE, WAITS, TAKEN, JOINED, judged=[("done", False)]),
    "said yes": call("talked", CHOSE, WAITS, TAKEN, JOINED, answers=[("resolved", "yes")]),
    "said no": call("talked", CHOSE, WAITS, TAKEN, JOINED, answers=[("resolved", "no")], judged=[("owed", False)]),
    "complained": call("case", CHOSE, of.CaseOpened("main.case", "C1", "complaint")),
}


def of_calls(**numbers: int) -> Counter[str]:
    """Add up so many calls of each kind; a kind is named with _ for what stands between its words."""
    names = {name.replace(", ", "_").replace(" ", "_"): name for name in KINDS}
    found: Counter[str] = Counter()
    for name, number in numbers.items():
        for word, times in KINDS[names[name]].items():
            found[word] += times * number
    return found


@pytest.mark.parametrize(
    ("figure", "numbers", "value"),
    [
        ("contained", {"solved": 30, "met_soon": 10}, 0.75),
        ("contained", {"solved": 20, "complained": 10, "gave_up": 10, "promised": 10}, 0.6),
        ("answered", {"met_soon": 10, "met_late": 5, "hung_up_late": 5, "solved": 100}, 0.75),
        ("answered", {"met_soon": 10, "rung_in_vain": 30}, 0.25),
        ("gave_up", {"gave_up": 10, "ran_out_of_tries": 10, "solved": 60, "hung_up_at_once": 20}, 0.2),
        ("left_waiting", {"hung_up_at_once": 10, "rung_in_vain": 10, "promised": 20, "met_soon": 60, "solved": 9}, 0.2),
        ("left_waiting", {"found_it_closed": 30, "nobody_was_there": 30, "rung_in_vain": 10, "met_soon": 30}, 0.25),
        ("left_waiting", {"found_it_closed": 30, "waited_until_it_closed": 10, "met_soon": 30}, 0.25),
        ("answered", {"found_it_closed": 30, "met_soon": 30, "rung_in_vain": 10}, 0.75),
        ("gave_up", {"found_it_closed": 30, "nobody_was_there": 30, "gave_up": 20}, 0.25),
        ("contained", {"found_it_closed": 30, "solved": 10}, 0.25),
        ("again", {"solved_called_again": 10, "solved": 30, "solved_withheld": 500}, 0.25),
        ("first_contact", {"solved": 20, "met_soon": 10, "gave_up": 10, "solved_called_again": 10, "said_no": 10}, 0.5),
        (
            "first_contact",
            {"solved": 20, "solved_after_a_call_before": 500, "solved_withheld": 500, "gave_up": 20},
            0.5,
        ),
        ("service_level", {"met_soon": 10, "met_late": 5, "hung_up_late": 5, "hung_up_at_once": 500}, 0.5),
        ("told_solved", {"said_yes": 30, "said_no": 10, "met_soon": 50}, 0.75),
        ("misled", {"wrong_team": 10, "right_team": 30, "met_soon": 50}, 0.25),
        ("first_choice", {"solved": 40, "gave_up": 40}, 4.0),
        ("waiting", {"met_soon": 40, "solved": 10}, 12.0),
        ("person", {"met_soon": 40, "solved": 10}, 21.0),
    ],
)
def test_a_figure_is_what_its_definition_says(figure: str, numbers: dict[str, int], value: float) -> None:
    counts = of_calls(**numbers)
    found = {one.kind.id: one.value for one in figures(counts, counts, Counter(), Counter())}
    seconds_are_kept_in_steps = 0.12 * value + 0.2 if value > 1 else 1e-9
    assert found[figure] == pytest.approx(value, abs=seconds_are_kept_in_steps)


def test_of_few_calls_nothing_is_said() -> None:
    counts = of_calls(met_soon=3, solved=3, said_yes=3)
    assert {one.value for one in figures(counts, counts, Counter(), Counter())} == {None}


def test_why_callers_are_not_content_is_what_they_and_the_agents_gave() -> None:
    counts = of_calls(complained=3, said_no=2, said_yes=5, wrong_team=4)
    assert counts["unhappy"] == 5
    assert listed(counts, "cause/caller", 3) == [(("complaint", "main.main", "2"), 3)]
    assert listed(counts, "cause/agent", 1) == [(("owed",), 2)]  # of those who were not content alone


def test_minutes_are_those_that_the_carrier_bills_by_the_first_choice() -> None:
    counts = of_calls(met_soon=2, gave_up=1)
    assert (counts["minutes/main.main/2"], counts["minutes//"], counts["agent_minutes/main.main/2"]) == (6, 3, 4)
    assert (counts["branch/main.main/2"], counts["branch_done/main.main/2"], counts["branch_done//"]) == (2, 2, 0)
