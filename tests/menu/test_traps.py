"""Every trap of YAML, and every slip in the language, has its code, its place and a correction that works."""

from __future__ import annotations

import pytest
from menu.hotlines import CONFIG, compiled, good

from ivr.menu.problems import apply_fix
from ivr.menu.table import DEEDS_LATER

REST = "desk:\n  transfer: desk\n"


def main(menu="Hello.", more="", key="1: a person -> desk"):
    return f"main:\n  menu: {menu}\n  keys:\n    {key}\n{more}{REST}"


# code, the line of the problem, the file; its correction must leave a hotline without errors
MENDED = [
    ("cut-at-hash", 2, main("Press the key # now.")),
    ("colon-in-text", 2, main("Note: we are closed.")),
    ("colon-in-text", 4, main(key="1: {for: note: a bill, then: desk}")),
    ("unquoted-start", 2, main("{caller.number}, welcome.")),
    ("unquoted-start", 2, main("{caller.number}")),
    ("unquoted-start", 2, main("[hello] there")),
    ("unquoted-start", 2, main('"Hello" she said')),
    ("unquoted-start", 2, main("'tis us")),
    ("unquoted-start", 2, main("@home, welcome")),
    ("unquoted-start", 2, main("%a welcome")),
    ("tag", 2, main("!welcome to us")),
    ("alias", 2, main("&welcome to us")),
    ("alias", 2, main("*welcome")),
    ("alias", 1, main().replace("main:", "main: &first", 1)),
    ("bare-key", 4, main(key="*: a person -> desk")),
    ("bare-key", 4, main(key="#: a person -> desk\n    1: more -> desk")),
    ("bare-key", 3, "main:\n  menu: Hello.\n  keys: {*: a person -> desk}\n" + REST),
    ("comma-in-text", 4, main(key="1: {for: a bill, a price, then: desk}")),
    ("comma-in-text", 4, main(key="1: {for: a bill, a price, an offer, then: desk}")),
    ("duplicate-key", 5, main(key="1: a -> desk\n    1: b -> desk")),
    ("duplicate-key", 5, main(key='1: a -> desk\n    "01": b -> desk')),
    ("leading-zero", 4, main(key="01: a -> desk")),
    ("yes-no-as-text", 2, main("yes")),
    ("yes-no-as-text", 2, main("Off")),
    ("clock-as-number", 2, main("12:30")),
    ("plus-unquoted", 2, main("+18005550100")),
    ("leading-zero", 2, main("010")),
    ("leading-zero", 5, main(more="  tries: 03\n")),
    ("tab", 2, "main:\n\tmenu: Hello.\n  keys: {1: a -> desk}\n" + REST),
    ("dash-list", 4, main(key="- 1: a -> desk\n    - 2: b -> desk")),
    ("two-deeds", 5, main(more="  say: Welcome.\n")),
    ("two-deeds", 7, "main:\n  menu: Hello.\n  keys:\n    1: a -> desk\ndesk:\n  hang_up: Bye.\n  transfer: desk\n"),
    ("unknown-key", 5, main(more="  trys: 2\n")),
    ("unknown-key", 5, main(more="  colour: red\n")),
    ("unknown-key", 5, main(more="  read_back: yes\n")),
    ("unknown-key", 4, main(key="1: {for: a bill, than: desk, then: desk}")),
    ("bad-hint", 5, main(more='  speech: {en-US: ["a bill, a price"]}\n')),
    ("no-deed", 2, main().replace("menu:", "meny:")),
    ("unknown-step", 4, main(key="1: a -> deks")),
    ("unknown-step", 4, main(key='1: "a -> deks"')),
    ("unknown-step", 5, main(more="  wrong: deks\n")),
    ("unknown-team", 6, main().replace("transfer: desk", "transfer: dekk")),
    ("bad-time", 5, main(more="  wait: 5\n")),
    ("not-yes-or-no", 7, main().replace("transfer: desk", "say: Hi.\n  skip: true")),
    ("control-character", 2, main('"Hello\\u0007."')),
    ("no-key-named", 4, main(key="1: {say: Press one, then: desk}")),
    ("unknown-name", 8, main(more="  as: topic\n") + '  summary: About {topik or "nothing"}.\n'),
    ("unset-value", 9, main(more="  as: topic\n  wrong: desk\n") + "  summary: About {topic}.\n"),
    ("bad-condition", 4, main(key="1: {for: a bill, if: team.desk.opne, then: desk}")),
    ("unknown-language", 5, main(more="  in: da-DL\n")),
]

ASKED = "main:\n  ask: Please?\n  as: asked\n  {}\n  then: desk\n" + REST
MENDED += [
    ("no-effect", 5, ASKED.format("kind: date\n  between: 1 to 100")),
    ("no-effect", 5, ASKED.format("kind: yes_no\n  digits: 4")),
    ("no-effect", 5, ASKED.format("kind: amount\n  check: luhn")),
    ("no-effect", 5, ASKED.format("kind: month\n  offer: caller.number")),
    ("no-effect", 5, ASKED.format("secret: yes\n  read_back: yes")),
    (
        "no-effect",
        4,
        "main:\n  record: Please?\n  as: asked\n  reprompt: {silence: Once more., wrong: No.}\n  then: desk\n" + REST,
    ),
    ("bad-condition", 4, main(key="1: {for: a bill, if: visits.main > 1, then: desk}")),
]


@pytest.mark.parametrize(("code", "line", "text"), MENDED, ids=[f"{code}-{at}" for at, (code, *_) in enumerate(MENDED)])
def test_a_hint_applied_removes_its_problem(code, line, text):
    found = [problem for problem in compiled(text).problems if problem.severity == "error"]
    assert [(p.code, p.path) for p in found] == [(code, "menus/main.yaml")], "\n".join(map(str, found))
    problem = found[0]
    assert problem.line == line
    assert problem.hint
    assert problem.fix is not None
    assert not problem.fix.text or problem.fix.text.split("\n")[0] in str(problem)
    good(apply_fix(text, problem.fix))


# code, the file; what to write instead only a person can say
TOLD = [
    ("several-documents", main() + "---\nother:\n  say: Hi.\n"),
    ("broken-yaml", "main:\n  menu: Hello.\n keys: {}\n"),
    ("broken-yaml", "? [a]\n: b\n"),
    ("broken-yaml", "main:\x00"),
    ("too-deep", "main: " + "[" * 50),
    ("no-value", ""),
    ("no-value", "main:\n" + REST),
    ("no-value", main("")),
    ("not-a-map", "main: hello\n" + REST),
    ("not-a-text", main("\n    - a")),
    ("no-deed", "main:\n  keys: {1: a -> desk}\n" + REST),
    ("reserved-name", main() + "busy:\n  hang_up: Bye.\n"),
    ("bad-name", main() + "Bad Step:\n  hang_up: Bye.\n"),
    ("missing-key", "main:\n  ask: Number?\n  then: desk\n" + REST),
    ("missing-key", "main:\n  menu: Hello.\n" + REST),
    ("no-next", main(key="1: a person")),
    ("no-words", main(key="1: {then: desk}")),
    ("two-forms", main(key="1: {for: a bill, to: pay, then: desk}")),
    ("bad-key", main(key="a: a person -> desk")),
    ("value-without-as", main(key="1: {for: a, value: b, then: desk}")),
    *[("comes-later", main() + f"later:\n  {deed}: x\n") for deed in sorted(DEEDS_LATER)],
    ("bad-slot", main("Hello {Name!}.")),
    ("bad-slot", main("Hello { you.")),
    ("unknown-name", main(more="  needs: [pin]\n")),
    ("unknown-kind", main() + "file:\n  case: order\n  then: desk\n"),
    ("unknown-directory", main(more="  extension: {in: all, as: chosen, then: desk, unknown: desk}\n")),
    ("one-of", main() + "other:\n  transfer: desk\n  one_of: [desk]\n"),
    ("bad-condition", main(key='1: {for: a, if: team.desk.open == "x", then: desk}')),
    ("bad-number", main(more="  at_most: {}\n")),
    ("two-types", main(more="  as: topic\n") + "n:\n  ask: Number?\n  as: topic\n  then: desk\n"),
]


@pytest.mark.parametrize(("code", "text"), TOLD, ids=[f"{code}-{at}" for at, (code, _) in enumerate(TOLD)])
def test_a_slip_is_named_with_a_hint(code, text):
    found = compiled(text)
    assert code in {problem.code for problem in found.problems}, "\n".join(map(str, found.problems))
    assert all(problem.hint and problem.line >= 1 and problem.column >= 1 for problem in found.problems)
    assert found.content is None


def config(old, new):
    assert old in CONFIG
    return CONFIG.replace(old, new, 1)


CONFIGS = [
    ("plus-unquoted", config('"+18005550100"', "+18005550100"), True),
    ("bad-number", config('"+18005550100"', '"123"'), False),
    ("bad-number", config('"+18005550100"', '"+1 (800) 555-0100"'), True),
    ("unknown-zone", config("Europe/Copenhagen", "Europe/Copenhage"), True),
    ("bad-hours", config("Mo-Fr 08:00-18:00", "Mo-Xx 08:00-18:00"), False),
    ("unknown-step", config("care: {", "care: {start: again, "), False),
    ("unknown-step", config("care: {", "care: {person: back, "), False),
    ("unknown-step", config("care: {", "care: {person: person, "), False),
    ("unknown-country", config("holidays: DK", "holidays: dk"), True),
    ("unknown-country", config("holidays: DK", "holidays: Nowhere"), False),
    ("letter-twice", config("series: D", "series: C"), False),
    ("bad-series", config("series: D", "series: d"), True),
    ("bad-series", config("series: D", "series: DD"), False),
    ("together-on-phones", config('["+15005550101"]', '["+15005550101"], order: together'), False),
    ("bad-name", config("desk: {ring", "desk: {skills: Gas, ring"), False),
    ("unknown-key", config("company:", "compani: x\ncompany:"), True),
    ("missing-key", config("company: Test Company\n", ""), False),
    ("name-twice", config("{summer:", "{desk:"), False),
    ("bad-key", config("0: person}", "00: person}"), False),
    ("bad-language", config("languages: [en-US, da-DK]", "languages: [en-US, da_dk]"), True),
    ("no-phrases", config("languages: [en-US, da-DK]", "languages: [en-US, xx-XX]"), False),
    ("bad-time", CONFIG + "recording: {keep: forever}\n", False),
    ("bad-time", CONFIG + "limits: {call: 30}\n", True),
    ("duplicate-key", CONFIG + "failed: over\n", True),
    ("no-config", "", False),
]


@pytest.mark.parametrize(("code", "text", "mended"), CONFIGS, ids=[f"{c}-{at}" for at, (c, *_) in enumerate(CONFIGS)])
def test_config_is_read_as_strictly(code, text, mended):
    found = [problem for problem in compiled(main(), config=text).problems if problem.code == code]
    assert found, "\n".join(map(str, compiled(main(), config=text).problems))
    assert found[0].path == "config.yaml"
    assert found[0].hint
    if mended:
        good(main(), config=apply_fix(text, found[0].fix))


def test_bytes_that_are_no_text_are_refused_with_their_line():
    problem = compiled(main(), other=b"main:\n  menu: \xff\xfe\n").problems[0]
    assert (problem.code, problem.line) == ("not-utf8", 2)


def test_a_file_that_is_too_large_is_refused_before_it_is_read():
    found = compiled(main(), other=b"# " + b"x" * 4_000_001)
    assert "too-large" in {problem.code for problem in found.problems}


def test_a_broken_area_says_nothing_of_ways_into_it():
    found = compiled(main(key="1: a -> other.step"), other="step:\n say: x\n  then: y\n")
    assert [problem.code for problem in found.problems] == ["broken-yaml"]


def test_a_tab_brings_no_echo_from_the_steps_that_it_takes_along():
    slipped = "first:\n  \tsay: x\n  then: kept\nkept:\n  ask: Which?\n  as: wanted\n  then: main\n"
    reads = main("Of {wanted}.", key='1: {for: a, if: wanted == "x", then: other.first}', more="  needs: [wanted]\n")
    found = compiled(reads.replace("transfer: desk", "transfer: desk\n  closed: other.kept"), other=slipped)
    assert {(problem.path, problem.code) for problem in found.problems} == {("menus/other.yaml", "tab")}


def test_a_tab_in_config_brings_no_echo_from_the_menus():
    found = compiled(main(), config=CONFIG.replace("\n  desk:", "\n  \tdesk:", 1))
    assert {problem.path for problem in found.problems} == {"config.yaml"}


def test_a_file_that_can_be_read_still_has_its_unknown_steps_told():
    found = compiled(main(key="1: a -> deks"), other="first:\n  \tsay: x\n  then: main\n")
    assert {(problem.path, problem.code) for problem in found.problems} == {
        ("menus/main.yaml", "unknown-step"),
        ("menus/other.yaml", "tab"),
    }


def test_two_slips_in_one_file_are_both_told():
    found = compiled(main("Note: one.") + "  summary: And: two.\n")
    assert [(problem.code, problem.line) for problem in found.problems] == [("colon-in-text", 2), ("colon-in-text", 7)]


def test_the_way_to_an_unset_value_is_told():
    text = main(key="1: a bill -> first\n    2: a person -> second") + (
        "first:\n  ask: Number?\n  as: account\n  then: second\nsecond:\n  say: You keyed {account}.\n  then: desk\n"
    )
    found = [problem for problem in compiled(text).problems if problem.code == "unset-value"]
    assert [problem.text for problem in found] == ["'account' may not be set here on the way main.main > main.second"]


def test_a_value_collected_on_every_way_may_be_spoken():
    good(
        main(key="1: a bill -> first")
        + (
            "first:\n  ask: Number?\n  as: account\n  failed: desk\n  then: second\n"
            "second:\n  say: You keyed {account}.\n  then: third\n"
            "third:\n  say: And {house}.\n  needs: [house]\n  then: desk\n"
            "houses:\n  ask: House?\n  as: house\n  digits: 4\n  failed: desk\n  then: desk\n"
        )
    )


@pytest.mark.parametrize("use", ["summary: Pin {pin}.", 'summary: Pin {pin or "none"}.'])
def test_a_secret_is_never_spoken(use):
    text = "main:\n  ask: Pin?\n  as: pin\n  secret: yes\n  then: desk\n" + REST + f"  {use}\n"
    assert "secret-used" in {problem.code for problem in compiled(text).problems}


def test_a_secret_is_not_compared_in_a_condition_nor_kept_in_a_case():
    text = (
        "main:\n  ask: Pin?\n  as: pin\n  secret: yes\n  then: which\n"
        'which:\n  decide:\n    - {if: pin == "1234", then: desk}\n  else: file\n'
        "file:\n  case: doubt\n  fields: {pin: pin}\n  then: desk\n" + REST
    )
    assert [problem.code for problem in compiled(text).problems].count("secret-used") == 2
