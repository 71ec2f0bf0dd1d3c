"""What stands on a roster, as people write it."""

from __future__ import annotations

import re
import time

from ivr.content import Schedule
from ivr.facts.hours import status
from ivr.roles import BadPerson, as_phone

LONGEST_PHONE = 100  # characters
MOST_SKILLS = 50


def as_shift(text: str) -> str:
    """Read when somebody works, in the notation of opening hours; "" is always. ScheduleRefused."""
    if text:
        status(Schedule(text, "UTC"), time.time())
    return text


def as_reachable(text: str) -> str:
    """Read what can be dialled: a number, a browser phone or one of an exchange; "" is none. BadPerson."""
    if re.fullmatch(r"(client:[\w.@-]+|sips?:[^\s<>&\"']+)?", text) and len(text) <= LONGEST_PHONE:
        return text
    return as_phone(text)


def as_skills(words: tuple[str, ...]) -> tuple[str, ...]:
    """Read what somebody can do, as the teams' skills are named. BadPerson."""
    if len(words) > MOST_SKILLS:
        raise BadPerson(f"{len(words)} skills are too many", hint=f"name at most {MOST_SKILLS}")
    for word in words:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", word):
            raise BadPerson(f"{word!r} is not a skill", hint="skills are small letters: gas, meters")
    return words
