"""The whole phone tree in words, for the public: one page that is read, printed, or read aloud.

It shows what any caller can hear: no numbers of staff, no conditions, no values. A menu is told in full where it is
first met, everywhere else by a link.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from html import escape

from ivr.content import Content
from ivr.drawing.furniture import furniture
from ivr.drawing.graph import Reader, follow, own_words
from ivr.drawing.opening import in_words, language_name
from ivr.engine.services import CallBack, FindOffice, Send, Status, Survey
from ivr.engine.staff import public
from ivr.engine.tree import (
    AGAIN,
    BACK,
    HANG_UP,
    TOP,
    Ask,
    Choice,
    Decide,
    HangUp,
    Inquiry,
    Line,
    Menu,
    OpenCase,
    Record,
    Say,
    Step,
    Template,
    Transfer,
)

DEEPEST = 6  # lists within lists; what lies deeper gets a heading of its own
STYLE = """
:root{color-scheme:light dark;--bg:#fff;--ink:#161a21;--soft:#4b5463;--line:#d5dae2;--accent:#2753c4}
@media (prefers-color-scheme:dark){:root{--bg:#0e1115;--ink:#e9ecf1;--soft:#b5bdc9;--line:#323b48;--accent:#92b3ff}}
body{margin:0 auto;max-width:46rem;padding:2rem 1.25rem 4rem;background:var(--bg);color:var(--ink);
font:17px/1.6 "Inter Variable",system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans Georgian",sans-serif}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .25rem}
h2{font-size:1.35rem;margin:2.5rem 0 .5rem;padding-top:1rem;border-top:1px solid var(--line)}
h3{font-size:1.08rem;margin:1.5rem 0 .25rem}
p{margin:.35rem 0;overflow-wrap:anywhere}
ul{padding-left:1.2rem;margin:.3rem 0}
li{margin:.35rem 0}
li ul{border-left:2px solid var(--line);list-style:none;padding-left:1rem;margin-left:.15rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1.25rem;margin:.4rem 0}
dt{color:var(--soft)}dd{margin:0}
q{quotes:"“" "”"}
.said{color:var(--soft)}
a{color:var(--accent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
:target{background:color-mix(in srgb,var(--accent) 14%,transparent)}
@media (max-width:30rem){dl{grid-template-columns:1fr}dd{margin:0 0 .4rem}}
@media print{body{max-width:none;font-size:11pt}}
"""


def write_page(content: Content, language: str = "") -> str:
    """Write the page in one of the version's languages (the source's unless said)."""
    content = replace(content, tree=public(content.tree))
    return "\n".join(_Page(content, language or content.tree.language).parts())


class _Page:
    """Writes one page; remembers which menus of a line it has told."""

    def __init__(self, content: Content, language: str) -> None:
        self._content = content
        self._tree = content.tree
        self._language = language
        self._reader = Reader(language, content.tree.language, gap="…")
        self._say = furniture(language)
        self._phrases = content.tree.phrases.get(language) or content.tree.phrases.get(content.tree.language, {})
        self._told: set[str] = set()
        self._deeper: deque[str] = deque()
        self._line = ""

    def parts(self) -> Iterator[str]:
        """Give the page piece by piece."""
        title = escape(self._say["title"].format(company=self._tree.company))
        yield "<!doctype html>"
        yield f'<html lang="{escape(self._language)}"><head><meta charset="utf-8">'
        yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
        yield f"<title>{title}</title><style>{STYLE}</style></head><body><main>"
        yield f"<h1>{title}</h1><p>{escape(self._say['intro'])}</p>"
        for line in self._tree.lines.values():
            self._line = line.id
            self._told.clear()  # each number's tree is whole: steps that two lines share are told under both
            yield from self._line_told(line)
        yield from self._hours()
        yield "</main></body></html>\n"

    def _line_told(self, line: Line) -> Iterator[str]:
        spoken = ", ".join(f'<span lang="{escape(tag)}">{escape(language_name(tag))}</span>' for tag in line.languages)
        yield f'<h2>{escape(self._say["number"])}: <a href="tel:{escape(line.number)}">{escape(line.number)}</a></h2>'
        yield f"<p>{escape(self._say['languages'])}: {spoken}</p>"
        if self._tree.everywhere:
            yield f"<p>{escape(self._say['everywhere'])}:</p><ul>"
            yield from (f"<li>{self._everywhere(key, target)}</li>" for key, target in self._tree.everywhere.items())
            yield "</ul>"
        yield f"<h3>{escape(self._say['menu'])}</h3>"
        yield from self._way(line.start, 0)
        while self._deeper:
            step = self._deeper.popleft()
            if step not in self._told:
                yield f"<h3>{escape(self._title(step))}</h3>"
                yield from self._way(step, 0)

    def _everywhere(self, key: str, target: str) -> str:
        if target in self._say:
            return f"{escape(self._key(key))}: {escape(self._say[target])}"
        return f"{escape(self._key(key))}: {self._link(target)}"

    def _way(self, target: str, depth: int) -> Iterator[str]:
        """Tell what follows from a target, step by step, until it forks, ends, or has been told."""
        while True:
            step = self._tree.steps.get(follow(self._content, target, self._line))
            if step is None or step.id in self._told or depth > DEEPEST:
                yield from self._where(target, step, depth)
                return
            self._told.add(step.id)
            yield f'<div id="{_anchor(self._line, step.id)}">'
            yield from self._step(step, depth)
            yield "</div>"
            if isinstance(step, Menu | Decide | Inquiry | HangUp):
                return
            if isinstance(step, Transfer) and step.next == HANG_UP:
                return
            target = step.next

    def _where(self, target: str, step: Step | None, depth: int) -> Iterator[str]:
        """Say where a way leads whose steps are not told here."""
        if step is None:
            known = {HANG_UP: self._say["ends"], BACK: "↩ " + self._say["back"], AGAIN: "↻ " + self._say["again"]}
            yield f"<p>{escape(known[target])}</p>"
            return
        if step.id not in self._told and depth > DEEPEST:
            self._deeper.append(step.id)
        yield f"<p>{escape(self._say['goes_on']).format(place=self._link(target))}</p>"

    def _link(self, target: str) -> str:
        step = follow(self._content, target, self._line)
        if not step:
            return escape(target)
        return f'<a href="#{_anchor(self._line, step)}">{escape(self._title(step))}</a>'

    def _title(self, step: str) -> str:
        """Name a step by what it says, short; the first step of a line is its start."""
        if step == follow(self._content, TOP, self._line):
            return self._say["start"]
        node = self._tree.steps[step]
        if isinstance(node, Transfer):
            return self._teams(node)
        said = self._reader.read(own_words(node)) or self._reader.read(node.words)
        first = re.split(r"(?<=[.!?])\s", said)[0] if said else self._say["depends"]
        return first if len(first) <= 60 else first[:59].rstrip() + "…"

    def _step(self, step: Step, depth: int) -> Iterator[str]:
        yield from self._spoken(self._reader.read(step.words))
        match step:
            case Menu():
                yield from self._menu(step, depth)
            case Say() | HangUp():
                yield from self._spoken(self._reader.read(own_words(step)))
                if isinstance(step, HangUp):
                    yield f"<p>{escape(self._say['ends'])}</p>"
            case Ask() | Record():
                named = self._say["asked" if isinstance(step, Ask) else "recorded"]
                yield f"<p>{escape(named)}: <q>{escape(self._reader.read(step.prompt))}</q></p>"
            case OpenCase():
                yield f"<p>{escape(self._say['case'])}</p>"
            case Send() | Survey() | CallBack() | FindOffice() | Status():
                yield from self._service(step)
            case Transfer():
                yield f"<p>{escape(self._say['rings'].format(team=self._teams(step)))}</p>"
                yield from self._list(self._unhappy(step), depth)
            case Decide() | Inquiry():
                others = step.exits.values() if isinstance(step, Inquiry) else (one.target for one in step.branches)
                ways = dict.fromkeys([step.next, *others] if isinstance(step, Inquiry) else [*others, step.next])
                if len(ways) > 1:
                    yield f"<p>{escape(self._say['depends'])}:</p>"
                yield from self._list([("", target) for target in ways], depth)

    def _service(self, step: Send | Survey | CallBack | FindOffice | Status) -> Iterator[str]:
        """Tell what is done for the caller; what colleagues write to each other is nobody else's."""
        match step:
            case Send():
                said = self._say["sent"] if step.personal else ""
            case Survey():
                said = self._say["survey"]
            case CallBack():
                said = self._say["call_back"].format(team=self._reader.read(self._tree.teams[step.team].name))
            case FindOffice():
                said = self._say["office"]
            case Status():
                said = self._say["status"]
        if said:
            yield f"<p>{escape(said)}</p>"
        if isinstance(step, Survey):
            for question in step.questions:
                yield from self._spoken(self._reader.read(question.text))

    def _spoken(self, said: str) -> Iterator[str]:
        if said:
            yield f'<p class="said"><q>{escape(said)}</q></p>'

    def _teams(self, step: Transfer) -> str:
        named = [self._reader.read(self._tree.teams[team].name) for team in (step.team, *step.one_of) if team]
        return f" {self._say['or']} ".join(named)

    def _unhappy(self, step: Transfer) -> list[tuple[str, str]]:
        """Tell closed hours from a phone that nobody takes where they lead apart; each target once."""
        nobody = dict.fromkeys(target for name, target in step.exits.items() if name not in {"closed", "failed"})
        ways = dict.fromkeys(nobody, "otherwise")
        closed = step.exits.get("closed")
        ways = ({closed: "shut"} if closed and closed not in nobody else {}) | ways
        return [(f"<strong>{escape(self._say[said])}:</strong>", target) for target, said in ways.items()]

    def _menu(self, step: Menu, depth: int) -> Iterator[str]:
        yield from self._spoken(self._reader.read(step.prompt))
        if step.extension is not None:
            yield f"<p>{escape(self._say['extension'])}</p>"
        ways = [(self._choice(choice), choice.target) for choice in step.choices if choice.words is not None]
        if step.closing is not None and step.silences == 1:
            ways.append((f"<strong>{escape(self._say['silence'])}:</strong>", step.exits["silence"]))
        yield from self._list(ways, depth)

    def _choice(self, choice: Choice) -> str:
        """Say a choice as the phone does, in the language that it is spoken in."""
        said = self._reader.read(choice.words)
        key = self._key(choice.key)
        own = choice.words.language if choice.words else ""
        frame = self._tree.phrases.get(own, self._phrases).get(choice.form, ())
        said = said.replace("{key}", key) if choice.form == "say" else _filled(frame, {"words": said, "key": key})
        return f'<strong lang="{escape(own)}">{escape(said)}</strong>' if own else f"<strong>{escape(said)}</strong>"

    def _key(self, key: str) -> str:
        names = {"*": "key_star", "#": "key_hash"}
        return f"{_filled(self._phrases.get(names[key], ()), {})} ({key})" if key in names else key

    def _list(self, ways: Iterable[tuple[str, str]], depth: int) -> Iterator[str]:
        told = list(ways)
        if not told:
            return
        yield "<ul>"
        for said, target in told:
            yield f"<li>{said}"
            yield from self._way(target, depth + 1)
            yield "</li>"
        yield "</ul>"

    def _hours(self) -> Iterator[str]:
        transfers = [step for step in self._tree.steps.values() if isinstance(step, Transfer)]
        reached = {team for step in transfers for team in (step.team, *step.one_of)}
        teams = {name: team for name, team in self._tree.teams.items() if name in reached}
        if not teams:
            return
        yield f"<h2>{escape(self._say['hours'])}</h2>"
        for name, team in teams.items():
            schedule = self._content.schedules[name]
            yield f"<h3>{escape(self._reader.read(team.name))}</h3><dl>"
            for days, times in in_words(schedule.rules, self._language, self._say):
                yield f"<dt>{escape(days or times)}</dt><dd>{escape(times if days else '')}</dd>"
            yield f'</dl><p class="said">{escape(schedule.zone)}</p>'


def _anchor(line: str, step: str) -> str:
    return escape(f"{line}-{step}")


def _filled(frame: Template, values: Mapping[str, str]) -> str:
    return "".join(part if isinstance(part, str) else values.get(part.name, "") for part in frame)
