"""Each rule finds its fault, and leaves the same menu without the fault alone.

A file of `faults/` is named by its rule and holds two main menus: one with the fault, one without it. The
problems stand at the lines that say `# here`.
"""

from pathlib import Path

import pytest
from small_hotline import CONFIG, codes, problems

from ivr.menu.checks import RULES
from ivr.menu.problems import ERROR, LOOK_AT

FAULTS = {
    path.stem: path.read_text().split("#--- without the fault\n") for path in Path(__file__).parent.glob("faults/*")
}
# code -> (what config.yaml has, what it has with the fault)
CONFIG_FAULTS = {
    "schedule-never-opens": ('hours: "Mo-Fr 08:00-18:00"', 'hours: "Mo-Su off"'),
    "schedule-never-closes": ('hours: "Mo-Fr 08:00-18:00"', 'hours: "Mo-Fr 08:00-18:00; Mo-Su"'),
    "untranslated": ("languages: [en-US]", "languages: [en-US, da-DK]"),
    "strict-guard": ("failed: desk", "guard: {hour: 5}\nfailed: desk"),
    "missing-recording": ("voices: {en-US: Polly.Joanna-Neural}", "voices: {}"),
}
ELSEWHERE = {
    "clipped-recording",
    "silent-recording",
    "long-recording",
    "long-music",
    "token-too-long",
    "stale",
    "other-language",
    "no-consent",
}  # tested elsewhere
# A team without people, and one that queues.
QUEUE = "  line: {by: queue, ring: ['+15005550103'], skills: [gas]}\n"
NIGHT = CONFIG.replace("kinds:", "  night: {by: ring, ring: []}\n" + QUEUE + "kinds:")


@pytest.mark.parametrize("code", FAULTS)
def test_a_rule_finds_its_fault(code):
    assert code in codes(FAULTS[code][0], NIGHT)


@pytest.mark.parametrize("code", sorted(set(FAULTS) - {"nobody-on-team"}))
def test_a_problem_stands_at_the_key_concerned(code):
    lines = FAULTS[code][0].split("\n")
    marked = {number for number, line in enumerate(lines, start=1) if line.endswith("# here")}
    assert marked
    assert {one.line for one in problems(FAULTS[code][0], NIGHT) if one.code == code} == marked


def test_a_problem_of_a_translation_stands_in_the_locale():
    config = CONFIG.replace("languages: [en-US]", "languages: [en-US, da-DK]")
    locale = b"main.main:\n  menu: Se www.example.dk nu.\n  keys: {1: en regning}\n"
    found = problems(config=config, files={"menus/locales/da-DK.yaml": locale})
    assert [(one.path, one.line) for one in found if one.code == "spoken-text"] == [("menus/locales/da-DK.yaml", 2)]


def test_all_that_reads_badly_in_one_text_is_told_at_once():
    said = "main:\n  say: Click here. Call 123456789, e.g. now.\n  then: desk\ndesk:\n  transfer: desk\n"
    found = [one.text for one in problems(said) if one.code == "spoken-text"]
    assert [one.split("'")[1] for one in found] == ["123456789", "Click", "e.g."]


@pytest.mark.parametrize(
    ("said", "then"),
    [
        ("We are here. How can we help? We are here. How can we help?", "Goodbye."),
        ("We are here. How can we help?", "We are here. How can we help? Goodbye."),
    ],
    ids=["in one text", "in two steps"],
)
def test_two_sentences_that_are_said_once_more_are_told_as_one(said, then):
    menu = f"main:\n  say: {said}\n  then: bye\nbye:\n  hang_up: {then}\n"
    (found,) = [one for one in problems(menu) if one.code == "doubled-words"]
    assert "'We are here. How can we help?'" in found.text


def test_markup_in_a_text_is_told_once():
    said = "main:\n  say: Now <b>in force</b>.\n  then: desk\ndesk:\n  transfer: desk\n"
    (found,) = [one for one in problems(said) if one.code == "spoken-text"]
    assert "'<b>' reads badly" in found.text
    assert "markup" in found.hint


def test_sixteen_digits_of_a_card_are_secret_though_nothing_else_says_so():
    asked = "main:\n  ask: Key in the sixteen digits on your {}.\n  as: it\n  digits: 16\n  then: desk\n"
    desk = "desk:\n  transfer: desk\n"
    assert "open-secret" in codes(asked.format("card") + desk)
    assert "open-secret" not in codes(asked.format("meter") + desk)


def test_exits_behind_one_failed_are_told_once_and_there():
    own = "main:\n  menu: How can we help?\n  keys: {1: a bill -> own}\nown:\n  transfer: desk\n  failed: hang_up\n"
    (found,) = [one for one in problems(own) if one.code == "silent-end"]
    assert found.line == 6
    assert found.text.endswith("closed, busy, nobody, no_answer, failed")


@pytest.mark.parametrize("code", FAULTS)
def test_a_rule_leaves_a_good_menu_alone(code):
    assert code not in codes(FAULTS[code][1], NIGHT)


@pytest.mark.parametrize("code", CONFIG_FAULTS)
def test_a_rule_finds_its_fault_in_the_config(code):
    good, faulty = CONFIG_FAULTS[code]
    assert good in CONFIG
    assert code in codes(config=CONFIG.replace(good, faulty))


def test_a_good_menu_has_no_problem_at_all():
    assert problems() == ()


def test_every_rule_has_a_test():
    assert {rule.CODE for rule in RULES} <= set(FAULTS) | set(CONFIG_FAULTS) | ELSEWHERE


def test_a_problem_says_where_it_is_and_what_to_do():
    (problem,) = [each for each in problems(FAULTS["unreachable-step"][0]) if each.code == "unreachable-step"]
    assert (problem.path, problem.line) == ("menus/main.yaml", 4)
    assert problem.hint


def test_a_transfer_that_leads_back_to_itself_when_it_is_closed_never_ends():
    own = "main:\n  menu: How can we help?\n  keys: {1: a bill -> desk}\n"
    again = b"desk:\n  transfer: desk\n  nobody: goodbye\ngoodbye:\n  hang_up: Goodbye.\n"
    assert "endless-loop" in codes(own, files={"menus/desk.yaml": again})


def test_a_round_that_is_ended_by_at_most_is_no_endless_one():
    own = "main:\n  menu: How can we help?\n  keys: {1: a bill -> desk}\n"
    again = b"desk:\n  transfer: desk\n  at_most: {3: goodbye}\ngoodbye:\n  hang_up: Goodbye.\n"
    assert "endless-loop" not in codes(own, files={"menus/desk.yaml": again})


def test_conditions_that_cannot_hold_together_make_no_round():
    own = (
        "main:\n  menu: How can we help?\n  keys: {1: a bill -> one}\n"
        "one:\n  decide:\n    - {if: team.desk.open, then: two}\n  else: desk.message\n"
        "two:\n  decide:\n    - {if: not team.desk.open, then: one}\n  else: desk\n"
    )
    assert "standing-loop" not in codes(own)


def test_a_transfer_that_is_closed_and_asked_whether_it_is_open_makes_no_round():
    own = (
        "main:\n  menu: How can we help?\n  keys: {1: a bill -> one}\n"
        "one:\n  decide:\n    - {if: team.desk.open, then: two}\n  else: desk.message\n"
        "two:\n  transfer: desk\n  closed: one\n"
    )
    assert "standing-loop" not in codes(own)
    assert "standing-loop" in codes(own.replace("closed: one", "busy: one"))


def test_a_count_of_visits_ends_a_round_only_where_it_counts_a_step_of_it():
    own = (
        "main:\n  menu: How can we help?\n  keys: {1: a bill -> one}\n"
        "one:\n  decide:\n    - {if: visits.main.one > 3, then: desk}\n  else: two\n"
        "two:\n  say: One moment.\n  then: one\n"
    )
    assert "standing-loop" not in codes(own)
    assert "standing-loop" in codes(own.replace("visits.main.one", "visits.main.main"))


@pytest.mark.parametrize("cause", ["silence", "wrong"])
def test_two_menus_that_send_a_helpless_caller_to_each_other_are_told(cause):
    own = (
        f"main:\n  menu: How can we help?\n  keys: {{1: a bill -> other}}\n  {cause}: other\n"
        f"other:\n  menu: What else?\n  keys: {{1: a bill -> desk}}\n  {cause}: main\n"
    )
    assert "endless-tries" in codes(own)
    assert "endless-tries" not in codes(own + "  at_most: {3: desk}\n")


NEEDED = CONFIG.replace("hosts:", "recording: {consent_needed: yes}\nhosts:")
CONSENT = "  consent: What you say will be recorded.\n"
TOLD = f"main:\n  record: Tell us what happened.\n  as: statement\n{CONSENT}  then: desk\n"
DESK = ("menus/desk.yaml", 6, ERROR)  # the hotline's own message, which has no consent


def consent_problems(main, config, files=None):
    found = (one for one in problems(main, config, files) if one.code == "no-consent")
    return [(one.path, one.line, one.severity) for one in found]


def test_a_recording_without_consent_is_refused_where_config_needs_it():
    silent = TOLD.replace(CONSENT, "")
    assert consent_problems(silent, CONFIG) == []
    assert consent_problems(silent, NEEDED) == [DESK, ("menus/main.yaml", 2, ERROR)]
    everywhere = NEEDED.replace("consent_needed: yes", "consent_needed: yes, consent: Calls are recorded.")
    assert consent_problems(silent, everywhere) == []
    assert consent_problems(TOLD, NEEDED) == [DESK]


def test_a_comment_of_a_survey_needs_consent_and_a_survey_without_one_does_not():
    survey = "main:\n  survey: [resolved]\n  then: desk\n"
    assert consent_problems(survey, NEEDED) == [DESK]
    assert consent_problems(survey + "  comment: yes\n", NEEDED) == [DESK, ("menus/main.yaml", 4, ERROR)]


def test_consent_is_needed_in_each_language_that_callers_can_have():
    danish = NEEDED.replace("languages: [en-US]", "languages: [da-DK, en-US]").replace(
        "voices: {", "voices: {da-DK: Polly.Sofie-Neural, "
    )
    assert ("menus/main.yaml", 2, ERROR) in consent_problems(TOLD, danish)
    locale = b"main.main: {record: Fortael., consent: Det bliver optaget.}\n"
    assert ("menus/main.yaml", 2, ERROR) not in consent_problems(TOLD, danish, {"menus/locales/da-DK.yaml": locale})


def test_talks_that_are_recorded_need_words_too():
    main = "main:\n  transfer: line\n  words: One moment.\n  after: desk\n  failed: desk\n"
    records = CONFIG.replace("kinds:", QUEUE.replace("by: queue", "record: yes, by: queue") + "kinds:")
    here = "menus/main.yaml", 2
    assert consent_problems(main, records) == [(*here, LOOK_AT)]
    needed = records.replace("hosts:", "recording: {consent_needed: yes}\nhosts:")
    assert consent_problems(main, needed) == [DESK, (*here, ERROR)]
    told = needed.replace("consent_needed: yes", "consent_needed: yes, consent: Calls are recorded.")
    assert consent_problems(main, told) == []
    danish = told.replace("languages: [en-US]", "languages: [da-DK, en-US]").replace(
        "voices: {", "voices: {da-DK: Polly.Sofie-Neural, "
    )
    assert (*here, ERROR) in consent_problems(main, danish)


def test_who_is_asked_for_a_yes_must_hear_what_for():
    asked = TOLD + "  refused: desk\n"
    assert "missing-key" not in codes(asked)
    without = asked.replace(CONSENT, "")
    assert [one.line for one in problems(without) if one.code == "missing-key"] == [5]
