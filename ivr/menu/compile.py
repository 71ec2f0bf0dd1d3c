"""Files in, a version out, or everything that is wrong with them: `compile_hotline`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from ivr.content import Content, Place
from ivr.engine.tree import Office, Step, Team, Tree, Words
from ivr.menu import checks
from ivr.menu.audio import is_recording, read_sounds
from ivr.menu.build import Builder
from ivr.menu.checks.examined import Examined
from ivr.menu.config import PATH, Config, read_config
from ivr.menu.draft import Draft
from ivr.menu.letters import is_letters, read_letters
from ivr.menu.locales import is_locale, read_locales
from ivr.menu.names import Names
from ivr.menu.notes import Notes
from ivr.menu.problems import ERROR, Problem, in_order
from ivr.menu.prompts import recordable
from ivr.menu.scope import Scope
from ivr.menu.source import Mapping as Map
from ivr.menu.source import Node, Scalar, Sequence, Source
from ivr.menu.staff import add_staff
from ivr.menu.steps import find_areas, read_steps
from ivr.menu.tables import is_table, read_tables
from ivr.menu.traps import read_source
from ivr.menu.wording import phrases
from ivr.menu.words import Voice


@dataclass(frozen=True, slots=True)
class Compiled:
    """What came out; `content` is None where a problem stops a publish."""

    content: Content | None
    problems: tuple[Problem, ...]
    voice: Voice | None = None  # every text with its translations and recordings; None without a config.yaml
    examined: Examined | None = None  # what the rules worked out; None where nothing could be examined
    credentials: Mapping[str, Scalar] = field(default_factory=dict)  # secrets of ours that are sent -> where first


def compile_hotline(files: Mapping[str, bytes]) -> Compiled:
    """Compile the files of one hotline, given by the paths that problems print. Never raises for what is in them."""
    notes = _read(files)
    scope = find_areas(notes)
    scope.tables = read_tables(files, notes)
    root = notes.sources[PATH].root if PATH in notes.sources else None
    if root is None or PATH in notes.doubtful:
        if not any(problem.path == PATH for problem in notes.problems):
            hint = "write company, language, lines and teams into it"
            notes.problems.append(Problem("no-config", PATH, 1, 1, "config.yaml is missing or empty", hint))
        return Compiled(None, in_order(notes.problems))
    config = read_config(scope, root)
    voice = Voice(
        scope,
        config.language,
        read_locales(scope, config.language),
        read_sounds(files, notes),
        frozenset(config.voices),
    )
    assembly = _Assembly(files, scope, config, voice)
    content = assembly.content()
    problems = in_order(notes.problems)
    return Compiled(None if notes.failed() else content, problems, voice, assembly.examined, scope.credentials)


def _read(files: Mapping[str, bytes]) -> Notes:
    notes = Notes({})
    for path in sorted(files):
        if is_recording(path):
            continue
        if path != PATH and not is_locale(path) and not is_letters(path) and len(PurePosixPath(path).parts) != 2:
            continue
        source, problems = read_source(path, files[path])
        notes.sources[path] = source
        notes.problems += problems
        if problems and (source.root is None or any(problem.code == "tab" for problem in problems)):
            notes.doubtful.add(path)
    return notes


@dataclass(slots=True)
class _Assembly:
    """Puts one version together."""

    files: Mapping[str, bytes]
    scope: Scope
    config: Config
    voice: Voice
    examined: Examined | None = None
    templates: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def content(self) -> Content | None:
        """Build steps, judge names, and make the version; None where a problem stops it."""
        raws = read_steps(self.scope)
        languages = sorted(self.scope.languages - {""})
        spoken = {language: phrases(language) for language in languages}
        self._all_spoken(spoken)
        builder = Builder(self.scope, self.config, self.voice, spoken)
        if self.config.consent:
            builder.consent = self.voice.words("recording", ("consent",), self.config.consent, "recording.consent")
        steps = {raw.id: builder.build(raw) for raw in raws}
        teams, offices = self._teams(), self._offices()
        self.templates = read_letters(self.scope)
        self.voice.complain()
        names = Names(self.scope, steps, self.config.lines, self.config.everywhere)
        names.gather()
        names.needs()
        names.judge()
        if self.scope.notes.failed():
            return None
        tree = self._tree(builder, names.remembered(), teams, names, spoken)
        return self._checked(replace(tree, offices=offices))

    def _all_spoken(self, spoken: Mapping[str, Mapping[str, Any]]) -> None:
        for language, words in spoken.items():
            if not words and language:
                said = f'we have no words of our own in {language} ("press 1", and the like)'
                hint = "leave the language out, or write ivr/menu/phrases for it"
                self.scope.notes.problems.append(Problem("no-phrases", PATH, 1, 1, said, hint))

    def _teams(self) -> dict[str, Team]:
        made = {}
        for id_, team in self.config.teams.items():
            if team.name:
                name = self.voice.words("teams", (id_,), team.name, f"teams.{id_}")
            else:
                name = Words({self.config.language: (id_.replace("_", " "),)})
            made[id_] = Team(
                id_,
                name,
                team.ring,
                team.order,
                team.rings_for,
                team.sms,
                team.email,
                self.config.schedules[id_].zone,
                by=team.queue.by,
                patience=team.queue.patience,
                wrap_up=team.queue.wrap_up,
                skills=team.queue.skills,
                record=team.record,
            )
        return made

    def _offices(self) -> dict[str, Office]:
        """Make the offices; their names are translated, an address is the same everywhere."""
        return {
            id_: Office(id_, self.voice.words("offices", (id_,), raw.name, ""), raw.address, raw.postal, raw.phone)
            for id_, raw in self.config.offices.items()
        }

    def _tree(
        self,
        builder: Builder,
        steps: dict[str, Step],
        teams: dict[str, Team],
        names: Names,
        spoken: Mapping[str, Mapping[str, Any]],
    ) -> Tree:
        config = self.config
        return Tree(
            company=config.company,
            language=config.language,
            steps=steps,
            lines=config.lines,
            teams=teams,
            series={kind.id: kind.series for kind in config.kinds.values()},
            voices=config.voices,
            phrases=spoken,
            everywhere=config.everywhere,
            limits=config.limits,
            types=names.types,
            labels=builder.labels,
            asks=names.asks,
            secrets=frozenset(names.secrets),
            counted=names.counted(),
            caller_facts=names.caller_facts(),
        )

    def _checked(self, tree: Tree) -> Content:
        sources = self.scope.notes.sources
        content = Content(
            hash=fingerprint_of(self.files, sources),
            tree=tree,
            schedules=self.config.schedules,
            kinds=self.config.kinds,
            places={step: self._place(step) for step in tree.steps},
            sources={path: source.text for path, source in sources.items()}
            | {table.path: table.text for table in self.scope.tables.values()},
            audio=self.voice.audio,
            always_on=self.config.always_on,
            keep_recordings=self.config.keep,
            tested=self.config.tested,
            call_backs=self.config.call_backs,
            retention=self.config.retention,
            targets=self.config.targets,
            credentials=tuple(sorted(self.scope.credentials)),
            templates=self.templates,
            messages_kind=self.config.messages_kind,
            recordings=self.voice.recordings(),
        )
        self.examined = Examined(Draft(content, self.files, self.voice, self.config.consent_needed))
        self.voice.languages_at = self.examined.languages_at
        self.scope.notes.problems += checks.run(self.examined)
        return self._with_staff(content)

    def _with_staff(self, content: Content) -> Content:
        """Add the staff's own line, once the checks have seen what the hotline's people wrote."""
        tree = add_staff(content.tree, self.config.staff, recordable(self.voice))
        number = next((line.number for line in self.config.staff.values()), "")
        line = _line_of(content.sources[PATH], number)
        new = {step: Place(PATH, line, line) for step in tree.steps if step not in content.places}
        return replace(content, tree=tree, places={**content.places, **new})

    def _place(self, step: str) -> Place:
        key, node = self.scope.keys[step], self.scope.steps[step]
        return Place(key.path, key.line, node.last, key.column)


def _line_of(text: str, word: str) -> int:
    """Find the first line that holds a word, from 1; the first of all where none does."""
    return next((place for place, line in enumerate(text.split("\n"), 1) if word in line), 1)


def fingerprint_of(files: Mapping[str, bytes], sources: Mapping[str, Source]) -> str:
    """Name a version by all that it is made of: menus, locales, audio, and config without its seed."""
    made = hashlib.sha256()
    for path in sorted(files):
        if path == PATH:
            root = sources[path].root
            entries = root.entries if isinstance(root, Map) else []
            kept = [(key.text, _plain(value)) for key, value in entries if key.text != "seed"]
            data = json.dumps(sorted(kept), ensure_ascii=False).encode()
        elif is_recording(path) or is_table(path):
            data = files[path]
        elif path in sources:
            data = sources[path].text.encode()
        else:
            continue
        made.update(f"{path}\0{hashlib.sha256(data).hexdigest()}\n".encode())
    return made.hexdigest()


def _plain(node: Node) -> Any:
    """Give a node as JSON would say it; the order of a map is kept, since callers hear keys in that order."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    return [[key.text, _plain(value)] for key, value in node.entries]


def errors(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Give those that stop a publish."""
    return tuple(problem for problem in problems if problem.severity == ERROR)
