"""What staff switch on ends: nothing stays on that nobody answers for, and nothing for ever."""

from __future__ import annotations

from ivr.errors import IvrError

DAY = 86_400
LONGEST = 31 * DAY  # seconds; whoever wants it longer looks at it again then


class NoTerm(IvrError):
    """What is switched on needs somebody who answers for it, and an end."""


def agree(owner: str, set_at: float, until: float) -> None:
    """Accept an owner and an end; NoTerm where one is missing, over, or too far away."""
    if not owner.strip():
        raise NoTerm("nobody answers for it", hint="name an owner")
    if until <= set_at:
        raise NoTerm("its end is over already")
    if until > set_at + LONGEST:
        days = LONGEST // DAY
        raise NoTerm(f"it would stay on for more than {days} days", hint="give an earlier end, and set it again then")
