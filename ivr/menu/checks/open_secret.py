"""This question sounds as if it asked for a PIN, a password or a card number, but is not marked `secret`.

What is keyed in here is kept with the call, shown on pages and read aloud to agents. A secret answer stands in no
record.

Put right: add `secret: yes`, or reword the question if it asks for something harmless.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.engine.tree import Ask
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.listening import plain
from ivr.menu.checks.parts import Part
from ivr.menu.problems import ERROR, Problem

CODE = "open-secret"
CARD_DIGITS = range(13, 20)

_SOUNDS = re.compile(
    r"\b(pin|pin[ -]?codes?|password|passcode|cvv|cvc|security (code|number)|social security|card number"
    r"|nip|contraseña|clave|número de (su |la )?tarjeta|pinkode|adgangskode|kortnummer|cpr|kontrolcifre"
    r"|jelszó|kártyaszám|titkos kód|parole|kartes numur\w*|drošības kod\w*)\b",
    re.IGNORECASE,
)
_CARD = re.compile(r"\b(\w*cards?|tarjeta|\w*kort|kártya\w*|karte\w*)\b", re.IGNORECASE)  # with so many digits
_PART = re.compile(r"\b(last|first|últimos|sidste|utolsó|pēdējos) ", re.IGNORECASE)


def check(draft: Examined) -> Iterator[Problem]:
    """Read the prompt of every open question."""
    for step in draft.steps:
        if not isinstance(step, Ask) or step.secret:
            continue
        text = plain(step.prompt.texts.get(draft.tree.language, ()))
        sounds = _SOUNDS.search(text)
        if sounds and not _PART.search(text):
            said = f"this asks for '{sounds[0]}', and the answer is kept in the open"
            yield draft.of(CODE, Part(step.id, "prompt"), said, "add 'secret: yes'", ERROR)
        elif step.longest in CARD_DIGITS and (step.check == "luhn" or _CARD.search(text)):
            said = f"up to {step.longest} digits look like a card number, kept in the open"
            yield draft.of(CODE, Part(step.id, "prompt"), said, "add 'secret: yes'", ERROR)
