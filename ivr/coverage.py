"""What of a menu has been walked by calls: its steps, choices, branches and exits, counted from events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ivr.engine.events import Chose, Decided, Entered, Event, Left
from ivr.engine.services import Send
from ivr.engine.staff import public
from ivr.engine.tree import AGAIN, Decide, Inquiry, Menu, Step, Transfer, Tree


@dataclass(slots=True)
class Coverage:
    """Ways by name: ``main.main``, ``main.main key 2``, ``main.main exit silence``, ``main.night branch 1``."""

    all: set[str]
    walked: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, tree: Tree) -> Coverage:
        """Name every way of a menu; the staff's own line has our menu, which no hotline has to walk."""
        ways: set[str] = set()
        for name, step in public(tree).steps.items():
            ways.add(name)
            ways |= {f"{name} exit {leaves}" for leaves in step.exits if leaves != "failed" or _fails(step)}
            if isinstance(step, Menu):
                ways |= {f"{name} key {choice.key}" for choice in step.choices}
            if isinstance(step, Transfer):
                ways |= {f"{name} key {choice.key}" for choice in step.waiting.choices if choice.target != AGAIN}
            if isinstance(step, Decide):
                ways |= {f"{name} branch {number}" for number in range(len(step.branches) + 1)}
        return cls(ways)

    def add(self, events: Iterable[Event]) -> None:
        """Count what happened in a call."""
        for event in events:
            match event:
                case Entered(step):
                    self.walked.add(step)
                case Chose(step, key):
                    self.walked.add(f"{step} key {key}" if key else f"{step} exit silence")
                case Decided(step, branch):
                    self.walked.add(f"{step} branch {branch}")
                case Left(step, leaves):
                    self.walked.add(f"{step} exit {leaves}")

    @property
    def missing(self) -> list[str]:
        """Name what no call has walked."""
        return sorted(self.all - self.walked)

    def told(self) -> str:
        """Say it in one line."""
        return f"{len(self.all & self.walked)} of {len(self.all)} steps, keys, branches and exits walked"


def _fails(step: Step) -> bool:
    """Tell whether `failed` is a way of its own, and not only what stands behind the others.

    A message to an address that the menu names can always be left in the outbox.
    """
    if isinstance(step, Inquiry):
        return True
    return len(step.exits) == 1 and not (isinstance(step, Send) and not step.personal)
