"""FreeSWITCH's menus: https://developer.signalwire.com/freeswitch/FreeSWITCH-Explained/Modules/mod_dptools_1970333 ."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from ivr.importing.hotline import HANG_UP, OTHERS, Hotline, NotReadable, spoken

CARRIED = frozenset(
    {
        "name",
        "greet-long",
        "greet-short",
        "exit-sound",
        "timeout",
        "max-failures",
        "max-timeouts",
    }
)
DEEPEST = 50


@dataclass(slots=True)
class Element:
    """An element with its line."""

    name: str
    line: int
    given: dict[str, str]
    inside: list[Element] = field(default_factory=list)


def parse(data: bytes) -> Element:
    """Read XML into elements; a document type, and with it every entity, is refused. NotReadable for what is wrong."""
    parser = expat.ParserCreate()
    root = Element("", 0, {})
    stack = [root]

    def begin(name: str, given: dict[str, str]) -> None:
        if len(stack) > DEEPEST:
            raise NotReadable(f"line {parser.CurrentLineNumber}: too deep")
        made = Element(name, parser.CurrentLineNumber, given)
        stack[-1].inside.append(made)
        stack.append(made)

    def refuse(*_: object) -> None:
        raise NotReadable(f"line {parser.CurrentLineNumber}: a document type is not read", hint="take <!DOCTYPE …> out")

    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda _name: stack.pop()
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise NotReadable(f"line {error.lineno}: {expat.ErrorString(error.code)}") from error
    return root


def read_freeswitch(data: bytes, hotline: Hotline) -> None:
    """Read every menu of a file; the first one begins."""
    waiting, menus = [parse(data)], []
    while waiting:
        here = waiting.pop(0)
        menus += [here] if here.name == "menu" else []
        waiting += here.inside
    menus = [menu for menu in menus if menu.given.get("name")]
    if not menus:
        raise NotReadable("no <menu name=…> of FreeSWITCH in it", hint=OTHERS)
    for menu in menus:
        hotline.name(menu.given["name"])
    hotline.start = hotline.name(menus[0].given["name"])
    known = {menu.given["name"] for menu in menus}
    for menu in menus:
        _menu(hotline, menu, known)


def _menu(hotline: Hotline, menu: Element, known: set[str]) -> None:
    step, given, place = hotline.name(menu.given["name"]), menu.given, f"line {menu.line}"
    keys = {}
    for entry in menu.inside:
        key, choice = _entry(hotline, step, entry, known)
        if key and key in keys:
            hotline.tell(
                f"line {entry.line}", f"the key {key} has a choice already; this one is left out", step, decide=True
            )
        elif key:
            keys[key] = choice
    goodbye = HANG_UP
    if given.get("exit-sound"):
        goodbye = hotline.name(f"exit {step}", f"{step[:30]}_goodbye")
        hotline.put(goodbye, hang_up=_said(hotline, goodbye, place, given["exit-sound"]))
    for name, value in given.items():
        if name not in CARRIED and value:
            hotline.tell(place, f"'{name}' is not carried over: {value!r}", step)
    if keys:
        hotline.tell(place, "the keys' words stand inside the prompt: move them to the keys, and drop 'silent'", step)
    seconds = max(1, round(_number(given, "timeout", 10_000) / 1000))
    tries = {"silence": _tries(given, "max-timeouts"), "wrong": _tries(given, "max-failures")}
    short = given.get("greet-short")
    hotline.put(
        step,
        menu=_said(hotline, step, place, given.get("greet-long", "")),
        keys=keys or {"0": {"silent": "yes", "to": "", "then": goodbye}},
        reprompt=_said(hotline, step, place, short) if short else None,
        wait=f"{seconds} s",
        tries=tries,
        failed=goodbye,
    )


def _entry(hotline: Hotline, step: str, entry: Element, known: set[str]) -> tuple[str, dict[str, str]]:
    """Read one entry as (key, choice); "" where it has no key of ours."""
    digits, action, given = entry.given.get("digits", ""), entry.given.get("action", ""), entry.given.get("param", "")
    place = f"line {entry.line}"
    if not re.fullmatch(r"[0-9*#]|[1-9][0-9]{1,9}", digits):
        text = f"the pattern {digits!r} ({action} {given}) is not carried over: see 'extension' and 'directories'"
        hotline.tell(place, text, step, decide=True)
        return "", {}
    if action == "menu-sub" and given in known:
        target = hotline.name(given)
    elif action in {"menu-top", "menu-back", "menu-exit"}:
        target = {"menu-top": "top", "menu-back": "back", "menu-exit": HANG_UP}[action]
    elif action == "menu-play-sound":
        target = hotline.name(f"entry {step} {digits}", f"{step[:28]}_key_{digits}")
        hotline.put(target, say=_said(hotline, target, place, given), then=step)
    elif action == "menu-exec-app" and given.split(" ")[0] in {"transfer", "bridge"}:
        target = _transfer(hotline, step, entry)
    else:
        target = hotline.name(f"entry {step} {digits}", f"{step[:28]}_key_{digits}")
        hotline.tell(place, f"the key {digits} did {action} {given!r}: that is not carried over", target, decide=True)
        hotline.put(target, say="This choice is still to be written.", then=step)
    return digits, {"silent": "yes", "then": target}


def _transfer(hotline: Hotline, step: str, entry: Element) -> str:
    digits, given = entry.given["digits"], entry.given["param"]
    place = f"line {entry.line}"
    target = hotline.name(f"entry {step} {digits}", f"{step[:28]}_key_{digits}")
    aim = given.split(" ")[1] if " " in given else given
    number = aim if re.fullmatch(r"\+[1-9]\d{6,14}", aim) else ""
    hotline.tell(place, f"the key {digits} led to {given!r}", target)
    team = hotline.team(f"{target[:30]}_team", [number] if number else [], place)
    hotline.put(target, transfer=team)
    return target


def _said(hotline: Hotline, step: str, place: str, sound: str) -> str:
    """Give the words of a sound: of `say:…` itself; any other waits for a person."""
    if sound.startswith("say:"):
        return spoken(sound.removeprefix("say:"), {}) or "Please choose."
    text = f"the sound {sound!r} is played: write its words, and record it under prompts"
    hotline.tell(place, text, step, decide=True)
    return f"The words of {step.replace('_', ' ')} are still to be written."


def _tries(given: dict[str, str], name: str) -> int:
    return max(1, min(20, _number(given, name, 3)))


def _number(given: dict[str, str], name: str, otherwise: int) -> int:
    text = given.get(name, "").strip()
    return int(text) if re.fullmatch(r"\d{1,7}", text) else otherwise
