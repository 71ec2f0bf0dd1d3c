"""The names that texts and conditions read: known, of a type that fits, set on every way, and no secret told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from ivr.engine.conditions import ConditionError, check_condition
from ivr.engine.services import Survey
from ivr.engine.tree import CONSENT, Ask, Inquiry, Line, Menu, OpenCase, Record, Set, Slot, Step, Transfer
from ivr.menu.flow import Flow
from ivr.menu.problems import LOOK_AT, Fix, nearest, shown
from ivr.menu.scope import Scope, Test, Use
from ivr.menu.source import Scalar, Sequence

CALLER = {
    "number": "phone",
    "area_code": "text",
    "country": "text",
    "name": "text",
    "email": "text",
    "language": "text",
    "vip": "yes_no",
    "lists": "list",
    "tags": "list",
    "open_cases": "number",
    "calls_this_week": "number",
    "spam": "yes_no",
    "verified": "yes_no",
    "line_type": "text",
}
NEVER_KNOWN = "caller.line_type"  # mobile, landline: a service would have to be asked, and we ask none
CALL = {"id": "text", "line": "text", "date": "date", "weekday": "text", "time": "text", "country": "text"}
TEAM = {
    "open": "yes_no",
    "why_closed": "text",
    "free": "number",
    "present": "number",
    "waiting": "number",
    "estimate": "number",
}
HOURS = {"open": "yes_no", "why_closed": "text"}
# Facts that every call has; any other may be unknown while the database is away, so a text writes {… or "…"}.
CERTAIN = frozenset({"caller.number", "caller.language", *(f"call.{name}" for name in CALL)})
MOST_WAYS = 20  # ways worked out for unset values: each is a walk through the menu


@dataclass(slots=True)
class Names:
    """What the steps collect, and what is read of it."""

    scope: Scope
    steps: Mapping[str, Step]
    lines: Mapping[str, Line]
    everywhere: Mapping[str, str]
    types: dict[str, str] = field(default_factory=dict)
    asks: dict[str, str] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)  # every name that a text or a condition reads

    def gather(self) -> None:
        """Name what is collected, and of which type it is."""
        self.types["case.number"] = "reference"
        self.types |= {name: given.kind for name, given in self.scope.fields.items()}
        for step in self.steps.values():
            for name, kind in _collected(step):
                first = self.types.setdefault(name, kind)
                if first != kind and {first, kind} - {"text", "choice"}:
                    said = f"'{name}' is kept here as {kind}, elsewhere as {first}"
                    self.scope.notes.add("two-types", self.scope.keys[step.id], said, "use two names")
            if isinstance(step, Ask):
                self.asks.setdefault(step.name, step.id)
                if step.secret:
                    self.secrets.add(step.name)

    def needs(self) -> None:
        """See that everything needed is asked somewhere."""
        for id_ in self.steps:
            for node in _needs_nodes(self.scope, id_):
                if node.text not in self.asks and not self.scope.broken:
                    said = f"no 'ask' step collects {shown(node.text)}"
                    self.scope.notes.unknown("unknown-name", node, said, self.asks)

    def judge(self) -> None:
        """Judge every condition and every use."""
        types = self._all_types()
        for test in self.scope.tests:
            self._condition(test, types)
        flow = Flow(self.steps, self.lines, self.everywhere, self.asks)
        before_talks = any(isinstance(step, Transfer) and step.consent for step in self.steps.values())
        if before_talks or CONSENT in {use.name for use in self.scope.uses} | self.read:
            self.types[CONSENT] = "yes_no"  # only then does it travel with the call
        sets = flow.sets() if not self.scope.notes.failed() else None
        ways = 0
        for use in self.scope.uses:
            if not self._known(use, types) or sets is None or use.safe:
                continue
            name = use.name.removeprefix("=")
            if self._unset(use, name, sets) and ways < MOST_WAYS:
                ways += 1
                self._note_unset(use, name, flow)

    def _all_types(self) -> dict[str, str]:
        types = dict(self.types)
        types |= {f"caller.{name}": kind for name, kind in CALLER.items()}
        types |= {f"call.{name}": kind for name, kind in CALL.items()}
        types |= {f"team.{team}.{name}": kind for team in self.scope.teams for name, kind in TEAM.items()}
        plans = self.scope.schedules
        types |= {f"hours.{plan}.{name}": kind for plan in plans for name, kind in HOURS.items()}
        types[CONSENT] = "yes_no"
        types |= {f"visits.{step}": "number" for step in self.steps}
        for test in self.scope.tests:
            types |= dict.fromkeys(re.findall(r"\bflag\.[a-z][a-z0-9_]*", test.node.text), "yes_no")
        return types

    def _condition(self, test: Test, types: Mapping[str, str]) -> None:
        node = test.node
        try:
            condition = check_condition(" ".join(node.text.split()), types)
        except ConditionError as error:
            wrong = re.match(r"'([\w.]+)' is not known", str(error))
            if wrong and self.scope.broken:
                return
            hint = _own_visits(test.step, wrong[1], types) if wrong else ""
            hint = hint or error.hint or 'compare names that are kept or known: about == "bill" and team.repairs.open'
            near = re.fullmatch(r"did you mean '([\w.]+)'\?", hint)
            fix: Fix | None = None
            if near and wrong:
                fixed = re.sub(rf"(?<![\w.]){re.escape(wrong[1])}(?![\w.])", near[1], node.text)
                fix = self.scope.notes.replace(node, fixed) if node.plain else self.scope.notes.quote(node, fixed)
            self.scope.notes.add("bad-condition", node, f"{shown(node.text)}: {error}", hint, fix=fix)
            return
        self.read |= set(condition.names)
        if NEVER_KNOWN in condition.names:
            self._never_known(node, "the condition is never true")
        for name in condition.names:
            if name in self.secrets:
                said = f"the condition reads '{name}', which is secret"
                self.scope.notes.add("secret-used", node, said, "a secret is only compared, by 'check: same as'")

    def _never_known(self, node: Scalar, so: str) -> None:
        said = f"nothing tells the kind of a caller's line, so {so}"
        hint = "leave it out; caller.country and caller.area_code are told by the number"
        self.scope.notes.add("never-known", node, said, hint, severity=LOOK_AT)

    def _known(self, use: Use, types: Mapping[str, str]) -> bool:
        compared = use.name.startswith("=")
        name = use.name.removeprefix("=")
        self.read.add(name)
        if name == NEVER_KNOWN:
            self._never_known(use.node, "only the words behind 'or' are ever heard")
        if name in self.secrets and not compared:
            said = f"'{name}' is secret and may not be spoken, kept or sent"
            self.scope.notes.add("secret-used", use.node, said, "a secret is only compared, by 'check: same as'")
            return False
        if name in types or self.scope.broken:  # a file that is to be mended first may keep it
            return name in types
        written = re.search(rf"\{{\s*{re.escape(name)}\b", use.node.text)
        where = use.node.text
        known = [known for known in types if not known.startswith(("visits.", "flag."))]
        said = f"nothing is kept under the name {shown(name)}"
        before = len(self.scope.notes.problems)
        self.scope.notes.unknown("unknown-name", use.node, said, known)
        if written and len(self.scope.notes.problems) > before:
            self._name_in_text(before, use, where, name)
        return False

    def _name_in_text(self, at: int, use: Use, where: str, name: str) -> None:
        """Correct the name inside its braces, not the whole text."""
        problem = self.scope.notes.problems[at]
        near = nearest(name, self.types)
        if not near:
            self.scope.notes.problems[at] = replace(problem, fix=None, hint="a text reads what an earlier step keeps")
            return
        fixed = re.sub(rf"(\{{\s*){re.escape(name)}\b", rf"\g<1>{near}", where)
        fix = self.scope.notes.replace(use.node, fixed) if use.node.plain else self.scope.notes.quote(use.node, fixed)
        self.scope.notes.problems[at] = replace(problem, fix=fix, hint=f"did you mean '{near}'?")

    def _unset(self, use: Use, name: str, sets: Mapping[str, frozenset[str]]) -> bool:
        if name in CERTAIN:
            return False
        if not use.step:  # a text of config.yaml is spoken anywhere
            return True
        if name.partition(".")[0] == self.scope.items.get(use.step) and name in self.scope.fields:
            return not self.scope.fields[name].needed  # the item at hand has it
        if name == "case.number" and isinstance(self.steps.get(use.step), OpenCase):
            return False
        return use.step in sets and name not in sets[use.step]

    def _note_unset(self, use: Use, name: str, flow: Flow) -> None:
        way = flow.way_without(name, use.step) if use.step in self.steps and name in self.types else []
        by = f" on the way {' > '.join(way)}" if len(way) > 1 else ""
        said = f"'{name}' may not be set here{by}"
        fix = None
        if f"{{{name}}}" in use.node.text:
            better = use.node.text.replace(f"{{{name}}}", f'{{{name} or "not given"}}')
            fix = (
                self.scope.notes.replace(use.node, better)
                if use.node.plain
                else self.scope.notes.quote(use.node, better)
            )
        self.scope.notes.add(
            "unset-value", use.node, said, f'write {{{name} or "words"}}, or ask for it first', fix=fix
        )

    def counted(self) -> frozenset[str]:
        """Give the steps whose visits are counted."""
        wanted = {name.removeprefix("visits.") for name in self.read if name.startswith("visits.")}
        return frozenset(wanted & set(self.steps)) | {id_ for id_, step in self.steps.items() if step.at_most}

    def remembered(self) -> dict[str, Step]:
        """Give the steps, each survey with the answers that somebody reads later: the others need not travel along."""
        return {
            id_: replace(step, read=frozenset(self.read & step.keeps.keys())) if isinstance(step, Survey) else step
            for id_, step in self.steps.items()
        }

    def caller_facts(self) -> tuple[str, ...]:
        """Give the facts of the caller that are frozen when the call begins."""
        offered = {step.offer for step in self.steps.values() if isinstance(step, Ask) and step.offer}
        wanted = {name for name in self.read | offered if name.startswith("caller.")}
        return tuple(sorted(wanted - {"caller.language"}))


def _own_visits(step: str, name: str, types: Mapping[str, str]) -> str:
    """Return a hint where the visits of a step of the same area are meant, named without the area; "" else."""
    room, _, rest = name.partition(".")
    whole = f"visits.{step.partition('.')[0]}.{rest}"
    return f"did you mean '{whole}'?" if room == "visits" and whole in types else ""


def _needs_nodes(scope: Scope, step: str) -> list[Scalar]:
    node = scope.steps[step].get("needs")
    if isinstance(node, Sequence):
        return [item for item in node.items if isinstance(item, Scalar)]
    return [node] if isinstance(node, Scalar) else []


def _collected(step: Step) -> Iterator[tuple[str, str]]:
    """Give (name, type) of what a step keeps."""
    match step:
        case Menu():
            names = (step.name, step.extension.name if step.extension else "")
            yield from ((name, "choice") for name in names if name)
        case Ask():
            yield step.name, step.kind
        case Record():
            yield step.name, "recording"
        case Inquiry():
            yield from ((name, given.kind) for name, given in step.gives.items())
        case Survey():
            yield from step.keeps.items()
        case Set():
            yield from ((name, _type_of(value)) for name, value in step.values.items() if name != "language")


def _type_of(template: tuple[str | Slot, ...]) -> str:
    """Tell how a value that was set is spoken: a number as one, anything else as text."""
    alone = template[0] if len(template) == 1 else ""
    return "number" if isinstance(alone, str) and re.fullmatch(r"-?\d+(\.\d+)?", alone) else "text"
