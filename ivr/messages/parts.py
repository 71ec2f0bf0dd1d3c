"""A text message that is longer than the carrier takes goes in parts: cut at ends of words, sent one after the other.

Each part is a message of its own, with an id made of the one before it: kept twice, it is one. Only the first is due;
each of the others becomes due as the one before it has left (``ivr/store/messages.py``).
"""

from __future__ import annotations

from dataclasses import replace

from ivr.messages import LONGEST, SMS, Said, seal
from ivr.privacy import CallKey
from ivr.records import part_after
from ivr.store import Store
from ivr.store.messages import OUT, Message

APART = 0.001  # seconds between two parts in the conversation, so that they are read in their order


def keep_in_parts(store: Store, key: CallKey, made: Message, said: Said, *, effect: bytes = b"") -> None:
    """Put a message of ours into the outbox, in as many parts as it takes, and settle its effect with the first."""
    texts = cut(said.body) if (made.channel, made.direction) == (SMS, OUT) else [said.body]
    parts = [replace(made, private=seal(key, made.id, replace(said, body=texts[0])))]
    for place, text in enumerate(texts[1:], 1):
        ident = part_after(parts[-1].id)
        private = seal(key, ident, replace(said, body=text, attach=()))
        parts.append(replace(made, id=ident, private=private, at=made.at + place * APART, due_at=None))
    for part in parts[:0:-1]:  # the last first: whoever is interrupted in between has sent none
        store.messages.keep(part)
    store.messages.keep(parts[0], effect=effect)


def cut(text: str, longest: int = LONGEST) -> list[str]:
    """Cut a text at ends of words into parts that the carrier takes; a word that is longer than that is cut itself."""
    rest, parts = text, []
    while _length(rest) > longest:
        end = _most(rest, longest)
        space = max(rest.rfind(each, 0, end + 1) for each in (" ", "\n"))
        at = space if space > 0 else end
        parts.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [part for part in (*parts, rest) if part] or [text]


def _most(text: str, longest: int) -> int:
    """Say how many letters of the beginning the carrier takes."""
    end = min(len(text), longest)
    while _length(text[:end]) > longest:
        end -= 1
    return end


def _length(text: str) -> int:
    """Count as the carrier does: what is outside the basic plane, such as most pictures, is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
