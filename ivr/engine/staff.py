"""Steps of the staff's own line that no menu of callers has: a PIN, what is on, an end, orders.

They are put together with ordinary steps by ``ivr/menu/staff.py`` and stand in the tree of every version whose
configuration has such a line, under ids that begin with ``AREA``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ivr.engine.tree import Menu, Record, Step, Tree, Words

AREA = "staff_line"

# The names under which a call on the staff's line keeps things.
NUMBER, PIN, WHO = "staff_number", "staff_pin", "staff_who"
DEED, FLAG, PROMPT, UNTIL, TIME = "staff_deed", "staff_flag", "staff_prompt", "staff_until", "staff_time"
ENDS, DAY, CLOCK = "staff_ends", "staff_day", "staff_clock"  # when it ends: as a point in time, and as it is spoken
WORDS, HEARD = "staff_words", "staff_heard"  # what was recorded: its id, and where the carrier has it


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPin(Step):
    """Ask outside whether number and PIN fit; the PIN is forgotten whatever the answer."""

    reads: tuple[str, ...] = (NUMBER, PIN)  # what is judged: until then the PIN is of use, and kept


@dataclass(frozen=True, slots=True, kw_only=True)
class TellOn(Step):
    """Say which flags are on and what is on the air, and until when."""

    flags: Mapping[str, Words]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetEnd(Step):
    """Work out the end that was chosen or keyed; where there is none, `exits["wrong"]`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictate(Record):
    """Record something that is played back before it counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approve(Menu):
    """A menu before which the recording is played back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Step):
    """Have something done in the name of whoever keyed the PIN."""

    what: str  # switch_on | switch_off | put_on_air | take_off_air | keep_prompt


def public(tree: Tree) -> Tree:
    """Leave out what callers never come to: the staff's own lines, and their steps."""
    if not any(line.staff for line in tree.lines.values()):
        return tree
    steps = {name: step for name, step in tree.steps.items() if not name.startswith(f"{AREA}.")}
    return replace(tree, steps=steps, lines={name: line for name, line in tree.lines.items() if not line.staff})
