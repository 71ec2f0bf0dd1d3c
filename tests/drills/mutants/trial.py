"""One mutant: made, compiled, and either refused well or played to an end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

from drills.mutants.operators import OPERATORS
from drills.mutants.playing import play

from ivr.menu.compile import Compiled, compile_hotline
from ivr.menu.files import read_files
from ivr.menu.problems import Problem, apply_fix
from ivr.menu.traps import read_source

ROOT = Path(__file__).resolve().parents[3]
UNREADABLE = frozenset({"broken-yaml", "not-utf8", "too-large", "alias", "tag", "several-documents", "too-deep"})
MORE = (0, 0, 0, 0, 0, 0, 1, 3)  # changes besides the one that a mutant is named for
MOST_FIXES = 6  # tried per mutant: each costs a compile

Files = dict[str, bytes]


@cache
def sample() -> Files:
    return read_files(ROOT / "config.yaml", ROOT / "menus", ROOT / "recordings")


@cache
def known_codes() -> frozenset[str]:
    page = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
    return frozenset(line.removeprefix("### ").strip() for line in page.splitlines() if line.startswith("### "))


def operator_of(number: int) -> str:
    return list(OPERATORS)[number % len(OPERATORS)]


def mutant(number: int) -> Files:
    """Make the mutant with this number: the same in every run; one in four has one or three changes more."""
    dice = Random(number)
    texts = {path: data.decode(errors="surrogateescape") for path, data in sample().items()}
    for _ in range(20):
        changed = dict(texts)
        if OPERATORS[operator_of(number)](dice, changed) and changed != texts:
            for more in dice.choices(list(OPERATORS.values()), k=dice.choice(MORE)):
                more(dice, changed)
            return {path: text.encode(errors="surrogateescape") for path, text in changed.items()}
    raise AssertionError(f"'{operator_of(number)}' finds nothing to change")


def outcome(number: int) -> tuple[str, list[str]]:
    """Try one mutant: `refused` or `built`, and everything that was not as promised."""
    files = mutant(number)
    compiled = compile_hotline(files)
    faults = [f"{fault}\n{problem}" for problem in compiled.problems for fault in misplaced(problem, files)]
    faults += useless_fixes(compiled, files, Random(number))
    if compiled.content is None:
        return "refused", faults if compiled.problems else [*faults, "refused without a word"]
    dice = Random(number)
    for _ in range(3):
        try:
            play(compiled.content, dice)
        except Exception as error:  # noqa: BLE001  # any exception is what this drill looks for
            faults.append(f"played: {type(error).__name__}: {error}")
    return "built", faults


def misplaced(problem: Problem, files: Files) -> Iterator[str]:
    """Tell what a problem does not say, or says of a place that is not there."""
    if problem.code not in known_codes():
        yield "its code has no page"
    if not problem.hint.strip():
        yield "no hint"
    text = files.get(problem.path, b"").decode(errors="replace").removeprefix("\ufeff")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not 1 <= problem.line <= len(lines):
        yield "its line is not in the file"
    elif not 1 <= problem.column <= len(lines[problem.line - 1]) + 1:
        yield "its column is not in the line"


def useless_fixes(compiled: Compiled, files: Files, dice: Random) -> Iterator[str]:
    """Apply corrections one by one: each removes its problem, and leaves a file that can be read.

    Where YAML had to be mended before the file could be read, a correction is made on top of the mended lines.
    """
    fixed = [problem for problem in compiled.problems if problem.fix]
    for problem in dice.sample(fixed, min(MOST_FIXES, len(fixed))):
        assert problem.fix is not None
        source, first = read_source(problem.path, files[problem.path])
        text = source.text if problem in first[:1] else "\n".join(source.lines)
        repaired = apply_fix(text, problem.fix)
        later = compile_hotline(files | {problem.path: repaired.encode()})
        if _like(problem, later) >= _like(problem, compiled):
            yield f"the correction does not help\n{problem}\n{problem.fix}"
        if _unreadable(problem.path, later) > _unreadable(problem.path, compiled):
            yield f"the correction breaks the file\n{problem}\n{problem.fix}"


def _like(problem: Problem, compiled: Compiled) -> int:
    """Count the problems that say the same: their lines may have moved."""
    same = (problem.code, problem.path, problem.text)
    return Counter((each.code, each.path, each.text) for each in compiled.problems)[same]


def _unreadable(path: str, compiled: Compiled) -> int:
    return sum(each.code in UNREADABLE for each in compiled.problems if each.path == path)
