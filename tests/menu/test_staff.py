"""The staff's own line in a version: added to what was written, and no part of what callers come to."""

from __future__ import annotations

import pytest

from ivr.coverage import Coverage
from ivr.drawing.draw import FORMS, draw
from ivr.engine.staff import AREA, public
from ivr.menu.compile import compile_hotline
from ivr.menu.files import read_files
from ivr.menu.staff import numbered


@pytest.fixture
def files(root):
    folder = root / "tests" / "corpus" / "two_hotlines"
    return read_files(folder / "config.yaml", folder / "menus", folder / "recordings")


@pytest.fixture
def tree(files):
    found = compile_hotline(files)
    assert [str(problem) for problem in found.problems] == []
    return found.content.tree


def with_config(files, old, new):
    changed = files["config.yaml"].decode().replace(old, new)
    assert changed != files["config.yaml"].decode()
    return compile_hotline(files | {"config.yaml": changed.encode()})


def test_every_way_of_the_staffs_menu_leads_to_a_step(tree):
    ours = [step for name, step in tree.steps.items() if name.startswith(AREA)]
    assert len(ours) > 25
    for step in ours:
        ways = {step.next, *step.exits.values(), *(choice.target for choice in getattr(step, "choices", ()))}
        ways |= {branch.target for branch in getattr(step, "branches", ())}
        assert {way for way in ways if way not in tree.steps} <= {"hang_up", "again"}, step.id


def test_its_words_are_there_in_every_language_of_the_line(tree):
    for name, step in tree.steps.items():
        if name.startswith(AREA) and hasattr(step, "prompt"):
            assert {"en-US", "da-DK"} <= set(step.prompt.texts), name


def test_no_caller_comes_to_it(tree, files):
    shown = public(tree)
    assert set(shown.lines) == {"care", "kundeservice"}
    assert not [name for name in shown.steps if name.startswith(AREA)]
    assert not [way for way in Coverage.of(tree).all if way.startswith(AREA)]
    content = compile_hotline(files).content
    assert not [form for form in FORMS if AREA in draw(content, form) or "5550190" in draw(content, form)]


def test_a_hotline_without_such_a_line_has_nothing_of_it(files):
    line = next(line for line in files["config.yaml"].decode().split("\n") if "staff: yes" in line)
    content = with_config(files, f"{line}\n", "").content
    assert not [name for name in content.tree.steps if name.startswith(AREA)]
    assert public(content.tree) is content.tree


@pytest.mark.parametrize("stray", ["start: care", "person: desk", "default: yes"])
def test_the_menu_of_the_staffs_line_is_ours(files, stray):
    found = with_config(files, "staff: yes}", f"staff: yes, {stray}}}")
    assert next(problem.code for problem in found.problems if problem.severity == "error") in {
        "staff-line",
        "two-defaults",
    }
    assert found.content is None


def test_its_number_is_no_other_lines(files):
    assert "number-twice" in {one.code for one in with_config(files, "+18005550190", "+18005550100").problems}


def test_flags_that_close_and_flags_that_menus_read_can_be_switched(tree):
    assert [choice.value for choice in tree.steps[f"{AREA}.flags"].choices] == [
        "emergency",
        "emergency.desk",
        "storm",
        None,
    ]


def test_a_prompts_number_stays_while_others_come_and_go():
    names = [f"area{place}.step" for place in range(2000)]
    many = {name: number for number, name in numbered(names).items()}
    assert len(set(many.values())) == 2000
    assert all(len(number) == 4 for number in many.values())
    few = {name: number for number, name in numbered(names[:20]).items()}
    assert sum(many[name] == few[name] for name in few) >= 18
