"""The menu of the staff's own line: ordinary steps, and those of ``ivr/engine/staff.py``, made of our own phrases.

It is added to a version after the checks: no word of it is the hotline's, so there is nothing in it to be mended.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ivr.engine.staff import (
    AREA,
    DAY,
    DEED,
    FLAG,
    NUMBER,
    PIN,
    PROMPT,
    TIME,
    UNTIL,
    WORDS,
    Approve,
    CheckPin,
    Dictate,
    Order,
    SetEnd,
    TellOn,
)
from ivr.engine.tree import (
    AGAIN,
    Ask,
    Branch,
    Choice,
    Decide,
    Extension,
    HangUp,
    Line,
    Menu,
    Say,
    Step,
    Template,
    Tree,
    Words,
)
from ivr.menu.config import STAFF_START

MAIN = f"{AREA}.main"
UP_TO = 60  # seconds of an announcement or a prompt
TRIES = 3  # of number and PIN in one call
_CLOCKS = tuple(f"{hour}{tens}?" for hour in ("0?", "1?", "20", "21", "22", "23") for tens in range(6))
_TYPES = {FLAG: "choice", UNTIL: "choice", PROMPT: "choice", DAY: "date", NUMBER: "digits", WORDS: "recording"}
_FLAG = re.compile(r"\bflag\.([a-z][a-z0-9_]*)")


@dataclass(frozen=True, slots=True)
class Desk:
    """What the staff's menu is made of."""

    tree: Tree  # of the callers
    lines: Mapping[str, Line]  # of the staff
    prompts: Mapping[str, Words] = field(default_factory=dict)  # name of a recording -> what it speaks

    @property
    def languages(self) -> list[str]:
        """The languages that these lines speak, those of callers among them: prompts are recorded in one of them."""
        return list(dict.fromkeys(language for line in self.lines.values() for language in line.languages))

    def say(self, name: str) -> Words:
        """Give one of our phrases in every language."""
        spoken = {*self.languages, self.tree.language}
        return Words({language: self.tree.phrases[language][name] for language in spoken})

    def flags(self) -> dict[str, Words]:
        """Name the flags that may be switched: those that close, and those that some condition reads."""
        said = self.say("staff_emergency")
        found = {"emergency": said}
        for team in self.tree.teams.values():
            texts = {tag: (*text, " ", *_text(team.name, tag, self.tree.language)) for tag, text in said.texts.items()}
            found[f"emergency.{team.id}"] = Words(texts)
        for name in sorted({name for text in _conditions(self.tree) for name in _FLAG.findall(text)}):
            found.setdefault(name, Words({self.tree.language: (name.replace("_", " "),)}))
        return found


def add_staff(tree: Tree, lines: Mapping[str, Line], prompts: Mapping[str, Words]) -> Tree:
    """Add the staff's lines and their menu to a tree; `prompts` are the texts that may be recorded, by name."""
    if not lines:
        return tree
    desk = Desk(tree, lines, prompts)
    steps = {step.id: step for step in _steps(desk)}
    labels = {FLAG: desk.flags(), PROMPT: dict(prompts)}
    return replace(
        tree,
        steps={**tree.steps, **steps},
        lines={**tree.lines, **lines},
        types={**tree.types, **_TYPES},
        labels={**tree.labels, **labels},
        secrets=tree.secrets | {PIN},
    )


def numbered(names: Iterable[str]) -> dict[str, str]:
    """Give each prompt a number of four digits that stays the same while others come and go: number -> name."""
    made: dict[str, str] = {}
    for name in sorted(names):
        place = zlib.crc32(name.encode()) % 9000
        while str(1000 + place) in made:
            place = (place + 1) % 9000
        made[str(1000 + place)] = name
    return made


def _text(words: Words, language: str, otherwise: str) -> Template:
    return words.texts.get(language) or words.texts[otherwise]


def _conditions(tree: Tree) -> Iterable[str]:
    for step in tree.steps.values():
        if isinstance(step, Menu):
            yield from (choice.condition for choice in step.choices)
        if isinstance(step, Decide):
            yield from (branch.condition for branch in step.branches)


def _at(name: str) -> str:
    return f"{AREA}.{name}"


def _steps(desk: Desk) -> list[Step]:
    return [*_door(desk), *_hall(desk), *_switching(desk), *_ends(desk), *_air(desk), *_recording(desk)]


def _menu(desk: Desk, step: str, prompt: str, choices: Iterable[Choice], **more: Any) -> Menu:
    """Make a menu: * goes back to what can be done, and no key of `everywhere` leads among the callers."""
    own = (*choices, Choice("*", MAIN))
    kind = more.pop("kind", Menu)
    made: Menu = kind(
        id=_at(step),
        prompt=desk.say(prompt),
        choices=own,
        exits={"silence": _at("bye"), "wrong": _at("bye")},
        off=tuple(desk.tree.everywhere),
        announce=False,
        **more,
    )
    return made


def _door(desk: Desk) -> list[Step]:
    """Ask for a language, a number and a PIN."""
    first: Step = Decide(id=STAFF_START, branches=(), next=_at("number"))
    if len(desk.languages) > 1:
        offered = [_language(desk, place, language) for place, language in enumerate(desk.languages, 1)]
        menu = _menu(desk, "language", "staff_language", offered)
        exits = {"silence": _at("number"), "wrong": _at("bye")}
        first = replace(menu, choices=menu.choices[:-1], exits=exits, silences=1)
    exits = {"silence": _at("bye"), "wrong": _at("bye")}
    number = Ask(
        id=_at("number"),
        prompt=desk.say("staff_number"),
        name=NUMBER,
        shortest=4,
        longest=4,
        next=_at("pin"),
        exits=exits,
        at_most=TRIES + 1,
        too_often=_at("bye"),
    )
    prompt = desk.say("staff_pin")
    pin = Ask(
        id=_at("pin"), prompt=prompt, name=PIN, shortest=6, longest=6, secret=True, next=_at("check"), exits=exits
    )
    ways = {"refused": _at("refused"), "failed": _at("cannot")}
    check = CheckPin(id=_at("check"), words=desk.say("staff_moment"), exits=ways, next=MAIN)
    refused = Say(id=_at("refused"), text=desk.say("staff_refused"), skip=False, next=_at("number"))
    cannot = HangUp(id=_at("cannot"), farewell=desk.say("staff_cannot"))
    bye = HangUp(id=_at("bye"), farewell=desk.say("staff_bye"))
    return [first, number, pin, check, refused, cannot, bye]


def _language(desk: Desk, place: int, language: str) -> Choice:
    """Offer a language by its own name; one that the carrier cannot speak by its tag: its prompts are recorded."""
    if language in desk.tree.voices:
        words = Words({language: desk.tree.phrases[language]["staff_this_language"]}, language=language)
    else:
        words = Words({desk.tree.language: (language,)}, language=desk.tree.language)
    return Choice(str(place), _at("number"), words, language=language)


def _hall(desk: Desk) -> list[Step]:
    """Offer what can be done."""
    deeds = [("hear", "on"), ("flag", "flags"), ("air", "speak"), ("off_air", "confirm_off_air")]
    deeds += [("prompt", "which")] if desk.prompts else []
    choices = [
        Choice(str(place), _at(target), desk.say(f"staff_{deed}"), "to", deed)
        for place, (deed, target) in enumerate(deeds, 1)
    ]
    hall = _menu(desk, "main", "staff_main", choices, name=DEED)
    return [hall, TellOn(id=_at("on"), flags=desk.flags(), next=MAIN)]


def _confirm(desk: Desk, name: str, target: str) -> Menu:
    """Read an order back; 1 has it done."""
    choices = (Choice("1", _at(target), desk.say("staff_yes"), "to"), Choice("2", MAIN, desk.say("staff_no"), "to"))
    return _menu(desk, name, f"staff_{name}", choices)


def _order(desk: Desk, what: str, said: str = "staff_done") -> Order:
    return Order(id=_at(what), what=what, words=desk.say(said), next=MAIN)


def _switching(desk: Desk) -> list[Step]:
    """Choose a flag, and switch it."""
    flags = desk.flags()
    width = len(str(len(flags)))
    choices = [
        Choice(f"{place:0{width}}", _at("until"), words, "for", flag)
        for place, (flag, words) in enumerate(flags.items(), 1)
    ]
    return [
        _menu(desk, "flags", "staff_flags", choices, name=FLAG),
        _confirm(desk, "confirm_on", "switch_on"),
        _confirm(desk, "confirm_off", "switch_off"),
        _order(desk, "switch_on"),
        _order(desk, "switch_off"),
    ]


def _ends(desk: Desk) -> list[Step]:
    """Choose until when."""
    is_flag = f'{DEED} == "flag"'
    choices = [
        Choice("1", _at("end"), desk.say("staff_hour"), "for", "hour"),
        Choice("2", _at("end"), desk.say("staff_tonight"), "for", "tonight"),
        Choice("3", _at("time"), desk.say("staff_keyed"), "for", "keyed"),
        Choice("4", _at("confirm_off"), desk.say("staff_off"), "to", "off", condition=is_flag),
    ]
    exits = {"silence": _at("bye"), "wrong": _at("bye")}
    return [
        _menu(desk, "until", "staff_until", choices, name=UNTIL),
        Ask(
            id=_at("time"),
            prompt=desk.say("staff_time"),
            name=TIME,
            shortest=4,
            longest=4,
            check=f"pattern:{'|'.join(_CLOCKS)}",
            next=_at("end"),
            exits=exits,
        ),
        SetEnd(id=_at("end"), exits={"wrong": _at("until")}, next=_at("whose")),
        Decide(id=_at("whose"), branches=(Branch(is_flag, _at("confirm_on")),), next=_at("confirm_air")),
    ]


def _dictate(desk: Desk, name: str, prompt: str, target: str) -> Dictate:
    exits = {"silence": MAIN}
    return Dictate(id=_at(name), prompt=desk.say(prompt), name=WORDS, up_to=UP_TO, exits=exits, next=_at(target))


def _approve(desk: Desk, name: str, again: str, target: str) -> Menu:
    choices = (
        Choice("1", _at(target), desk.say("staff_keep"), "to"),
        Choice("2", _at(again), desk.say("staff_again"), "to"),
        Choice("3", AGAIN, desk.say("staff_once_more"), "to"),
    )
    return _menu(desk, name, "staff_right", choices, kind=Approve, words=desk.say("staff_heard"))


def _air(desk: Desk) -> list[Step]:
    """Record an announcement and put it on the air; take it off."""
    return [
        _dictate(desk, "speak", "staff_speak", "announcement"),
        _approve(desk, "announcement", "speak", "until"),
        _confirm(desk, "confirm_air", "put_on_air"),
        _order(desk, "put_on_air"),
        _confirm(desk, "confirm_off_air", "take_off_air"),
        _order(desk, "take_off_air"),
    ]


def _recording(desk: Desk) -> list[Step]:
    """Record a prompt by its number."""
    if not desk.prompts:
        return []
    entries = numbered(desk.prompts)
    which = _menu(desk, "which", "staff_which", ())
    return [
        replace(which, extension=Extension(entries, PROMPT, _at("read"), _at("unknown"))),
        Say(id=_at("unknown"), text=desk.say("staff_unknown"), next=_at("which")),
        _dictate(desk, "read", "staff_read", "reading"),
        _approve(desk, "reading", "read", "keep_prompt"),
        _order(desk, "keep_prompt", "staff_kept"),
    ]
