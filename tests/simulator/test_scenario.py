"""Scenarios: read strictly, played by one runner, kept from a call."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.errors import IvrError
from ivr.simulator.acts import Agent, AgentDoes, AgentHangsUp, HangUp, Keys, Silence, Spoke, Talked
from ivr.simulator.call import Call, Plan
from ivr.simulator.carrier import Carrier
from ivr.simulator.keep import Notebook, steady
from ivr.simulator.play import play
from ivr.simulator.scenario import ScenarioRefused, read_scenario
from ivr.simulator.whens import written
from tests.simulator.conftest import ACCOUNT, TOKEN

WHOLE = """
title: A wrong key, then reception
line: care
caller: withheld
at: "2026-11-19 14:32"
flags: {storm: on}
facts: {team.care.open: no, caller.calls_this_week: 3, team.care.free: 0, caller.name: "007",
        caller.language: da-DK, number.doubt: unknown}
agents:
  "+15005550101": takes
  everyone: {does: is busy, after: 8 s}
leaves: 2 min
steps:
  - when: called
    hears: [ask Press 2 for reception.]
    in: en-US
  - {when: "pressed #", hears_not: [Goodbye], at: main.main, ends: no}
  - when: spoke 8 s and hung up
    heard_by_agent: ["ask A complaint, waiting"]
    case: complaint
    ends: yes
"""


@pytest.fixture
def written_down(tmp_path):
    def write(text: str) -> Path:
        path = tmp_path / "a.yaml"
        path.write_text(text)
        return path

    return write


def test_a_whole_scenario_is_read(written_down):
    scenario = read_scenario(written_down(WHOLE))
    assert (scenario.caller, scenario.leaves, scenario.moment) == ("anonymous", 120.0, "2026-11-19 14:32")
    assert scenario.facts == {
        "team.care.open": False,
        "caller.calls_this_week": 3,
        "team.care.free": 0,
        "caller.name": "007",
        "caller.language": "da-DK",
        "number.doubt": None,
        "flag.storm": True,
    }
    assert scenario.agents == {"+15005550101": Agent("takes"), "everyone": Agent("busy", after=8)}
    assert scenario.steps[1].acts == (Keys("#", by="caller"),)
    assert (scenario.steps[2].acts, scenario.steps[2].line) == ((Spoke(8, hangs_up=True),), 18)


HEAD = "title: t\nsteps:\n  - when: called\n"


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("", 0, "empty"),
        ("title: [\n", 2, "not readable YAML"),
        ("- a\n", 1, "a map belongs here"),
        ("title: t\n", 1, "'steps' is missing"),
        ("title: t\ntitle: u\nsteps: []\n", 2, "twice"),
        ("title: t\nsteps:\n  - when: pressed 1\n", 3, "the first step is"),
        ("title: t\nwho: me\nsteps: []\n", 2, "'who' is no key here"),
        ("title: t\nsteps: called\n", 2, "a list belongs here"),
        (HEAD + "  - hears: [a]\n", 4, "'when' is missing"),
        (HEAD + "  - when: pressed #\n", 4, "nobody knows how to do 'pressed'"),
        (HEAD + "  - when: shouted\n", 4, "nobody knows how to do 'shouted'"),
        (HEAD + "  - {when: silent, hears: [{a: b}]}\n", 4, "a text belongs here"),
        (HEAD + "  - {when: silent, ends: maybe}\n", 4, "neither yes nor no"),
        (HEAD + "  - {when: silent, ends: }\n", 4, "a text is missing"),
        (HEAD + "agents: {everyone: sings}\n", 4, "be rung and 'sings'"),
        (HEAD + "leaves: soon\n", 4, "no time"),
        ("title: &a t\nsteps: *a\n", 0, "alias"),
        ("title: " + "[" * 3000 + "]" * 3000, 0, "too deep"),
        ("title:\n" + "".join(f"{' ' * depth}a:\n" for depth in range(1, 600)), 0, "too deep"),
        ("title: " + "a" * 300_000, 0, "too large"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_line(written_down, text, line, why):
    with pytest.raises(ScenarioRefused) as refused:
        read_scenario(written_down(text))
    assert why in str(refused.value)
    if line:
        assert f"a.yaml:{line}:" in str(refused.value)


def test_a_misspelt_key_gets_a_hint(written_down):
    with pytest.raises(ScenarioRefused) as refused:
        read_scenario(written_down(HEAD + "  - {when: silent, hear: [a]}\n"))
    assert refused.value.hint == "did you mean 'hears'?"


class Desks:
    """A stage over the desk of canned documents: it has no records, so it says what the test wants."""

    def __init__(self, desk, place="", cases=()):
        self.desk, self.standing, self.opened = desk, place, cases

    def begin(self, scenario):
        return Carrier(ACCOUNT, TOKEN), self.desk.url + "/voice"

    def place(self, call):
        return self.standing

    def agents_leg(self, call, target):
        return self.desk.url + "/offer", self.desk.url + "/status"

    def cases(self, call):
        return self.opened

    def outbox(self, call):
        return ()


@pytest.fixture
def menu(desk):
    listening = '<Gather numDigits="1" finishOnKey="" actionOnEmptyResult="true" action="/key">'
    desk.say("/voice", f'{listening}<Say language="da-DK">For doubts, press 1.</Say><Say>Press 2.</Say></Gather>')
    desk.say("/key", '<Dial action="/end"><Number url="/whisper">+15005550101</Number></Dial>')
    desk.say("/whisper", '<Gather numDigits="1" action="/take"><Say>A call.</Say></Gather><Hangup/>')
    desk.say("/take", "<Say>A bill.</Say>")
    desk.say("/end", "<Hangup/>")
    return desk


def run(desk, written_down, steps, **stage):
    scenario = read_scenario(written_down("title: t\n" + steps))
    return [failure.why for failure in play(scenario, Desks(desk, **stage)).failures]


def test_a_call_that_goes_as_written_passes(menu, written_down):
    steps = """
steps:
  - {when: called, hears: ["ask For doubts, press 1.", "Press 2"], hears_not: [Goodbye], at: main.main, ends: no}
  - {when: pressed 2, hears: [dial +1500]}
  - {when: agent answers, heard_by_agent: [A call]}
  - {when: agent presses 1, heard_by_agent: [say A bill], case: complaint}
  - when: talked 60 s
  - {when: agent hangs up, hears: [hangup], ends: yes}
"""
    assert run(menu, written_down, steps, place="main.main", cases=("complaint",)) == []


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ("{when: called, hears: [Press 9]}", "the caller does not hear 'Press 9'"),
        ("{when: called, hears: [Press 2, For doubts]}", "the caller does not hear 'For doubts'"),
        ("{when: called, hears: [say Press 2]}", "the caller does not hear 'say Press 2'"),
        ("{when: called, hears_not: [Press 2]}", "must not be"),
        ("{when: called, in: da-DK}", "spoken in en-US"),
        ("{when: called, ends: yes}", "the call goes on, waiting for keys"),
        ("{when: called, at: main.other}", "the call stands at 'main.main'"),
        ("{when: called, case: doubt}", "no case 'doubt' was opened (cases: none)"),
        ("{when: called, heard_by_agent: [A call]}", "the agent does not hear"),
    ],
)
def test_a_call_that_goes_another_way_says_where(menu, written_down, step, why):
    [failure] = run(menu, written_down, f"steps:\n  - {step}\n", place="main.main")
    assert why in failure


def test_what_cannot_be_done_ends_the_scenario_there(menu, written_down):
    steps = "steps:\n  - when: called\n  - when: spoke 3 s\n  - {when: silent, hears: [never]}\n"
    [failure] = run(menu, written_down, steps)
    assert "keys are listened for" in failure


def test_the_callers_keys_do_not_reach_the_agents_phone(menu, written_down):
    steps = "steps:\n  - when: called\n  - when: pressed 1\n  - when: agent answers\n  - when: pressed 1\n"
    [failure] = run(menu, written_down, steps)
    assert "not the caller's phone" in failure


def test_a_complaint_of_the_carrier_fails_the_scenario(desk, written_down):
    desk.say("/voice", "<Speak>a</Speak>")
    [failure] = run(desk, written_down, "steps:\n  - when: called\n")
    assert "12200" in failure


def test_a_played_call_written_down_passes_when_it_is_played_again(menu, tmp_path):
    call = Call(Carrier(ACCOUNT, TOKEN), Plan(menu.url + "/voice"))
    notebook = Notebook('A call with a "quote"', {"line": "care"})
    notebook.note(None, call.advance(), call.over)
    for act in (
        Keys("2"),
        AgentDoes(Agent("answers", talks=None)),
        Keys("1", by="agent"),
        Talked(30),
        HangUp(),
    ):
        notebook.note(act, call.act(act), call.over)
    path = tmp_path / "kept.yaml"
    notebook.save(path)
    scenario = read_scenario(path)
    assert (scenario.title, scenario.line) == ('A call with a "quote"', "care")
    assert play(scenario, Desks(menu)).failures == []
    with pytest.raises(IvrError, match="exists already"):
        notebook.save(path)


@pytest.mark.parametrize(
    "act",
    [
        Keys("1*#", by="caller"),
        Keys("1", 2.5, "caller"),
        Keys("1", by="agent"),
        Silence(),
        Spoke(8, "#"),
        Spoke(8),
        Spoke(8, hangs_up=True),
        HangUp(),
        AgentHangsUp(),
        AgentDoes(Agent("takes", talks=None), "+15005550101"),
        AgentDoes(Agent("hangs_up", talks=None)),
        Talked(60),
    ],
)
def test_what_is_written_is_read_as_the_same(written_down, act):
    scenario = read_scenario(written_down(f'title: t\nsteps:\n  - when: called\n  - when: "{written(act)}"\n'))
    assert scenario.steps[1].acts == (act,)


def test_a_reference_is_kept_without_its_number():
    assert steady("say Your reference is C, 1, 0, 4, 2.") == "say Your reference is"
    assert steady("say Your reference is C T 1 0 0 1 5. Goodbye.") == "say Your reference is"
    assert steady("ask For doubts, press 1.") == "ask For doubts, press 1."
    assert steady("dial +15005550101") == "dial +15005550101"
    assert steady("play http://h/audio/ab.wav") == "play"
