"""Silence and wrong keys: counted apart, each with an exit after the last try."""

from __future__ import annotations

from collections.abc import Callable

from ivr.engine.events import KeyRejected, LimitReached, StayedSilent
from ivr.engine.moment import Moment
from ivr.engine.speech import phrase, prompts
from ivr.engine.tree import Listening, Words
from ivr.engine.verbs import Prompt

_SORRY = {"wrong": "wrong", "misheard": "not_understood"}  # what failed -> the phrase, where the menu has no words


def stay_silent(moment: Moment, node: Listening, ask: Callable[[], None], leaves: str = "silence") -> str | None:
    """Hear nothing: ask again, or leave by that way after the last silence that this step allows."""
    last = count_silence(moment, node)
    if too_quiet(moment, leaving=last):
        return None
    if last:
        return moment.leave(node, leaves)
    ask()
    return None


def count_silence(moment: Moment, node: Listening) -> bool:
    """Count a silence. True when it was the last that this step allows."""
    now = moment.now
    now.silences += 1
    now.quiet += 1
    moment.events.append(StayedSilent(node.id, now.silences))
    return now.silences >= node.silences


def key_wrongly(moment: Moment, node: Listening, count: int) -> bool:
    """Count a wrong answer of so many keys. True when it was the last that this step allows."""
    now = moment.now
    now.wrongs += 1
    now.quiet = 0
    moment.events.append(KeyRejected(node.id, count))
    return now.wrongs >= node.wrongs


def too_quiet(moment: Moment, *, leaving: bool) -> bool:
    """Tell whether the caller has been silent too often in a row; the call is ended then.

    A way out that is due at the very last silence is still taken.
    """
    most = moment.tree.lines[moment.now.line].guard.silence or moment.tree.limits.silence
    if moment.now.quiet < most + (1 if leaving else 0):
        return False
    cut_off(moment, "silence", "too_silent")
    return True


def cut_off(moment: Moment, limit: str, words: str) -> None:
    """End the call at a limit, with spoken words."""
    moment.events.append(LimitReached(limit))
    moment.how = "limit"
    moment.verbs += phrase(moment.tree, words, moment.now.language)
    moment.end()


def opening(moment: Moment, node: Listening, cause: str) -> list[Prompt]:
    """Return what is said before we listen: the prompt, or its own words after a failed try.

    A try fails as ``silent``, ``wrong`` or ``misheard``.
    """
    words = _again(node.after_silence, moment.now.silences) if cause == "silent" else None
    if cause in _SORRY:
        words = _again(node.after_wrong, moment.now.wrongs)
        if words is None:
            return [*phrase(moment.tree, _SORRY[cause], moment.now.language), *prompts(moment, node.prompt)]
    if cause:
        return prompts(moment, words or node.prompt)
    return [*prompts(moment, node.words), *prompts(moment, node.prompt)]


def again(moment: Moment, node: Listening, cause: str) -> list[Prompt]:
    """Return what is said before our own question is asked again: the step's words, else ours after a wrong key."""
    if cause == "silent":
        return prompts(moment, _again(node.after_silence, moment.now.silences))
    if cause == "wrong":
        words = _again(node.after_wrong, moment.now.wrongs)
        return prompts(moment, words) if words else phrase(moment.tree, "wrong", moment.now.language)
    return []


def _again(texts: tuple[Words, ...], times: int) -> Words | None:
    """Return the words for the try that failed; the last ones repeat."""
    return texts[min(times, len(texts)) - 1] if texts else None
