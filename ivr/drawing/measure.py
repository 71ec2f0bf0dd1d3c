"""How wide a text is, guessed by the shape of its letters: a picture has no fonts to ask."""

from __future__ import annotations

NARROW = frozenset("iljtfrI.,:;'|!()[]{} -/")
WIDE = frozenset("mwMWQO@%—…")


def width(text: str, size: float) -> float:
    """Give the pixels of a text in a common sans serif font of a size; on the generous side."""
    return sum(_share(char) for char in text) * size


def _share(char: str) -> float:
    if char in NARROW:
        return 0.36
    if char in WIDE or ord(char) >= 0x2E80:  # scripts of east Asia fill a square
        return 0.98
    return 0.7 if char.isupper() else 0.57


def cut(text: str, size: float, most: float) -> str:
    """Shorten a text to a width, at a word where one ends near."""
    if width(text, size) <= most:
        return text
    room = most - width("…", size)
    kept = 0
    while kept < len(text) and room >= _share(text[kept]) * size:
        room -= _share(text[kept]) * size
        kept += 1
    short = text[:kept]
    space = short.rfind(" ")
    return (short[:space] if space > kept * 0.7 else short).rstrip(" ,;:") + "…"


def wrap(text: str, size: float, most: float, lines: int) -> list[str]:
    """Break a text into at most so many lines; the last one is cut."""
    made: list[str] = []
    words = text.split()
    while words:
        line = words.pop(0)
        while words and width(f"{line} {words[0]}", size) <= most:
            line = f"{line} {words.pop(0)}"
        if len(made) == lines - 1:
            made.append(cut(" ".join([line, *words]), size, most))
            break
        made.append(cut(line, size, most))
    return made
