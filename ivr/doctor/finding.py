"""What a check finds, and what it may look at."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.content import Content
from ivr.settings import Settings
from ivr.store import Store

OK, WARNING, WRONG = "ok", "warning", "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    state: str  # ok | warning | wrong
    what: str
    remedy: str = ""  # "" where all is well
    check: str = ""  # written by the examination


@dataclass(frozen=True, slots=True)
class Patient:
    """The installation that is examined."""

    settings: Settings
    store: Store
    content: Content | None  # in force; None where nothing is


def ok(what: str) -> Finding:
    """Say that something is as it must be."""
    return Finding(OK, what)


def warning(what: str, remedy: str) -> Finding:
    """Say what may do harm."""
    return Finding(WARNING, what, remedy)


def wrong(what: str, remedy: str) -> Finding:
    """Say what keeps calls from being answered well."""
    return Finding(WRONG, what, remedy)
