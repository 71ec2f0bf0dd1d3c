"""Every deed has a page; the page names its keys and ways, and its example compiles and goes as its scenarios say."""

from __future__ import annotations

import re

import pytest

from ivr.menu.choices import CHOICE
from ivr.menu.compile import compile_hotline
from ivr.menu.files import read_files
from ivr.menu.maps import Option
from ivr.menu.table import DEEDS, EVERY, LISTENS
from ivr.simulator.play import play
from ivr.simulator.scenario import read_scenario
from ivr.stage import Files, Stage

ALL = sorted(DEEDS)


def page(root, name):
    return (root / "docs" / "deeds" / f"{name}.md").read_text(encoding="utf-8")


def blocks(text):
    """The files of a page, by their paths."""
    found = re.findall(r"```yaml\n# (\S+)\n(.*?)```", text, re.DOTALL)
    assert len(found) == text.count("```yaml"), "every example says which file it is"
    return dict(found) | dict(re.findall(r"```csv (\S+)\n(.*?)```", text, re.DOTALL))


def rows(text, heading):
    """What the first column under a heading names."""
    section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return sorted(re.findall(r"^\| `([^`]+)`", section, re.MULTILINE))


def hotline(root, name, folder):
    """Write the example of a page with what all examples share."""
    files = blocks(page(root, "README")) | blocks(page(root, name))
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def test_every_deed_has_a_page_and_no_page_is_left_over(root):
    pages = {path.stem for path in (root / "docs" / "deeds").glob("*.md")} - {"README"}
    assert pages == set(DEEDS)
    assert set(re.findall(r"\]\((\w+)\.md\)", page(root, "README"))) == set(DEEDS)
    language = (root / "docs" / "menu-language.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\]\(deeds/(\w+)\.md\)", language)) == set(DEEDS) | {"README"}


@pytest.mark.parametrize("name", ALL)
def test_a_page_names_every_key_of_its_deed_and_no_other(root, name):
    options = [key for key, option in DEEDS[name].options.items() if isinstance(option, Option)]
    assert rows(page(root, name), "Keys") == sorted(options)


@pytest.mark.parametrize("name", ALL)
def test_a_page_names_every_way_on_and_no_other(root, name):
    deed = DEEDS[name]
    ways = [*deed.exits, *(["failed"] if deed.exits and "failed" not in deed.exits else [])]
    assert rows(page(root, name), "Where the call goes") == sorted([*ways, *([deed.next] if deed.next else [])])


def test_the_keys_of_every_step_and_of_a_choice_are_named(root):
    assert rows(page(root, "README"), "Keys that every step takes") == sorted([*EVERY, *LISTENS])
    assert rows(page(root, "menu"), "A choice") == sorted(CHOICE)


@pytest.mark.parametrize("name", ALL)
def test_the_example_of_a_page_has_no_problem_and_is_about_its_deed(root, name, tmp_path):
    folder = hotline(root, name, tmp_path)
    found = compile_hotline(read_files(folder / "config.yaml", folder / "menus", folder / "recordings"))
    assert [str(problem) for problem in found.problems] == []
    assert re.search(rf"^  {name}:", blocks(page(root, name))["menus/main.yaml"], re.MULTILINE)


@pytest.mark.parametrize("name", ALL)
def test_the_calls_of_a_page_go_as_it_says(root, name, tmp_path):
    folder = hotline(root, name, tmp_path)
    scenarios = sorted((folder / "menus" / "tests").glob("*.yaml"))
    assert scenarios
    with Stage(Files.under(folder)) as stage:
        for path in scenarios:
            outcome = play(read_scenario(path), stage)
            assert outcome.passed, f"{path.name}: " + "\n".join(map(str, outcome.failures))
            stage.events(outcome.call)
