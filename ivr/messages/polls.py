"""A survey in writing: one question after the other by SMS, to a caller who hung up before it was asked.

What comes in is an answer only if it fits the question that waits; anything else is a message like any other.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from ivr.content import Content
from ivr.engine.services import Survey
from ivr.engine.surveys import answer_in, in_writing, next_question
from ivr.engine.values import phrase_text
from ivr.errors import UnknownVersion
from ivr.keys import KeyNotHeld, Keyring
from ivr.messages import SMS, Said, index_of, indexes_of
from ivr.messages.parts import keep_in_parts
from ivr.privacy import NotReadable, key_of, open_call
from ivr.records import name_of
from ivr.store import Store
from ivr.store.answers import Answer
from ivr.store.messages import OUT, WAITING, Message
from ivr.store.polls import Poll

LONGEST = 3 * 86_400.0  # seconds that we wait for an answer


class Polling:
    """Asks and hears."""

    def __init__(self, store: Store, keyring: Keyring, content: Callable[[str], Content]) -> None:
        """Keep in this store; `content` gives a version (UnknownVersion)."""
        self._store = store
        self._keyring = keyring
        self._content = content

    def begin(self, poll: Poll, now: float) -> str:
        """Ask the first question; says why nobody can be asked, "" where it was."""
        numbers = self._numbers(poll.call)
        if not numbers.get("from", "").startswith("+"):
            return "the caller's number is not known"
        survey = self._survey(poll)
        first = next_question(survey, poll.question, met=poll.met) if survey else 0
        if not first:
            return "there is nothing to ask"
        poll = replace(poll, question=first, other=index_of(self._keyring, numbers["from"]))
        self._store.polls.begin(poll)
        self._ask(poll, first, now)
        return ""

    def hear(self, address: str, once: str, text: str, now: float) -> str | None:
        """Take a text for an answer: what is said to it, "" for nothing; None where it is no answer."""
        ident = name_of(SMS, once)
        there = self._store.answers.find(ident)
        for poll in self._store.polls.of(indexes_of(self._keyring, address), now - LONGEST):
            if there is not None and there.call == poll.call:
                return self._goes_on(poll, now)  # a repeat: what was to follow may not have been kept
            if there is not None or poll.question == 0 or not (survey := self._survey(poll)):
                continue
            question = survey.questions[poll.question - 1]
            value = answer_in(self._content(poll.version).tree, question, text, poll.language)
            if value is None:
                return None
            kind = survey.keeps[question.name]
            made = Answer(
                effect=ident,
                call=poll.call,
                step=poll.step,
                question=question.name,
                kind=kind,
                value=value,
                case=poll.case,
                person=poll.person,
                at=now,
            )
            following = next_question(survey, poll.question + 1, met=poll.met)
            self._store.polls.answered(poll, made, following, now)
            return self._goes_on(self._now(poll, address), now)
        # What was an answer once is nothing else later, though its survey is over, or was erased: the carrier lists it.
        return None if there is None else ""

    def _goes_on(self, poll: Poll, now: float) -> str:
        """Ask the question that waits, or thank for all answers."""
        if poll.question:
            self._ask(poll, poll.question, now)
            return ""
        tree = self._content(poll.version).tree
        language = poll.language if poll.language in tree.phrases else tree.language
        return phrase_text(tree, "survey_thanks", language)

    def _now(self, poll: Poll, address: str) -> Poll:
        polls = self._store.polls.of(indexes_of(self._keyring, address), 0.0)
        return next(each for each in polls if each.id == poll.id)

    def _ask(self, poll: Poll, number: int, now: float) -> None:
        """Put a question into the outbox, once."""
        survey, call, numbers = self._survey(poll), self._store.call(poll.call), self._numbers(poll.call)
        if survey is None or call is None or not numbers:
            return
        text = in_writing(self._content(poll.version).tree, survey, number, poll.language)
        ident = name_of("poll", poll.id.hex(), str(number))
        key = key_of(call, self._keyring)
        made = Message(
            id=ident,
            direction=OUT,
            channel=SMS,
            case=poll.case,
            call=poll.call,
            at=now,
            private=b"",
            state=WAITING,
            other=index_of(self._keyring, numbers["from"]),
            language=poll.language,
            due_at=now,
        )
        keep_in_parts(self._store, key, made, Said(text, numbers["from"], numbers.get("to", "")))

    def _survey(self, poll: Poll) -> Survey | None:
        try:
            step = self._content(poll.version).tree.steps.get(poll.step)
        except UnknownVersion:
            return None
        return step if isinstance(step, Survey) and poll.question <= len(step.questions) else None

    def _numbers(self, call: str) -> dict[str, str]:
        """Open the numbers of a call's two sides; {} where they cannot be read here."""
        record = self._store.call(call)
        if record is None:
            return {}
        try:
            told = json.loads(open_call(record, key_of(record, self._keyring)))
        except (KeyNotHeld, NotReadable):
            return {}
        return {name: str(value) for name, value in told.items() if value}
