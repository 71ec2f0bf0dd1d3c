"""Keyed answers, judged: keys go in, the value that is kept comes out, or None.

Kept values by kind: ``digits`` the digits as text; ``amount`` a number (12 or 12.5); ``date`` text such as
2026-11-24; ``month`` text such as 2026-11; ``phone`` digits as text, ``+`` first where the caller keyed 00; ``yes_no``
True (1) or False (2). Dates are keyed in the order in which the call's language says them: ddmmyyyy or mmddyyyy.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from ivr.engine.moment import Moment
from ivr.engine.speech import speakable
from ivr.engine.tree import Ask, Value
from ivr.engine.values import date_order

_LENGTHS = {"date": (8, 8), "month": (6, 6), "yes_no": (1, 1)}
_WIDTHS = {"day": 2, "month": 2, "year": 4}


def lengths(node: Ask) -> tuple[int, int]:
    """Return the fewest and the most keys of an answer."""
    return _LENGTHS.get(node.kind, (node.shortest, node.longest))


def judge(moment: Moment, node: Ask, keys: str) -> Value:
    """Return the value that keys mean, None where they are no answer."""
    shortest, longest = lengths(node)
    if not shortest <= len(keys) <= longest or not keys.isascii():
        return None
    value = _KINDS[node.kind](moment, keys)
    if value is None or not _between(node, value) or not _passes(moment, node, keys, value):
        return None
    return value


def _digits(_moment: Moment, keys: str) -> Value:
    """Keep the digits themselves."""
    return keys if keys.isdigit() else None


def _amount(_moment: Moment, keys: str) -> Value:
    """Read a number; the star is the point."""
    if re.fullmatch(r"\d+\*?|\d*\*\d{1,2}", keys) is None:
        return None
    amount = float(keys.replace("*", "."))
    return int(amount) if amount.is_integer() else amount


def _phone(_moment: Moment, keys: str) -> Value:
    """Keep digits, 00 standing for the plus."""
    if not keys.isdigit():
        return None
    return "+" + keys[2:] if keys.startswith("00") else keys


def _yes_no(_moment: Moment, keys: str) -> Value:
    """Read 1 as yes, 2 as no."""
    return {"1": True, "2": False}.get(keys)


def _date(moment: Moment, keys: str) -> Value:
    """Read a day of the calendar."""
    return _calendar(moment, "date", keys)


def _month(moment: Moment, keys: str) -> Value:
    """Read a month of the calendar."""
    day = _calendar(moment, "month_year", keys)
    return day[:7] if day else None


def _calendar(moment: Moment, phrase: str, keys: str) -> str | None:
    """Return the day that was keyed as ISO text; the first of the month where no day is asked."""
    if not keys.isdigit():
        return None
    parts = {"day": 1}
    place = 0
    for name in date_order(moment.tree, phrase, speakable(moment.tree, moment.now.language)):
        parts[name] = int(keys[place : place + _WIDTHS[name]])
        place += _WIDTHS[name]
    try:
        return dt.date(parts["year"], parts["month"], parts["day"]).isoformat()
    except ValueError:
        return None  # such a day is in no calendar: a wrong answer like any other


_KINDS: dict[str, Callable[[Moment, str], Value]] = {
    "digits": _digits,
    "amount": _amount,
    "date": _date,
    "month": _month,
    "phone": _phone,
    "yes_no": _yes_no,
}


def _between(node: Ask, value: Value) -> bool:
    """Tell whether a number lies in the step's range."""
    if node.kind not in {"digits", "amount"} or (node.low is None and node.high is None):
        return True
    number = float(str(value))
    return (node.low is None or number >= node.low) and (node.high is None or number <= node.high)


def _passes(moment: Moment, node: Ask, keys: str, value: Value) -> bool:
    """Tell whether an answer stands the step's `check`."""
    kind, _, rest = node.check.partition(":")
    if kind == "luhn":
        return luhn(keys)
    if kind == "date":
        return len(keys) == 8 and _date(moment, keys) is not None
    if kind == "same":
        return str(value) == str(moment.know(rest))
    return kind != "pattern" or _like(rest, keys)


def luhn(keys: str) -> bool:
    """ISO/IEC 7812-1, annex B: every second digit from the right doubled, the sum divisible by ten."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(keys))]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def _like(pattern: str, keys: str) -> bool:
    """Tell whether keys are like one of the patterns, split by `|`: `?` is any digit, a digit itself.

    No regular expressions here: a careless one can take minutes over twenty digits.
    """
    return any(
        len(one) == len(keys) and all(sign in {"?", key} for sign, key in zip(one, keys, strict=True))
        for one in pattern.replace(" ", "").split("|")
    )
