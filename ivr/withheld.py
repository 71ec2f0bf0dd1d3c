"""How callers who show no number look: by these words, or by the keys of a telephone that write them."""

from __future__ import annotations

WITHHELD = "withheld"  # stands for all of them where somebody means them; no number is written so
WORDS = frozenset({"anonymous", "unknown", "restricted", "unavailable", "blocked"})
_KEYPAD = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
NUMBERS = frozenset("+" + word.translate(_KEYPAD) for word in WORDS)  # +266696687 is "anonymous"
