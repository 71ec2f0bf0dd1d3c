"""What every picture shows: a box per step, and in it a row per way out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ivr.content import Content
from ivr.engine.services import AgreedRecord, CallBack, FindOffice, Send, Status, Survey
from ivr.engine.staff import public
from ivr.engine.tree import (
    AGAIN,
    HANG_UP,
    PERSON,
    SPECIAL,
    TOP,
    Ask,
    Decide,
    FromTable,
    HangUp,
    Line,
    Listening,
    LookUp,
    Menu,
    OpenCase,
    Outward,
    Record,
    Say,
    Set,
    Slot,
    Step,
    Submit,
    Template,
    Transfer,
    Words,
)

DEEDS: dict[type[Step], str] = {
    Menu: "menu",
    Say: "say",
    Ask: "ask",
    Record: "record",
    AgreedRecord: "record",
    OpenCase: "case",
    Transfer: "transfer",
    Send: "send",
    LookUp: "look_up",
    FromTable: "look_up",
    Survey: "survey",
    Submit: "submit",
    CallBack: "call_back",
    FindOffice: "office",
    Status: "status",
    Decide: "decide",
    Set: "set",
    HangUp: "hang_up",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One way out of a step."""

    label: str  # a key, an exit, "then", "if", "else"
    text: str  # a choice's words, a condition, or ""
    target: str  # a step's id, or a word of SPECIAL

    @property
    def step(self) -> str:
        """The step it leads to; "" where that depends on the call."""
        return "" if self.target in SPECIAL else self.target


@dataclass(frozen=True, slots=True)
class Box:
    """One step, or one line of ours."""

    id: str
    deed: str  # a deed of the menu language, or "line"
    said: str  # what callers hear, or what the step does
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """A whole menu; the boxes of lines come first and are where calls begin."""

    company: str
    language: str
    boxes: dict[str, Box]
    lines: tuple[str, ...]


def graph_of(content: Content, language: str = "") -> Graph:
    """Read a version as boxes and rows, texts in one of its languages (the source's unless said)."""
    content = replace(content, tree=public(content.tree))
    tree = content.tree
    queues = frozenset(team.id for team in tree.teams.values() if team.waits)
    reader = Reader(language or tree.language, tree.language, queues=queues)
    boxes = {f"line:{line.id}": _line(line) for line in tree.lines.values()}
    lines = tuple(boxes)
    for step in ordered(content):
        needs = tuple(Row("needs", name, tree.asks[name]) for name in step.needs if name in tree.asks)
        boxes[step.id] = Box(step.id, DEEDS[type(step)], reader.said(step), needs + rows_of(reader, step))
    return Graph(tree.company, reader.language, boxes, lines)


def ordered(content: Content) -> list[Step]:
    """List the steps in the order that they are written."""
    steps = content.tree.steps
    return sorted(steps.values(), key=lambda step: (content.places[step.id].path, content.places[step.id].line))


def _line(line: Line) -> Box:
    return Box(f"line:{line.id}", "line", f"{line.number} · {line.zone}", (Row("call", "", line.start),))


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads texts in one language; where one is missing, in the source's."""

    language: str
    source: str
    gap: str = ""  # what stands for a value; "" shows its name as the menu writes it
    queues: frozenset[str] = frozenset()  # teams whose callers wait

    def read(self, words: Words | None) -> str:
        """Give a text with its slots; "" for none."""
        if words is None or not words.texts:
            return ""
        wanted = (words.language, self.language, self.source)
        found = next((words.texts[tag] for tag in wanted if tag in words.texts), next(iter(words.texts.values())))
        return self.template(found)

    def template(self, template: Template) -> str:
        """Give a template as one text on one line."""
        parts = (part if isinstance(part, str) else self._slot(part) for part in template)
        return " ".join("".join(char if char.isprintable() else " " for char in "".join(parts)).split())

    def _slot(self, slot: Slot) -> str:
        if self.gap:
            return slot.otherwise or self.gap
        return f"{{{slot.name}}}"

    def said(self, step: Step) -> str:
        """Tell what is heard, or done, in a step."""
        spoken = f"{self.read(step.words)} {self.read(own_words(step))}".strip()
        match step:
            case Transfer():
                reaches = "Waits for" if {step.team, *step.one_of} & self.queues else "Rings"
                return f"{spoken} {reaches} {step.team or '{' + step.team_from + '}'}.".strip()
            case Outward():
                return f"{spoken} Asks {self.template(step.url)}.".strip()
            case OpenCase():
                return f"{step.kind}: {self.template(step.about)}" if step.about else step.kind
            case Send() | Survey() | CallBack():
                return f"{spoken} {served(self, step)}".strip()
            case Set():
                return ", ".join(f"{name} = {self.template(value)}" for name, value in step.values.items())
        return spoken


def served(reader: Reader, step: Send | Survey | CallBack) -> str:
    """Tell what is done for the caller."""
    match step:
        case Send(team=team, to=to):
            whom = f"team {team}" if team else to[0] if isinstance(to[0], str) else to[0].name
            return f"{step.by} to {whom}: {reader.read(step.text)}"
        case CallBack():
            return f"Call back by {step.team}."
        case Survey():
            return " ".join(reader.read(question.text) for question in step.questions[1:])


def own_words(step: Step) -> Words | None:
    """Find the text that a deed speaks."""
    if isinstance(step, Listening):
        return step.prompt
    if isinstance(step, Say):
        return step.text
    if isinstance(step, HangUp):
        return step.farewell
    return step.reference if isinstance(step, OpenCase) else None


def rows_of(reader: Reader, step: Step) -> tuple[Row, ...]:
    """List every way out of a step: what the caller does first, what goes wrong last."""
    rows = [*_deed_rows(reader, step)]
    if step.too_often:
        rows.append(Row(f"entry {step.at_most}", "", step.too_often))
    unhappy: dict[str, list[str]] = {}
    for name, target in step.exits.items():
        unhappy.setdefault(target, []).append(name.replace("_", " "))
    rows += [Row(_named(step, names), "", target) for target, names in unhappy.items()]
    return tuple(rows)


def _named(step: Step, names: list[str]) -> str:
    """Name exits with one target shortly: `failed` is every one that is not named, and nothing else fails in a menu."""
    if "failed" in names and not isinstance(step, Listening):
        return "failed"
    return ", ".join(name for name in names if name != "failed") or "failed"


def _deed_rows(reader: Reader, step: Step) -> Iterator[Row]:
    match step:
        case Menu():
            for choice in step.choices:
                text = reader.read(choice.words) + (f" (if {choice.condition})" if choice.condition else "")
                yield Row(" ".join((choice.key, *choice.also)), text, choice.target)
            if step.extension:
                yield Row("ext.", step.extension.name, step.extension.target)
                yield Row("ext.", "unknown", step.extension.unknown)
        case Decide():
            yield from (Row("if", branch.condition, branch.target) for branch in step.branches)
            yield Row("else", "", step.next)
        case Ask(none=none) if none:
            yield Row(step.ends or "nothing", "", none)
            yield Row("then", "", step.next)
        case HangUp():
            return
        case Transfer():
            for choice in step.waiting.choices:
                target = step.id if choice.target == AGAIN else choice.target
                yield Row(f"waiting {choice.key}", reader.read(choice.words), target)
            yield Row("after", "", step.next)
        case _:
            yield Row("then", "", step.next)


def follow(content: Content, target: str, line: str = "") -> str:
    """Give the step that `top` and `person` mean on a line (the first one unless said); "" for other words."""
    lines = content.tree.lines
    ours = lines[line] if line else next(iter(lines.values()))
    return {TOP: ours.start, PERSON: ours.person, HANG_UP: ""}.get(target, "" if target in SPECIAL else target)
