"""Makes the engine's steps of what was read."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Table
from dataclasses import dataclass, field, replace
from typing import Any

from ivr.engine.services import AgreedRecord
from ivr.engine.tree import (
    HANG_UP,
    REFUSED,
    Ask,
    Branch,
    Choice,
    Decide,
    Extension,
    HangUp,
    Menu,
    OpenCase,
    Record,
    Say,
    Set,
    Slot,
    Step,
    Template,
    Transfer,
    Words,
)
from ivr.menu import inquiring, offering, services, unfit, waiting
from ivr.menu.choices import EACH, RawChoice, SpokenSilence
from ivr.menu.config import Config
from ivr.menu.scope import Scope, Text
from ivr.menu.source import Mapping, Sequence
from ivr.menu.steps import RawStep
from ivr.menu.table import DEEDS
from ivr.menu.words import Voice, recording_name


@dataclass(slots=True)
class Builder:
    """Builds one hotline's steps, and gathers what they say of each other."""

    scope: Scope
    config: Config
    voice: Voice
    phrases: Table[str, Table[str, Template]]  # our own words, by language
    labels: dict[str, dict[str, Words]] = field(default_factory=dict)
    consent: Words | None = None

    def build(self, raw: RawStep) -> Step:
        """Make one step."""
        return _BUILDERS[raw.deed](self, raw, self._common(raw))

    def _common(self, raw: RawStep) -> dict[str, Any]:
        values, deed = raw.values, DEEDS[raw.deed]
        number, too_often = values.get("at_most", (0, ""))
        names = [node.text for node in values.get("needs", ())]
        return {
            "id": raw.id,
            "words": None if raw.deed == "case" else self.text(raw, "words"),
            "needs": tuple(dict.fromkeys(names)),
            "at_most": number,
            "too_often": too_often,
            "exits": self._exits(raw),
            "next": values.get(deed.next) or (deed.default if deed.default not in ("", "?") else HANG_UP),
        }

    def _exits(self, raw: RawStep) -> dict[str, str]:
        """Fill every exit of the deed: named by the step, else its `failed`, else config's."""
        behind = raw.values.get("failed") or self.config.failed
        exits: dict[str, str] = {}
        for name in (*DEEDS[raw.deed].exits, *(("failed",) if DEEDS[raw.deed].exits else ())):
            value = raw.values.get(name, behind)
            way = value.target if isinstance(value, SpokenSilence) else value
            if way:
                exits[name] = way
        if raw.node.get("failed") is None and not self.config.failed_written:
            self._missing(raw, [name for name in DEEDS[raw.deed].exits if name not in exits and not raw.node.get(name)])
        if isinstance(raw.values.get("silence"), SpokenSilence) and not exits["silence"]:
            self.scope.notes.add("missing-exit", raw.node, "the spoken silence leads nowhere", "write '-> step'")
        return exits

    def _missing(self, raw: RawStep, names: list[str]) -> None:
        """Note the exits of a step that lead nowhere, all at once."""
        if names:
            said = f"'{raw.id}' has no way out for {', '.join(repr(name) for name in names)}"
            here = "write 'failed: step'" if "failed" in names else f"write '{names[0]}: step' or 'failed: step'"
            self.scope.notes.add("missing-exit", raw.node, said, f"{here} here, or 'failed: area.step' in config.yaml")

    def text(self, raw: RawStep, key: str) -> Words | None:
        """Make the words of one key of a step; the deed's own text has the step's recording."""
        value = raw.values.get(key)
        if not isinstance(value, Text):
            return None
        return self.speak(raw, (key,), value)

    def speak(self, raw: RawStep, at: tuple[str, ...], value: Text, fixed: str = "") -> Words:
        """Make words that stand at a place of a step."""
        base = raw.values.get("recording", raw.id)
        parts = () if at == (raw.deed,) else at[1:] if at[0] == "keys" else at
        return self.voice.words(raw.id, at, value, recording_name(base, *parts), fixed or raw.values.get("in", ""))

    def listening(self, raw: RawStep) -> dict[str, Any]:
        """Fill what every step that listens has."""
        values = raw.values
        tries = values.get("tries", {})
        return {
            "prompt": self.text(raw, raw.deed) or Words({}),
            "wait": values.get("wait", 5.0),
            "silences": tries.get("silence", 3),
            "wrongs": tries.get("wrong", 3),
            "after_silence": self._again(raw, "silence"),
            "after_wrong": self._again(raw, "wrong"),
        }

    def _again(self, raw: RawStep, cause: str) -> tuple[Words, ...]:
        reprompt: dict[str, tuple[Text, ...]] = raw.values.get("reprompt", {})
        found = "" if "" in reprompt else cause
        texts = reprompt.get(found, ())
        at = ("reprompt", found) if found else ("reprompt",)
        if len(texts) == 1 and not _is_list(raw, found):
            return (self.speak(raw, at, texts[0]),)
        return tuple(self.speak(raw, (*at, str(number)), text) for number, text in enumerate(texts, 1))


def _is_list(raw: RawStep, cause: str) -> bool:
    node = raw.node.get("reprompt")
    if cause and isinstance(node, Mapping):
        node = node.get(cause)
    return isinstance(node, Sequence)


def _menu(self: Builder, raw: RawStep, common: dict[str, Any]) -> Step:
    values = raw.values
    fields = common | self.listening(raw)
    unfit.most(self.scope.notes, raw)
    choices = tuple(made for choice in values.get("keys", ()) if not choice.off for made in _choices(self, raw, choice))
    silence = values.get("silence")
    stay = None
    if isinstance(silence, SpokenSilence):
        stay = self.speak(raw, ("silence",), silence.text)
        fields["silences"] = 1  # a silence that is a choice is taken at once
    if not choices and "extension" not in values and not raw.node.get("keys"):
        self.scope.notes.add("missing-key", raw.node, "'menu' needs 'keys'", "write the choices under 'keys:'")
    return Menu(
        **fields,
        choices=choices,
        name=values.get("as", ""),
        closing=self.text(raw, "closing"),
        stay=stay,
        extension=_extension(self, raw),
        ends=values.get("ends", ""),
        off=tuple(choice.key for choice in values.get("keys", ()) if choice.off),
        announce=values.get("announce", True),
        speech=values.get("speech") is not None and values["speech"] is not False,
        hints=values["speech"] if isinstance(values.get("speech"), dict) else {},
    )


def _choices(self: Builder, raw: RawStep, choice: RawChoice) -> list[Choice]:
    """Make a choice, or one for each item of a list."""
    if choice.key != EACH:
        return [_choice(self, raw, choice)]
    _leads(self, raw, choice)
    words = self.speak(raw, ("keys", EACH), choice.text) if choice.text else None
    return offering.numbered(self.scope, raw, choice, words)


def _leads(self: Builder, raw: RawStep, choice: RawChoice) -> None:
    """See that a choice leads somewhere."""
    if not choice.target and "then" not in raw.values and raw.node.get("then") is None:
        said = f"the choice {choice.key} leads nowhere"
        self.scope.notes.add("no-next", choice.node, said, "write '-> step' behind it, or 'then: step' in the step")


def _choice(self: Builder, raw: RawStep, choice: RawChoice) -> Choice:
    name = raw.values.get("as", "")
    words = self.speak(raw, ("keys", choice.key), choice.text, choice.language) if choice.text else None
    value = choice.value if choice.value is not None else (choice.key if name else None)
    if name and value is not None and words is not None:
        self.labels.setdefault(name, {}).setdefault(value, _with_key(words, choice.key))
    if choice.value is not None and not name:
        hint = "write 'as: name' in the step, or leave 'value' out"
        said = f"the choice {choice.key} has a value, and the menu keeps none"
        self.scope.notes.add("value-without-as", choice.node, said, hint)
    _leads(self, raw, choice)
    return Choice(
        key=choice.key,
        target=choice.target or raw.values.get("then", HANG_UP),
        words=None if choice.silent else words,
        form=choice.form,
        value=value,
        language=choice.language,
        condition=choice.condition,
        also=choice.also,
    )


def _with_key(words: Words, key: str) -> Words:
    """Fill the key of a choice that is a sentence into its words, for texts that speak the choice again."""

    def filled(template: Template) -> Template:
        return tuple(key if isinstance(part, Slot) and part.name == "key" else part for part in template)

    return replace(words, texts={tag: filled(template) for tag, template in words.texts.items()})


def _extension(self: Builder, raw: RawStep) -> Extension | None:
    found = raw.values.get("extension")
    if found is None:
        return None
    target = found.target or raw.values.get("then", "")
    if not target:
        said = "an extension leads nowhere"
        self.scope.notes.add("no-next", raw.node, said, "write 'then: step' in 'extension' or in the step")
    return Extension(self.scope.directories.get(found.directory, {}), found.name, target or HANG_UP, found.unknown)


def _say(self: Builder, raw: RawStep, common: dict[str, Any]) -> Step:
    values = raw.values
    text = self.text(raw, "say") or Words({})
    unfit.most(self.scope.notes, raw)
    offering.fields_of(self.scope, raw)
    return Say(
        **common,
        text=text,
        skip=values.get("skip", True),
        languages=values.get("only", ()),
        items=offering.spoken(raw, text),
        list=values["each"].list if "each" in values else "",
    )


def _ask(self: Builder, raw: RawStep, common: dict[str, Any]) -> Step:
    values = raw.values
    unfit.ask(self.scope.notes, raw)
    shortest, longest = values.get("digits", (1, 20))
    low, high = values.get("between", (None, None))
    return Ask(
        **common,
        **self.listening(raw),
        name=values.get("as", ""),
        kind=values.get("kind", "digits"),
        shortest=shortest,
        longest=longest,
        low=low,
        high=high,
        check=values.get("check", ""),
        ends=values.get("ends", "#"),
        read_back=values.get("read_back", False),
        secret=values.get("secret", False),
        offer=values.get("offer", ""),
        none=values.get("none", ""),
    )


def _record(self: Builder, raw: RawStep, common: dict[str, Any]) -> Step:
    values = raw.values
    unfit.record(self.scope.notes, raw)
    listening = self.listening(raw)  # its texts come first: translations are fingerprinted in this order
    consent = self.text(raw, "consent") or self.consent
    refused = values.get(REFUSED)
    if refused:
        common["exits"] |= {REFUSED: refused}
        unfit.refused(self.scope.notes, raw, consent)
    kind = AgreedRecord if refused else Record
    return kind(
        **common,
        **listening,
        name=values.get("as", ""),
        up_to=int(values.get("up_to", 120)),
        consent=consent,
        transcribe=values.get("transcribe", False),
    )


def _case(self: Builder, raw: RawStep, common: dict[str, Any]) -> Step:
    values = raw.values
    kind = values.get("case", "")
    about = values.get("about")
    known = self.config.kinds.get(kind)
    return OpenCase(
        **common,
        kind=kind,
        reference=self.text(raw, "words") or Words({tag: own["reference"] for tag, own in self.phrases.items() if own}),
        about=about.template if about else (),
        priority=values.get("priority", 3),
        fields=values.get("fields", {}),
        team=values.get("team") or (known.team if known else ""),
        confirm=values.get("confirm", ()),
    )


def _transfer(self: Builder, raw: RawStep, common: dict[str, Any]) -> Step:
    values = raw.values
    team = values.get("transfer", "")
    one_of = values.get("one_of", ())
    holds = team[1:-1] if team.startswith("{") else ""
    if bool(holds) != bool(raw.node.get("one_of")):
        said = "'one_of' names the teams that '{name}' may hold: both stand together or not at all"
        self.scope.notes.add("one-of", raw.node, said, "write 'transfer: \"{name}\"' with 'one_of: [team, team]'")
    summary = values.get("summary")
    teams = (self.config.teams.get(name) for name in (one_of if holds else (team,)))
    return Transfer(
        **common,
        team="" if holds else team,
        team_from=holds,
        one_of=one_of,
        summary=summary.template if summary else (),
        consent=self.consent if any(one and one.record for one in teams) else None,
        **waiting.waiting(self, raw),
    )


def _decide(self: Builder, raw: RawStep, common: dict[str, Any]) -> Step:
    del self
    return Decide(**common, branches=tuple(Branch(*branch) for branch in raw.values.get("decide", ())))


def _set(self: Builder, raw: RawStep, common: dict[str, Any]) -> Step:
    del self
    return Set(**common, values={name: text.template for name, text in raw.values.get("set", {}).items()})


def _hang_up(self: Builder, raw: RawStep, common: dict[str, Any]) -> Step:
    return HangUp(**common, farewell=self.text(raw, "hang_up"))


_BUILDERS: dict[str, Callable[[Builder, RawStep, dict[str, Any]], Step]] = {
    "menu": _menu,
    "say": _say,
    "ask": _ask,
    "record": _record,
    "case": _case,
    "transfer": _transfer,
    "send": services.send,
    "survey": services.survey,
    "look_up": lambda self, raw, common: inquiring.look_up(self.scope, raw, common),
    "submit": lambda self, raw, common: inquiring.submit(self.scope, raw, common),
    "call_back": services.call_back,
    "office": services.office,
    "status": services.status,
    "decide": _decide,
    "set": _set,
    "hang_up": _hang_up,
}
