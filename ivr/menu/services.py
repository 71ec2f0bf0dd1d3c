"""Makes the steps of ``ivr/engine/services.py`` of what was read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ivr.engine.services import EMAIL, SMS, CallBack, FindOffice, Question, Send, Status, Survey
from ivr.engine.tree import Choice, Step, Words
from ivr.menu.making import Maker
from ivr.menu.recipients import Recipient
from ivr.menu.scope import Text
from ivr.menu.steps import RawStep
from ivr.menu.surveys import OURS, RawQuestion


def send(self: Maker, raw: RawStep, common: dict[str, Any]) -> Step:
    """Make a `send`."""
    ways = [by for by in (SMS, EMAIL) if by in raw.values]
    written = [by for by in (SMS, EMAIL) if raw.node.get(by) is not None]
    if len(written) != 1:
        said = "a message goes one way" if written else "nobody is named who reads the message"
        self.scope.notes.add("missing-key", raw.node, said, "write 'sms:' or 'email:', one of the two")
    by = ways[0] if ways else SMS
    found: Recipient | None = raw.values.get(by)
    to = found.to if found else ("",)
    if found and found.team:
        to = (_team_address(self, found, by),)
    attach = tuple(node.text for node in raw.values.get("attach", ()))
    if attach and by == SMS:
        key, value = raw.node.key("attach"), raw.node.get("attach")
        fix = self.scope.notes.remove(key, value, raw.node) if key and value else None
        said = "'attach' does nothing here: an SMS carries no recording"
        self.scope.notes.add("no-effect", key or raw.node, said, "leave it out", fix=fix)
    made = Send(**common, text=Words({}), by=by, to=to, team=found.team if found else "", attach=attach)
    text = raw.values.get("send")
    words = _text(self, raw, text, personal=made.personal) if isinstance(text, Text) else Words({"": ("",)})
    return Send(**common, text=words, by=by, to=to, team=made.team, attach=attach)


def _text(self: Maker, raw: RawStep, text: Text, *, personal: bool) -> Words:
    """Make words that are read: the caller's in every language, a colleague's in the source language."""
    fixed: str = raw.values.get("in", "")
    if personal:
        return self.voice.words(raw.id, ("send",), text, "", fixed)
    return Words({self.voice.language: text.template})


def _team_address(self: Maker, found: Recipient, by: str) -> str:
    team = self.config.teams.get(found.team)
    address = "" if team is None else team.sms if by == SMS else team.email
    if team is not None and not address:
        said = f"the team '{found.team}' has no address for '{by}'"
        self.scope.notes.add("no-address", found.node, said, f"write '{by}:' under the team in config.yaml")
    return address


def survey(self: Maker, raw: RawStep, common: dict[str, Any]) -> Step:
    """Make a `survey`."""
    values = raw.values
    made = tuple(_build(self, raw, question) for question in values.get("survey", ()))
    first = made[0].text if made else Words({})
    return Survey(
        **common,
        **self.listening(raw) | {"prompt": first},
        questions=made,
        opt_in=values.get("opt_in", False),
        comment=values.get("comment", False),
        by_sms=values.get("by_sms", False),
        consent=self.consent,
    )


def _build(self: Maker, raw: RawStep, question: RawQuestion) -> Question:
    if question.text is None:
        ours = {language: words[question.name] for language, words in self.phrases.items() if words}
        return replace(OURS[question.name], text=Words(ours))
    at = ("survey", question.name)
    text = self.speak(raw, (*at, "ask"), question.text)
    choices = tuple(Choice(key, "", self.speak(raw, (*at, "answers", key), words)) for key, words in question.answers)
    for choice in choices:
        if choice.words is not None:
            self.labels.setdefault(question.name, {}).setdefault(choice.key, choice.words)
    return Question(question.name, text, *question.scale, answers=choices)


def call_back(self: Maker, raw: RawStep, common: dict[str, Any]) -> Step:
    """Make a `call_back`."""
    asking = {tag: own["call_back_number"] for tag, own in self.phrases.items() if own}
    return CallBack(
        **common,
        prompt=Words(asking),
        team=raw.values.get("call_back", ""),
        number=raw.values.get("number", "caller.number"),
        when=raw.values.get("when", "now"),
    )


def office(self: Maker, raw: RawStep, common: dict[str, Any]) -> Step:
    """Make an `office`; who is not asked can neither be silent nor key wrongly."""
    if not self.config.offices and raw.node.get("office") is not None:
        hint = "write 'offices:' into config.yaml: name, address, postal codes, hours"
        self.scope.notes.add("no-offices", raw.node, "config.yaml names no offices", hint)
    by = raw.values.get("by", "")
    asked = {"silence", "wrong"} if by else set()
    exits = {name: target for name, target in common["exits"].items() if name not in asked}
    return FindOffice(**common | {"exits": exits}, **self.listening(raw), by=by)


def status(self: Maker, raw: RawStep, common: dict[str, Any]) -> Step:
    """Make a `status`."""
    return Status(**common, **self.listening(raw), proof=raw.values.get("proof", ""))
