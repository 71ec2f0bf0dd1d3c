"""The keys of a menu, in every form they are written in; the words and ways of a silence; extensions."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from ivr.menu import forms, kinds, shapes, targets
from ivr.menu.maps import Option, Options, as_map, entries, read_map, shape_of_map
from ivr.menu.notes import check_text, needs_no_quotes, quoted
from ivr.menu.problems import Fix, Problem, shown
from ivr.menu.scope import Scope, Text
from ivr.menu.source import Mapping, Node, Scalar

KEY = re.compile(r"[0-9*#]{1,10}")


@dataclass(slots=True)
class RawChoice:
    """One key before its words are translated."""

    key: str
    node: Scalar  # the key as written
    text: Text | None = None
    form: str = "for"
    target: str = ""  # "" is the step's `then`
    value: str | None = None
    language: str = ""
    condition: str = ""
    also: tuple[str, ...] = ()
    silent: bool = False
    off: bool = False


@dataclass(frozen=True, slots=True)
class RawExtension:
    """Colleagues' numbers in a menu."""

    directory: str
    name: str
    unknown: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class SpokenSilence:
    """A silence that is a choice: what is said last, and where it leads."""

    text: Text
    target: str


def _sentence(scope: Scope, node: Node) -> Text | None:
    scope.sentence = True
    try:
        found = kinds.text(scope, node)
    finally:
        scope.sentence = False
    if found and "{key}" not in found.node.text:
        said = "a sentence of a choice names its key"
        fix = scope.notes.quote(found.node, found.node.text.rstrip(". ") + ": press {key}.")
        scope.notes.add("no-key-named", found.node, said, "write {key} where the key is spoken", fix=fix)
    return found


def _also(scope: Scope, node: Node) -> tuple[str, ...] | None:
    found: tuple[Scalar, ...] | None = kinds.listed(kinds.written)(scope, node)
    return None if found is None else tuple(key.text for key in found if _good_key(scope, key))


shapes.shaped(_sentence, {"type": "string", "pattern": r"\{key\}"})
shapes.shaped(_also, shapes.listed(shapes.SCALAR))
CHOICE: Options = {
    "for": Option(kinds.text),
    "to": Option(kinds.text),
    "say": Option(_sentence),
    "then": Option(kinds.target),
    "value": Option(kinds.word),
    "in": Option(kinds.language),
    "if": Option(kinds.condition),
    "also": Option(_also),
    "silent": Option(kinds.flag),
}
FORMS = ("for", "to", "say")
EACH = "each"  # the key under which every item of a list is offered
OF_EACH: Options = {name: CHOICE[name] for name in (*FORMS, "then")}


def _good_key(scope: Scope, node: Scalar) -> bool:
    text = node.text
    if re.fullmatch(r"0+[1-9]", text) and node.plain:
        bare = text.lstrip("0")
        hint = f"write {bare}; if callers press {len(text)} keys, put it in quotes"
        said = f"the key {shown(text)} starts with a zero"
        scope.notes.add("leading-zero", node, said, hint, fix=scope.notes.replace(node, bare))
        return False
    if KEY.fullmatch(text):
        return True
    said = f"{shown(text)} is no key of a phone"
    scope.notes.add("bad-key", node, said, 'keys are 0 to 9, "*" and "#"')
    return False


def choices(scope: Scope, node: Node) -> list[RawChoice] | None:
    """Read `keys:`."""
    holder = as_map(scope, node, "'keys'")
    if holder is None:
        return None
    _number_twice(scope, holder)
    made = [
        _choice(scope, key, value) for key, value in entries(scope, holder) if key.text == EACH or _good_key(scope, key)
    ]
    found = [choice for choice in made if choice is not None]
    seen: dict[str, RawChoice] = {}
    for choice in found:
        for key in (choice.key, *choice.also):
            first = seen.setdefault(key, choice)
            if first is not choice and key != choice.key:
                said = f"the key {key} is a choice of its own and stands under 'also'"
                scope.notes.add("duplicate-key", choice.node, said, "keep one of the two")
    return found


def _number_twice(scope: Scope, holder: Mapping) -> None:
    """Find `1` and `01`: to many tools they are one number."""
    seen: dict[int, Scalar] = {}
    for key, _ in holder.entries:
        if not re.fullmatch(r"\d{1,9}", key.text):
            continue
        first = seen.setdefault(int(key.text), key)
        if first is not key and first.text != key.text:
            free = next((n for n in range(1, 10) if n not in seen and not holder.get(str(n))), None)
            fix = scope.notes.replace(key, str(free)) if free else None
            said = f"the keys {first.text} and {key.text} are the same number"
            scope.notes.add("duplicate-key", key, said, "give each choice its own key", fix=fix)


def _choice(scope: Scope, key: Scalar, node: Node) -> RawChoice | None:
    if isinstance(node, Mapping):
        return _long(scope, key, node)
    found = kinds.scalar(scope, node, "a choice")
    if found is None:
        return None
    if found.text == "off" and found.plain:
        return RawChoice(key.text, key, off=True)
    read = spoken_way(scope, found)
    return None if read is None else RawChoice(key.text, key, text=read[0], target=read[1])


def _long(scope: Scope, key: Scalar, node: Mapping) -> RawChoice | None:
    options = OF_EACH if key.text == EACH else CHOICE
    values: dict[str, Any] = read_map(scope, node, options, f"the choice {key.text}")
    forms = [form for form in FORMS if node.get(form) is not None]
    if len(forms) > 1:
        second = node.key(forms[1])
        value = node.get(forms[1])
        fix = scope.notes.remove(second, value, node) if second and value else None
        said = f"a choice is spoken in one form, here are {' and '.join(forms)}"
        scope.notes.add("two-forms", second or key, said, "keep one of for, to, say", fix=fix)
    if not forms and not values.get("silent"):
        said = f"the choice {key.text} has no words"
        scope.notes.add("no-words", key, said, "write for (a noun), to (a verb) or say, or 'silent: yes'")
    form = forms[0] if forms else "for"
    return RawChoice(
        key.text,
        key,
        text=values.get(form),
        form=form,
        target=values.get("then", ""),
        value=values.get("value"),
        language=values.get("in", ""),
        condition=values.get("if", ""),
        also=values.get("also", ()),
        silent=values.get("silent", False),
    )


def spoken_way(scope: Scope, node: Scalar) -> tuple[Text, str] | None:
    """Read `words -> target`, or words alone with the target ""."""
    if not check_text(scope.notes, node):
        return None
    words, arrow, where = node.text.rpartition("->")
    if not arrow:
        words = node.text
    said = " ".join(words.split())
    if not said:
        scope.notes.add("no-words", node, "there are no words before '->'", "write what callers hear, then '-> step'")
        return None
    template = kinds.parts(scope, node, said)
    aim = _resolve_behind(scope, node, where.strip()) if arrow else ""
    return None if template is None or aim is None else (Text(node, template), aim)


def _resolve_behind(scope: Scope, node: Scalar, where: str) -> str | None:
    """Find the step behind the arrow; a problem stands at the word itself where the text is on one line."""
    if not where:
        scope.notes.add("no-value", node, "no step stands behind '->'", "write the step's name there")
        return None
    if node.line == node.last and node.plain:
        at = node.column + node.text.rindex(where)
        return targets.resolve(scope, Scalar(node.path, node.line, at, node.line, at + len(where), where))
    before = len(scope.notes.problems)
    found = targets.resolve(scope, Scalar(node.path, node.line, node.column, node.last, node.end, where))
    for at in range(before, len(scope.notes.problems)):
        scope.notes.problems[at] = _whole_text(scope, node, where, at)
    return found


def _whole_text(scope: Scope, node: Scalar, where: str, at: int) -> Problem:
    """Widen a correction of the target to the text that holds it."""
    problem = scope.notes.problems[at]
    if problem.fix is None:
        return problem
    near = problem.hint.split("'")[1]
    text = node.text[: node.text.rindex(where)] + near
    fix: Fix = scope.notes.replace(node, text if needs_no_quotes(text) else quoted(text))
    return replace(problem, fix=fix)


def silence(scope: Scope, node: Node) -> SpokenSilence | str | None:
    """Read the exit `silence` of a menu: a target, or `words -> target`."""
    found = kinds.scalar(scope, node, "a step to go to")
    if found is None or "->" not in found.text:
        return targets.resolve(scope, found) if found else None
    read = spoken_way(scope, found)
    return SpokenSilence(*read) if read else None


EXTENSION: Options = {
    "in": Option(kinds.one_of("directory", "unknown-directory", lambda scope: set(scope.directories)), needed=True),
    "as": Option(kinds.name, needed=True),
    "then": Option(kinds.target),
    "unknown": Option(kinds.target, needed=True),
}


def extension(scope: Scope, node: Node) -> RawExtension | None:
    """Read `extension: {in: directory, as: name, then: target, unknown: target}`."""
    values = read_map(scope, node, EXTENSION, "'extension'")
    if not all(key in values for key in ("in", "as", "unknown")):
        return None
    return RawExtension(values["in"], values["as"], values["unknown"], values.get("then", ""))


_ONE = {"anyOf": [shapes.TEXT, {"const": False}, shape_of_map(CHOICE) | forms.CHOICE]}  # `off` is false to some editors
for _read, _shape in {
    choices: shapes.keyed(_ONE, f"{KEY.pattern}|{EACH}"),
    silence: {"type": "string"},
    extension: shape_of_map(EXTENSION),
}.items():
    shapes.shaped(_read, _shape)
