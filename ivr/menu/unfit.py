"""Keys of a step that would do nothing beside its other keys: refused, since nothing that is written is ignored."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.tree import Words
from ivr.menu.notes import Notes
from ivr.menu.source import Mapping
from ivr.menu.steps import RawStep

CODE = "no-effect"


def ask(notes: Notes, raw: RawStep) -> None:
    """Judge the keys of an `ask` against its kind, and against `secret`."""
    for key, why in _unfit(raw):
        _note(notes, raw.node, key, why)


def record(notes: Notes, raw: RawStep) -> None:
    """Judge what a `record` says of wrong keys: every key ends a recording, none is wrong."""
    for key in ("tries", "reprompt"):
        holder = raw.node.get(key)
        if isinstance(holder, Mapping) and holder.get("wrong") is not None:
            _note(notes, holder, "wrong", "no key is wrong while a message is spoken")


def refused(notes: Notes, raw: RawStep, consent: Words | None) -> None:
    """See that whoever is asked for a yes hears what for."""
    if consent is None:
        said = "'refused' has the caller asked for a yes, and no 'consent' says what for"
        hint = "write 'consent: …' at the step, or 'recording: {consent: …}' in config.yaml"
        notes.add("missing-key", raw.node.key("refused") or raw.node, said, hint)


def most(notes: Notes, raw: RawStep) -> None:
    """Judge `most`, and `each` in a menu, against what they are about."""
    if raw.node.get("each") is None:
        _note(notes, raw.node, "most", "the step has no 'each'")
    elif raw.deed == "menu" and all(choice.key != "each" for choice in raw.values.get("keys", ())):
        said = "the menu names a list, and offers no item of it"
        notes.add(
            "missing-key", raw.node.key("each") or raw.node, said, "write 'each: \"{place.address} -> step\"' in 'keys'"
        )


def _unfit(raw: RawStep) -> Iterator[tuple[str, str]]:
    """Yield (key, why it does nothing)."""
    values = raw.values
    kind = values.get("kind", "digits")
    if "between" in values and kind not in {"digits", "amount"}:
        yield "between", f"'between' judges digits and amounts, not 'kind: {kind}'"
    if "digits" in values and kind in {"date", "month", "yes_no"}:
        yield "digits", f"'kind: {kind}' has a length of its own"
    if values.get("check") in {"luhn", "date"} and kind != "digits":
        yield "check", f"'check: {values['check']}' judges plain digits, not 'kind: {kind}'"
    if "offer" in values and kind not in {"digits", "phone"}:
        yield "offer", f"a number is no answer to 'kind: {kind}'"
    if values.get("read_back") and values.get("secret"):
        yield "read_back", "a secret is never spoken"


def _note(notes: Notes, holder: Mapping, name: str, why: str) -> None:
    key, value = holder.key(name), holder.get(name)
    if key is not None and value is not None:
        notes.add(CODE, key, f"'{name}' does nothing here: {why}", "leave it out", fix=notes.remove(key, value, holder))
