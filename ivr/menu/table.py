"""The menu language as one table: every deed, the keys it takes, and the exits it can leave by.

A new deed is a new entry here, a builder in `ivr.menu.build` and a heading in docs/menu-language.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ivr.menu import hearing, items, kinds, outside, recipients, shapes, surveys, waits
from ivr.menu.choices import choices, extension, silence
from ivr.menu.maps import Option, Options, as_map, entries, read_map
from ivr.menu.problems import shown
from ivr.menu.scope import Scope, Text, Use
from ivr.menu.source import Mapping, Node, Scalar, Sequence


@dataclass(frozen=True, slots=True)
class Deed:
    """What one kind of step takes."""

    value: kinds.Read
    options: Options
    listens: bool = False
    exits: tuple[str, ...] = ()  # exits that must lead somewhere
    next: str = "then"  # the key that says where next; "" where there is none
    default: str = ""  # where next if that key is missing; "" makes it needed
    own: dict[str, kinds.Read] = field(default_factory=dict)  # exits that this deed reads its own way


def _tries(scope: Scope, node: Node) -> dict[str, int] | None:
    """Read `3`, or `{silence: 1, wrong: 3}`."""
    count = kinds.whole(1, 20)
    if isinstance(node, Mapping):
        return read_map(scope, node, {"silence": Option(count), "wrong": Option(count)}, "'tries'")
    number = count(scope, node)
    return None if number is None else {"silence": number, "wrong": number}


def _texts(scope: Scope, node: Node) -> tuple[Text, ...] | None:
    found: tuple[Text, ...] | None = kinds.listed(kinds.text)(scope, node)
    return found


def _reprompt(scope: Scope, node: Node) -> dict[str, tuple[Text, ...]] | None:
    """Read a text, a list by try, or `{silence: …, wrong: …}` of either; "" holds what is for both."""
    if isinstance(node, Mapping):
        return read_map(scope, node, {"silence": Option(_texts), "wrong": Option(_texts)}, "'reprompt'")
    found = _texts(scope, node)
    return None if found is None else {"": found}


def _at_most(scope: Scope, node: Node) -> tuple[int, str] | None:
    """Read `{3: target}`: the third entry goes there."""
    holder = as_map(scope, node, "'at_most'")
    found = entries(scope, holder) if holder else []
    if len(found) != 1:
        if holder:
            scope.notes.add("bad-number", holder, "'at_most' holds one number and one step", "write {3: step}")
        return None
    key, value = found[0]
    number = kinds.whole(1, 100)(scope, key)
    aim = kinds.target(scope, value)
    return None if number is None or aim is None else (number, aim)


def _recording(scope: Scope, node: Node) -> str | None:
    """Read the name of a recording that several steps share: `area.step`."""
    found = kinds.scalar(scope, node, "a recording's name")
    if found is None or re.fullmatch(r"[\w-]+(\.[\w-]+)+", found.text):
        return found.text if found else None
    said = f"{shown(found.text)} is not a recording's name"
    scope.notes.add("bad-name", found, said, "recordings are named area.step, without .wav")
    return None


def _between(scope: Scope, node: Node) -> tuple[float, float] | None:
    """Read `1 to 100`, with decimals where an amount is asked."""
    found = kinds.scalar(scope, node, "a range such as 1 to 100")
    match = re.fullmatch(r"(\d{1,12}(?:\.\d{1,2})?) to (\d{1,12}(?:\.\d{1,2})?)", found.text) if found else None
    if match and float(match[1]) <= float(match[2]):
        return float(match[1]), float(match[2])
    if found:
        fix = scope.notes.replace(found, f"{match[2]} to {match[1]}") if match else None
        scope.notes.add("bad-number", found, f"{shown(found.text)} is no range", "write 1 to 100", fix=fix)
    return None


def _check(scope: Scope, node: Node) -> str | None:
    """Read `luhn`, `date`, `pattern 12??` or `same as name`; the engine's form has a colon."""
    found = kinds.scalar(scope, node, "a check")
    if found is None or found.text in ("luhn", "date"):
        return found.text if found else None
    word, _, rest = found.text.partition(" ")
    if word == "pattern" and re.fullmatch(r"[0-9?| ]{1,80}", rest.strip()):
        return f"pattern:{rest.strip()}"
    if found.text.startswith("same as ") and kinds.NAME.fullmatch(found.text[8:].strip()):
        name = found.text[8:].strip()
        scope.uses.append(Use(scope.step, f"={name}", found, safe=False))
        return f"same:{name}"
    said = f"{shown(found.text)} is not a check"
    scope.notes.unknown("unknown-word", found, said, ["luhn", "date", "pattern 00??", "same as name"])
    return None


def _ends(scope: Scope, node: Node) -> str | None:
    found = kinds.scalar(scope, node, 'a key such as "#"')
    if found is None or found.text in ("#", "*"):
        return found.text if found else None
    fix = scope.notes.replace(found, '"#"')
    scope.notes.add("bad-key", found, f"{shown(found.text)} cannot end an answer", 'write "#" or "*"', fix=fix)
    return None


def _offer(scope: Scope, node: Node) -> str | None:
    read: str | None = kinds.pick("caller.number")(scope, node)
    return read


def _fields(scope: Scope, node: Node) -> dict[str, str] | None:
    """Read `{field: name}`; a name that has no value in this call leaves the field empty."""
    holder = as_map(scope, node, "'fields'")
    made: dict[str, str] = {}
    for key, value in entries(scope, holder) if holder else ():
        name = kinds.written(scope, value)
        if kinds.name(scope, key) and name is not None:
            scope.uses.append(Use(scope.step, name.text, name, safe=True))
            made[key.text] = name.text
    return made


def _branches(scope: Scope, node: Node) -> list[tuple[str, str]] | None:
    """Read the list of a `decide`."""
    if not isinstance(node, Sequence):
        scope.notes.add(
            "not-a-list", node, "'decide' is a list of branches", "write '- {if: …, then: …}' lines below it"
        )
        return None
    options = {"if": Option(kinds.condition, needed=True), "then": Option(kinds.target, needed=True)}
    found = [read_map(scope, item, options, "a branch") for item in node.items]
    if not found:
        scope.notes.add("no-value", node, "'decide' has no branches", "write '- {if: …, then: …}' lines below it")
    return [(branch["if"], branch["then"]) for branch in found if "if" in branch and "then" in branch]


def _values(scope: Scope, node: Node) -> dict[str, Scalar | Text] | None:
    """Read the names and values of a `set`."""
    holder = as_map(scope, node, "'set'")
    made: dict[str, Any] = {}
    for key, value in entries(scope, holder) if holder else ():
        if key.text == "language":
            language = kinds.language(scope, value)
            if language and isinstance(value, Scalar):
                made["language"] = Text(value, (language,))
        elif kinds.name(scope, key):
            found = kinds.text(scope, value)
            if found:
                made[key.text] = found
    return made


def _held(scope: Scope, node: Node) -> str | None:
    """Read the name of a number that is offered: `caller.number`, or one that an earlier step keeps."""
    return _read_name(scope, node, safe=True)


def _asked(scope: Scope, node: Node) -> str | None:
    """Read a name that an earlier step keeps on every way here."""
    return _read_name(scope, node, safe=False)


def _read_name(scope: Scope, node: Node, *, safe: bool) -> str | None:
    found = kinds.written(scope, node)
    if found is not None:
        scope.uses.append(Use(scope.step, found.text, found, safe=safe))
    return found.text if found else None


def _attach(scope: Scope, node: Node) -> tuple[Scalar, ...] | None:
    """Read the names of recordings that go along; one that was not made is left out."""
    found: tuple[Scalar, ...] | None = kinds.listed(kinds.written)(scope, node)
    for name in found or ():
        scope.uses.append(Use(scope.step, name.text, name, safe=True))
    return found


def _transfer(scope: Scope, node: Node) -> str | None:
    """Read a team, or `{name}` that holds one at the time of the call."""
    if isinstance(node, Scalar) and node.text.startswith("{"):
        found = kinds.text(scope, node)
        if found is None:
            return None
        if len(found.template) == 1 and re.fullmatch(r"\{\w+\}", node.text):
            return node.text
        scope.notes.add("bad-slot", node, "one name alone holds the team", 'write "{name}"')
        return None
    found_team: str | None = kinds.team(scope, node)
    return found_team


def _optional_text(scope: Scope, node: Node) -> Text | str | None:
    """Read the last words of a `hang_up`, or nothing."""
    if isinstance(node, Scalar) and node.plain and not node.text:
        return ""
    return kinds.text(scope, node)


_TRIES = shapes.shape_of(kinds.whole(1, 20))
_LINES = shapes.listed(shapes.TEXT)


def _by_cause(shape: shapes.Shape) -> shapes.Shape:
    return {"anyOf": [shape, shapes.closed({"silence": shape, "wrong": shape})]}


for _read, _shape in {
    _tries: _by_cause(_TRIES),
    _reprompt: _by_cause(_LINES),
    _at_most: shapes.keyed(shapes.shape_of(kinds.target), r"[1-9]\d{0,2}") | {"minProperties": 1, "maxProperties": 1},
    _recording: shapes.pattern(r"[\w-]+(\.[\w-]+)+"),
    _between: shapes.pattern(r"\d+(\.\d+)? to \d+(\.\d+)?"),
    _check: shapes.pattern(r"luhn|date|pattern [0-9?| ]+|same as [a-z]\w*"),
    _ends: shapes.words("#", "*"),
    _offer: shapes.words("caller.number"),
    _fields: shapes.keyed(shapes.shape_of(kinds.written), kinds.NAME.pattern),
    _branches: {
        "type": "array",
        "minItems": 1,
        "items": shapes.closed(
            {"if": shapes.shape_of(kinds.condition), "then": shapes.shape_of(kinds.target)}, ("if", "then")
        ),
    },
    _attach: shapes.listed(shapes.SCALAR),
    _held: shapes.pattern(r"[a-z]\w*(\.\w+)?"),
    _asked: shapes.pattern(r"[a-z]\w*"),
    _values: shapes.keyed(shapes.TEXT, kinds.NAME.pattern),
    _transfer: shapes.pattern(r"[a-z]\w*|\{[a-z]\w*\}"),
    _optional_text: {"type": ["string", "number", "null"]},
}.items():
    shapes.shaped(_read, _shape)


EVERY: Options = {
    "in": Option(kinds.language),
    "recording": Option(_recording),
    "words": Option(kinds.text),
    "needs": Option(kinds.listed(kinds.written)),
    "at_most": Option(_at_most),
}
LISTENS: Options = {"wait": Option(kinds.seconds), "tries": Option(_tries), "reprompt": Option(_reprompt)}
HEARD = ("silence", "wrong")

DEEDS: dict[str, Deed] = {
    "menu": Deed(
        kinds.text,
        {
            "keys": Option(choices),
            "as": Option(kinds.name),
            "closing": Option(kinds.text),
            "extension": Option(extension),
            "ends": Option(_ends),
            "each": Option(items.each),
            "most": Option(kinds.whole(1, 9)),
            "speech": Option(hearing.speech),
            "announce": Option(kinds.flag),
        },
        listens=True,
        exits=HEARD,
        default="?",  # needed only where a choice has no way of its own; see build
        own={"silence": silence},
    ),
    "say": Deed(
        kinds.text,
        {
            "skip": Option(kinds.flag),
            "only": Option(kinds.listed(kinds.language)),
            "each": Option(items.each),
            "most": Option(kinds.whole(1, 20)),
        },
        default="back",
    ),
    "ask": Deed(
        kinds.text,
        {
            "as": Option(kinds.name, needed=True),
            "kind": Option(kinds.pick("digits", "amount", "date", "month", "phone", "yes_no")),
            "digits": Option(kinds.span(1, 30)),
            "between": Option(_between),
            "check": Option(_check),
            "ends": Option(_ends),
            "read_back": Option(kinds.flag),
            "secret": Option(kinds.flag),
            "offer": Option(_offer),
            "none": Option(kinds.target),
        },
        listens=True,
        exits=HEARD,
    ),
    "record": Deed(
        kinds.text,
        {
            "as": Option(kinds.name, needed=True),
            "up_to": Option(kinds.seconds),
            "consent": Option(kinds.text),
            "refused": Option(kinds.target),
            "transcribe": Option(kinds.flag),
        },
        listens=True,
        exits=("silence",),
    ),
    "case": Deed(
        kinds.kind_of_case,
        {
            "about": Option(kinds.text),
            "priority": Option(kinds.whole(1, 5)),
            "fields": Option(_fields),
            "team": Option(kinds.team),
            "confirm": Option(kinds.listed(kinds.pick("sms", "email"))),
        },
        exits=("failed",),
    ),
    "transfer": Deed(
        _transfer,
        {
            "summary": Option(kinds.text),
            "one_of": Option(kinds.listed(kinds.team)),
            **waits.TRANSFER,
        },
        exits=("closed", "busy", "nobody", "no_answer"),
        next="after",
        default="hang_up",
    ),
    "send": Deed(
        kinds.text,
        {"sms": Option(recipients.BY["sms"]), "email": Option(recipients.BY["email"]), "attach": Option(_attach)},
        exits=("failed",),
        default="back",
    ),
    "look_up": Deed(outside.source, outside.ASKS, exits=("nothing", "failed")),
    "survey": Deed(
        surveys.questions,
        {"comment": Option(kinds.flag), "opt_in": Option(kinds.flag), "by_sms": Option(kinds.flag)},
        listens=True,
        exits=HEARD,
        default="hang_up",
    ),
    "submit": Deed(outside.address, outside.TELLS, exits=("refused", "unsure", "failed")),
    "call_back": Deed(
        kinds.team,
        {"number": Option(_held), "when": Option(kinds.pick("now", "ask"))},
        exits=("failed",),
        default="hang_up",
    ),
    "office": Deed(kinds.text, {"by": Option(_asked)}, listens=True, exits=("nothing", *HEARD), default="back"),
    "status": Deed(
        kinds.text,
        {"proof": Option(_asked, needed=True)},
        listens=True,
        exits=("nothing", *HEARD),
        default="back",
    ),
    "decide": Deed(_branches, {}, next="else"),
    "set": Deed(_values, {}),
    "hang_up": Deed(_optional_text, {}, next="", default="hang_up"),
}
DEEDS_LATER: frozenset[str] = frozenset()


def options_of(name: str) -> dict[str, Option | str]:
    """Give every key that a step with this deed takes."""
    if name not in _OPTIONS:
        deed = DEEDS[name]
        found: dict[str, Option | str] = {name: Option(deed.value), **EVERY, **deed.options}
        found |= LISTENS if deed.listens else {}
        exits = {*deed.exits, "failed"} if deed.exits else set()
        found |= {exit_: Option(deed.own.get(exit_, kinds.target)) for exit_ in sorted(exits)}
        if deed.next:
            found[deed.next] = Option(kinds.target, needed=not deed.default)
        _OPTIONS[name] = found
    return _OPTIONS[name]


_OPTIONS: dict[str, dict[str, Option | str]] = {}

# Every word of the language that names no step and no area. `number` may: a step that asks for one is often called so.
RESERVED = frozenset(
    {*DEEDS, *DEEDS_LATER, *EVERY, *LISTENS, *(key for deed in DEEDS.values() for key in deed.options)}
    | {exit_ for deed in DEEDS.values() for exit_ in deed.exits}
    | {"back", "again", "top", "person", "failed", "then", "after", "else", "unknown", "nothing", "refused", "unsure"}
) - {"number"}
