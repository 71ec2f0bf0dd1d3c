"""The phone in the terminal and the player of scenarios, as people use them."""

from __future__ import annotations

import json
import os

import pytest
from click.testing import CliRunner
from rig.tables import with_tables

from ivr.commands import call as phone
from ivr.commands.test import command as play_scenarios
from ivr.credentials import keep_local
from ivr.errors import IvrError, SettingError
from ivr.menu.files import read_files
from ivr.publishing.publish import Author, publish
from ivr.simulator.acts import Agent, AgentDoes, AgentHangsUp, Awaiting, HangUp, Keys, Silence, Spoke, Talked
from ivr.simulator.scenario import read_scenario
from ivr.stage import NotStarted, voice_server
from ivr.store import Store

CONFIG = """
company: Nordlys
language: en-US
voices: {en-US: Polly.Joanna-Neural}
lines:
  care:
    {number: "+18005550100", zone: Europe/Copenhagen, start: main, person: main.desk, languages: [en-US], default: yes}
teams:
  desk: {name: the desk, by: ring, ring: ["+15005550101", "+15005550102"], hours: "Mo-Fr 08:00-18:00"}
kinds:
  complaint: {series: C, team: desk}
everywhere: {0: person}
failed: main.bye
always_on: ["+15005550109"]
"""
MENU = """
main:
  menu: Welcome to Nordlys.
  keys:
    1: a complaint -> statement
    2: a representative -> desk

statement:
  record: After the tone, tell us what happened.
  as: statement
  up_to: 1 min
  then: file

file:
  case: complaint
  fields: {statement: statement}
  words: Your reference is {case.number}.
  then: desk

desk:
  transfer: desk
  summary: A caller from the main menu.
  after: bye

bye:
  hang_up: Goodbye.
"""


@pytest.fixture
def hotline(tmp_path, monkeypatch):
    (tmp_path / "menus" / "tests").mkdir(parents=True)
    (tmp_path / "config.yaml").write_text(CONFIG)
    (tmp_path / "menus" / "main.yaml").write_text(MENU)
    for name, where in (("IVR_CONFIG", "config.yaml"), ("IVR_MENUS", "menus"), ("IVR_RECORDINGS", "recordings")):
        monkeypatch.setenv(name, str(tmp_path / where))
    return tmp_path


def test_a_call_made_at_the_keyboard_is_kept_and_passes_as_a_test(hotline):
    kept = hotline / "menus" / "tests" / "lost_caller.yaml"
    kept.parent.rmdir()  # it is made
    # menu, message of 8 s, first agent busy, second answers, takes, talks 20 s, hangs up
    typed = "9\n1\n8\nb\na\n1\n20\n\n"
    made = CliRunner().invoke(phone.command, ["--at", "2026-11-19 14:32", "--save", str(kept)], input=typed)
    assert made.exit_code == 0, made.output
    assert "playing the working copy (" in made.output
    for words in ("Welcome to Nordlys.", "Your reference is", "joined +15005550102", "Goodbye.", f"saved as {kept}"):
        assert words in made.output
    scenario = read_scenario(kept)
    assert [step.when for step in scenario.steps[:3]] == ["called", "pressed 9", "pressed 1"]
    kept.with_name("night.yaml").write_text(
        'title: At night nobody is rung\nat: "2026-11-19 23:10"\nsteps:\n  - when: called\n'
        "  - {when: pressed 2, hears_not: [dial], hears: [Goodbye], at: main.bye, ends: yes}\n"
        "  - {when: silent}\n"
    )
    kept.with_name("broken.yaml").write_text("title: t\nsteps: [called]\n")
    played = CliRunner().invoke(play_scenarios, ["--json"])
    told = json.loads(played.output)
    by_name = {one["path"].rpartition("/")[2]: one for one in told["scenarios"]}
    assert played.exit_code == 1
    assert (by_name["lost_caller.yaml"]["passed"], by_name["lost_caller.yaml"]["failures"]) == (True, [])
    assert "the call is over" in by_name["night.yaml"]["failures"][0]
    assert "a map belongs here" in by_name["broken.yaml"]["failures"][0]
    [coverage] = told["coverage"].values()
    assert "main.main exit silence" in coverage["missing"]
    assert "main.main key 1" not in coverage["missing"]


def test_a_case_and_a_place_are_read_from_the_records(hotline):
    path = hotline / "a.yaml"
    path.write_text(
        'title: A complaint\nat: "2026-11-19 14:32"\nagents: {everyone: takes}\n'
        "steps:\n  - {when: called, at: main.main}\n"
        "  - {when: pressed 1, at: main.statement, ends: no}\n"
        "  - {when: spoke 5 s and hung up, case: complaint, ends: yes}\n"
    )
    played = CliRunner().invoke(play_scenarios, [str(path)])
    assert (played.exit_code, "1 passed, 0 failed" in played.output) == (0, True), played.output
    assert "never: " not in played.output  # one scenario walks few ways; all of them together are judged


def test_a_hotline_with_errors_is_told_and_not_played(hotline):
    (hotline / "menus" / "main.yaml").write_text("main:\n  say: Hello.\n  then: nowhere\n")
    (hotline / "menus" / "tests" / "a.yaml").write_text("title: t\nsteps:\n  - when: called\n")
    played = CliRunner().invoke(play_scenarios, [])
    assert played.exit_code == 1
    assert "main.yaml:3" in played.output


def test_without_scenarios_the_command_says_where_they_belong(hotline):
    played = CliRunner().invoke(play_scenarios, [])
    assert isinstance(played.exception, IvrError)
    assert "menus/tests" in str(played.exception)


KEYS, AGENTS_KEYS = Awaiting("keys"), Awaiting("keys", "+15005550101")
VOICE, RING, TALK = Awaiting("voice"), Awaiting("ring", targets=("+15005550101",)), Awaiting("talk")


@pytest.mark.parametrize(
    ("typed", "awaiting", "act"),
    [
        ("12#", KEYS, Keys("12#", by="caller")),
        ("1", AGENTS_KEYS, Keys("1", by="agent")),
        ("", KEYS, Silence()),
        ("h", KEYS, HangUp()),
        ("h", AGENTS_KEYS, AgentHangsUp()),
        ("x", KEYS, None),
        ("8", VOICE, Spoke(8, "#")),
        ("8*", VOICE, Spoke(8, "*")),
        ("8h", VOICE, Spoke(8, "", True)),
        ("", VOICE, Silence()),
        ("eight", VOICE, None),
        ("t", RING, AgentDoes(Agent("takes", talks=None))),
        ("", RING, None),
        ("h", RING, HangUp()),
        ("", TALK, AgentHangsUp()),
        ("30", TALK, Talked(30)),
        ("long", TALK, None),
    ],
)
def test_what_is_typed_is_understood(typed, awaiting, act):
    assert phone.understand(typed, awaiting) == act


def test_an_agent_nobody_can_be_is_refused(hotline):
    made = CliRunner().invoke(phone.command, ["--agents", "sings"])
    assert "nobody knows how to 'sings'" in str(made.exception)


@pytest.fixture
def installed(hotline, monkeypatch):
    """An installation with the hotline published."""
    data = hotline / "data"
    for name in ("DATABASE_URL", "PUBLIC_URL", "PORT", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "IVR_SECRET_KEYS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("IVR_DATA", str(data))
    keep_local(data, os.environ)
    store = Store("", data)
    with_tables(store)
    files = read_files(hotline / "config.yaml", hotline / "menus", hotline / "recordings")
    version = publish(files, Author("test", ""), store, data).version
    yield version
    store.close()


def test_a_published_version_is_called_whatever_the_working_copy_says(hotline, installed):
    menu = hotline / "menus" / "main.yaml"
    menu.write_text(menu.read_text().replace("Welcome to Nordlys.", "A new greeting."))
    made = CliRunner().invoke(phone.command, ["--version", installed[:8]], input="h\n")
    assert "Welcome to Nordlys." in made.output, made.output
    unknown = CliRunner().invoke(phone.command, ["--version", "0000"], input="h\n")
    assert "0 versions begin with '0000'" in str(unknown.exception)


def test_a_server_that_runs_already_plays_the_working_copy_as_a_draft(hotline, installed):
    menu = hotline / "menus" / "main.yaml"
    with voice_server(os.environ) as settings:
        menu.write_text(menu.read_text().replace("Welcome to Nordlys.", "A new greeting."))
        made = CliRunner().invoke(
            phone.command, ["--url", settings.public_url], input="h\n", env={"PUBLIC_URL": settings.public_url}
        )
        assert "A new greeting." in made.output, made.output


def test_a_server_that_cannot_start_says_why(installed):
    with pytest.raises(SettingError), voice_server({**os.environ, "CONSOLE_PORT": "0"}):
        pass
    with pytest.raises(NotStarted), voice_server({**os.environ, "GUNICORN_CMD_ARGS": "--nonsense"}):
        pass
