"""A call through this menu could collect more than fits into the address that carries it.

What a caller has keyed in travels, sealed, in the address of the next request: at most 1,200 characters. This is proved
from the longest answers that the menu can collect, so no call can ever break it.

Put right: ask for fewer things, or for shorter ones (`digits`); keep less of a look-up (`most`, `text up to 20`).
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.checks.examined import Examined
from ivr.menu.problems import ERROR, Problem
from ivr.token import longest

CODE = "token-too-long"
MOST = 1200  # characters


def check(draft: Examined) -> Iterator[Problem]:
    """Ask the token for its longest form."""
    length = longest(draft.content)
    if length > MOST:
        text = f"the call's state could need {length} characters, and {MOST} are the most"
        yield draft.in_config(CODE, "company", text, "ask for fewer or shorter things in one call", ERROR)
