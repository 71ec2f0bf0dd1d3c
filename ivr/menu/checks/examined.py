"""A draft with what several rules need to know of it, worked out once."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from functools import cached_property

from ivr.content import Content, Place
from ivr.engine.services import Send, Survey
from ivr.engine.tree import HangUp, Listening, Menu, OpenCase, Record, Say, Set, Step, Transfer, Tree, Waiting, Words
from ivr.menu.checks.parts import Part, written_at
from ivr.menu.checks.ways import Ways
from ivr.menu.draft import Draft
from ivr.menu.problems import LOOK_AT, Problem

CONFIG = "config.yaml"


class Examined:
    """One compiled draft under examination."""

    def __init__(self, draft: Draft) -> None:
        """Take what the compiler made of the files."""
        self.draft = draft
        self.content: Content = draft.content
        self.tree: Tree = draft.content.tree

    @cached_property
    def ways(self) -> Ways:
        """The tree as a graph."""
        return Ways(self.tree)

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages that callers can hear, the source language first."""
        spoken = (language for line in self.tree.lines.values() for language in line.languages)
        return tuple(dict.fromkeys((self.tree.language, *spoken)))

    @cached_property
    def heard(self) -> Mapping[tuple[str, str], None]:
        """Every step with every language that a call can have when it comes there, in the order of the ways."""
        found: dict[tuple[str, str], None] = {}
        lines = self.tree.lines.values()
        waiting = deque((line.start, (*line.languages, self.tree.language)[0]) for line in lines)
        while waiting:
            id_, language = waiting.popleft()
            if (id_, language) in found or id_ not in self.tree.steps:
                continue
            found[id_, language] = None
            switched = switches(self.tree.steps[id_])
            for way in self.ways.out[id_]:
                waiting.append((way.target, switched.get(way.why) or switched.get("") or language))
        return found

    @cached_property
    def _led_to(self) -> frozenset[str]:
        return frozenset(language for _, language in self.heard)

    def languages_at(self, step: str) -> tuple[str, ...]:
        """Give the languages that callers can hear at a step; one that no choice leads to counts everywhere."""
        if step not in self.tree.steps:  # config's own texts stand in no step
            return tuple(one for one in self.languages if one in self.tree.voices)
        return tuple(one for one in self.languages if (step, one) in self.heard or one not in self._led_to)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps that a call can come to: what is wrong in the others is that nobody reaches them."""
        return tuple(step for id_, step in self.tree.steps.items() if id_ in self.ways.reached)

    def of(self, code: str, about: str | Part, text: str, hint: str, severity: str = LOOK_AT) -> Problem:
        """Make a problem that stands where the step, or the part of it, is written."""
        place = self.place(about)
        return Problem(code, place.path, place.line, place.column, text, hint, severity=severity)

    def place(self, about: str | Part) -> Place:
        """Find where a step or a part of it is written; a part that stands nowhere has the place of its step."""
        node = written_at(self.draft.voice, about) if isinstance(about, Part) else None
        if node is not None:
            return Place(node.path, node.line, node.last, node.column)
        return self.content.places.get(about.step if isinstance(about, Part) else about, Place(CONFIG, 1, 1))

    def in_config(self, code: str, word: str, text: str, hint: str, severity: str = LOOK_AT) -> Problem:
        """Make a problem that stands where config.yaml first has this word as a key."""
        for number, line in enumerate(self.content.sources.get(CONFIG, "").split("\n"), start=1):
            if line.strip().startswith(f"{word}:"):
                return Problem(code, CONFIG, number, line.index(word) + 1, text, hint, severity=severity)
        return Problem(code, CONFIG, 1, 1, text, hint, severity=severity)


def switches(step: Step) -> dict[str, str]:
    """Give the languages that ways out of a step switch to, by the way's name; "" is every way."""
    if isinstance(step, Menu):
        return {f"key {choice.key}": choice.language for choice in step.choices if choice.language}
    if isinstance(step, Transfer):
        offers = step.waiting.choices
        return {f"key {choice.key} while waiting": choice.language for choice in offers if choice.language}
    if isinstance(step, Set) and "language" in step.values:
        return {"": "".join(map(str, step.values["language"]))}
    return {}


def spoken(step: Step) -> Iterator[tuple[str, Words]]:
    """Give everything a caller can hear at a step, each with the name it is written under."""
    if step.words:
        yield "words", step.words
    if isinstance(step, Listening):
        yield "prompt", step.prompt
        yield from (("reprompt", words) for words in (*step.after_silence, *step.after_wrong))
    yield from _of_deed(step)


def _of_deed(step: Step) -> Iterator[tuple[str, Words]]:
    match step:
        case Menu():
            yield from ((f"key {choice.key}", choice.words) for choice in step.choices if choice.words)
            if step.closing:
                yield "closing", step.closing
            if step.stay:
                yield "silence", step.stay
        case Transfer():
            yield from (("consent", words) for words in (step.consent,) if words)
            yield from _while_waiting(step.waiting)
        case Say():
            yield "text", step.text
        case Record() if step.consent:
            yield "consent", step.consent
        case OpenCase() if step.reference:
            yield "words", step.reference
        case HangUp() if step.farewell:
            yield "farewell", step.farewell
        case Survey():
            yield from _asked(step)


def _asked(survey: Survey) -> Iterator[tuple[str, Words]]:
    for question in survey.questions:
        yield "survey", question.text
        yield from (("survey", answer.words) for answer in question.answers if answer.words)


def _while_waiting(waiting: Waiting) -> Iterator[tuple[str, Words]]:
    yield from ((f"key {choice.key} while waiting", choice.words) for choice in waiting.choices if choice.words)
    if waiting.text:
        yield "while_waiting", waiting.text


def read_by_caller(step: Step) -> Iterator[tuple[str, Words]]:
    """Give what a caller does not hear but read."""
    if isinstance(step, Send) and step.personal:
        yield "send", step.text
