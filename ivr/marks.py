"""The marks that calls and callers are found by: keyed, so that rows beside the sealed parts say nothing by themselves.

A step's mark, a path's, an agent's and a word's are made alike, each of its kind: no mark of one is ever another's. A
path is every choice so far, so a call has a mark for each beginning of its path.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from ivr.engine.events import Chose, Entered, Event, LanguageChanged
from ivr.engine.tree import Tree
from ivr.keys import Keyring, SecretKey

STEP, PATH, AGENT, WORD, NAME = "step", "path", "agent", "word", "name"
LONGEST_PATH = 6  # choices; deeper ones are found by their steps
LONGEST_WORD = 40  # characters
MOST_WORDS = 2000  # of one text
_WORD = re.compile(r"\w+")


@lru_cache(maxsize=8192)
def mark(key: SecretKey, kind: str, value: str) -> int:
    """Make the mark of something: 64 bits, signed."""
    made = hmac.digest(key.marks, f"{kind}\n{value}".encode("utf-8", "surrogatepass"), "sha256")
    return int.from_bytes(made[:8], "big", signed=True)


def marks(keyring: Keyring, kind: str, value: str) -> list[int]:
    """Make the marks to look for: one per key."""
    return [mark(key, kind, value) for key in keyring]


def words_of(text: str) -> list[str]:
    """List the words of a text, each once, in small letters; the first of a very long text."""
    found = dict.fromkeys(word[:LONGEST_WORD] for word in _WORD.findall(text.casefold()))
    return list(found)[:MOST_WORDS]


def word_marks(key: SecretKey, text: str, kind: str = WORD) -> set[int]:
    """Make the marks of all words of a text."""
    return {mark(key, kind, word) for word in words_of(text)}


def choices_of(events: Iterable[Event]) -> list[tuple[str, str]]:
    """List the choices of a call as step and key, first to last; silence has no key."""
    return [(event.step, event.key) for event in events if isinstance(event, Chose)]


def path_text(choices: Sequence[tuple[str, str]]) -> str:
    """Write choices for the call's row."""
    return json.dumps(choices, ensure_ascii=False, separators=(",", ":")) if choices else ""


def read_path(text: str) -> list[tuple[str, str]]:
    """Read what `path_text` wrote."""
    return [(step, key) for step, key in json.loads(text)] if text else []


def keys_of(text: str) -> str:
    """Write the keys of a path, however they are typed (`2 > 1`, `2 1`, `21`), as its mark has them."""
    return " ".join(key for key in text if key in "0123456789*#")


def beginnings(choices: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Give every beginning of a path, in keys."""
    keys = [key for _, key in choices if key][:LONGEST_PATH]
    yield from (" ".join(keys[: count + 1]) for count in range(len(keys)))


def of_call(key: SecretKey, events: Sequence[Event], agents: Iterable[str] = ()) -> set[int]:
    """Make the marks of a call that is over."""
    steps = {event.step for event in events if isinstance(event, Entered)}
    found = {mark(key, STEP, step) for step in steps}
    found |= {mark(key, PATH, keys) for keys in beginnings(choices_of(events))}
    return found | {mark(key, AGENT, agent) for agent in agents}


def language_of(events: Iterable[Event], tree: Tree, name: str) -> str:
    """Say in which language a call on this line ended: the last that was chosen, else the line's first."""
    changed = [event.language for event in events if isinstance(event, LanguageChanged)]
    line = tree.lines.get(name)
    first = line.languages[0] if line and line.languages else tree.language
    return changed[-1] if changed else first
