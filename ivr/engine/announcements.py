"""What staff let every caller hear for a while.

Emergencies are heard first of all, in the language in which the line answers, and to their end. All others are heard
once, before the first menu that allows it, where a key cuts them short. Whoever goes on in another language hears
those that have words in it once more, before the next such menu; what has no words in the call's language is heard in
the source language, the first time alone.
"""

from __future__ import annotations

from ivr.engine.events import Announced
from ivr.engine.moment import Moment
from ivr.engine.speech import speak
from ivr.engine.verbs import Play, Prompt

_FIRST = "!"  # before a language: only the emergencies were heard in it


def announce_emergencies(moment: Moment) -> None:
    """Say what comes before everything else."""
    urgent = _count(moment, "announcements.emergency")
    if urgent:
        moment.verbs += _heard(moment, "", range(1, urgent + 1), anyway=True)
        moment.now.announced = (_FIRST + moment.now.language,)


def announce(moment: Moment, step: str) -> list[Prompt]:
    """Return what is on the air before a menu's own words, unless it was heard in the call's language.

    Emergencies that were not heard in this language yet are spoken at once, since no key may cut them short.
    """
    now = moment.now
    if now.language in now.announced:
        return []
    count = _count(moment, "announcements")
    if not count:
        return []
    anyway = all(each.startswith(_FIRST) for each in now.announced)
    urgent = _count(moment, "announcements.emergency")
    if _FIRST + now.language not in now.announced:
        moment.verbs += _heard(moment, step, range(1, urgent + 1), anyway=anyway)
    now.announced = (*now.announced, now.language)
    return _heard(moment, step, range(urgent + 1, count + 1), anyway=anyway)


def _count(moment: Moment, name: str) -> int:
    """Return how many there are, 0 where that cannot be known."""
    found = moment.fact(name)
    return found if isinstance(found, int) else 0


def _heard(moment: Moment, step: str, numbers: range, *, anyway: bool) -> list[Prompt]:
    """Return announcements as they are heard, and note how many there were."""
    found = [each for each in (_told(moment, number, anyway=anyway) for number in numbers) if each]
    if found:
        moment.events.append(Announced(step, len(found)))
    return [prompt for each in found for prompt in each]


def _told(moment: Moment, number: int, *, anyway: bool) -> list[Prompt]:
    """Return one in the call's language; `anyway` in the source language, where it has nothing in this one."""
    tree, language = moment.tree, moment.now.language
    for one in dict.fromkeys((language, tree.language) if anyway else (language,)):
        how, _, what = str(moment.fact(f"announcement.{number}.{one}") or "").partition(" ")
        if how == "play":
            return [Play(what)]
        if how == "say" and one in tree.voices:
            return speak(tree, what, one)
    return []
