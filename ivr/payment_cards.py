"""Numbers of payment cards in what callers gave and staff wrote: people read the last four digits, and no more.

Source: ISO/IEC 7812-1 (8 to 19 digits, the last of which checks the others; we look at 13 and more, which begin as
those of the payment networks do: with 3 to 6, and of sixteen digits with 2221 to 2720), PCI DSS 4.0, 3.4.1 (what may be
shown).
"""

from __future__ import annotations

import re

from ivr.engine.answers import luhn

# Standing alone, in one run or in groups; a phone number with its country, a decimal or a part of a longer run is none.
# A dot or a slash stands in so much else that it parts only the groups that are printed on cards.
CARD = re.compile(
    r"(?<![\w+])(?<![0-9][.,-])"
    r"(?:[3-6][0-9]{3}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720))"
    r"(?:(?:[ \u00a0\u2009\u202f-]?[0-9]){8,14}[0-9]"
    r"|([./])[0-9]{4}\1[0-9]{4}\1[0-9]{4}|([./])[0-9]{6}\2[0-9]{5})"
    r"(?!\w)(?![.,-][0-9])"
)
SIXTEEN = "2"  # what begins so has no other length
HIDDEN = "•••• "


def hide_cards(text: str) -> str:
    """Leave of every card's number its last four digits."""
    return CARD.sub(_hidden, text)


def _hidden(found: re.Match[str]) -> str:
    digits = re.sub(r"[^0-9]", "", found[0])
    fits = len(digits) == 16 or not digits.startswith(SIXTEEN)
    return HIDDEN + digits[-4:] if fits and luhn(digits) else found[0]
