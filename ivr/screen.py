"""Where the commands write: a terminal of its own width, or a program that reads us and must find nothing cut."""

from __future__ import annotations

import sys

from rich.console import Console

WIDE = 200  # columns where a program reads us


def screen(*, highlight: bool = True) -> Console:
    """Open standard output; `highlight` colours numbers and the like."""
    return Console(width=None if sys.stdout.isatty() else WIDE, highlight=highlight)
