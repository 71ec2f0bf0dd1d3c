"""Days and times of the clock as words: ``2026-11-27`` and ``14:30``, written by the facts, spoken by a language."""

from __future__ import annotations

import datetime as dt

from ivr.engine.tree import Tree
from ivr.engine.values import phrase_text


def day_spoken(tree: Tree, day: str, language: str) -> str:
    """Say a day by its name: "Friday, November 27"."""
    date = dt.date.fromisoformat(day)
    more = {
        "weekday": phrase_text(tree, f"weekday_{date.isoweekday()}", language),
        "month": phrase_text(tree, f"month_{date.month}", language),
        "day": str(date.day),
    }
    return phrase_text(tree, "day", language, more)


def clock_spoken(tree: Tree, time: str, language: str) -> str:
    """Say a time of the clock."""
    hour, _, minute = time.partition(":")
    return phrase_text(tree, "clock", language, {"hour": str(int(hour)), "minute": minute})


def hours_spoken(tree: Tree, hours: str, language: str) -> str:
    """Say the hours of a day: "from 9:00 to 12:00 and from 13:00 to 17:00"."""
    spans = []
    for span in hours.split():
        first, _, last = span.partition("-")
        more = {"from": clock_spoken(tree, first, language), "to": clock_spoken(tree, last, language)}
        spans.append(phrase_text(tree, "span", language, more))
    return f" {phrase_text(tree, 'and', language)} ".join(spans)
