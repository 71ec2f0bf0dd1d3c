"""`call_backs:` of config.yaml: whom a hotline calls back, when, and how often."""

from __future__ import annotations

from itertools import pairwise

import phonenumbers

from ivr.content import CallBackRules
from ivr.menu import hours, kinds, shapes
from ivr.menu.maps import Option, Options, read_map, shape_of_map
from ivr.menu.problems import shown
from ivr.menu.scope import Scope
from ivr.menu.source import Mapping, Node

MOST = 3  # tries


def _country(scope: Scope, node: Node) -> str | None:
    """Read the code of a country that has telephone numbers."""
    found = kinds.scalar(scope, node, "a country such as DK")
    if found is None or found.text in phonenumbers.SUPPORTED_REGIONS:
        return found.text if found else None
    said = f"{shown(found.text)} is not the code of a country"
    scope.notes.add("unknown-country", found, said, "write two capital letters, such as DK or US")
    return None


shapes.shaped(_country, shapes.pattern("[A-Z]{2}"))


def _survey(scope: Scope, node: Node) -> str | None:
    """Read the step whose questions can be asked in writing."""
    found = kinds.step(scope, node)
    step = scope.steps.get(found or "")
    if found is None or (isinstance(step, Mapping) and step.get("survey") is not None):
        return found
    said, hint = f"'{found}' is no survey, and nobody can be asked it by SMS", "name a step with the deed `survey`"
    scope.notes.add("no-survey", node, said, hint)
    return None


shapes.shaped(_survey, shapes.shape_of(kinds.step))
OPTIONS: Options = {
    "countries": Option(kinds.listed(_country)),
    "daytime": Option(hours.rules),
    "tries": Option(kinds.whole(1, MOST)),
    "pauses": Option(kinds.listed(kinds.seconds)),
    "survey": Option(_survey),
}


def call_backs(scope: Scope, node: Node) -> CallBackRules:
    """Read the rules; what is not written is as it stands in `CallBackRules`."""
    values = read_map(scope, node, OPTIONS, "'call_backs'")
    if "pauses" in values:
        values["pauses"] = _growing(scope, node, values["pauses"])
    if "countries" in values:
        values["countries"] = tuple(values["countries"])
    return CallBackRules(**values)


shapes.shaped(call_backs, shape_of_map(OPTIONS))


def _growing(scope: Scope, node: Node, pauses: tuple[float, ...]) -> tuple[float, ...]:
    """Judge the pauses between tries: each is longer than the one before."""
    written = node.get("pauses") if isinstance(node, Mapping) else None
    if written is not None and any(later <= sooner for sooner, later in pairwise(pauses)):
        said = "a pause is not longer than the one before it"
        scope.notes.add("bad-time", written, said, "write [15 min, 2 h]: who was not reached has more time each time")
    return tuple(pauses)
