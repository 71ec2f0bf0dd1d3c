"""What the checks examine: a version that compiled, before it is allowed to be one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ivr.content import Content
from ivr.menu.words import Voice


@dataclass(frozen=True, slots=True)
class Draft:
    """A compiled hotline with the files it was made of."""

    content: Content
    files: Mapping[str, bytes]  # path -> bytes: config, menus, locales, recordings
    voice: Voice  # every text with its translations, and where each thing is written
    consent_needed: bool = False  # config says that nobody is recorded without being told
