"""From the bytes of a file to a hotline: the format is found, sizes are bounded, nothing is fetched."""

from __future__ import annotations

import json
from typing import Any

from ivr.importing.freeswitch import read_freeswitch
from ivr.importing.hotline import OTHERS, Hotline, NotReadable
from ivr.importing.phone_tree import read_phone_tree
from ivr.importing.rapidpro import read_rapidpro
from ivr.importing.studio import read_studio
from ivr.importing.writing import files_of
from ivr.menu.compile import compile_hotline, errors
from ivr.menu.config import PATH

FORMATS = ("studio", "rapidpro", "freeswitch", "phone-tree")
MOST_BYTES = 4_000_000
DEEPEST = 100  # brackets of JSON; the deepest flow that we know has 12


def read_hotline(data: bytes, form: str = "", company: str = "Imported hotline") -> Hotline:
    """Read a file in one of FORMATS ("": found from what it holds); NotReadable where it cannot be read."""
    if len(data) > MOST_BYTES:
        raise NotReadable(f"the file is larger than {MOST_BYTES:,} bytes")
    hotline = Hotline(company)
    form = form or detect(data)
    try:
        if form == "freeswitch":
            read_freeswitch(data, hotline)
        elif form == "phone-tree":
            read_phone_tree(data, hotline)
        else:
            (read_studio if form == "studio" else read_rapidpro)(_json(data), hotline)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        # their shapes nest deep; a part of another type than the format says ends the import in one sentence
        raise NotReadable(f"this is not what a file of {form} looks like: {error}") from error
    _remaining(hotline)
    return hotline


def _remaining(hotline: Hotline) -> None:
    """List what `ivr check` will refuse of it: a person must decide that too."""
    compiled = compile_hotline({path: text.encode() for path, text in files_of(hotline).items()})
    lines = files_of(hotline)["menus/main.yaml"].split("\n")
    for problem in errors(compiled.problems):
        before = reversed(lines[: problem.line])
        step = next((line[:-1] for line in before if line.endswith(":") and line[:1].isalpha()), "")
        known = step if problem.path != PATH and step in hotline.steps else ""
        hint = f" ({problem.hint})" if problem.hint else ""
        hotline.tell(hotline.origin(known), f"{problem.code}: {problem.text}{hint}", known, decide=True)


def detect(data: bytes) -> str:
    """Tell the format; NotReadable where none fits."""
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"<":
        return "freeswitch"
    if start not in {b"{", b"["}:
        return "phone-tree"
    found = _json(data)
    if "states" in found:
        return "studio"
    if "flows" in found or "nodes" in found:
        return "rapidpro"
    raise NotReadable("the JSON is neither a Studio flow nor a RapidPro flow", hint=OTHERS)


def _json(data: bytes) -> dict[str, Any]:
    depth = deepest = 0
    for byte in data:
        depth += (byte in b"[{") - (byte in b"]}")
        deepest = max(deepest, depth)
    if deepest > DEEPEST:
        raise NotReadable(f"the JSON is nested deeper than {DEEPEST}")
    try:
        found = json.loads(data)
    except ValueError as error:
        raise NotReadable(f"the JSON cannot be read: {error}") from error
    if not isinstance(found, dict):
        raise NotReadable("the JSON is not an object")
    return found
