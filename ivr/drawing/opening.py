"""Opening hours in words: the common forms of the public notation; what is rarer is shown as it is written."""

from __future__ import annotations

import re
from collections.abc import Mapping

from babel import Locale, UnknownLocaleError

TO = "\u2013"  # the dash of a range
DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_DAY = "(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)"
_RULE = re.compile(
    rf"(?P<days>{_DAY}(?:[-,]{_DAY})*) +(?P<times>off|closed|\d\d:\d\d-\d\d:\d\d(?:, ?\d\d:\d\d-\d\d:\d\d)*)"
)


def in_words(rules: str, language: str, words: Mapping[str, str]) -> list[tuple[str, str]]:
    """Give (days, times) per rule; days are "" where a rule is shown as it is written."""
    found: list[tuple[str, str]] = []
    for rule in rules.split(";"):
        text = rule.strip()
        match = _RULE.fullmatch(text)
        if text in {"", "24/7"}:
            found.append((words["always"], ""))
        elif match is None:
            found.append(("", text))
        else:
            times = words["closed"] if match["times"] in {"off", "closed"} else match["times"].replace("-", TO)
            found.append((_days(match["days"], language, words), times))
    return found


def _days(text: str, language: str, words: Mapping[str, str]) -> str:
    names = {**dict(zip(DAYS, _names(language), strict=True)), "PH": words["holidays"]}
    return re.sub(_DAY, lambda match: names[match[0]], text).replace("-", TO).replace(",", ", ")


def _names(language: str) -> list[str]:
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return list(DAYS)
    return [str(locale.days["stand-alone"]["wide"][number]) for number in range(7)]


def language_name(tag: str) -> str:
    """Name a language in itself: "dansk"; its tag where nobody knows it."""
    try:
        return Locale.parse(tag, sep="-").get_language_name() or tag
    except (UnknownLocaleError, ValueError):
        return tag
