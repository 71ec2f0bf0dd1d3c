"""References of cases: a letter, digits, and a check digit that finds a slip of the finger.

The check digit is Damm's, which finds every wrong digit and every two neighbours that changed places; the letters take
part. On a phone the letter is keyed as the key that it stands on: C10427 is 2 1 0 4 2 7.
Source: https://en.wikipedia.org/wiki/Damm_algorithm
"""

from __future__ import annotations

from collections.abc import Iterable

DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
# The key of each letter. Source: ITU-T E.161
KEYS = {
    letter: key
    for key, letters in zip("23456789", ("ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ"), strict=True)
    for letter in letters
}


def check_digit(text: str) -> str:
    """Compute the check digit of letters and digits."""
    interim = 0
    for character in text:
        interim = int(DAMM[interim][int(character, 36) % 10])
    return str(interim)


def meant(keys: str, letters: Iterable[str]) -> list[str]:
    """Find the references that keys can mean: [] where no series has such a one."""
    if not (keys.isascii() and keys.isdigit() and len(keys) > 2):
        return []
    found = (f"{letter}{keys[1:]}" for letter in letters if KEYS.get(letter) == keys[0])
    return [number for number in found if check_digit(number[:-1]) == number[-1]]
