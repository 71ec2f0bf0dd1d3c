"""What an agent hears before the caller is joined.

The whisper says the team and the waiting time and no more: it may reach somebody's voicemail. Only who presses 1
hears why the caller calls.
"""

from __future__ import annotations

from ivr.engine.inputs import Continued, Input, Pressed
from ivr.engine.moment import Moment, draft_of
from ivr.engine.pace import shortened
from ivr.engine.speech import fill, language_of, phrase, speakable
from ivr.engine.state import CallState
from ivr.engine.transfers import team_of
from ivr.engine.tree import Team, Transfer, Tree
from ivr.engine.values import phrase_text
from ivr.engine.verbs import Hang, Listen, Speak, Verb

_WAIT = 5.0  # seconds for the key
# Seconds of the summary. The caller waits while it is spoken, and to whoever takes calls on a plain phone it is the
# whole card: long enough for a reason and an account number read digit by digit.
_LONGEST = 8.0


def document_of(given: Input) -> str:
    """Name the document of an agent's leg that this input asks for."""
    return "whisper" if isinstance(given, Continued) else "key"


def speak(tree: Tree, state: CallState, given: Input) -> tuple[Verb, ...]:
    """Speak on an agent's leg: the whisper first, then what follows a key or silence."""
    if isinstance(given, Continued):
        return whisper(tree, state, max(0.0, given.at - state.asked_at))
    return take(tree, state, given.keys if isinstance(given, Pressed) else "")


def whisper(tree: Tree, state: CallState, waited: float) -> tuple[Verb, ...]:
    """Say what kind of call it is and how long it has waited (seconds), and ask for the key."""
    node = tree.steps.get(state.place)
    team = team_of(tree, state.values, node) if isinstance(node, Transfer) else None
    return offer(tree, team, waited) if team else (Hang(),)


def offer(tree: Tree, team: Team, waited: float) -> tuple[Verb, ...]:
    """Say for which team a call is and how long it has waited (seconds), and ask for the key."""
    language = speakable(tree, tree.language)
    more = {"team": name_of(tree, team), "waited": duration(tree, waited, language)}
    return (Listen(tuple(phrase(tree, "whisper", language, more)), 1, "", _WAIT),)


def take(tree: Tree, state: CallState, keys: str) -> tuple[Verb, ...]:
    """Key 1 takes the call: one short sentence, then the carrier joins the two. Anything else passes."""
    node = tree.steps.get(state.place)
    if keys != "1" or not isinstance(node, Transfer):
        return (Hang(),)
    return told(tree, summary(tree, state, node))


def told(tree: Tree, why: str) -> tuple[Verb, ...]:
    """Tell an agent who took a call why it comes, in one short sentence; never nothing."""
    language = speakable(tree, tree.language)
    said = shortened(why, language, _LONGEST)
    if not said:
        return tuple(phrase(tree, "connecting", language))
    return (Speak(said, language, tree.voices.get(language, "")),)


def summary(tree: Tree, state: CallState, node: Transfer) -> str:
    """Say why the caller calls, in the language of the menus; "" where there is nothing to say."""
    moment = Moment(tree, draft_of(state), state.asked_at, {})
    said = fill(moment, node.summary, speakable(tree, tree.language), {}).strip()
    return said if any(map(str.isalnum, said)) else ""


def name_of(tree: Tree, team: Team) -> str:
    """Return a team's name as it is spoken to its people."""
    moment = Moment(tree, draft_of(CallState("")), 0.0, {})
    language = language_of(tree, team.name, tree.language)
    return fill(moment, team.name.texts.get(language, (team.id,)), language, {}).strip()


def duration(tree: Tree, seconds: float, language: str) -> str:
    """Return a time as it is spoken: seconds below a minute, else minutes."""
    count, one, many = round(seconds), "one_second", "seconds"
    if count >= 60:
        count, one, many = round(seconds / 60), "one_minute", "minutes"
    name = one if count == 1 else many
    return phrase_text(tree, name, language, {"count": str(max(count, 0))})
