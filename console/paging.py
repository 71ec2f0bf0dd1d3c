"""Where a page of a list begins: the time and the name of the last entry of the page before it."""

from __future__ import annotations

from flask import abort, request

from ivr.store.database import clean


def after() -> tuple[float, str] | None:
    """Read it from the address; None for the first page."""
    at, tilde, name = request.args.get("after", "").partition("~")
    if not tilde:
        return None
    try:
        return float(at), clean(name[:100])
    except ValueError:
        abort(404, "There is no such place in the list.")


def written(at: float, name: str) -> str:
    """Write the place after an entry."""
    return f"{at!r}~{name}"
