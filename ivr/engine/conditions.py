"""Conditions over values and facts, in rule-engine's notation, cut down to what can do no harm.

Only names, texts, numbers, ``and or not in == != < <= > >= + -``, brackets and lists are let through: no pattern
operators (their cost can explode), no powers, no built-in names (``$now``, ``$random``), so a condition has no
clock and no chance of its own. A condition that reads anything unknown is false as a whole, ``not`` included;
the library alone would call ``not None`` true.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from ivr.engine.tree import Decide, Menu, Tree, Value

_WORDS = frozenset({"and", "or", "not", "in", "true", "false"})
_TOKEN = re.compile(
    r"""(?P<gap>\s+)
    |(?P<text>"[^"\\\n]*"|'[^'\\\n]*')
    |(?P<number>\d+(?:\.\d+)?(?![\w.]))
    |(?P<name>[A-Za-z_]\w*(?:\.\w+)*)
    |(?P<sign>==|!=|<=|>=|[<>()\[\],+-](?!=))""",
    re.VERBOSE | re.ASCII,
)
# Deep nesting would exhaust the parser before it says so.
_LONGEST = 500
_LISTS = frozenset({"caller.lists", "caller.tags"})
_LIKE = 'write it like: team.repairs.open and about == "bill"'
_NAMES = "a condition reads what a step keeps under 'as' or sets, and facts such as team.<team>.open"


class ConditionError(ValueError):
    """A condition cannot be understood, or can never hold."""

    def __init__(self, message: str, hint: str = "") -> None:
        """Say what is wrong, and what to write instead where that is known."""
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition, ready to be judged."""

    names: tuple[str, ...]  # every name it reads, in the order of their first appearance
    equals: tuple[tuple[str, str], ...]  # (name, text) of each `name == "text"` and `name != "text"`
    rule: Any  # rule_engine.Rule over v0, v1, … in the order of `names`


@lru_cache(maxsize=65536)
def compile_condition(text: str) -> Condition:
    """Return the condition that a text means. Raises ``ConditionError``."""
    return _build(text, {})


def check_condition(text: str, types: Mapping[str, str]) -> Condition:
    """Return the condition, its names and types checked. Raises ``ConditionError``.

    ``types`` has every name that may be read, with its type: one of ``tree.TYPES``, or ``list`` (of texts).
    """
    condition = compile_condition(text)
    if not condition.names:
        raise ConditionError("this condition reads nothing, so it always comes out the same", _NAMES)
    for name in condition.names:
        if name not in types:
            raise ConditionError(f"'{name}' is not known here", _suggest(name, types))
    typed = _build(text, types)
    for node in _walk(typed.rule.statement):
        _refuse_unequal_types(node, typed.names)
    return typed


def holds(text: str, know: Callable[[str], Value]) -> bool:
    """Judge a condition. False where anything it reads is unknown, or of a type that cannot be compared so."""
    condition = compile_condition(text)
    values = [_listed(name, know(name)) for name in condition.names]
    if None in values:
        return False
    from ivr.engine.rules import judge  # loaded long ago, by the condition itself

    return judge(condition.rule, {f"v{place}": value for place, value in enumerate(values)})


def _listed(name: str, value: Value) -> Value | tuple[str, ...]:
    """Give a fact that is a list as one: it travels as text, its items behind commas."""
    if name not in _LISTS or not isinstance(value, str):
        return value
    return tuple(value.split(",")) if value else ()


def compile_all(tree: Tree) -> None:
    """Compile every condition of a tree, so that no caller waits for it."""
    for step in tree.steps.values():
        match step:
            case Menu(choices=choices):
                texts = [choice.condition for choice in choices if choice.condition]
            case Decide(branches=branches):
                texts = [branch.condition for branch in branches]
            case _:
                continue
        for text in texts:
            compile_condition(text)


def _build(text: str, types: Mapping[str, str]) -> Condition:
    """Compile, with the types that are given."""
    if len(text) > _LONGEST:
        raise ConditionError(f"a condition may have {_LONGEST} characters at most", "set a name first, or split it")
    names: dict[str, str] = {}
    parts: list[str] = []
    tokens = list(_tokens(text))
    for kind, token in tokens:
        parts.append(names.setdefault(token, f"v{len(names)}") if kind == "name" else token)
    from ivr.engine.rules import RuleRefused, read_rule  # 0.3 s: a process without conditions never pays it

    try:
        rule = read_rule(" ".join(parts), {symbol: types[name] for name, symbol in names.items() if types})
    except RuleRefused as error:
        raise ConditionError(_explain(str(error), names), _LIKE) from error
    return Condition(tuple(names), tuple(_comparisons(tokens)), rule)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Split into (text | number | name | word | sign, token), refusing what conditions may not hold."""
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise ConditionError(f"'{text[place : place + 12]}' is nothing that a condition may hold", _LIKE)
        place = match.end()
        kind, token = str(match.lastgroup), match.group()
        if kind != "gap":
            yield ("word" if token in _WORDS else kind), token


def _comparisons(tokens: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield (name, text) wherever a name is compared with a text."""
    for (left_kind, left), (_, sign), (right_kind, right) in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if sign in {"==", "!="} and {left_kind, right_kind} == {"name", "text"}:
            yield (left, right[1:-1]) if left_kind == "name" else (right, left[1:-1])


def _walk(node: Any) -> Iterator[Any]:
    """Yield a parsed condition's nodes."""
    yield node
    for attribute in ("expression", "left", "right"):
        child = getattr(node, attribute, None)
        if child is not None:
            yield from _walk(child)


def _refuse_unequal_types(node: Any, names: tuple[str, ...]) -> None:
    """Refuse an equality that can never hold, since its sides are of different types."""
    if getattr(node, "type", "") not in {"eq", "ne"}:
        return
    left, right = node.left.result_type, node.right.result_type
    if left != right:
        named = [names[int(side.name[1:])] for side in (node.left, node.right) if hasattr(side, "name")]
        subject = f"'{named[0]}'" if named else "this"
        raise ConditionError(
            f"{subject} compares {left.name.lower()} with {right.name.lower()}, which are never equal",
            "put texts, such as keyed digits, in quotes, and numbers in none",
        )


def _suggest(name: str, known: Iterable[str]) -> str:
    """Return a hint with the known name that is most alike."""
    close = get_close_matches(name, list(known), n=1)
    return f"did you mean '{close[0]}'?" if close else _NAMES


def _explain(message: str, names: Mapping[str, str]) -> str:
    """Put the library's message into the author's names."""
    for name, symbol in names.items():
        message = re.sub(rf"\b{symbol}\b", name, message)
    return message
