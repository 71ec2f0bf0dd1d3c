"""The words of messages that nobody of ours writes by hand: templates of the menus, else our own."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ivr.content import Content
from ivr.engine.tree import Slot

OURS = ("subject", "received", "help", "footer")  # templates that the hotline itself uses; any other is for people
_SLOT = re.compile(r"\{(company|case\.number)\}")


def words(content: Content, name: str, language: str, case: str = "") -> str:
    """Write one of our own messages in a language, as the menus' templates say or as we do."""
    tree = content.tree
    values = {"company": tree.company, "case.number": case}
    for tongue in (language, tree.language):
        template = content.templates.get(tongue, {}).get(name)
        if template is not None:
            return filled(template, values)
        parts = tree.phrases.get(tongue, {}).get(f"message_{name}")
        if parts is not None:
            return "".join(values.get(part.name, "") if isinstance(part, Slot) else part for part in parts)
    return f"{tree.company}: {case}" if case else tree.company


def replies(content: Content, language: str, case: str = "") -> dict[str, str]:
    """List the templates from which people of ours may begin an answer, filled, by name."""
    values = {"company": content.tree.company, "case.number": case}
    own, main = content.templates.get(language, {}), content.templates.get(content.tree.language, {})
    return {name: filled(text, values) for name, text in {**main, **own}.items() if name not in OURS}


def filled(template: str, values: Mapping[str, str]) -> str:
    """Put values in their slots."""
    return _SLOT.sub(lambda found: values.get(found[1], ""), template)
