"""Steps of a menu that do something for the caller beside answering: they write, ask for an opinion, promise a call.

They stand beside ``ivr/engine/tree.py`` and are part of every tree.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.engine.tree import Step, Template, Words

SMS, EMAIL = "sms", "email"


@dataclass(frozen=True, slots=True, kw_only=True)
class Send(Step):
    """Send a text by SMS or e-mail."""

    text: Words
    by: str  # sms | email
    to: Template  # an address, or the name that holds one
    team: str = ""  # whose address it is, "" for anybody else
    attach: tuple[str, ...] = ()  # names of recordings that go along

    @property
    def personal(self) -> bool:
        """Tell whether the caller reads it: it is then written in the call's language."""
        return not isinstance(self.to[0], str)
