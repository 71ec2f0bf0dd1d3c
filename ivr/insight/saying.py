"""Figures in words and as data: never a share of too few calls, never a change without how sure it is."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ivr.insight.certainty import FEWEST, Difference
from ivr.insight.figures import BETTER, NEITHER, Figure, answers, listed
from ivr.insight.picture import passed
from ivr.insight.report import BY_DAY, Hour, Report
from ivr.insight.spread import within

TOO_FEW = "too few calls to tell"


def value(figure: Figure) -> str:
    """Write a figure: 38.6 %, 1:52."""
    if figure.value is None:
        return ""
    return amount(figure.value, share=figure.kind.share is not None)


def amount(number: float, *, share: bool) -> str:
    """Write a share, or seconds: short ones with a tenth."""
    if share:
        return f"{number * 100:.1f} %"
    return f"{number:.1f} s" if number < 60 else f"{int(number) // 60}:{int(number) % 60:02d}"


def change(figure: Figure) -> tuple[str, str]:
    """Say what a figure changed by and how sure that is, and the shape that says so: ok, bad, info or off."""
    if figure.value is None or figure.change is None:
        return TOO_FEW, "off"
    said, unit = figure.change, "points" if figure.kind.share else "s"
    scale = 100 if figure.kind.share else 1
    low, high = sorted((abs(said.low) * scale, abs(said.high) * scale))
    if not said.sure:
        return f"cannot tell yet: {_unsure(said, scale, unit)}", "off"
    better = figure.kind.more_is * said.more > 0
    words = ("up" if said.more > 0 else "down") if figure.kind.more_is == NEITHER else "better" if better else "worse"
    shape = "info" if figure.kind.more_is == NEITHER else "ok" if better else "bad"
    return f"{abs(said.more) * scale:.1f} {unit} {words}, between {low:.1f} and {high:.1f}", shape


def _unsure(said: Difference, scale: float, unit: str) -> str:
    """Say what a difference may be, and what would tell."""
    may = f"from {-said.low * scale:.1f} {unit} less to {said.high * scale:.1f} more"
    if not said.more or said.needed > 1000 * max(1, said.calls):
        return may
    return f"{may}; about {max(0, said.needed - said.calls):,} more calls of each would"


def range_told(figure: Figure) -> str:
    """Say between what the true share is, or within what nine in ten are."""
    if figure.range is not None:
        return f"between {figure.range[0] * 100:.1f} and {figure.range[1] * 100:.1f} %, of {figure.counted:,}"
    if figure.most is not None:
        return f"9 in 10 under {amount(figure.most, share=False)}, of {figure.counted:,}"
    return f"{figure.counted:,} of the {FEWEST} that are needed"


def as_data(told: Report) -> dict[str, Any]:
    """Lay a report out for programs. Shares are from 0 to 1, times in seconds, money in minor units."""
    asked = asdict(told.asked) | {"since": told.asked.since.isoformat(), "until": told.asked.until.isoformat()}
    return {
        "asked": asked,
        "calls": told.calls,
        "to_count": told.waiting,
        "figures": [figure_data(figure) for figure in told.figures],
        "days": [{"day": day.isoformat()} | dict(counts) for day, counts in told.days],
        "hours": [hour_data(one) for one in told.hours],
        "parts": {
            kind: [{kind: name} | {word: counts[word] for word in BY_DAY} for name, counts in found]
            for kind, found in told.parts.items()
        },
        "steps": [asdict(one) for one in passed(told.content, told.drawn)] if told.content else [],
        "drawn": told.version,
        "branches": [asdict(branch) for branch in told.branches],
        "versions": told.versions,
        "survey": [
            {"question": name, "kind": kind, "answers": dict(given)} for name, kind, given in answers(told.counts)
        ],
        "causes": {
            "agents": [{"outcome": parts[0], "calls": n} for parts, n in listed(told.counts, "cause/agent", 1)],
            "callers": [
                {"kind": kind, "step": step, "key": key, "calls": n}
                for (kind, step, key), n in listed(told.counts, "cause/caller", 3)
            ],
        },
        "wrong_option": [
            {"step": step, "key": key, "calls": n, "of": told.counts[f"judged/{step}/{key}"]}
            for (step, key), n in listed(told.counts, "misled", 2)
        ],
        "compared": [[figure_data(one) for one in pair] for pair in told.compared],
        "suggestions": [asdict(one) for one in told.suggestions],
    }


def hour_data(one: Hour) -> dict[str, Any]:
    """Lay an hour of the clock out."""
    waited = {"waited": within(one.waited, 0.5), "waited_9_in_10": _most(one.waited)}
    return {"hour": one.hour, "calls": one.calls} | waited


def _most(spread: dict[int, int]) -> float | None:
    return within(spread, 0.9) if sum(spread.values()) >= FEWEST else None


def figure_data(figure: Figure) -> dict[str, Any]:
    """Lay a figure out."""
    return {
        "figure": figure.kind.id,
        "title": figure.kind.title,
        "definition": figure.kind.definition,
        "is": "share" if figure.kind.share else "seconds",
        "more_is": {BETTER: "better", NEITHER: "neither"}.get(figure.kind.more_is, "worse"),
        "of": figure.counted,
        "value": figure.value,
        "between": figure.range,
        "nine_in_ten": figure.most,
        "change": asdict(figure.change) | {"sure": figure.change.sure} if figure.change else None,
    }
