"""Menus of other systems become ours: of our own making here, strangers' where they are at hand."""

from __future__ import annotations

import importlib
import json
import re

import pytest
from click.testing import CliRunner
from importing.others import FREESWITCH, SMALL, STRANGERS, TREE

from ivr.importing.hotline import Hotline, NotReadable, spoken
from ivr.importing.reading import detect, read_hotline
from ivr.importing.writing import files_of
from ivr.menu.compile import compile_hotline, errors


def remaining(hotline: Hotline) -> list[str]:
    """What `ivr check` refuses that the list does not announce."""
    compiled = compile_hotline({path: text.encode() for path, text in files_of(hotline).items()})
    announced = [one.text for one in hotline.findings if one.decide]
    return [str(one) for one in errors(compiled.problems) if not any(one.code in text for text in announced)]


def listed(hotline: Hotline) -> str:
    return "\n".join(map(str, hotline.findings))


@pytest.mark.parametrize("form", SMALL)
def test_a_small_menu_of_each_kind_compiles_and_is_recognised(form):
    hotline = read_hotline(SMALL[form])
    assert detect(SMALL[form]) == form
    files = {path: text.encode() for path, text in files_of(hotline).items()}
    compiled = compile_hotline(files)
    assert compiled.content is not None, [str(one) for one in compiled.problems]


def test_a_studio_flow_keeps_its_keys_ways_and_times():
    hotline = read_hotline(SMALL["studio"])
    menu = hotline.steps["ask_why"]
    assert menu["keys"]["1"]["then"] == "look"
    assert menu["keys"]["2"]["then"] == "bye"
    assert (menu["wait"], menu["tries"], menu["silence"], menu["wrong"]) == (
        "4 s",
        {"silence": 2, "wrong": 1},
        "bye",
        "bye",
    )
    assert hotline.steps["look"]["then"] == "queue"  # as if the request had failed
    assert "/states/3: decide: a request over HTTP (make-http-request) is 'look_up' or 'submit' here" in listed(hotline)
    assert "/states/1/properties/language: 'language' of Ask Why is not carried over: 'fr-CA'" in listed(hotline)
    assert "/states/3/properties/url" in listed(hotline)
    assert hotline.steps["bye"]["hang_up"] == 'Goodbye, you pressed {ask_why_keys or "…"}.'


def test_what_is_listed_stands_as_a_comment_at_its_step():
    hotline = read_hotline(SMALL["studio"])
    text = files_of(hotline)["menus/main.yaml"]
    above = text[: text.index("\nlook:")].rsplit("\n\n", 1)[1]
    assert "is 'look_up' or 'submit' here" in above


def test_a_freeswitch_menu_keeps_its_keys_and_names_the_line_of_what_is_left():
    hotline = read_hotline(FREESWITCH)
    front = hotline.steps["front"]
    assert front["keys"]["2"]["then"] == "back_room"
    assert (front["wait"], front["tries"]) == ("4 s", {"silence": 3, "wrong": 2})
    assert hotline.steps["back_room"]["keys"]["*"]["then"] == "top"
    assert re.search(r"line 6: decide: the pattern '/\^\(10\[0-9\]\)\$/'", listed(hotline))
    assert "line 2: 'confirm-key' is not carried over: '#'" in listed(hotline)
    assert ["+15005550101"] in hotline.teams.values()


def test_a_phone_tree_keeps_its_order_and_a_number_that_cannot_be_rung_is_listed():
    hotline = read_hotline(TREE)
    main = hotline.steps[hotline.start]
    assert [choice["for"] for choice in main["keys"].values()] == ["sales", "repairs"]
    assert hotline.steps["repairs"]["keys"]["1"]["for"] == "cars"
    assert "line 7: decide: team cars_team rang '555-0102'" in listed(hotline)
    assert "line 5: 'colour' is not carried over" in listed(hotline)


def test_a_rapidpro_flow_keeps_its_prompt_its_words_when_wrong_and_its_values():
    hotline = read_hotline(SMALL["rapidpro"])
    menu = hotline.steps[hotline.start]
    assert menu["menu"] == "Pick one or two."
    assert menu["reprompt"] == {"wrong": "Neither."}
    assert menu["keys"]["1"]["value"] == "One"
    assert 'You said {pick or "…"}. Bye.' in [step.get("hang_up") for step in hotline.steps.values()]
    assert "/nodes/1/router/cases/2: decide: the case has_text" in listed(hotline)
    assert "/nodes/3/actions/1: the action send_email" in listed(hotline)


def test_texts_of_theirs_cannot_become_values_or_yaml_of_ours():
    assert spoken("a {{flow.variables.x}} {b} {% if c %} @(d(e)) f", {"flow.variables.x": "x"}) == 'a {x or "…"} (b) f'
    nasty = json.loads(SMALL["studio"])
    nasty["states"][5]["properties"]["say"] = 'x"\n  evil: yes\n# {caller.number} \x00 : {{'
    nasty["states"][3]["type"] = "\n\nevil:\n  hang_up: x"
    hotline = read_hotline(json.dumps(nasty).encode(), "studio")
    assert "\nevil" not in files_of(hotline)["menus/main.yaml"]
    assert remaining(hotline) == []


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE x [<!ENTITY a "b">]><menu name="&a;"/>',
        b"<menu",
        b"<a>" * 100_000,
        b"[" * 1_000_000,
        b'{"states": [1]}',
        b'{"states": [{"name": "a", "type": "trigger", "transitions": 5}]}',
        b'{"flows": [{"type": "voice", "nodes": [{"router": []}, 7]}]}',
        b'{"flows": 7}',
        b'{"other": 7}',
        b"- just\n- a list\n",
        b"\xff\xfe\x00",
        b"",
        b"x" * 5_000_000,
    ],
)
def test_a_file_that_is_no_menu_is_refused_in_one_sentence(data):
    with pytest.raises(NotReadable) as refused:
        read_hotline(data)
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize("data", [b"<vxml><menu/></vxml>", b'{"Actions": []}', b"menus: [a]\n"])
def test_a_menu_of_another_system_is_led_to_the_pages_to_write_it_by(data):
    with pytest.raises(NotReadable) as refused:
        read_hotline(data)
    assert "by hand" in refused.value.hint


def test_the_example_of_the_command_checks_what_was_imported():
    command = importlib.import_module("ivr.commands.import").command
    assert "--config imported/config.yaml --menus imported/menus" in command.epilog


def test_the_command_writes_a_new_folder_and_never_over_files(tmp_path):
    command = importlib.import_module("ivr.commands.import").command
    file = tmp_path / "tree.yaml"
    file.write_bytes(TREE)
    done = CliRunner().invoke(command, [str(file), "--out", str(tmp_path / "new")], catch_exceptions=False)
    assert "which compiles" in done.output
    assert (tmp_path / "new/menus/main.yaml").exists()
    again = CliRunner().invoke(command, [str(file), "--out", str(tmp_path / "new")])
    assert "is there already" in str(again.exception)


@pytest.mark.shared
@pytest.mark.parametrize("name", STRANGERS)
def test_a_menu_of_strangers_compiles_or_all_that_stops_it_is_on_the_list(shared, name):
    hotline = read_hotline((shared / "corpus" / name).read_bytes())
    assert remaining(hotline) == []
    assert all(one.place for one in hotline.findings)


@pytest.mark.shared
@pytest.mark.parametrize("name", [name for name in STRANGERS if name.startswith("twilio")])
def test_every_state_of_a_strangers_flow_is_a_step(shared, name):
    data = (shared / "corpus" / name).read_bytes()
    states = [state for state in json.loads(data)["states"] if state["type"] != "trigger"]
    assert len(read_hotline(data).steps) == len(states)
