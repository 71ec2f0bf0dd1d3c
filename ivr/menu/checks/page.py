"""Makes docs/problems.md of the rules' docstrings: ``python -m ivr.menu.checks.page > docs/problems.md``."""

from __future__ import annotations

import inspect
import sys

from ivr.menu.checks import RULES
from ivr.menu.checks.reader_codes import READER

HEAD = """\
# Problems

What `ivr check` says, by code. An *error* stops a publish; what is *to look at* does not, it is yours to judge.
This page is made of the rules themselves; a test holds it to them.
"""


def page() -> str:
    """Write every code with its page, in the order of the alphabet, first the rules and then the reader's."""
    parts = [HEAD, "\n## Rules for a menu that can be read\n"]
    rules = sorted(RULES, key=lambda rule: str(rule.CODE))
    parts += [f"\n### {rule.CODE}\n\n{inspect.getdoc(rule)}\n" for rule in rules]
    parts.append("\n## Problems of reading\n")
    parts += [f"\n### {code}\n\n{text}\n" for code, text in sorted(READER.items())]
    return "".join(parts)


if __name__ == "__main__":
    sys.stdout.write(page())
