"""Values become words: digits one by one, dates by the month's name, choices by their label.

``spoken`` is for ears, in one language that the carrier can speak; ``written`` is for eyes, in the source language
unless another is said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ivr.engine.tree import Tree, Value

_NOTHING: Mapping[str, str] = {}


def spoken(tree: Tree, kind: str, name: str, value: Value, language: str) -> str:
    """Return a value as it is read aloud. ``kind`` is one of ``tree.TYPES``."""
    if kind in {"choice", "yes_no"} or isinstance(value, bool):
        return _label(tree, name, value, language)
    speak = _SPOKEN.get(kind)
    return speak(tree, str(value), language) if speak else str(value)


def written(tree: Tree, kind: str, name: str, value: Value, language: str = "") -> str:
    """Return a value as it is read on a page, or in a message."""
    language = language if language in tree.phrases else tree.language
    if kind in {"choice", "yes_no"} or isinstance(value, bool):
        return _label(tree, name, value, language)
    if kind in {"amount", "recording"}:
        return spoken(tree, kind, name, value, language)
    return str(value)


def phrase_text(tree: Tree, name: str, language: str, more: Mapping[str, str] = _NOTHING) -> str:
    """Return one of our own phrases in this language, filled."""
    parts = tree.phrases[language][name]
    return "".join(part if isinstance(part, str) else more.get(part.name, part.otherwise or "") for part in parts)


def date_order(tree: Tree, phrase: str, language: str) -> list[str]:
    """Return day, month and year in the order in which a language says them: callers key them so, too."""
    return [part.name for part in tree.phrases[language][phrase] if not isinstance(part, str)]


def _label(tree: Tree, name: str, value: Value, language: str) -> str:
    """Return the words of the choice that gave this value."""
    if isinstance(value, bool):
        return phrase_text(tree, "yes" if value else "no", language)
    words = tree.labels.get(name, {}).get(str(value))
    if words is None:
        return str(value)
    text = words.texts.get(language) or words.texts.get(tree.language) or (str(value),)
    return "".join(part for part in text if isinstance(part, str))


def _digits(tree: Tree, text: str, language: str) -> str:
    """Read one by one; what is neither letter nor digit is not spoken, but for the plus of a phone number."""
    signs = [
        phrase_text(tree, "plus", language) if sign == "+" else sign for sign in text if sign.isalnum() or sign == "+"
    ]
    return " ".join(signs)


def _phone(tree: Tree, text: str, language: str) -> str:
    """Read digits one by one, an address such as ``sip:anna@example.org`` by its name."""
    if text.lstrip("+").isdigit():
        return _digits(tree, text, language)
    return text.partition(":")[2].partition("@")[0] or text


def _number(tree: Tree, text: str, language: str) -> str:
    """Read with the language's own mark between whole and part."""
    return text.removesuffix(".0").replace(".", phrase_text(tree, "point", language))


def _amount(tree: Tree, text: str, language: str) -> str:
    """Read with two places, none where there are no cents."""
    return f"{float(text):.2f}".removesuffix(".00").replace(".", phrase_text(tree, "point", language))


def _date(tree: Tree, text: str, language: str) -> str:
    """Read a date such as 2026-11-24."""
    year, month, day = text.split("-")
    more = {"day": str(int(day)), "month": phrase_text(tree, f"month_{int(month)}", language), "year": year}
    return phrase_text(tree, "date", language, more)


def _month(tree: Tree, text: str, language: str) -> str:
    """Read a month such as 2026-11."""
    year, month = text.split("-")
    more = {"month": phrase_text(tree, f"month_{int(month)}", language), "year": year}
    return phrase_text(tree, "month_year", language, more)


def _recording(tree: Tree, text: str, language: str) -> str:
    """Say that there is one; its id is for no ear."""
    return phrase_text(tree, "recorded", language) if text else ""


_SPOKEN: dict[str, Callable[[Tree, str, str], str]] = {
    "digits": _digits,
    "reference": _digits,
    "phone": _phone,
    "number": _number,
    "amount": _amount,
    "date": _date,
    "month": _month,
    "recording": _recording,
}
