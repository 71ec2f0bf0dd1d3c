"""What stands in a page, sign by sign: nothing moves a cursor or turns a line around, and no card's number is whole."""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup

from ivr.payment_cards import hide_cards

# Control characters but tab and line ends, halves of signs, and those that turn the direction of what follows.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
SHOWN = "\ufffd"


def harmless(value: Any) -> Any:
    """Give a value of a template as it may stand in a page; Jinja asks for each."""
    if not isinstance(value, str):
        return value
    if not isinstance(value, Markup):  # what is marked as safe was a page's own, or came by here before
        value = hide_cards(value)
    if not _UNSEEN.search(value):
        return value
    shown = _UNSEEN.sub(SHOWN, value)
    return Markup(shown) if isinstance(value, Markup) else shown  # noqa: S704 # nosec B704 # it was safe before
