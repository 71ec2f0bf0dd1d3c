"""How the carrier is asked to hear words: what each language needs there.

Source: the carrier's pages on <Gather> and on speech recognition, and what its vendors list. Its default choice does
not serve every language; with a model named, the pause that ends the words must be a number (13335). Where no vendor is
known to hear a language, keys alone are listened for: speech is never the only way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from webhooks.escaping import escaped

MODELS = {"hu": "deepgram_nova-2", "lv": "deepgram_nova-2"}  # languages that need a model by name
UNHEARD = frozenset({"ka"})
PAUSE = 2  # seconds of silence that end the words, where a model is named
MOST, LONGEST = 500, 100  # hints, characters of each


def hearing(language: str, hints: Iterable[str]) -> str:
    """Write the attributes that say what is listened for."""
    short = language.partition("-")[0]
    if short in UNHEARD:
        return 'input="dtmf"'
    model = MODELS.get(short)
    ends = f'speechModel="{model}" speechTimeout="{PAUSE}"' if model else 'speechTimeout="auto"'
    said = escaped(", ".join(list(_fitting(hints))[:MOST]))
    return f'input="dtmf speech" language="{escaped(language)}" {ends}' + (f' hints="{said}"' if said else "")


def _fitting(hints: Iterable[str]) -> Iterator[str]:
    """Give each hint once, without commas, cut to what the carrier takes."""
    seen = set()
    for hint in hints:
        short = " ".join(hint.replace(",", " ").split())[:LONGEST].rstrip()
        if short and short not in seen:
            seen.add(short)
            yield short
