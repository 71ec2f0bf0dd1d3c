"""A hotline of any size: menus of four choices in a tree, whose leaves say a sentence and lead back."""

from __future__ import annotations

from collections.abc import Iterator

AREA = 100  # steps in a file

CONFIG = """\
company: Bench
language: en-US
voices: {en-US: Polly.Joanna-Neural}
lines:
  care: {number: "+18005550100", zone: Etc/UTC, start: a0.s0, person: front.desk, languages: [en-US], default: yes}
teams:
  front_desk: {by: ring, ring: ["+15005550101"]}
kinds:
  complaint: {series: C}
everywhere: {"*": back, "#": again, 0: person}
failed: front.desk
always_on: ["+15005550109"]
"""
FRONT = """\
desk:
  transfer: front_desk
  failed: goodbye
  after: goodbye

goodbye:
  hang_up: Goodbye.
"""


def hotline_of(steps: int) -> dict[str, bytes]:
    """Make the files of a hotline with that many steps and two more."""
    areas: dict[str, list[str]] = {}
    for number in range(steps):
        areas.setdefault(f"menus/a{number // AREA}.yaml", []).extend(step_of(number, steps))
    written = {path: "\n".join(lines) + "\n" for path, lines in areas.items()}
    written |= {"config.yaml": CONFIG, "menus/front.yaml": FRONT}
    return {path: text.encode() for path, text in written.items()}


def step_of(number: int, steps: int) -> Iterator[str]:
    """Write one step."""
    below = [4 * number + key for key in range(1, 5) if 4 * number + key < steps]
    yield f"s{number}:"
    if not below:
        yield f"  say: This is what we know about matter {number}."
        yield "  then: back"
        return
    yield f"  menu: What is it about in group {number}?"
    yield "  keys:"
    for key, target in enumerate(below, 1):
        yield f"    {key}: matter {target} -> a{target // AREA}.s{target}"
    yield "    0: a representative -> person"
