"""What an import makes can be called: by a random caller until every call ends, and on the paths of the other menu."""

from __future__ import annotations

from random import Random

import pytest
import yaml
from drills.mutants.playing import play as play_at_random
from importing.others import SMALL, STRANGERS

from ivr.importing.hotline import Hotline
from ivr.importing.reading import read_hotline
from ivr.importing.writing import files_of
from ivr.menu.compile import compile_hotline
from ivr.simulator.play import play
from ivr.simulator.scenario import read_scenario
from ivr.stage import Files, Stage

CALLS = 200
RUNG = "+15005550101"

# A path: what a caller does, and where the call stands then ("" where it rings or has ended).
Path = list[tuple[str, str]]
PATHS: dict[str, dict[str, Path]] = {
    "twilio-studio/helpline-ca-main.json": {
        "English, silent in the introduction, then the queue": [
            ("called", "mainmenu"),
            ("pressed 1", "msg10006e_info"),
            ("silent", "msg60011e_inflight"),
            ("silent", "rings"),
        ],
        "English, the privacy message first": [
            ("called", "mainmenu"),
            ("pressed 1", "msg10006e_info"),
            ("pressed 5", "msg10010e_privacymsg"),
            ("silent", "msg60011e_inflight"),
            ("silent", "rings"),
        ],
        "French; whether somebody is there could not be looked up, so the queue": [
            ("called", "mainmenu"),
            ("pressed 2", "msg10006f_infomessage2"),
            ("silent", "inflightmessage_f"),
            ("silent", "rings"),
        ],
        "another language, to the interpreters": [
            ("called", "mainmenu"),
            ("pressed 4", "msg10006e_infootherlanguages"),
            ("silent", "msg60011i_inflight"),
            ("silent", "rings"),
        ],
        "an unknown key is counted, and the short menu follows": [
            ("called", "mainmenu"),
            ("pressed 7", "main_invalid"),
            ("silent", "mainmenub_retry"),
            ("pressed 3", "msg10006e_info"),
        ],
        "silence twice, and the call goes on in English": [
            ("called", "mainmenu"),
            ("silent", "main_invalid"),
            ("silent", "mainmenub_retry"),
            ("silent", "msg10006e_info"),
        ],
    },
    "twilio-studio/helpline-nz-hours-risk.json": {
        "at risk": [
            ("called", "play_message_voice_welcome"),
            ("silent", "gather_input"),
            ("pressed 1", "play_message_voice_prequeue"),
            ("silent", "rings"),
        ],
        "silent three times at the question": [
            ("called", "play_message_voice_welcome"),
            ("silent", "gather_input"),
            ("silent", "gather_input"),
            ("silent", "gather_input"),
            ("silent", "ended"),
        ],
    },
    "twilio-studio/visual-ivr-studio.json": {
        "yes; their function is not ours, so the question comes again": [
            ("called", "choice_visual_ivr"),
            ("pressed 1", "choice_visual_ivr"),
            ("silent", "choice_visual_ivr"),
        ],
        "no, then yes: there too the second answer is judged by the first, and the question comes again": [
            ("called", "choice_visual_ivr"),
            ("pressed 2", "error_choice_visual_ivr"),
            ("pressed 1", "error_choice_visual_ivr"),
        ],
    },
    "rapidpro/ivr_flow.json": {
        "neither, one, too large, a number, a recording, forwarded": [
            ("called", "ask_choice"),
            ("pressed 3", "ask_choice"),
            ("pressed 1", "ask_number"),
            ("pressed 101#", "ask_number"),
            ("pressed 56#", "ask_happy"),
            ("spoke 4 s", "you_said_i"),
            ("silent", "rings"),
        ],
    },
    "freeswitch/demo_ivr.xml": {
        "the menu below, back to the top, and a key that rings": [
            ("called", "demo_ivr"),
            ("pressed 6", "demo_ivr_submenu"),
            ("pressed *", "demo_ivr"),
            ("pressed 2", "rings"),
        ],
        "a key that nobody has": [("called", "demo_ivr"), ("pressed 8", "demo_ivr")],
    },
    "yaml-ivr/phone-tree-example.yaml": {
        "a person below a group": [("called", "main"), ("pressed 1", "group_1"), ("pressed 2", "rings")],
        "a person at once": [("called", "main"), ("pressed 3", "rings")],
        "silence": [("called", "main"), ("silent", "main"), ("silent", "main"), ("silent", "ended")],
    },
}


def decided(hotline: Hotline) -> Hotline:
    """Decide what the list leaves to a person and calls need: whom teams ring, and help for wrong keys too."""
    hotline.teams = {team: [RUNG] for team in hotline.teams}
    for one in hotline.findings:
        if one.text.startswith("wrong-left-alone"):
            hotline.steps[one.step]["wrong"] = hotline.steps[one.step]["silence"]
    return hotline


def walked(hotline: Hotline) -> None:
    compiled = compile_hotline({path: text.encode() for path, text in files_of(decided(hotline)).items()})
    assert compiled.content, "\n".join(map(str, compiled.problems))
    for number in range(CALLS):
        play_at_random(compiled.content, Random(number))


@pytest.mark.parametrize("form", SMALL)
def test_random_callers_of_an_imported_menu_come_to_an_end(form):
    walked(read_hotline(SMALL[form]))


@pytest.mark.shared
@pytest.mark.parametrize("name", STRANGERS)
def test_random_callers_of_a_strangers_menu_come_to_an_end(shared, name):
    walked(read_hotline((shared / "corpus" / name).read_bytes()))


@pytest.mark.shared
@pytest.mark.parametrize("name", STRANGERS)
def test_the_paths_of_a_strangers_menu_are_walked_in_ours(shared, tmp_path, name):
    for path, text in files_of(decided(read_hotline((shared / "corpus" / name).read_bytes()))).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    with Stage(Files.under(tmp_path)) as stage:
        for title, path in PATHS[name].items():
            written = tmp_path / "path.yaml"
            written.write_text(yaml.safe_dump(scenario(title, path)), encoding="utf-8")
            outcome = play(read_scenario(written), stage)
            assert outcome.passed, f"{title}: " + "\n".join(map(str, outcome.failures))
            stage.events(outcome.call)


def scenario(title: str, path: Path) -> dict:
    """A path as a scenario."""
    steps = []
    for when, then in path:
        seen = {"rings": {"hears": [f"dial {RUNG}"]}, "ended": {"ends": "yes"}}.get(then) or {"at": f"main.{then}"}
        steps.append({"when": when, **seen})
    return {"title": title, "steps": steps}
