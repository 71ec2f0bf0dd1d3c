"""The only file that knows rule_engine, whose import takes 0.3 s: loaded with the first condition."""

from __future__ import annotations

from collections.abc import Mapping

import rule_engine
from rule_engine.builtins import Builtins

from ivr.engine.tree import Value

_TYPES = {
    "number": rule_engine.DataType.FLOAT,
    "amount": rule_engine.DataType.FLOAT,
    "yes_no": rule_engine.DataType.BOOLEAN,
    "list": rule_engine.DataType.ARRAY(rule_engine.DataType.STRING),
}


class RuleRefused(ValueError):
    """The library cannot read this."""


def read_rule(text: str, types: Mapping[str, str]) -> rule_engine.Rule:
    """Compile over the symbols that have types (any symbol where none is given). Raises ``RuleRefused``."""
    known = {symbol: _TYPES.get(kind, rule_engine.DataType.STRING) for symbol, kind in types.items()}
    context = rule_engine.Context(type_resolver=known or None, default_timezone="utc")
    context.builtins = Builtins({}, timezone=context.default_timezone)
    try:
        return rule_engine.Rule(text, context)
    except rule_engine.EngineError as error:
        raise RuleRefused(str(getattr(error, "message", "")) or "this is not a condition") from error


def judge(rule: rule_engine.Rule, values: Mapping[str, Value | tuple[str, ...]]) -> bool:
    """Judge a rule over its symbols."""
    try:
        return bool(rule.matches(values))
    except rule_engine.EngineError:
        # A fact came in another type than the check knew: what cannot be compared is as good as unknown.
        return False
