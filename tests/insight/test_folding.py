"""The sums stay in step with the records, whatever comes late."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from insight.figures_machine import (
    STAFF,
    Erasures,
    Figures,
    erase,
    fold_all,
    folding_over,
    sums,
    totals,
    with_staff_line,
)
from kernel.boards import SECRET, publish

from ivr.blocking import BlockList
from ivr.engine.inputs import Called, Dialed, HungUp, Pressed
from ivr.errors import IvrError
from ivr.insight.folding import recount
from ivr.store.insight import Counted
from ivr.switchboard import Notice
from ivr.token import Pretend
from ivr.worker.endings import Endings

PLAN = {"deadline": None, "suppress_health_check": list(HealthCheck), "print_blob": True}
NOON = 4_000_000_000.0  # tokens expire: whatever is pressed must lie before that
NUMBER, CARE = "+14155550123", "+18005550100"


@pytest.mark.parametrize("machine", [Figures, Erasures])
def test_late_pieces_in_any_order_give_what_a_recount_gives(store, tmp_path, machine):
    run_state_machine_as_test(
        lambda: machine(store, tmp_path, {}), settings=settings(**PLAN, max_examples=4, stateful_step_count=15)
    )


@pytest.mark.campaign
@pytest.mark.parametrize("machine", [Figures, Erasures])
def test_late_pieces_in_many_more_orders_give_what_a_recount_gives(store, tmp_path, machine):
    run_state_machine_as_test(
        lambda: machine(store, tmp_path, {}), settings=settings(**PLAN, max_examples=300, stateful_step_count=50)
    )


class Line:
    """Calls to one board, ended as the job process ends them."""

    def __init__(self, board):
        self.board = board
        self.store = board.store
        self.folding, self.archive = folding_over(board.store, board.library, [SECRET])
        self.endings = Endings(board.store, board.keyring, board, lambda version: board.library.get(version).tree)
        self.calls = 0

    def call(self, at, *given, number=NUMBER, to=CARE, lasts=60.0):
        self.calls += 1
        sid = f"CA{self.calls:032x}"
        token = self.board.begin(sid, Called(at, number, to)).token
        for second, one in enumerate(given, 1):
            token = self.board.drive(token, sid, replace(one, at=at + 10 * second)).token
        self.endings.end(sid, at + lasts)
        return sid

    def totals(self):
        fold_all(self.store, self.folding)
        return {word: number for (span, word), number in totals(self.store).items() if span == "day"}


@pytest.fixture
def line(board):
    return Line(board)


def person(talk=30):
    """Press 0, be rung through, talk."""
    return Pressed(0.0, "0"), Dialed(0.0, "completed", True, talk)


def test_a_blocked_numbers_call_is_no_call_of_the_figures(line):
    BlockList(line.store, line.board.keyring).add(NUMBER, "a machine", "Priya")
    line.board.facts.snapshots.renew()
    line.call(NOON)
    assert line.totals() == {"outcome/rejected": 1}


def test_a_call_is_counted_in_every_figure_it_belongs_to(line):
    line.call(NOON, *person(), lasts=95.0)
    found = line.totals()
    assert {found[word] for word in ("calls", "asked", "talked", "numbered", "first", "resolved")} == {1}
    assert found["branch/main.main/0"] == found["branch_done/main.main/0"] == found["in/main.desk"] == 1
    assert found["minutes/main.main/0"] == 2
    assert found["agent_minutes/main.main/0"] == 1
    assert found["chose_first/10"] == 1
    assert found["outcome/talked"] == found["go/main.main/key 0/main.desk"] == found["joined/main.desk"] == 1
    assert not {"gave_up", "contained", "again", "left_waiting"} & set(found)


def test_the_carriers_own_seconds_are_billed(line):
    sid = line.call(NOON, lasts=55.0)
    told = {"CallStatus": "completed", "CallDuration": "61"}
    line.board.note(Notice(sid, sid, "status", "completed", NOON + 61, told))
    line.endings.listen(NOON + 100)
    assert line.totals()["minutes//"] == 2


def test_a_call_within_seven_days_makes_the_first_one_a_repeat(line):
    line.call(NOON, *person())
    assert line.totals()["resolved"] == 1
    line.call(NOON + 7 * 86400 - 1, *person())
    found = line.totals()
    assert (found["calls"], found["again"], found["first"]) == (2, 1, 1)
    assert "resolved" not in {word for word, number in found.items() if number}
    line.call(NOON + 16 * 86400)
    assert line.totals()["first"] == 2


def test_what_an_erased_call_made_of_those_beside_it_stays(line):
    first = line.call(NOON, *person())
    second = line.call(NOON + 86400, *person())
    third = line.call(NOON + 2 * 86400, *person())
    before = line.totals()
    assert (before["again"], before["first"]) == (2, 1)
    erase(line.store, second)
    line.store.insight.mark([first, third], NOON)  # something of them came late
    assert line.totals() == before
    assert recount(line.folding, line.archive) == (3, 0)
    erase(line.store, first)
    assert recount(line.folding, line.archive) == (3, 0)
    assert line.totals() == before


def test_calls_to_the_staffs_line_are_no_calls_again(line):
    publish(line.board, with_staff_line())
    line.call(NOON, *person())
    line.call(NOON + 3600, to=STAFF)
    line.call(NOON + 7200, to=STAFF)
    assert line.totals()["resolved"] == 1
    assert "again" not in line.totals()
    assert recount(line.folding, line.archive)[1] == 0
    line.call(NOON + 10800, *person())
    assert (line.totals()["again"], line.totals()["first"]) == (1, 1)
    assert recount(line.folding, line.archive)[1] == 0


def test_withheld_numbers_are_no_repeats(line):
    for _ in range(2):
        line.call(NOON, number=None)
    assert {word for word in line.totals() if word in {"numbered", "again", "first"}} == set()


def test_pretended_calls_are_in_no_figure(line):
    start = line.board.start_token("aa" * 32, "care", Pretend(NOON, {}))
    line.board.drive(start, "CA" + "9" * 32, Called(NOON, NUMBER, "+18005550100"), 0.0)
    line.endings.end("CA" + "9" * 32, NOON + 20)
    assert line.totals() == {}
    assert recount(line.folding, line.archive) == (0, 0)


def test_a_call_that_cannot_be_read_any_more_stays_as_it_was_counted(line):
    line.call(NOON, *person())
    before = line.totals()
    blind, archive = folding_over(line.store, line.board.library, [("other", b"o" * 32)])
    assert recount(blind, archive) == (1, 0)
    assert line.totals() == before


def test_a_recount_puts_right_what_was_wrong(line):
    line.call(NOON, *person())
    right = line.totals() and sums(line.store)
    line.store.insight.load([Counted("CAx", 0, 0, "care", "en-US", "aa" * 32, "", {"calls": 5})])
    with line.store.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM insight_calls WHERE call = 'CAx'")
        connection.exec_driver_sql("UPDATE insight_counts SET n = n + 1 WHERE word = 'talked'")
    assert recount(line.folding, line.archive)[1] == 8  # a strange call, and talks: day and hour, with team and without
    assert sums(line.store) == right


def test_only_one_recounts_at_a_time(line):
    with line.store.insight.recounting(), pytest.raises(IvrError, match="already"):
        recount(line.folding, line.archive)
    assert recount(line.folding, line.archive) == (0, 0)


def test_what_was_marked_anew_meanwhile_is_counted_again(line):
    sid = line.call(NOON, *person())
    marks = line.store.insight.due(10)
    line.store.insight.mark([sid], NOON)
    assert line.folding.fold(marks, NOON) == {}
    assert line.store.insight.waiting() == 1
    assert line.totals()["calls"] == 1


def test_who_hangs_up_while_people_are_rung_has_left_waiting(line):
    sid = "CA" + "7" * 32
    token = line.board.begin(sid, Called(NOON, NUMBER, "+18005550100")).token
    token = line.board.drive(token, sid, Pressed(NOON + 5, "0")).token
    line.board.left(token, sid, HungUp(NOON + 9, None, False))
    line.endings.end(sid, NOON + 9)
    found = line.totals()
    assert (found["asked"], found["left_waiting"]) == (1, 1)
