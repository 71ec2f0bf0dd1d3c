"""The first choice of this menu is heard late: more than eight seconds after the call came here.

For the first menu of a line everything said before it counts too. Callers who do not hear a choice soon press any key
or hang up. Seconds are those of the recordings, elsewhere an estimate by words per minute of the language.

Put right: say less before the choices; what is worth knowing can come behind one of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.tree import Menu
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.listening import offered
from ivr.menu.checks.parts import Part
from ivr.menu.checks.patience import before_first_listening, choice_times
from ivr.menu.problems import Problem

CODE = "slow-first-choice"
MOST = 8.0


def check(draft: Examined) -> Iterator[Problem]:
    """Add up what is heard before and in the first choice of each menu, in each language."""
    before = before_first_listening(draft)
    for step in draft.steps:
        if not isinstance(step, Menu) or not offered(step):
            continue
        for language in draft.languages_at(step.id):
            heard = before.get(step.id, 0.0) + next(iter(choice_times(draft, step, language).values()))
            if heard > MOST:
                text = f"the first choice is heard after {heard:.1f} seconds in {language}"
                yield draft.of(CODE, Part(step.id, "prompt"), text, f"at most {MOST:g}: say less before the choices")
                break
