"""The page ``/insight``: where calls go, how they end and how long it takes. The filter stands in the address."""

from __future__ import annotations

import time
from collections import Counter
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, render_template, request
from markupsafe import Markup

from console.account import me
from console.calls import archive, library
from console.charts import Series, columns, lines
from console.frame import live, moment, zone
from console.rights import may
from console.tongues import spoken
from ivr.archive.paths import choice_words
from ivr.archive.texts import text_of
from ivr.archive.times import show_span
from ivr.archive.wrap_ups import OUTCOMES
from ivr.content import Content
from ivr.drawing.svg import draw_svg
from ivr.engine.tree import Menu
from ivr.insight.asked import NAMES, Asked, NotAsked, read_asked
from ivr.insight.certainty import FEWEST
from ivr.insight.figures import answers, listed
from ivr.insight.money import rates_of
from ivr.insight.picture import drawn, most_lost, passed
from ivr.insight.report import Place, Report, report
from ivr.insight.saying import TOO_FEW, change, range_told, value
from ivr.insight.spread import within

bp = Blueprint("insight", __name__)
SPANS = {"7": "last 7 days", "30": "last 30 days", "90": "last 90 days", "365": "last 365 days"}
KINDS = ("line", "language", "team")
LONGEST = 100  # characters of a filter
# what of a day's calls -> its words, and its colour
ENDS = {
    "contained": ("solved by the menu", "ok"),
    "talked": ("talked with a person", "info"),
    "left_waiting": ("left while waiting", "warn"),
    "gave_up": ("gave up in the menu", "bad"),
    "other": ("ended otherwise", "mute"),
}


@bp.get("/insight")
def page() -> str:
    """Show the figures of some days."""
    said = {name: request.args.get(name, "").strip()[:LONGEST] for name in NAMES}
    told, wrong, names = None, "", named()
    try:
        told = report(read_asked(said, time.time(), ZoneInfo(zone())), place())
    except NotAsked as error:
        wrong = f"{error}; {error.hint}"
    return render_template(
        "insight.html",
        page="insight",
        said=said,
        wrong=wrong,
        told=told,
        spans=SPANS,
        kinds=KINDS,
        may_see_calls=may(me().role, "see calls"),
        calls_of=calls_of(told.asked) if told else {},
        names=names,
        may_phone=may(me().role, "use the phone"),
        **(shown(told, names) if told and told.calls else {}),
    )


def calls_of(asked: Asked) -> dict[str, str]:
    """Write the days, line and language as the filter of the calls page takes them, whose end is not in it."""
    bounds = {"since": f"{asked.since}", "until": f"{asked.until + timedelta(days=1)}"}
    return bounds | {name: found for name in ("line", "language") if (found := getattr(asked, name))}


def place() -> Place:
    """Say where the figures are read from."""
    rates = rates_of(current_app.extensions["settings"])
    return Place(archive().store, library(), ZoneInfo(zone()), rates, time.time())


def named() -> dict[str, dict[str, str]]:
    """Say what may be chosen in words: teams and languages by name, versions with the day of their last publish."""
    content = live()
    teams = content.tree.teams.values() if content else ()
    switches = reversed(archive().store.versions.history())
    versions = {one.hash: f"{one.hash[:7]} · {moment(one.at)}" for one in switches}
    return {
        "team": {team.id: text_of(team.name, "") or team.id for team in teams},
        "language": spoken(content.tree) if content else {},
        "version": versions,
        "before": versions,
    }


def shown(told: Report, names: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Work out what the template shows."""
    rates = rates_of(current_app.extensions["settings"])
    steps = passed(told.content, told.drawn) if told.content else []
    return {
        "figures": [(one, value(one) or TOO_FEW, range_told(one), change(one)) for one in told.figures],
        "compared": [(first, second, value(first), value(second), change(second)) for first, second in told.compared],
        "picture": picture(told.content, told.drawn, told.asked) if told.content else None,
        "steps": steps,
        "lost": most_lost(steps),
        "by_day": by_day(told),
        "by_hour": by_hour(told),
        "by_part": {kind: [by_part(told, names, kind, *one) for one in found] for kind, found in told.parts.items()},
        "ends": ENDS,
        "survey": list(answers(told.counts)),
        "said_by_agents": [(OUTCOMES.get(of[0], of[0]), n) for of, n in listed(told.counts, "cause/agent", 1)],
        "said_by_callers": [
            (of[0], label(told.content, *of[1:]), n) for of, n in listed(told.counts, "cause/caller", 3)[:12]
        ],
        "misled": [
            (label(told.content, *of), n, told.drawn["judged/" + "/".join(of)])
            for of, n in listed(told.drawn, "misled", 2)[:12]
        ],
        "branches": [(label(told.content, one.step, one.key), one) for one in told.branches],
        "rates": rates,
        "few": FEWEST,
        "share": share,
    }


def share(part: int, whole: int) -> str:
    """Write a share; nothing where too few were counted."""
    return f"{part / whole:.1%}" if whole >= FEWEST else ""


def label(content: Content | None, step: str, key: str) -> str:
    """Say a choice in words: its key and what the menu says of it."""
    if not key:
        return "chose nothing"
    found = content.tree.steps.get(step) if content else None
    choices = found.choices if isinstance(found, Menu) else ()
    words = next((choice_words(choice, "") for choice in choices if choice.key == key), "")
    return f"{key}: {words}" if words else f"{key} at {step}"


def picture(content: Content, counts: Counter[str], asked: Asked) -> Markup:
    """Draw the menu with what callers did there."""
    graph, widths = drawn(content, counts, asked.language)
    return Markup(draw_svg(graph, links=True, styled=False, widths=widths))  # noqa: S704 # nosec B704 # escaped as it is drawn


def by_day(told: Report) -> dict[str, Any]:
    """Draw the days, each call by how it ended."""
    rows = []
    for day, counts in told.days:
        row = {name: counts[name] for name in ENDS if name != "other"}
        rows.append((day, counts["calls"], row | {"other": max(0, counts["calls"] - sum(row.values()))}))
    labels = [day.strftime("%d %b") for day, _, _ in rows]
    most = max(rows, key=lambda row: row[1])
    said = f"Calls by day. Most on {most[0]:%d %B}: {most[1]:,}."
    parts = [Series([row[name] for _, _, row in rows], colour) for name, (_, colour) in ENDS.items()]
    return {"chart": columns(parts, labels, said), "rows": rows}


def by_part(
    told: Report, names: dict[str, dict[str, str]], kind: str, name: str, counts: Counter[str]
) -> dict[str, Any]:
    """Lay out one line, language, team or version: its calls, how they ended, and the page narrowed to it."""
    asked = told.asked
    kept = {each: getattr(asked, each) for each in ("line", "language", "team", "version")} | {kind: name}
    days = {"since": asked.since.isoformat(), "until": asked.until.isoformat()}
    row = {end: counts[end] for end in ENDS if end != "other"}
    row["other"] = max(0, counts["calls"] - sum(row.values()))
    words = names.get(kind, {}).get(name) or (name[:7] if kind == "version" else name)
    return {"name": words, "calls": counts["calls"], "ends": row, "kept": days | {k: v for k, v in kept.items() if v}}


def by_hour(told: Report) -> dict[str, Any]:
    """Draw calls and waiting by the hour of the clock."""
    rows = []
    for one in told.hours:
        enough = sum(one.waited.values()) >= FEWEST
        half, most = (within(one.waited, part) if enough else None for part in (0.5, 0.9))
        rows.append((one.hour, one.calls, half, most))
    labels = [f"{hour:02d}" for hour, *_ in rows]
    busiest = max(rows, key=lambda row: row[1])
    calls = columns(
        [Series([row[1] for row in rows], "info")],
        labels,
        f"Calls by hour of the day. Most from {busiest[0]:02d}:00: {busiest[1]:,}.",
    )
    waits = lines(
        [Series([row[3] for row in rows], "b"), Series([row[2] for row in rows], "a")],
        labels,
        "Waiting by hour of the day: half waited less, and nine in ten.",
        show_span,
    )
    return {"calls": calls, "waits": waits, "rows": rows, "waited": any(row[2] is not None for row in rows)}
