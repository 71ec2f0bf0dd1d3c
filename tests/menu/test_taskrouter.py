"""`by: taskrouter` in config.yaml: accepted with all its options, and judged as a queue is."""

from __future__ import annotations

from ivr.engine.tree import Transfer
from ivr.menu.compile import compile_hotline

CONFIG = """\
company: Aurora Energy
language: en-US
voices: {en-US: Polly.Joanna-Neural}
lines: {care: {number: "+18005550100", zone: Europe/Copenhagen, start: main, default: yes}}
teams:
  desk:
    name: the desk
    by: taskrouter
    ring: ["+15005550101"]
    patience: 4 min
    wrap_up: 30 s
    skills: [gas]
    hours: "Mo-Fr 08:00-18:00"
failed: main.sorry
"""
MAIN = """\
main:
  transfer: desk
  words: One moment.
  skills: gas
  priority: 1
  patience: 2 min
  while_waiting:
    every: 1 min
    say: Thank you for waiting.
    keys: {1: {to: wait, then: again}}
  after: sorry

sorry:
  hang_up: Goodbye.
"""


def compiled(main=MAIN, config=CONFIG):
    return compile_hotline({"config.yaml": config.encode(), "menus/main.yaml": main.encode()})


def codes(main=MAIN, config=CONFIG):
    return {problem.code for problem in compiled(main, config).problems}


def test_a_team_over_taskrouter_is_accepted_with_all_its_options():
    found = compiled()
    assert found.content is not None
    team = found.content.tree.teams["desk"]
    assert (team.by, team.waits, team.ring, team.patience, team.wrap_up, team.skills) == (
        "taskrouter",
        True,
        ("+15005550101",),
        240,
        30,
        ("gas",),
    )
    (step,) = [step for step in found.content.tree.steps.values() if isinstance(step, Transfer)]
    assert (step.skills, step.priority, step.patience) == (("gas",), 1, 120)
    assert {problem.code for problem in found.problems} <= {"no-tests"}


def test_its_problems_are_those_of_a_queue():
    assert "unknown-skill" in codes(MAIN.replace("skills: gas", "skills: steam"))
    assert "long-patience" in codes(MAIN.replace("patience: 2 min", "patience: 20 min"))
    seeded = CONFIG.replace('    ring: ["+15005550101"]\n', "") + "seed: {people: [{name: Priya, teams: [other]}]}\n"
    assert "nobody-on-team" in codes(config=seeded)
    assert "no-queue" not in codes()
