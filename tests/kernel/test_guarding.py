"""Numbers that call too often: counted off the call path, then turned away, and answered again by themselves."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from kernel.boards import publish, replayed
from kernel.hotline import hotline
from kernel.test_switchboard import LINE, texts

from ivr.engine.inputs import Called
from ivr.engine.tree import Guard
from ivr.engine.verbs import Hang, Refuse
from ivr.facts.view import OF_LATE
from ivr.store.calls import Ending
from ivr.store.guards import Enough
from ivr.worker.endings import Endings
from ivr.worker.guarding import DAY, HOUR, Guarding

NUMBER, OTHER = "+14155550123", "+14155550124"


class Line:
    """A board whose line has a guard, its calls, and the job process's watch over them."""

    def __init__(self, board, store, guard):
        content = hotline()
        lines = {name: replace(line, guard=guard) for name, line in content.tree.lines.items()}
        self.content = replace(content, tree=replace(content.tree, lines=lines), hash="ab" * 32)
        publish(board, self.content)
        self.board, self.store, self.count = board, store, 0
        self.watch = Guarding(store, lambda: self.content)

    def call(self, number=NUMBER, ago=0.0, seconds=30.0, outcome="left"):
        """Call, and hang up after so many seconds."""
        self.count += 1
        call = f"CA{self.count:032d}"
        at = time.time() - ago
        self.board.facts.snapshots.renew()
        answer = self.board.begin(call, Called(at, number, LINE))
        word = "rejected" if answer.verbs == (Refuse(),) else outcome
        self.store.calls.end(call, Ending(at + seconds, word, 1, 0))
        return answer

    def look(self, at=None):
        """Let the job process look."""
        self.watch = Guarding(self.store, lambda: self.content)
        return self.watch.run(at or time.time())


def welcome(answer):
    return "Welcome." in texts(answer)


def test_a_number_that_calls_too_often_is_refused_until_its_calls_are_an_hour_old(board, store):
    line = Line(board, store, Guard(hour=3))
    for ago in (300, 200):
        assert welcome(line.call(ago=ago))
        assert line.look() == 0
    assert welcome(line.call(ago=100))
    assert line.look() == 0  # the last call is not of late: nobody calls who would be turned away
    assert welcome(line.call())
    assert line.look() == 1
    for _ in range(3):
        assert line.call().verbs == (Refuse(),)  # what was never answered does not make it longer
        assert line.look() == 0
    assert welcome(line.call(OTHER))
    assert welcome(line.call(None))
    (one,) = store.guards.all(time.time())
    assert one.until == pytest.approx(time.time() - 200 + HOUR, abs=5)  # the third from the latest is an hour old then
    assert store.guards.all(one.until + 1) == []
    assert replayed(board, f"CA{5:032d}") == 1


def test_a_repeat_is_answered_as_before_whatever_was_counted_meanwhile(board, store):
    line = Line(board, store, Guard(hour=1))
    first = line.call()
    line.look()
    line.count -= 1
    assert line.call().verbs == first.verbs
    refused = line.call()
    assert refused.verbs == (Refuse(),)
    store.guards.put([Enough("care", "hour", b"x", 0.0, 0.0)], "care", ("hour",), time.time() + 2 * HOUR)
    line.count -= 1
    assert line.call().verbs == refused.verbs


def test_a_day_has_a_bound_of_its_own_and_a_spared_number_has_none(board, store):
    line = Line(board, store, Guard(day=2, spare=(OTHER,)))
    for number in (NUMBER, OTHER):
        line.call(number, ago=DAY - 100)
        line.call(number)
    assert line.look() == 2
    assert line.call().verbs == (Refuse(),)
    assert welcome(line.call(OTHER))


def test_calls_without_a_number_have_a_budget_together(board, store):
    line = Line(board, store, Guard(withheld=2, words=True))
    line.call(None)
    line.call(None)
    assert line.look() == 1
    told = line.call(None)
    assert isinstance(told.verbs[-1], Hang)
    assert not welcome(told)
    assert welcome(line.call())


def test_a_line_whose_minutes_are_used_up_takes_nobody(board, store):
    line = Line(board, store, Guard(minutes=4))
    line.call(seconds=61)  # two minutes begun
    line.call(OTHER, seconds=60)
    assert line.look() == 0
    assert store.guards.minutes("care", time.time() - DAY, time.time()) == 3
    line.call(None, seconds=1)
    assert line.look() == 1
    assert line.call(OTHER).verbs == (Refuse(),)


def test_old_counts_turn_nobody_away_nor_does_a_database_that_is_away(board, store, monkeypatch):
    line = Line(board, store, Guard(hour=1))
    line.call()
    line.look()
    assert line.call().verbs == (Refuse(),)
    at = time.time() + OF_LATE + 1  # nothing has been looked up for so long
    assert welcome(board.begin("CA" + "8" * 32, Called(at, NUMBER, LINE)))
    monkeypatch.setattr(type(store), "away", property(lambda _: True))
    assert welcome(board.begin("CA" + "9" * 32, Called(time.time(), NUMBER, LINE)))


def test_without_a_guard_nobody_counts_and_pretended_calls_never_do(board, store):
    line = Line(board, store, Guard())
    for _ in range(5):
        line.call()
    assert line.look() == 0
    assert store.guards.callers("care", 0.0, 0.0, 5) != []
    assert store.guards.callers("care", 0.0, 0.0, 6) == []


def test_a_refused_call_stands_as_rejected_and_costs_nothing(board, store):
    line = Line(board, store, Guard(hour=1))
    line.call()
    line.look()
    line.call()
    call = f"CA{line.count:032d}"
    Endings(store, board.keyring, board, lambda version: board.library.get(version).tree).end(call, time.time())
    assert store.calls.find(call).outcome == "rejected"
    (spent,) = store.spending.by_number(0.0, time.time(), "", 10)
    assert (spent.calls, spent.rejected, spent.minutes) == (1, 1, 1)
