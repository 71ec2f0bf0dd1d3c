"""Numbers of payment cards in what callers gave and staff wrote: people read the last four digits, and no more.

Source: ISO/IEC 7812-1 (8 to 19 digits, the last of which checks the others; we look at 13 and more, which begin with 3
to 6 as those of the payment networks do), PCI DSS 4.0, 3.4.1 (what may be shown).
"""

from __future__ import annotations

import re

from ivr.engine.answers import luhn

# Standing alone, in one run or in groups; a phone number with its country, a decimal or a part of a longer run is none.
CARD = re.compile(r"(?<![\w+])(?<![0-9][.,-])[3-6][0-9]{3}(?:[ -]?[0-9]){8,14}[0-9](?!\w)(?![.,-][0-9])")
HIDDEN = "•••• "


def hide_cards(text: str) -> str:
    """Leave of every card's number its last four digits."""
    return CARD.sub(_hidden, text)


def _hidden(found: re.Match[str]) -> str:
    digits = re.sub("[ -]", "", found[0])
    return HIDDEN + digits[-4:] if luhn(digits) else found[0]
