"""One mutant: made, compiled, and either refused well or played to an end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from drills.mutants.operators import OPERATORS
from drills.mutants.playing import play

from ivr.menu.compile import Compiled, compile_hotline
from ivr.menu.files import read_files
from ivr.menu.problems import ERROR, Problem, apply_fix
from ivr.menu.traps import read_source

ROOT = Path(__file__).resolve().parents[3]
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one mutant."""

    number: int
    ending: str  # refused | built | crashed
    faults: tuple[str, ...] = ()  # everything that was not as promised
    corrections: int = 0  # that were applied
    turns: int = 0  # that were played


def tried(number: int) -> Outcome:
    """Try one mutant; a crash is the worst that can be found."""
    try:
        return _tried(number)
    except Exception as error:  # noqa: BLE001  # any exception is what this drill looks for
        return Outcome(number, "crashed", (f"{type(error).__name__}: {error}",))


def _tried(number: int) -> Outcome:
    files = mutant(number)
    compiled = compile_hotline(files)
    faults = [f"{fault}\n{problem}" for problem in compiled.problems for fault in misplaced(problem, files)]
    faults += useless_fixes(compiled, files, Random(number))
    corrections = min(MOST_FIXES, sum(problem.fix is not None for problem in compiled.problems))
    if compiled.content is None:
        told = any(problem.severity == ERROR for problem in compiled.problems)
        return Outcome(number, "refused", (*faults, *(() if told else ("refused without a word",))), corrections)
    dice = Random(number)
    turns = sum(play(compiled.content, dice) for _ in range(3))
    return Outcome(number, "built", tuple(faults), corrections, turns)


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
        if len(read_source(problem.path, repaired.encode())[1]) > len(first):
            yield f"the correction breaks the file\n{problem}\n{problem.fix}"


def _like(problem: Problem, compiled: Compiled) -> int:
    """Count the problems that say the same: their lines may have moved."""
    same = (problem.code, problem.path, problem.text)
    return Counter((each.code, each.path, each.text) for each in compiled.problems)[same]
