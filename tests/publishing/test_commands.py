"""Publishing, comparing and going back as people do it."""

from __future__ import annotations

import json
import os

import pytest
from click.testing import CliRunner
from publishing.conftest import MENU, at_home, files_of

from ivr.commands import diff, publish, rollback
from ivr.errors import IvrError, MenuRefused, NothingPublished
from ivr.simulator.call import Call, Plan
from ivr.simulator.carrier import Carrier
from ivr.stage import voice_server
from ivr.store import Store

OTHER = MENU.replace("Goodbye.", "So long.")


@pytest.fixture
def hotline(tmp_path, monkeypatch):
    """A machine of its own with a working copy."""
    for path, text in files_of().items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(text)
    at_home(tmp_path, monkeypatch)
    return tmp_path


def run(word, *options, **more):
    done = CliRunner().invoke(word.command, list(options), catch_exceptions=False, **more)
    assert done.exit_code == 0, done.output
    return done.output


def edit(hotline, menu):
    (hotline / "menus" / "main.yaml").write_text(menu)


def test_a_change_is_compared_published_and_taken_back(hotline):
    with pytest.raises(NothingPublished):
        run(diff)
    first = run(publish, "--author", "Priya").split()[1]
    assert run(diff) == "no difference\n"
    edit(hotline, OTHER)
    said = 'main.bye  (0 callers)\n  words (en-US) were "Goodbye.", are "So long."\nno calls in the last 30 days\n'
    assert run(diff) == said
    assert run(publish, "--author", "Priya", "--comment", "kinder").startswith(said)
    assert run(publish).endswith("was already in force\n")
    assert f"version {first} is in force" in run(rollback, "--author", "Bo")
    assert run(diff, first[:8]) == said
    told = json.loads(run(diff, "--json"))
    assert told["changes"] == [
        {"step": "main.bye", "text": 'words (en-US) were "Goodbye.", are "So long."', "callers": 0}
    ]
    assert (hotline / "data" / "fallback" / "fallback.xml").exists()


def test_a_broken_edit_never_replaces_a_good_version(hotline):
    first = run(publish).split()[1]
    edit(hotline, MENU.replace("then: bye", "then: byebye"))
    for word in (publish, diff):
        with pytest.raises(MenuRefused, match="byebye"):
            run(word)
    store = Store("", hotline / "data")
    assert store.versions.active().startswith(first)
    store.close()


def test_the_callers_who_came_through_a_changed_step_are_counted(hotline):
    run(publish)
    edit(hotline, OTHER)
    with voice_server(dict(os.environ)) as settings:
        carrier = Carrier(settings.account_sid, settings.auth_token)
        for _ in range(3):
            call = Call(carrier, Plan(f"{settings.public_url}/voice"))
            call.advance()
            call.silence()  # heard out
            assert call.heard_by()[-1] == "Goodbye."
    assert "main.bye  (3 callers)\n" in run(diff)
    assert "counted over 3 calls of the last 30 days\n" in run(diff)


def test_scenarios_can_be_demanded_before_a_publish(hotline):
    run(publish)
    edit(hotline, OTHER)
    with pytest.raises(IvrError, match="no scenarios"):
        run(publish, "--test")
    (hotline / "menus" / "tests").mkdir()
    scenario = hotline / "menus" / "tests" / "end.yaml"
    scenario.write_text("title: The end\nsteps:\n  - when: called\n  - when: silent\n    hears: [Goodbye.]\n")
    with pytest.raises(IvrError, match="1 of 1 scenarios did not pass"):
        run(publish, "--test")
    assert "no difference" not in run(diff)
    scenario.write_text(scenario.read_text().replace("Goodbye.", "So long."))
    assert "is in force" in run(publish, "--test")


def test_a_hotline_can_demand_that_its_scenarios_pass(hotline):
    run(publish)
    config = hotline / "config.yaml"
    config.write_text(config.read_text() + "publish: {test: yes}\n")
    with pytest.raises(IvrError, match="no scenarios"):
        run(publish)
    (hotline / "menus" / "tests").mkdir()
    scenario = hotline / "menus" / "tests" / "end.yaml"
    scenario.write_text("title: The end\nsteps:\n  - when: called\n  - when: silent\n    hears: [Goodbye.]\n")
    said = run(publish)
    assert "scenarios must pass before a publish was no, is yes" in said
    config.write_text(config.read_text().replace("publish: {test: yes}\n", ""))
    edit(hotline, OTHER)
    with pytest.raises(IvrError, match="1 of 1 scenarios did not pass"):
        run(publish)  # the version in force demands it still
    assert "is in force" in run(rollback, "--author", "Bo")
