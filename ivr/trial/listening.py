"""How long a caller listens: the words before the answer, and the pauses in which nothing was pressed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from ivr.content import Content
from ivr.engine.inputs import Input, Pressed, Silent
from ivr.engine.moment import Moment, draft_of
from ivr.engine.speech import choice_prompts
from ivr.engine.state import CallState
from ivr.engine.tree import Choice, Menu
from ivr.engine.verbs import Listen, Play, Prompt, Speak, Verb
from ivr.menu.checks.listening import text_seconds


@lru_cache(maxsize=65536)
def spoken_seconds(text: str, language: str) -> float:
    """Estimate how long a voice needs for a text."""
    return text_seconds((text,), language)


def heard_seconds(content: Content, state: CallState, verbs: Sequence[Verb], given: Input) -> float:
    """Say how long a document was listened to, until it was answered so; a menu no further than the choice taken."""
    total = 0.0
    for verb in verbs:
        if isinstance(verb, Speak | Play):
            total += prompt_seconds(content, verb)
        elif isinstance(verb, Listen):
            prompts = _until_chosen(content, state, verb.prompts, given)
            total += sum(prompt_seconds(content, prompt) for prompt in prompts)
            total += verb.wait if isinstance(given, Silent) else 0.0
    return total


def prompt_seconds(content: Content, prompt: Prompt) -> float:
    """Say how long one prompt takes."""
    if isinstance(prompt, Play):
        return content.audio.get(prompt.audio, 0.0)
    return spoken_seconds(prompt.text, prompt.language)


def _until_chosen(content: Content, state: CallState, prompts: tuple[Prompt, ...], given: Input) -> tuple[Prompt, ...]:
    """Cut a menu's prompts after the choice that was taken; whole where that cannot be told."""
    menu = content.tree.steps.get(state.place)
    if not isinstance(menu, Menu) or not isinstance(given, Pressed):
        return prompts
    chosen = next((one for one in menu.choices if given.keys == one.key or given.keys in one.also), None)
    own = _offer(content, state, chosen) if chosen else ()
    places = range(len(prompts) - len(own) + 1) if own else ()
    return next((prompts[: at + len(own)] for at in places if prompts[at : at + len(own)] == own), prompts)


def _offer(content: Content, state: CallState, choice: Choice) -> tuple[Prompt, ...]:
    """Say how a choice is offered, as far as it can be told without facts."""
    return tuple(choice_prompts(Moment(content.tree, draft_of(state), 0.0, {}), choice))
