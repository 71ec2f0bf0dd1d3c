"""Which key a caller means who speaks in place of pressing.

The carrier writes down what it heard, and says how sure it is. What it is less sure of than ``SURE`` is not understood.
Else, in this order, small and capital letters alike:

1. all of a choice's words, or its value, were said: that choice is meant;
2. nothing but a number was said ("one", "press four two please", "star"): those keys are meant;
3. some words tell a choice: they have three letters or more and stand in the words or value of that choice alone.
   The choice of which most such words were said is meant; where two are told alike, nothing was understood.

So the match is a pure function of what was heard and what is offered, and a record of the words is enough to repeat it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ivr.engine.events import Understood
from ivr.engine.inputs import Said
from ivr.engine.moment import Moment
from ivr.engine.tree import Choice, Menu, Template, Tree

SURE = 0.5  # of 1: below it the carrier has guessed
TELLING = 3  # letters of a word that tells a choice: "a", "or" and "to" tell none
_WORD = re.compile(r"[^\W_]+|[*#]")


@dataclass(frozen=True, slots=True)
class Offer:
    """One choice as it can be said."""

    key: str
    names: tuple[str, ...]  # its words in the call's language, its value


def key_said(moment: Moment, node: Menu, given: Said, choices: Sequence[Choice]) -> str:
    """Return the keys that were meant, "" where nothing was understood."""
    offers = [offer(moment.tree, choice, moment.now.language) for choice in choices]
    keys = "" if given.confidence < SURE else meant(offers, given.text, numbers(moment.tree, moment.now.language))
    moment.events.append(Understood(node.id, keys, round(given.confidence, 2)))
    return keys


def hints(moment: Moment, node: Menu, choices: Sequence[Choice]) -> tuple[str, ...]:
    """Return what is likely to be said: the words of the choices, and those that the menu adds."""
    language = moment.now.language
    said = (offer(moment.tree, choice, language).names[:1] for choice in choices if choice.words)
    return (*(name for names in said for name in names), *node.hints.get(language, ()))


def offer(tree: Tree, choice: Choice, language: str) -> Offer:
    """Say how a choice can be said in a language."""
    texts: Mapping[str, Template] = choice.words.texts if choice.words else {}
    text = texts.get(language) or texts.get(tree.language) or next(iter(texts.values()), ())
    label = "".join(part for part in text if isinstance(part, str)).strip()
    value = (choice.value or "").replace("_", " ")
    return Offer(choice.key, tuple(name for name in (label, value) if name))


def numbers(tree: Tree, language: str) -> Mapping[str, str]:
    """Return what the keys are called in a language: digits, star and hash; words beside a number mean no key."""
    own = tree.phrases[language if language in tree.phrases else tree.language]
    names = {str(digit): f"digit_{digit}" for digit in range(10)} | {"*": "key_star", "#": "key_hash", "": "press"}
    return {word: key for key, name in names.items() for word in words_in(_plain(own[name]))}


def meant(offers: Sequence[Offer], said: str, called: Mapping[str, str]) -> str:
    """Return the key of the one choice that these words mean, "" where they mean none or two."""
    words = words_in(said)
    whole = [one.key for one in offers if words and any(words == words_in(name) for name in one.names)]
    return whole[0] if len(whole) == 1 else _number(words, called) or _told(offers, words)


def words_in(text: str) -> list[str]:
    """Split a text into words, small letters throughout."""
    return _WORD.findall(text.casefold())


def _number(words: Sequence[str], called: Mapping[str, str]) -> str:
    """Return the keys that were said as numbers, "" where the talk was of something else."""
    keys = [word if word.isascii() and word.isdigit() else called.get(word) for word in words]
    return "".join(key for key in keys if key) if None not in keys else ""


def _told(offers: Sequence[Offer], words: Sequence[str]) -> str:
    """Return the key of the choice that most of these words tell."""
    own = {one.key: set(_telling(one)) for one in offers}
    shared = Counter(word for each in own.values() for word in each)
    scores = {key: len({word for word in words if word in each and shared[word] == 1}) for key, each in own.items()}
    best = max(scores.values(), default=0)
    first = [key for key, score in scores.items() if score == best]
    return first[0] if best and len(first) == 1 else ""


def _telling(one: Offer) -> Iterator[str]:
    return (word for name in one.names for word in words_in(name) if len(word) >= TELLING)


def _plain(template: Template) -> str:
    return "".join(part for part in template if isinstance(part, str))
