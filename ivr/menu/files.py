"""Reads a hotline's files from the disk into the plain mapping that the compiler takes."""

from __future__ import annotations

from pathlib import Path

from ivr.menu.config import PATH
from ivr.menu.source import MOST_BYTES


def read_files(config: Path, menus: Path, recordings: Path) -> dict[str, bytes]:
    """Read config, menus, locales, templates, tables and prompts; paths are as `ivr check` prints them.

    A file that is too large is cut just beyond the limit, so that the compiler refuses it by its size.
    Raises OSError where config or a menu cannot be read.
    """
    files = {PATH: _bounded(config)}
    for path in sorted(menus.glob("*.yaml")):
        files[f"menus/{path.name}"] = _bounded(path)
    for path in sorted(menus.glob("locales/*.yaml")):
        files[f"menus/locales/{path.name}"] = _bounded(path)
    for path in sorted(menus.glob("messages/*.yaml")):
        files[f"menus/messages/{path.name}"] = _bounded(path)
    for path in sorted(menus.glob("tables/*.csv")):
        files[f"menus/tables/{path.name}"] = _bounded(path)
    for path in sorted(recordings.glob("prompts/*/*.wav")):
        files[f"recordings/prompts/{path.parent.name}/{path.name}"] = path.read_bytes()
    return files


def _bounded(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)
