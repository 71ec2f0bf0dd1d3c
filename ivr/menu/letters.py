"""menus/messages/<language>.yaml: templates of messages, our own by their names and those that people answer with."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from ivr.menu import kinds
from ivr.menu.maps import as_map, entries
from ivr.menu.problems import shown
from ivr.menu.scope import Scope
from ivr.menu.source import Node, Scalar

CODE = "bad-template"
SLOTS = ("company", "case.number")
LONGEST = 1600  # characters; the carrier takes no more in one message
_BRACES = re.compile(r"\{([^{}]*)\}")


def is_letters(path: str) -> bool:
    """Tell a file of templates by its path."""
    parts = PurePosixPath(path).parts
    return len(parts) == 3 and parts[:2] == ("menus", "messages")


def read_letters(scope: Scope) -> dict[str, dict[str, str]]:
    """Read every template, by language and name; what is wrong is noted and left out."""
    made: dict[str, dict[str, str]] = {}
    for path, file in sorted(scope.notes.sources.items()):
        if not is_letters(path) or file.root is None:
            continue
        language = PurePosixPath(path).stem
        if language not in scope.languages:
            said = f"no line speaks {shown(language)}"
            scope.notes.add("unknown-language", file.root, said, "add it to the line's languages, or remove the file")
            continue
        holder = as_map(scope, file.root, "a file of templates")
        found = {key.text: _template(scope, key, value) for key, value in (entries(scope, holder) if holder else ())}
        made[language] = {name: text for name, text in found.items() if text is not None}
    return made


def _template(scope: Scope, key: Scalar, node: Node) -> str | None:
    name, found = kinds.name(scope, key), kinds.scalar(scope, node, "a template")
    if name is None or found is None:
        return None
    text = found.text.strip()
    strange = [slot for slot in _BRACES.findall(text) if slot not in SLOTS]
    if strange:
        known = " and ".join(f"{{{slot}}}" for slot in SLOTS)
        scope.notes.add(CODE, found, f"nothing is known under {{{strange[0]}}} here", f"a template may name {known}")
        return None
    if len(text) > LONGEST:
        said = f"the template has {len(text)} characters, and a text message {LONGEST} at most"
        scope.notes.add(CODE, found, said, "say it in fewer words")
        return None
    return text
