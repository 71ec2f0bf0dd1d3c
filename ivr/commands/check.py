"""`ivr check`: everything that is wrong with the menus, at once."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import click

from ivr.menu.checks.budget import Heard, listening
from ivr.menu.compile import Compiled, compile_hotline
from ivr.menu.credentials import missing
from ivr.menu.files import read_files
from ivr.menu.problems import ERROR, LOOK_AT, Problem, in_order

FINE, WRONG, UNUSABLE = 0, 1, 2


@click.command(
    epilog="Example: ivr check --json | jq '.problems[].code'. Exit code 0: fine, 1: errors, 2: files cannot be read."
)
@click.option(
    "--config", default=lambda: os.environ.get("IVR_CONFIG", "config.yaml"), help="config.yaml of the hotline."
)
@click.option("--menus", default=lambda: os.environ.get("IVR_MENUS", "menus"), help="The folder of the menus.")
@click.option("--recordings", help="The folder that holds prompts/<language>/*.wav; recordings beside config.yaml.")
@click.option("--json", "as_json", is_flag=True, help="Print the problems and the seconds of listening as JSON.")
@click.option("--seconds", is_flag=True, help="Where there is no error: how long callers listen, menu by menu.")
def command(config: str, menus: str, recordings: str | None, **form: bool) -> None:
    """Read the menus and print every problem with its place, a hint, and the corrected line: errors first.

    --seconds adds how long callers listen: until each choice of each menu, and to a person.
    """
    try:
        files = read_files(Path(config), Path(menus), Path(recordings or Path(config).parent / "recordings"))
    except OSError as error:
        click.echo(f"ivr check: cannot read {error.filename}: {error.strerror}", err=True)
        sys.exit(UNUSABLE)
    compiled = compile_hotline(files)
    unset = missing(compiled.credentials, (name for name, value in os.environ.items() if value))
    compiled = replace(compiled, problems=in_order([*compiled.problems, *unset]))
    if form["as_json"]:
        click.echo(json.dumps(_as_json(compiled), indent=2, ensure_ascii=False))
    else:
        click.echo(_as_text(compiled, seconds=form["seconds"]))
    sys.exit(FINE if compiled.content else WRONG)


def _heard(compiled: Compiled) -> tuple[Heard, ...]:
    return listening(compiled.examined) if compiled.content and compiled.examined else ()


def _as_json(compiled: Compiled) -> dict[str, object]:
    content = compiled.content
    return {
        "version": content.hash if content else None,
        "steps": len(content.tree.steps) if content else None,
        "problems": [problem.as_json() for problem in compiled.problems],
        "listening": [heard.as_json() for heard in _heard(compiled)],
    }


def _as_text(compiled: Compiled, *, seconds: bool) -> str:
    """Write errors before remarks, below a line that counts them; every problem begins with its place."""
    found = _counted(compiled)
    errors = [problem for problem in compiled.problems if problem.severity == ERROR]
    remarks = [problem for problem in compiled.problems if problem.severity != ERROR]
    lines = [found] if found else []
    lines += [line for problem in errors for line in _told(problem, "red")]
    lines += ["to look at:"] if errors and remarks else []
    lines += [line for problem in remarks for line in _told(problem, "yellow")]
    lines += _listening(_heard(compiled)) if seconds else []
    if compiled.content:
        end = f"fine: {len(compiled.content.tree.steps)} steps, version {compiled.content.hash[:12]}"
        lines.append(f"{end}; {found}" if found else end)
    else:
        lines.append(f"not fine: {found}")
    return "\n".join(lines)


def _told(problem: Problem, colour: str) -> list[str]:
    first, *rest = str(problem).split("\n")
    return [click.style(first, fg=colour, bold=True), *rest]


def _listening(heard: tuple[Heard, ...]) -> list[str]:
    """Print the budget: by line and language, the menus that are reached first above."""
    lines = []
    by_language: dict[tuple[str, str], list[Heard]] = {}
    for one in heard:
        by_language.setdefault((one.line, one.language), []).append(one)
    for (line, language), menus in by_language.items():
        lines.append(f"seconds of listening, line {line}, {language}: since the call began; of a menu, until each key")
        for one in menus:
            keys = ", ".join(f"{key}: {until:.1f}" for key, until in one.choices.items()) or "no choice is spoken"
            person = "no way to a person" if one.person is None else f"a person {one.person:.1f}"
            pressed = f" ({' '.join(one.pressed)})" if one.pressed else ""
            lines.append(f"  {one.after:6.1f}  {one.step}{pressed}  {keys};  {person}")
    return lines


def _counted(compiled: Compiled) -> str:
    count = Counter(problem.severity for problem in compiled.problems)
    said = [f"{count[ERROR]} error{'s' if count[ERROR] > 1 else ''}"] if count[ERROR] else []
    said += [f"{count[LOOK_AT]} to look at"] if count[LOOK_AT] else []
    return ", ".join(said)
