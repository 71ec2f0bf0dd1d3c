"""Cases found by words: what callers left is sealed, so the latest that fit otherwise are opened and read through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ivr.cases import OpenCase, opened
from ivr.keys import Keyring
from ivr.store import Store
from ivr.store.cases import Case, Filter

LOOKED = 1000  # cases that are read through for one page
PAGE = 200


def place_of(case: Case, wanted: Filter) -> tuple[float, str]:
    """Say where a case stands in a list, for the next page to begin after it."""
    return case.due_at if wanted.by_due else case.at, case.number


def find(
    store: Store, keyring: Keyring, wanted: Filter, limit: int, words: str = ""
) -> tuple[list[OpenCase], tuple[float, str] | None]:
    """List cases, and where the next page begins; None where there is none."""
    fits = reader(words)
    found: list[OpenCase] = []
    last: tuple[float, str] | None = None
    for _ in range(LOOKED // PAGE):
        page = store.cases.search(replace(wanted, after=last or wanted.after), PAGE if words else limit + 1)
        for case in page:
            one = opened(case, store, keyring)
            if not fits(one):
                last = place_of(case, wanted)
            elif len(found) == limit:
                return found, last
            else:
                found.append(one)
                last = place_of(case, wanted)
        if len(page) < PAGE:
            return found, None
    return found, last


def reader(words: str) -> Callable[[OpenCase], bool]:
    """Give what tells whether a case holds all of these words, in what its caller left."""
    sought = words.casefold().split()

    def fits(one: OpenCase) -> bool:
        said = one.said
        texts = [one.case.number, *([said.about, *map(str, said.fields.values())] if said else [])]
        text = " ".join(texts).casefold()
        return all(word in text for word in sought)

    return fits
