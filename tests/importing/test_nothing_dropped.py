"""Every state, way, word and number of a file is in what an import makes of it, or on its list, at its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from importing.others import SMALL, STRANGERS, step_of

from ivr.importing.hotline import HANG_UP, SAFE, Hotline, spoken
from ivr.importing.reading import detect, read_hotline
from ivr.importing.writing import files_of

OURS = [pytest.param(data, id=form) for form, data in SMALL.items()]


def words_in(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def listed_at(hotline: Hotline, place: str, word: str = "") -> bool:
    return any((one.place + "/").startswith(place + "/") and word in one.text for one in hotline.findings)


def dropped(data: bytes) -> list[str]:
    """What is neither in the result nor on the list."""
    hotline = read_hotline(data)
    return list(DROPPED[detect(data)](data, hotline))


# --- Twilio Studio


def of_studio(data: bytes, hotline: Hotline) -> Iterator[str]:
    states = json.loads(data)["states"]
    by_name = {state["name"]: state for state in states}
    for number, state in enumerate(states):
        place = f"/states/{number}"
        if state["type"] == "trigger":
            for way in state.get("transitions", []):
                if way.get("next") and way["event"] != "incomingCall" and not listed_at(hotline, place, way["next"]):
                    yield f"{place}: {way}"
            continue
        step = step_of(hotline, state["name"])
        if step is None:
            yield f"{place}: {state['name']}"
            continue
        yield from (f"{place}: {one}" for one in ways_of_studio(hotline, place, state, by_name))
        for key, value in (state.get("properties") or {}).items():
            if value in (None, "", [], {}, False) or key == "offset" or listed_at(hotline, f"{place}/properties/{key}"):
                continue
            if not carried(key, value, step):
                yield f"{place}/properties/{key}: {value}"


def ways_of_studio(hotline: Hotline, place: str, state: dict, by_name: dict) -> Iterator[str]:
    step = words_in(step_of(hotline, state["name"]))
    for way in state.get("transitions", []):
        target = way.get("next")
        if not target or f'"{hotline.name(target)}"' in step or listed_at(hotline, place, target):
            continue
        split = by_name[target]  # its ways are those of the menu itself
        merged = way["event"] == "keypress" and all(
            not one.get("next") or f'"{hotline.name(one["next"])}"' in step for one in split.get("transitions", [])
        )
        if not merged:
            yield f"{way['event']} -> {target}"


def carried(key: str, value: Any, step: dict) -> bool:
    """Whether a property stands in the step, in our form."""
    return bool(CARRIED[key](value, step)) if key in CARRIED else False


CARRIED = {
    "say": lambda value, step: spoken(value, {})[:20] in words_in(step),
    "body": lambda value, step: spoken(value, {})[:20] in words_in(step),
    "timeout": lambda value, step: step.get("wait") == f"{value} s",
    "loop": lambda value, step: value == 1 or (step.get("tries") or {}).get("silence") == value,
    "number_of_digits": lambda value, step: (
        step.get("digits") == str(value) or all(len(one) <= value for one in step.get("keys", {}))
    ),
    "variables": lambda value, step: all(one["key"].lower() in words_in(step) for one in value),
    "max_length": lambda value, step: step.get("up_to") == f"{value} s",
    "to": lambda _, step: "transfer" in step,
    "input": lambda _, step: "decide" in step or "set" in step,
    "finish_on_key": lambda value, _: value == "#",  # ours too
    "stop_gather": lambda _, step: "menu" in step or "ask" in step,  # a key stops our prompts as well
}


# --- RapidPro


def of_rapidpro(data: bytes, hotline: Hotline) -> Iterator[str]:
    found = json.loads(data)
    number, flow = next(
        (n, one) for n, one in enumerate(found.get("flows", [found])) if one.get("type", "voice") == "voice"
    )
    start = f"/flows/{number}/nodes" if "flows" in found else "/nodes"
    everything = "\n".join(files_of(hotline).values())
    for at, node in enumerate(flow["nodes"]):
        for index, act in enumerate(node.get("actions") or []):
            place = f"{start}/{at}/actions/{index}"
            plain = re.split(r"@", act.get("text", ""))[0].strip()
            if not listed_at(hotline, place) and not (act["type"] == "say_msg" and plain[:30] in everything):
                yield f"{place}: {act}"
        router = node.get("router") or {}
        step = words_in(hotline.steps.get(hotline.name(node["uuid"]), {}))
        for target in ways_of_rapidpro(hotline, flow, node):
            if not listed_at(hotline, f"{start}/{at}", words_of(flow, target)[:20]):
                yield f"{start}/{at}: a way to {words_of(flow, target)[:40]}"
        for index, case in enumerate(router.get("cases") or []):
            given = [str(one) for one in case.get("arguments") or []]
            there = f'"{given[0]}": {{' in step if len(given) == 1 else " to ".join(given) in step
            dialled = (router.get("wait") or {}).get("type") == "dial" and '"transfer"' in step
            if not there and not dialled and not listed_at(hotline, f"{start}/{at}/router/cases/{index}"):
                yield f"{start}/{at}: {case}"


def ways_of_rapidpro(hotline: Hotline, flow: dict, node: dict) -> Iterator[str]:
    """The ways of a node that its step does not have."""
    ours = hotline.steps.get(hotline.name(node["uuid"]))
    for way in node.get("exits") or [] if ours else []:
        target = way.get("destination_uuid")
        if not target:
            continue
        prompt = f'"{hotline.name(prompt_of(flow, target))}"' in words_in(ours)
        again = words_of(flow, target)[:20] in words_in(ours)  # said when wrong, and asked again
        if f'"{hotline.name(target)}"' not in words_in(ours) and not prompt and not again:
            yield target


def words_of(flow: dict, uuid: str) -> str:
    node = next(one for one in flow["nodes"] if one["uuid"] == uuid)
    said = " ".join(act["text"] for act in node.get("actions") or [] if act["type"] == "say_msg")
    return re.split("@", said)[0].strip()


def prompt_of(flow: dict, uuid: str) -> str:
    """The node that waits behind one that speaks: its prompt became ours."""
    node = next(one for one in flow["nodes"] if one["uuid"] == uuid)
    return (node.get("exits") or [{}])[0].get("destination_uuid") or uuid


# --- FreeSWITCH


def of_freeswitch(data: bytes, hotline: Hotline) -> Iterator[str]:
    for menu in ET.fromstring(data).iter("menu"):
        step = hotline.steps[hotline.name(menu.get("name", ""))]
        for entry in menu.iter("entry"):
            digits = entry.get("digits", "")
            pattern = not re.fullmatch(r"[0-9*#]+", digits)
            if digits not in step["keys"] and not any(pattern and digits in one.text for one in hotline.findings):
                yield f"entry {digits}"
            if entry.get("action") == "menu-exec-app" and not any(
                entry.get("param", "") in one.text for one in hotline.findings
            ):
                yield f"entry {digits}: {entry.get('param')}"
        for name, value in menu.attrib.items():
            said = value.removeprefix("say:")
            there = said in words_in(list(hotline.steps.values())) or any(value in one.text for one in hotline.findings)
            ours = {"name", "timeout", "max-failures", "max-timeouts"}
            if name not in ours and not there and not any(f"'{name}'" in one.text for one in hotline.findings):
                yield f"{menu.get('name')} {name}={value}"


# --- phone trees


def of_phone_tree(data: bytes, hotline: Hotline) -> Iterator[str]:
    rung = [number for numbers in hotline.teams.values() for number in numbers]
    told = "\n".join(map(str, hotline.findings))
    spoken_words = {choice["for"] for step in hotline.steps.values() for choice in step.get("keys", {}).values()}

    def walk(node: dict) -> Iterator[str]:
        for option in node.get("options", []):
            number = str(option.get("number", ""))
            if option["name"] not in spoken_words and option["name"] not in told:
                yield option["name"]
            if number and number not in rung and number not in told:
                yield f"{option['name']}: {number}"
            yield from (key for key in option if key not in {"name", "number", "options"} and f"'{key}'" not in told)
            yield from walk(option)

    yield from walk(yaml.load(data, yaml.BaseLoader))


DROPPED = {"studio": of_studio, "rapidpro": of_rapidpro, "freeswitch": of_freeswitch, "phone-tree": of_phone_tree}


@pytest.mark.parametrize("data", OURS)
def test_nothing_of_a_small_menu_is_dropped_in_silence(data):
    assert dropped(data) == []


@pytest.mark.shared
@pytest.mark.parametrize("name", STRANGERS)
def test_nothing_of_a_strangers_menu_is_dropped_in_silence(shared, name):
    assert dropped((shared / "corpus" / name).read_bytes()) == []


@pytest.mark.parametrize("data", OURS)
def test_every_step_that_is_made_is_led_to_or_said_to_be_new(data):
    hotline = read_hotline(data)
    targets = {SAFE, HANG_UP, "top", "back", hotline.start}
    everything = words_in(list(hotline.steps.values()))
    assert [step for step in hotline.steps if step not in targets and f'"{step}"' not in everything] in ([], ["split"])
