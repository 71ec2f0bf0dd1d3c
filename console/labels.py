"""What stands on the keys of the phone page, and what the call knows, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ivr.archive.paths import SPECIAL, choice_words
from ivr.content import Content
from ivr.engine.services import CallBack, FindOffice, Question, Status, Survey
from ivr.engine.state import CallState
from ivr.engine.tree import Ask, Choice, Listening, Menu, Value

ELSEWHERE = {"*": SPECIAL["back"], "#": SPECIAL["again"]}  # what these two do alone, in every step but a menu
YES_NO = {"1": "yes", "2": "no"}
DIGITS = dict.fromkeys("0123456789", "digit")
CODE = DIGITS | {"#": "done"}
# (step, phase) -> its keys; a phase that is missing here has those of the step
PHASES: Mapping[tuple[type, str], Mapping[str, str]] = {
    (Ask, "confirm"): {"1": "right", "2": "key again"},
    (Ask, "offer"): {"1": "this number", "2": "another"},
    (CallBack, "confirm"): {"1": "right", "2": "key again"},
    (CallBack, "offer"): {"1": "this number", "2": "another"},
    (CallBack, "other"): CODE,
    (CallBack, "time"): DIGITS,
    (FindOffice, "told"): {"1": "send it", "2": "go on"},
    (Survey, "opt_in"): YES_NO,
}


def keys_of(content: Content, state: CallState) -> dict[str, str]:
    """Say for each key that leads somewhere where it leads."""
    step = content.tree.steps.get(state.place)
    if isinstance(step, Menu):
        everywhere = content.tree.everywhere
        labels = {key: SPECIAL.get(target, target) for key, target in everywhere.items() if key not in step.off}
        return labels | _choices(step.choices, state.language)
    if not isinstance(step, Listening):
        return {}
    in_phase = PHASES.get((type(step), state.phase))
    return ELSEWHERE | dict(_of_step(step, state) if in_phase is None else in_phase)


def _of_step(step: Listening, state: CallState) -> Mapping[str, str]:
    match step:
        case Ask(kind="yes_no"):
            return YES_NO
        case Ask():
            return CODE if step.ends == "#" else DIGITS
        case Status():
            return CODE
        case FindOffice():
            return DIGITS
        case Survey() if state.phase.isdigit():
            return _answers(step.questions[int(state.phase) - 1], state.language)
    return {}


def _answers(question: Question, language: str) -> Mapping[str, str]:
    """Say how a question of a survey is answered; on a scale of more than one digit, digit by digit."""
    if question.yes_no:
        return YES_NO
    if question.answers:
        return _choices(question.answers, language)
    scale = range(question.low, question.high + 1)
    return CODE if question.high > 9 else {str(key): f"{key} of {question.high}" for key in scale}


def _choices(choices: Iterable[Choice], language: str) -> dict[str, str]:
    return {choice.key: choice_words(choice, language) for choice in choices}


def tell_facts(content: Content, state: CallState) -> list[tuple[str, str]]:
    """List what the call knows; a secret is named and never shown."""
    tree = content.tree
    step = tree.steps.get(state.place)
    rows = [(name, _value(name, value, tree.secrets)) for name, value in state.values.items()]
    if state.pending is not None:
        rows.append(("keyed", f"{state.pending}, not yet confirmed"))
    rows += [(name, str(value)) for name, value in state.facts.items() if value is not None]
    rows.append(("language", state.language))
    if isinstance(step, Listening):
        rows.append(
            ("tries here", f"silence {state.silences} of {step.silences}, wrong {state.wrongs} of {step.wrongs}")
        )
    if state.heard:
        rows.append(("came by", " > ".join(state.heard)))
    return rows


def _value(name: str, value: Value, secrets: frozenset[str]) -> str:
    return "kept secret" if name in secrets else str(value)
