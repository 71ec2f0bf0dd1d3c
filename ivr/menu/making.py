"""What a builder of one kind of step asks of the builder of them all (``ivr/menu/build.py``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ivr.engine.tree import Template, Words
from ivr.menu.config import Config
from ivr.menu.scope import Scope, Text
from ivr.menu.steps import RawStep
from ivr.menu.words import Voice


class Maker(Protocol):
    """Makes words of texts, and notes what is wrong."""

    scope: Scope
    config: Config
    voice: Voice
    phrases: Mapping[str, Mapping[str, Template]]  # our own words, by language
    labels: dict[str, dict[str, Words]]
    consent: Words | None

    def text(self, raw: RawStep, key: str) -> Words | None:
        """Make the words of one key of a step."""

    def speak(self, raw: RawStep, at: tuple[str, ...], value: Text, fixed: str = "") -> Words:
        """Make words that stand at a place of a step."""

    def listening(self, raw: RawStep) -> dict[str, Any]:
        """Fill what every step that listens has."""
