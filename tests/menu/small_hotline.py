"""A small hotline to put a fault into."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.menu.compile import compile_hotline
from ivr.menu.problems import Problem

CONFIG = """\
company: Aurora Energy
language: en-US
voices: {en-US: Polly.Joanna-Neural}
lines:
  care: {number: "+18005550100", zone: Europe/Copenhagen, start: main, person: desk, languages: [en-US], default: yes}
teams:
  desk: {by: ring, ring: ["+15005550101"], hours: "Mo-Fr 08:00-18:00"}
kinds:
  complaint: {series: C, team: desk}
everywhere: {"*": back, "#": again, 0: person}
failed: desk
hosts: [crm.example.org]
"""
DESK = """\
desk:
  transfer: desk
  failed: message

message:
  record: Please leave a message after the tone.
  as: message
  failed: goodbye
  then: goodbye

goodbye:
  hang_up: Thank you for calling. Goodbye.
"""
MAIN = """\
main:
  menu: Welcome. How can we help?
  keys:
    1: a bill -> desk
"""


def problems(main: str = MAIN, config: str = CONFIG, files: Mapping[str, bytes] | None = None) -> tuple[Problem, ...]:
    """Everything that is said about a hotline with this main menu."""
    own = {"config.yaml": config, "menus/main.yaml": main, "menus/desk.yaml": DESK}
    return compile_hotline({path: text.encode() for path, text in own.items()} | dict(files or {})).problems


def codes(main: str = MAIN, config: str = CONFIG, files: Mapping[str, bytes] | None = None) -> set[str]:
    """The codes of everything that is said."""
    return {problem.code for problem in problems(main, config, files)}
