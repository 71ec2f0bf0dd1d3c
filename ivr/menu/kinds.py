"""How single values are read: each reader takes a node and gives the value, or notes what is wrong and gives None."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from zoneinfo import available_timezones

import phonenumbers

from ivr.engine.tree import SPECIAL, Slot, Template
from ivr.menu import shapes, targets
from ivr.menu.notes import check_text, quoted
from ivr.menu.problems import shown
from ivr.menu.scope import Scope, Test, Text, Use
from ivr.menu.source import Mapping, Node, Scalar, Sequence

Read = Callable[[Scope, Node], Any]

SECONDS = {"s": 1, "min": 60, "h": 3600}
NAME = re.compile(r"[a-z][a-z0-9_]*")
TAG = re.compile(r"[a-z]{2,3}(-[A-Z]{2}|-\d{3})?")
_SLOT = re.compile(r"\{([^{}]*)\}")
_SLOT_INSIDE = re.compile(r'\s*([a-z]\w*(?:\.\w+)*)(?:\s+or\s+"([^"{}]*)")?\s*')


def scalar(scope: Scope, node: Node, what: str) -> Scalar | None:
    """Take one value where a list, a map or nothing may stand by mistake."""
    if isinstance(node, Scalar):
        if node.text.strip() or not node.plain:
            return node
        scope.notes.add("no-value", node, f"{what} is missing here", "write it after the colon")
        return None
    source = scope.notes.sources[node.path]
    if node.flow and node.line == node.last:
        raw = source.line(node.line)[node.column - 1 : node.end - 1]
        scope.notes.add(
            "unquoted-start",
            node,
            f"{what} belongs here, and YAML reads {shown(raw)} as a {'map' if isinstance(node, Mapping) else 'list'}",
            "a text that starts with a sign stands in quotes",
            fix=scope.notes.replace(node, quoted(raw)),
        )
    else:
        kind = "map" if isinstance(node, Mapping) else "list"
        scope.notes.add("not-a-text", node, f"{what} belongs here, not a {kind}", "write it after the colon")
    return None


def text(scope: Scope, node: Node) -> Text | None:
    """Read words to be spoken, with slots."""
    found = scalar(scope, node, "a text")
    if found is None or not check_text(scope.notes, found):
        return None
    template = parts(scope, found, " ".join(found.text.split()))
    if template is None:
        return None
    if not template:
        scope.notes.add("no-value", found, "the text is empty", "write what callers hear, or leave the key out")
        return None
    return Text(found, template)


def parts(scope: Scope, node: Scalar, written: str) -> Template | None:
    """Split a text at its slots `{name}` and `{name or "words"}`."""
    made: list[str | Slot] = []
    end = 0
    for match in _SLOT.finditer(written):
        inside = _SLOT_INSIDE.fullmatch(match[1])
        if inside is None:
            _bad_slot(scope, node, match[0])
            return None
        made += [written[end : match.start()], Slot(inside[1], inside[2])]
        end = match.end()
        if not (scope.sentence and inside[1] == "key"):
            scope.uses.append(Use(scope.step, inside[1], node, inside[2] is not None))
    made.append(written[end:])
    if any(isinstance(part, str) and ("{" in part or "}" in part) for part in made):
        _bad_slot(scope, node, "a brace without its other half")
        return None
    return tuple(part for part in made if part != "")


def _bad_slot(scope: Scope, node: Scalar, found: str) -> None:
    hint = 'write {name}, or {name or "words"} where the value may be missing'
    scope.notes.add("bad-slot", node, f"{found} is not a value's place", hint)


def target(scope: Scope, node: Node) -> str | None:
    """Read where to go: a step of this file, `area.step`, an area, or a reserved word."""
    found = scalar(scope, node, "a step to go to")
    return None if found is None else targets.resolve(scope, found)


def step(scope: Scope, node: Node) -> str | None:
    """Read where a call begins or a person is reached: a step, since no word of a call is known there yet."""
    found = target(scope, node)
    if found not in SPECIAL:
        return found
    scope.notes.add("unknown-step", node, f"'{found}' is no step, and here one must stand", "name a step: area.step")
    return None


def flag(scope: Scope, node: Node) -> bool | None:
    """Read yes or no."""
    found = scalar(scope, node, "yes or no")
    if found is None:
        return None
    if found.text in ("yes", "no"):
        return found.text == "yes"
    meant = {"true": "yes", "on": "yes", "y": "yes", "false": "no", "off": "no", "n": "no"}.get(found.text.lower())
    meant = meant or ("yes" if found.text.lower() == "yes" else "no" if found.text.lower() == "no" else None)
    fix = scope.notes.replace(found, meant) if meant else None
    scope.notes.add("not-yes-or-no", found, f"{shown(found.text)} is neither yes nor no", "write yes or no", fix=fix)
    return None


def seconds(scope: Scope, node: Node) -> float | None:
    """Read `5 s`, `2 min` or `1 h` as seconds."""
    found = scalar(scope, node, "a time such as 5 s or 2 min")
    if found is None:
        return None
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?) ?(s|min|h)", found.text)
    if match and float(match[1]) > 0:
        return float(match[1]) * SECONDS[match[2]]
    fix = scope.notes.replace(found, f"{found.text} s") if re.fullmatch(r"[1-9]\d{0,5}", found.text) else None
    scope.notes.add("bad-time", found, f"{shown(found.text)} is not a time", "write 5 s, 2 min or 1 h", fix=fix)
    return None


def _number(scope: Scope, node: Scalar, written: str, what: str) -> int | None:
    if re.fullmatch(r"0\d+", written):
        bare = node.text.replace(written, written.lstrip("0") or "0", 1)
        hint = "leave the zero in front out"
        said = f"{shown(node.text)} starts with a zero: many tools read another number"
        scope.notes.add("leading-zero", node, said, hint, fix=scope.notes.replace(node, bare))
        return None
    if re.fullmatch(r"\d{1,9}", written):
        return int(written)
    scope.notes.add("bad-number", node, f"{shown(node.text)} is not {what}", f"write {what}")
    return None


def whole(low: int, high: int) -> Read:
    """Make a reader of whole numbers between two bounds."""

    def read(scope: Scope, node: Node) -> int | None:
        found = scalar(scope, node, "a number")
        if found is None:
            return None
        number = _number(scope, found, found.text, f"a number from {low} to {high}")
        if number is None or low <= number <= high:
            return number
        near = str(min(max(number, low), high))
        said = f"{number} is not between {low} and {high}"
        fix = scope.notes.replace(found, near)
        scope.notes.add("bad-number", found, said, f"write a number from {low} to {high}", fix=fix)
        return None

    return shapes.shaped(read, _between(low, high))


def _between(low: int, high: int) -> shapes.Shape:
    number = {"type": "integer", "minimum": low, "maximum": high}
    return {"anyOf": [number, {"type": "string", "pattern": r"^[1-9]\d*$" if low else r"^(0|[1-9]\d*)$"}]}


def span(low: int, high: int) -> Read:
    """Make a reader of ranges: `8` or `4 to 12`, as (first, last)."""

    def read(scope: Scope, node: Node) -> tuple[int, int] | None:
        found = scalar(scope, node, "a range such as 8 or 4 to 12")
        if found is None:
            return None
        first, _, last = found.text.partition(" to ")
        what = "a range such as 8 or 4 to 12"
        start = _number(scope, found, first.strip(), what)
        stop = start if not last else _number(scope, found, last.strip(), what)
        if start is None or stop is None:
            return None
        if low <= start <= stop <= high:
            return start, stop
        said = f"{shown(found.text)} is not a range between {low} and {high}"
        fix = scope.notes.replace(found, f"{stop} to {start}") if low <= stop <= start <= high else None
        scope.notes.add("bad-number", found, said, "write the smaller number first", fix=fix)
        return None

    return shapes.shaped(read, shapes.number_or(r"[1-9]\d*( to [1-9]\d*)?"))


def pick(*words: str) -> Read:
    """Make a reader of one word out of a few."""

    def read(scope: Scope, node: Node) -> str | None:
        found = scalar(scope, node, " or ".join(words))
        if found is None:
            return None
        if found.text in words:
            return found.text
        scope.notes.unknown("unknown-word", found, f"{shown(found.text)} is none of: {', '.join(words)}", words)
        return None

    return shapes.shaped(read, shapes.words(*words))


def name(scope: Scope, node: Node) -> str | None:
    """Read the name under which a value is kept."""
    found = scalar(scope, node, "a name")
    if found is None:
        return None
    if NAME.fullmatch(found.text) and len(found.text) <= 40 and found.text not in RESERVED_NAMES:
        return found.text
    plain = re.sub(r"[^a-z0-9_]+", "_", found.text.lower()).strip("_")[:40]
    fits = bool(NAME.fullmatch(plain)) and plain not in RESERVED_NAMES
    fix = scope.notes.replace(found, plain) if fits else None
    said = f"{shown(found.text)} cannot be a name"
    hint = "it begins the names that conditions know: choose another" if found.text in RESERVED_NAMES else _NAME_HINT
    scope.notes.add("bad-name", found, said, hint, fix=fix)
    return None


_NAME_HINT = "a name is small letters, digits and underscores, and begins with a letter"
RESERVED_NAMES = frozenset(
    {"credential", "caller", "call", "team", "hours", "flag", "visits", "case", "key", "or", "and", "not"}
)


def listed(each: Read) -> Read:
    """Make a reader of lists; one value alone is a list of one."""

    def read(scope: Scope, node: Node) -> tuple[Any, ...] | None:
        if isinstance(node, Mapping):
            scope.notes.add("not-a-list", node, "a list belongs here, not a map", "write [one, two]")
            return None
        items = node.items if isinstance(node, Sequence) else [node]
        values = [each(scope, item) for item in items]
        return None if any(value is None for value in values) else tuple(values)

    return shapes.shaped(read, shapes.listed(shapes.shape_of(each)))


def language(scope: Scope, node: Node) -> str | None:
    """Read one of the hotline's languages."""
    found = scalar(scope, node, "a language such as da-DK")
    if found is None:
        return None
    if found.text in scope.languages:
        return found.text
    said = f"no line of config.yaml speaks {shown(found.text)}"
    scope.notes.unknown("unknown-language", found, said, scope.languages)
    return None


def tag(scope: Scope, node: Node) -> str | None:
    """Read a language tag in the carrier's form."""
    found = scalar(scope, node, "a language such as da-DK")
    if found is None or TAG.fullmatch(found.text):
        return found.text if found else None
    head, _, tail = found.text.replace("_", "-").partition("-")
    near = head.lower() + (f"-{tail.upper()}" if tail else "")
    fix = scope.notes.replace(found, near) if TAG.fullmatch(near) else None
    scope.notes.add("bad-language", found, f"{shown(found.text)} is not a language", "write it as da-DK", fix=fix)
    return None


def one_of(noun: str, code: str, known: Callable[[Scope], set[str]]) -> Read:
    """Make a reader of one of config.yaml's names (a team, a kind of case)."""

    def read(scope: Scope, node: Node) -> str | None:
        found = scalar(scope, node, f"a {noun}")
        if found is None or found.text in known(scope):
            return found.text if found else None
        said = f"config.yaml has no {noun} {shown(found.text)}"
        scope.notes.unknown(code, found, said, known(scope))
        return None

    return shapes.shaped(read, shapes.pattern(NAME.pattern))


def _teams(scope: Scope) -> set[str]:
    return scope.teams


def _kinds(scope: Scope) -> set[str]:
    return scope.kinds


team = one_of("team", "unknown-team", _teams)
kind_of_case = one_of("kind", "unknown-kind", _kinds)


def word(scope: Scope, node: Node) -> str | None:
    """Read a plain value that is kept or compared, never spoken."""
    found = scalar(scope, node, "a value")
    return found.text if found and check_text(scope.notes, found) else None


def written(scope: Scope, node: Node) -> Scalar | None:
    """Take a value as it stands, for a reader that judges it later."""
    return scalar(scope, node, "a value")


def condition(scope: Scope, node: Node) -> str | None:
    """Read a condition; its names and types are judged when all names are known."""
    found = scalar(scope, node, "a condition")
    if found is None:
        return None
    scope.tests.append(Test(scope.step, found))
    return " ".join(found.text.split())


def phone(scope: Scope, node: Node) -> str | None:
    """Read a number as +E.164; only its shape is judged, since numbers in examples are fictional."""
    found = scalar(scope, node, 'a phone number such as "+18005550100"')
    if found is None:
        return None
    compact = re.sub(r"[\s().-]", "", found.text)
    try:
        parsed = phonenumbers.parse(compact, None)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        said = f"{shown(found.text)} is not an international phone number"
        scope.notes.add("bad-number", found, said, 'write it with its country: "+18005550100"')
        return None
    if found.plain or compact != found.text:
        code, said = ("plus-unquoted", "loses its plus sign in many tools") if found.plain else ("bad-number", "")
        said = f"{shown(found.text)} {said or 'holds more than a plus sign and digits'}"
        scope.notes.add(code, found, said, "write it in quotes", fix=scope.notes.quote(found, compact))
        return None
    return compact


def reachable(scope: Scope, node: Node) -> str | None:
    """Read what a team may ring: a number, `client:…` or `sip:…`."""
    if isinstance(node, Scalar) and re.fullmatch(r"client:[\w.@-]{1,100}|sips?:[^\s<>&\"']{3,200}", node.text):
        return node.text
    return phone(scope, node)


def zone(scope: Scope, node: Node) -> str | None:
    """Read an IANA time zone."""
    found = scalar(scope, node, "a time zone such as Europe/Copenhagen")
    if found is None:
        return None
    known = _zones()
    if found.text in known:
        return found.text
    scope.notes.unknown("unknown-zone", found, f"{shown(found.text)} is not a time zone", known)
    return None


_ZONES: set[str] = set()


def _zones() -> set[str]:
    if not _ZONES:  # a walk over the zone files: 20 ms, once
        _ZONES.update(available_timezones())
    return _ZONES


for _read, _shape in {
    text: shapes.SPOKEN,
    target: shapes.pattern(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?"),
    step: shapes.pattern(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?"),
    flag: {"enum": ["yes", "no", True, False]},
    seconds: shapes.pattern(r"\d+(\.\d+)? ?(s|min|h)"),
    name: shapes.pattern(NAME.pattern),
    language: shapes.pattern(TAG.pattern),
    tag: shapes.pattern(TAG.pattern),
    word: shapes.SCALAR,
    written: shapes.SCALAR,
    condition: shapes.SCALAR,
    phone: shapes.pattern(r"\+[1-9]\d{6,14}"),
    reachable: shapes.pattern(r"\+[1-9]\d{6,14}|client:.+|sips?:.+"),
    zone: {"type": "string"},
}.items():
    shapes.shaped(_read, _shape)
