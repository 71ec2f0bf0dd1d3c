"""Who is not answered, as the snapshot carries it: one text, cheap to compare and to write however long it is.

A line for each number: its keyed index (hexadecimal) and the end of its block, in whole seconds since the epoch
(``ivr/store/blocks.py`` writes it). So a first request costs a look into a mapping, and no number stands on a node's
disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache


def holds(text: str, indexes: Iterable[bytes], at: float) -> bool:
    """Say whether one of a number's indexes is blocked at this time."""
    ends = _ends(text)
    return any(at < ends.get(index.hex(), 0) for index in indexes)


# The text of a snapshot stays the same object until somebody changes the list.
@lru_cache(maxsize=2)
def _ends(text: str) -> Mapping[str, int]:
    lines = (line.split() for line in text.splitlines())
    return {index: int(until) for index, until in lines}
