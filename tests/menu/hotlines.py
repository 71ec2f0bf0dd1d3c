"""Small hotlines for the tests of the menu room."""

from __future__ import annotations

from ivr.content import Content
from ivr.menu.compile import Compiled, compile_hotline
from ivr.menu.problems import Problem

CONFIG = """\
company: Test Company
language: en-US
voices: {en-US: Polly.Joanna-Neural, da-DK: Polly.Sofie-Neural}
lines:
  care: {number: "+18005550100", zone: Europe/Copenhagen, languages: [en-US, da-DK], default: yes}
teams:
  desk: {ring: ["+15005550101"], hours: "Mo-Fr 08:00-18:00; PH off", holidays: DK}
  repairs: {ring: ["client:anna"]}
kinds:
  complaint: {series: C, team: desk}
  doubt: {series: D}
everywhere: {"*": back, "#": again, 0: person}
failed: over
directories: {colleagues: {"1001": desk, 1010 to 1012: repairs}}
hours: {summer: "Jun-Aug Mo-Fr 09:00-15:00"}
"""

OVER = b"over:\n  hang_up: Goodbye.\n"


def compiled(main: str, **files: str | bytes) -> Compiled:
    """Compile one area `main`; other files are given by path, `config` and areas by name."""
    made = {"config.yaml": CONFIG.encode(), "menus/main.yaml": main.encode(), "menus/over.yaml": OVER}
    for name, text in files.items():
        path = name if "/" in name else "config.yaml" if name == "config" else f"menus/{name}.yaml"
        made[path] = text if isinstance(text, bytes) else text.encode()
    return compile_hotline(made)


def good(main: str, **files: str | bytes) -> Content:
    """Compile what must be without errors."""
    found = compiled(main, **files)
    assert found.content is not None, "\n".join(map(str, found.problems))
    return found.content


def only(code: str, main: str, **files: str | bytes) -> Problem:
    """Compile what must have exactly one problem of a code."""
    found = [problem for problem in compiled(main, **files).problems if problem.code == code]
    assert len(found) == 1, "\n".join(map(str, compiled(main, **files).problems))
    return found[0]
