"""`ivr callers` keeps, shows and forgets what menus know of a number."""

import json

import pytest
from click.testing import CliRunner

from ivr.commands.callers import command
from ivr.commands.prepare import command as prepare


@pytest.fixture
def run(tmp_path, monkeypatch, root):
    for name, folder in (("IVR_CONFIG", "config.yaml"), ("IVR_MENUS", "menus"), ("IVR_RECORDINGS", "recordings")):
        monkeypatch.setenv(name, str(root / folder))
    monkeypatch.setenv("IVR_DATA", str(tmp_path))
    assert CliRunner().invoke(prepare).exit_code == 0
    return lambda *words: CliRunner().invoke(command, words)


def test_what_is_set_is_shown_changed_and_forgotten(run):
    ada = "+14155550123"
    assert run("set", ada, "--name", "Ada", "--vip", "--list", "friends", "--tag", "solar").exit_code == 0
    told = run("set", ada, "--list", "refused", "--off", "friends").output
    assert told == "Ada, very important, on refused, tagged solar\n"
    shown = json.loads(run("show", ada, "--json").output)
    assert (shown["name"], shown["lists"], shown["facts"]["lists"]) == ("Ada", ["refused"], "refused")
    assert "0 calls this week, 0 open cases" in run("show", ada).output
    assert run("forget", ada).output == "forgotten\n"
    assert run("forget", ada).output == "nothing was kept\n"


def test_what_is_no_number_and_no_list_is_refused(run):
    assert run("set", "4155550123", "--vip").exit_code != 0
    assert run("set", "+14155550123", "--list", "My Friends").exit_code != 0
