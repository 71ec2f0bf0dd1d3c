"""Which files may be written in a draft: the names that the compiler takes, and no others."""

from __future__ import annotations

import re

from ivr.menu.config import PATH
from ivr.menu.kinds import NAME, TAG
from ivr.store.drafts import GONE, RECORDING, TEXT

# Also the `pattern` of a field in the page: browsers read it as a whole, and want a dash in a class to be escaped.
PATTERN = (
    rf"{re.escape(PATH)}|menus/(?:{NAME.pattern}\.yaml|(?:locales|messages)/{TAG.pattern}\.yaml"
    r"|tables/[A-Za-z0-9_\-]+\.csv|tests/[A-Za-z0-9_\-]+\.yaml)"
)
SCENARIOS = "menus/tests/"  # what a draft is tried by: the compiler takes none of it
LONGEST = 120  # characters of a path
_PATHS = re.compile(PATTERN, re.ASCII)
_RECORDINGS = re.compile(rf"recordings/prompts/{TAG.pattern}/[a-z0-9_.]+\.wav", re.ASCII)


def may_write(path: str, kind: str) -> bool:
    """Say whether a file of this name may be written; what a draft has by another name can still be taken away."""
    allowed = {TEXT: _PATHS, RECORDING: _RECORDINGS}
    return kind == GONE or (len(path) <= LONGEST and allowed[kind].fullmatch(path) is not None)
