"""A draft tried on past calls: who would end elsewhere, who presses a dead key, and where nothing is recorded."""

from __future__ import annotations

import time

import pytest
from kernel.boards import publish
from trial.conftest import draft

from bench.past import BUSY, HUNG_UP, LINE, NOBODY, SILENT, TOOK, pressed, spoke
from ivr.engine.inputs import Called, Said
from ivr.trial.results import DEAD, PARTED

SWAPPED = (
    "1: a bill -> bill.account\n    2: {for: a complaint, then: bill.topic}",
    "2: a bill -> bill.account\n    1: {for: a complaint, then: bill.topic}",
)
BILL = (pressed("1"), pressed("12345678"), pressed("1"), TOOK)
COMPLAINT = (pressed("2"), pressed("1"), spoke(), NOBODY, BUSY)
CALLS = (
    BILL,
    COMPLAINT,
    (pressed("3"), SILENT, pressed("0"), TOOK),
    (SILENT, TOOK),
    (pressed("9"), pressed("9"), pressed("9"), NOBODY, NOBODY),
    (pressed("4"), pressed("9876"), pressed("5"), SILENT, TOOK),
    (pressed("1"), pressed("12345678"), pressed("2"), pressed("87654321"), pressed("1"), HUNG_UP),
    (pressed("2"), pressed("*"), HUNG_UP),
    (HUNG_UP,),
)


def outcome(judged):
    return judged.way.end and judged.way.end.step, judged.way.stopped


def test_an_unchanged_draft_ends_all_calls_alike(hotline):
    for deeds in CALLS:
        hotline.past.call(*deeds)
    report = hotline.report(draft())
    for tally in (report.same_keys, report.same_meaning):
        assert (tally.alike, tally.parted, tally.elsewhere, tally.dead, tally.longer, tally.stopped) == (
            len(CALLS),
            0,
            0,
            0,
            0,
            0,
        )
        assert tally.share == 1.0
        assert tally.groups == {}


def test_callers_at_random_all_end_alike_in_an_unchanged_draft(hotline):
    hotline.past.many(draft(), 60)
    report = hotline.report(draft())
    assert report.calls == report.same_keys.alike == report.same_meaning.alike == 60


def test_two_keys_swapped_move_exactly_those_who_pressed_them(hotline):
    calls = [hotline.past.call(*deeds) for deeds in CALLS]
    moved = {call for call in calls if hotline.tried(call, draft(main=SWAPPED)).same_keys.parted}
    assert moved == {call for call, deeds in zip(calls, CALLS, strict=True) if deeds[0] in {pressed("1"), pressed("2")}}
    report = hotline.report(draft(main=SWAPPED))
    assert report.same_meaning.alike == len(CALLS)
    (group, *_) = report.same_keys.largest(PARTED)
    assert group.told == "after main.main: bill.account then, bill.topic now"


def test_a_choice_is_found_under_its_new_key_by_words_by_target_and_by_value(hotline):
    bill, complaint = hotline.past.call(*BILL), hotline.past.call(*COMPLAINT)
    words = draft(main=("1: a bill -> bill.account", "7: an invoice -> bill.account"))
    assert hotline.tried(bill, words).same_meaning.alike
    assert hotline.tried(bill, words).same_keys.way.dead[0] == "main.main"
    target = draft(main=("1: a bill -> bill.account", "7: a bill -> desk.desk"))
    assert hotline.tried(bill, target).same_meaning.way.way[1] == "desk.desk"
    value = draft(bill=("1: {for: a price, value: price}", "5: {for: the costs, value: price}"))
    assert hotline.tried(complaint, value).same_meaning.alike


def test_values_that_change_places_are_seen_though_the_way_is_the_same(hotline):
    call = hotline.past.call(*COMPLAINT)
    swapped = draft(
        bill=(
            "1: {for: a price, value: price}\n    2: {for: a visit, value: visit}",
            "2: {for: a price, value: price}\n    1: {for: a visit, value: visit}",
        )
    )
    tried = hotline.tried(call, swapped)
    assert tried.same_keys.parted == ("bill.topic", "bill.topic = price", "bill.topic = visit")
    assert tried.same_meaning.alike


def test_a_choice_that_is_gone_is_never_guessed(hotline):
    call = hotline.past.call(*BILL)
    tried = hotline.tried(call, draft(main=("    1: a bill -> bill.account\n", "    1: a call -> desk.desk\n")))
    assert outcome(tried.same_meaning) == (None, "the choice that was meant is not here")
    assert tried.same_meaning.followed == pytest.approx(1 / 5)


def test_a_key_that_meant_nothing_means_nothing_now(hotline):
    call = hotline.past.call(pressed("9"), pressed("3"), SILENT, HUNG_UP)
    alive = draft(main=("3: our opening hours -> hours", "3: our opening hours -> hours\n    9: a talk -> desk.desk"))
    tried = hotline.tried(call, alive)
    assert outcome(tried.same_meaning) == (None, "the choice that was meant is not here")
    assert outcome(tried.same_keys) == (None, "whether desk was closed by an emergency was not looked up in that call")


def test_other_people_rung_are_nobody_we_know_of(hotline):
    call = hotline.past.call(*BILL)
    tried = hotline.tried(call, draft(desk=("transfer: desk", "transfer: night")))
    assert tried.same_keys.way.stopped == "whether night was closed by an emergency was not looked up in that call"
    other = draft(config=('ring: ["+15005550101", "+15005550102"]', 'ring: ["+15005550102"]'))
    assert hotline.tried(call, other).same_keys.way.stopped == "other people are rung than then"


def test_hours_that_were_changed_close_for_those_who_called_then(hotline):
    call = hotline.past.call(*BILL)
    in_two_days = time.strftime("%a", time.gmtime(time.time() + 2 * 86400))[:2]
    closed = draft(config=('"+15005550102"], hours: 24/7', f'"+15005550102"], hours: "{in_two_days} 08:00-18:00"'))
    tried = hotline.tried(call, closed)
    assert tried.same_keys.way.end.step == "desk.bye"
    assert tried.same_keys.ended_alike
    assert tried.same_keys.parted == ("desk.desk", "desk.desk rings desk", "desk.bye")


def test_a_new_question_stops_and_a_dropped_one_does_not(hotline):
    call = hotline.past.call(*BILL)
    asked = draft(
        bill=(
            "none: desk.desk\n  then: desk.desk",
            "none: desk.desk\n  then: year\n\nyear:\n  ask: Which year?\n  as: year\n  digits: 4\n  then: desk.desk",
        )
    )
    tried = hotline.tried(call, asked)
    assert outcome(tried.same_meaning) == (None, "nothing that the caller did answers this")
    assert (tried.same_meaning.way.at, tried.same_meaning.followed) == ("bill.year", pytest.approx(4 / 5))
    dropped = draft(bill=("  read_back: yes\n", ""))
    assert hotline.tried(call, dropped).same_meaning.ended_alike
    assert hotline.tried(call, dropped).same_meaning.followed == 1.0


def test_an_answer_is_found_at_the_step_that_asks_for_it_now(hotline):
    call = hotline.past.call(*COMPLAINT)
    renamed = draft(bill=("then: statement\n\nstatement:", "then: story\n\nstory:"))
    tried = hotline.tried(call, renamed)
    assert tried.same_keys.ended_alike
    assert tried.same_meaning.ended_alike
    assert tried.same_meaning.parted == ("bill.topic = price", "bill.statement", "bill.story")


def test_an_announcement_is_passed_and_makes_callers_wait(hotline):
    call = hotline.past.call(*BILL)
    longer = draft(
        main=(
            "main:\n  menu",
            "hello:\n  say: Welcome, it is very good of you to call us today, thanks.\n  then: main\n\nmain:\n  menu",
        )
    )
    tried = hotline.tried(call, longer)
    assert tried.same_keys.ended_alike
    assert tried.same_keys.longer > 4
    assert hotline.report(longer).same_keys.longer == 1


def test_a_menu_with_more_choices_before_ones_own_makes_callers_wait(hotline):
    call = hotline.past.call(*BILL)
    first = draft(
        main=(
            "1: a bill -> bill.account",
            "5: news of our company and of all its people -> hours\n    1: a bill -> bill.account",
        )
    )
    last = draft(
        main=("4: your balance -> bill.pin", "4: your balance -> bill.pin\n    5: news of our company -> hours")
    )
    assert hotline.tried(call, first).same_keys.longer > 2
    assert hotline.tried(call, last).same_keys.longer == 0


def test_a_secret_is_followed_where_nothing_about_it_has_changed(hotline):
    call = hotline.past.call(pressed("4"), pressed("9876"), pressed("5"), SILENT, TOOK)
    elsewhere = draft(desk=("I put you through.", "One moment."))
    assert hotline.tried(call, elsewhere).same_keys.alike
    changed = draft(bill=("digits: 4", "digits: 5"))
    assert outcome(hotline.tried(call, changed).same_keys) == (
        None,
        "a secret was keyed, whose keys stand in no record",
    )


def test_a_flag_that_was_not_looked_up_is_not_known(hotline):
    call = hotline.past.call(*BILL)
    storm = draft(
        main=(
            "main:\n  menu",
            "first:\n  decide:\n    - {if: flag.storm, then: desk.desk}\n  else: main\n\nmain:\n  menu",
        )
    )
    assert outcome(hotline.tried(call, storm).same_keys) == (None, "flag.storm was not looked up in that call")


def test_a_caller_fact_stops_only_those_who_come_to_where_it_is_read(hotline):
    bill, complaint = hotline.past.call(*BILL), hotline.past.call(*COMPLAINT)
    vip = draft(
        bill=(
            "statement:\n  record: Tell us.",
            "statement:\n  words: '{caller.name or \"Hello.\"}'\n  record: Tell us.",
        )
    )
    assert hotline.tried(bill, vip).same_keys.alike
    assert hotline.tried(complaint, vip).same_keys.way.stopped == "caller.name was not looked up in that call"


def test_calls_that_cannot_be_tried_are_counted(hotline):
    board = hotline.past.board
    hotline.past.call(*BILL)
    board.begin("CA" + "f" * 32, Called(time.time(), None, LINE))
    report = hotline.report(draft())
    assert report.calls == 1
    assert sum(report.left_out.values()) == 1


def test_dead_keys_are_counted_where_they_are_pressed(hotline):
    hotline.past.call(*BILL)
    report = hotline.report(draft(main=("1: a bill -> bill.account", "7: a bill -> bill.account")))
    assert (report.same_keys.dead, report.same_meaning.dead) == (1, 0)
    assert "at main.main" in [group.told for group in report.same_keys.largest(DEAD)]


def test_words_count_for_the_key_that_they_meant(hotline):
    listens = ("menu: How can we help?", "menu: How can we help?\n  speech: yes")
    publish(hotline.past.board, draft(main=listens))
    call = hotline.past.call(Said(0.0, "a bill", 0.9), *BILL[1:])
    mumbled = hotline.past.call(Said(0.0, "hmpf", 0.2), pressed("3"), SILENT, HUNG_UP)
    for each in (call, mumbled):
        tried = hotline.tried(each, draft(main=listens))
        assert tried.same_keys.alike
        assert tried.same_meaning.alike
    deaf = hotline.tried(call, draft(main=("1: a bill -> bill.account", "6: a bill -> bill.account")))
    assert deaf.same_meaning.alike
    assert outcome(deaf.same_keys) == (None, "what was done then does not fit here")
