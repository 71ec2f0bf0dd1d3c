"""What the keys of the phone page are said to do, by what the call stands at."""

import pytest
from menu.hotlines import CONFIG, good

from console.labels import keys_of
from ivr.engine.state import CallState

OFFICES = 'offices: {north: {name: North, address: 1 Road, postal: [8000 to 8999], hours: "Mo-Fr 09:00-17:00"}}\n'
ALONE = {"*": "level up", "#": "again"}
YES_NO = ALONE | {"1": "yes", "2": "no"}
DIGITS = ALONE | dict.fromkeys("0123456789", "digit")
CODE = DIGITS | {"#": "done"}
OWN = "[{ask: Where?, as: place, answers: {1: at home, 3: away}}, {ask: How?, as: how, between: 0 to 3}]"
SURVEY = "main:\n  survey: {}\n  opt_in: yes\n  failed: over\n  then: over\n"
CALL_BACK = "main:\n  call_back: desk\n  when: ask\n  failed: over\n"
OFFICE = "main:\n  office: Your postal code?\n  failed: over\n  nothing: over\n  then: over\n"
ASK = "main:\n  ask: Which?\n  as: it\n  failed: over\n  then: over\n"


@pytest.mark.parametrize(
    ("menu", "phase", "keys"),
    [
        (SURVEY.format("[resolved]"), "opt_in", YES_NO),
        (SURVEY.format("[resolved]"), "1", YES_NO),
        (SURVEY.format("[representative]"), "1", ALONE | {str(key): f"{key} of 5" for key in range(1, 6)}),
        (SURVEY.format("[recommend]"), "1", CODE),  # to 10: two digits, or one and hash
        (SURVEY.format(OWN), "1", ALONE | {"1": "at home", "3": "away"}),
        (SURVEY.format(OWN), "2", ALONE | {str(key): f"{key} of 3" for key in range(4)}),
        (CALL_BACK, "offer", ALONE | {"1": "this number", "2": "another"}),
        (CALL_BACK, "other", CODE),
        (CALL_BACK, "confirm", ALONE | {"1": "right", "2": "key again"}),
        (CALL_BACK, "time", DIGITS),
        (ASK, "", CODE),
        (ASK + "  kind: yes_no\n", "", YES_NO),
        (ASK, "confirm", ALONE | {"1": "right", "2": "key again"}),
        (OFFICE, "", DIGITS),
        (OFFICE, "told", ALONE | {"1": "send it", "2": "go on"}),
    ],
)
def test_each_phase_of_a_step_says_what_its_keys_do(menu: str, phase: str, keys: dict[str, str]) -> None:
    content = good(menu, config=CONFIG + OFFICES)
    assert keys_of(content, CallState("care", place="main.main", phase=phase, language="en-US")) == keys


def test_a_menu_says_what_its_keys_do_and_those_that_work_everywhere_but_for_what_it_turns_off() -> None:
    content = good("main:\n  menu: What?\n  keys:\n    1: a bill -> over\n    0: off\n")
    state = CallState("care", place="main.main", language="en-US")
    assert keys_of(content, state) == ALONE | {"1": "a bill"}


def test_a_step_that_listens_to_nobody_has_no_keys() -> None:
    content = good("main:\n  say: Hello.\n  then: over\n")
    assert keys_of(content, CallState("care", place="main.main", language="en-US")) == {}
