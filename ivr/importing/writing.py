"""Writes an imported hotline as files of ours, with what must be decided as comments at its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ivr.importing.hotline import SAFE, Hotline

_PLAIN = re.compile(r"[A-Za-z][\w.,?!' -]*[\w.?!]", re.ASCII)
_WORDS = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n"})


def files_of(hotline: Hotline) -> dict[str, str]:
    """Give path -> text: config.yaml and menus/main.yaml; the start is the first step."""
    return {"config.yaml": "\n".join([*_config(hotline), ""]), "menus/main.yaml": "\n".join([*_menus(hotline), ""])}


def _config(hotline: Hotline) -> Iterator[str]:
    yield "# Imported. Lines that say DECIDE wait for a person."
    yield f"company: {scalar(hotline.company)}"
    yield f"language: {hotline.language}"
    yield f"voices: {{{hotline.language}: Polly.Joanna-Neural}}"
    yield "lines:"
    yield "  # DECIDE: the number that people call, and its time zone"
    yield '  main: {number: "+15005550006", zone: UTC, start: main, default: yes}'
    if hotline.teams:
        yield "teams:"
    for team, numbers in hotline.teams.items():
        yield from (f"  # {_comment(str(one))}" for one in hotline.findings if f"team {team} " in one.text)
        yield f"  {team}: {{ring: [{', '.join(map(json.dumps, numbers))}]}}"
    yield f"failed: main.{SAFE}                # DECIDE: behind every unhappy exit that the other menu had no way for"


def _menus(hotline: Hotline) -> Iterator[str]:
    first = {hotline.start: hotline.steps[hotline.start]} if hotline.start in hotline.steps else {}
    for step, keys in (first | hotline.steps).items():
        yield from (f"# {_comment(str(one))}" for one in hotline.findings if one.step == step)
        yield f"{step}:"
        for key, value in keys.items():
            yield from _entry(key, value)
        yield ""
    yield f"{SAFE}:"
    yield "  hang_up: I am sorry, we cannot help you in this call. Please call again later. Goodbye."


def _entry(key: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict) and key == "keys":
        yield "  keys:"
        yield from (f"    {_key(name)}: {flow(choice)}" for name, choice in value.items())
    elif isinstance(value, list):
        yield f"  {key}:"
        yield from (f"    - {flow(item)}" for item in value)
    else:
        yield f"  {key}: {flow(value)}".rstrip()


def flow(value: Any) -> str:
    """Write a value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {flow(item)}" for key, item in value.items()) + "}"
    return scalar(str(value), inside=True)


def scalar(text: str, *, inside: bool = False) -> str:
    """Write a text, in quotes where it would be read as something else; `inside` braces a comma counts."""
    if text in {"yes", "no"} or re.fullmatch(r"\d+(?: s| to \d+)?", text):
        return text if inside else json.dumps(text)
    fits = _PLAIN.fullmatch(text) and text.lower() not in _WORDS and not (inside and "," in text)
    return text if fits else json.dumps(text, ensure_ascii=False)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[a-z]\w*|[0-9]|[1-9]\d*", key) else json.dumps(key)


def _comment(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)[:300]
