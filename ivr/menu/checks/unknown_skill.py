"""A transfer asks for a skill that its team does not list: nobody can have it, and every caller finds nobody.

Put right: correct the skill, or add it to the team's `skills` in config.yaml.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.tree import Transfer
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.parts import Part
from ivr.menu.problems import ERROR, Problem, nearest

CODE = "unknown-skill"


def check(draft: Examined) -> Iterator[Problem]:
    """Compare what transfers ask for with what their teams list."""
    for step in draft.steps:
        if not isinstance(step, Transfer):
            continue
        for name in (step.team, *step.one_of):
            team = draft.tree.teams.get(name)
            if team is None or not team.waits:
                continue
            for skill in step.skills:
                if skill not in team.skills:
                    near = nearest(skill, team.skills)
                    hint = f"did you mean '{near}'?" if near else f"write 'skills: [{skill}]' in the team"
                    text = f"'{step.id}' asks for the skill '{skill}', which the team '{name}' does not list"
                    yield draft.of(CODE, Part(step.id, "skills"), text, hint, ERROR)
