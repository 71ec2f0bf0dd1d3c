"""Cases found by words: what was left and written is sealed, so the latest that fit otherwise are read through."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from ivr.cases import OpenCase, opened_all
from ivr.keys import Keyring
from ivr.messages import read
from ivr.store import Store
from ivr.store.case_filter import Filter
from ivr.store.cases import Case

LOOKED = 150  # cases that are read through for one page
PAGE = 50


def place_of(case: Case, wanted: Filter) -> tuple[float, str]:
    """Say where a case stands in a list, for the next page to begin after it."""
    return case.due_at if wanted.by_due else case.at, case.number


def find(
    store: Store, keyring: Keyring, wanted: Filter, limit: int, words: str = ""
) -> tuple[list[OpenCase], tuple[float, str] | None]:
    """List cases, and where the next page begins; None where there is none."""
    reader = Reader(store, keyring, words)
    found: list[OpenCase] = []
    last: tuple[float, str] | None = None
    for _ in range(LOOKED // PAGE):
        page = store.cases.search(replace(wanted, after=last or wanted.after), PAGE if words else limit + 1)
        fitting = reader.fitting(opened_all(page, store, keyring))
        for case in page:
            one = fitting.get(case.number)
            if one is None:
                last = place_of(case, wanted)
            elif len(found) == limit:
                return found, last
            else:
                found.append(one)
                last = place_of(case, wanted)
        if len(page) < PAGE:
            return found, None
    return found, last


class Reader:
    """Tells which cases hold all of some words: in what the caller left, or in what was written since."""

    def __init__(self, store: Store, keyring: Keyring, words: str) -> None:
        """Look for each of these words; small letters and capitals are alike."""
        self._store = store
        self._keyring = keyring
        self._sought = words.casefold().split()

    def fitting(self, page: Sequence[OpenCase]) -> dict[str, OpenCase]:
        """Give those that fit, by their numbers. Conversations are opened only where what was left is not enough."""
        texts = {one.case.number: _left(one) for one in page}
        further = [number for number, text in texts.items() if not self._holds(text)]
        for number, text in self._written(further).items():
            texts[number] = f"{texts[number]} {text}"
        return {one.case.number: one for one in page if self._holds(texts[one.case.number])}

    def _holds(self, text: str) -> bool:
        folded = text.casefold()
        return all(word in folded for word in self._sought)

    def _written(self, numbers: Sequence[str]) -> dict[str, str]:
        """Open the conversations of these cases, with those of their doubles; what cannot be opened is left out."""
        if not numbers:
            return {}
        found: dict[str, list[str]] = defaultdict(list)
        names = {number: number for number in numbers} | self._store.cases.doubles_of(numbers)
        for message, said in read(self._store, self._keyring, self._store.messages.of_case(*names)):
            found[names[message.case]] += [said.subject, said.body, *said.names]
        return {number: " ".join(parts) for number, parts in found.items()}


def _left(one: OpenCase) -> str:
    """Say what a caller left."""
    said = one.said
    return " ".join([one.case.number, *([said.about, *map(str, said.fields.values())] if said else [])])
