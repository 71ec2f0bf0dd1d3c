"""What a caller does in a survey.

Phases: ``opt_in`` the caller may decline; a number counts the questions from 1; ``comment`` the caller speaks.
Each answer is kept in the turn that gave it, so whoever hangs up halfway has answered the half.
"""

from __future__ import annotations

from ivr.engine.consents import say_so
from ivr.engine.effects import AskBySms, KeepAnswer, KeepRecording
from ivr.engine.events import Declined, MessageLeft, MessageOrdered, Rated
from ivr.engine.inputs import Continued, HungUp, Pressed, Recorded, Silent
from ivr.engine.moment import UNFIT, Moment, draft_of
from ivr.engine.phrases import PHRASES
from ivr.engine.sending import case_of, reading
from ivr.engine.services import SMS, Question, Survey
from ivr.engine.speech import choice_prompts, phrase, prompts, write
from ivr.engine.state import CallState
from ivr.engine.tree import AGAIN, BACK, Tree, Value
from ivr.engine.tries import again, key_wrongly, stay_silent
from ivr.engine.values import phrase_text
from ivr.engine.verbs import Listen, Prompt, TakeMessage

OPT_IN, COMMENT = "opt_in", "comment"
BEGIN = "begin"  # the cause of the first question: the step's words come before it
LONGEST = 120  # seconds of a comment


def arrive(moment: Moment, node: Survey) -> str | None:
    """Begin, or ask once more where the call stands."""
    if moment.now.phase:
        listen(moment, node)
        return None
    if node.opt_in:
        moment.now.phase = OPT_IN
        listen(moment, node, BEGIN)
        return None
    return _ask(moment, node, 1, BEGIN)


def listen(moment: Moment, node: Survey, cause: str = "") -> None:
    """Ask what belongs to the phase."""
    tree, now = moment.tree, moment.now
    if now.phase == COMMENT:
        say_so(moment, node)
        moment.verbs += phrase(tree, "survey_comment", now.language)
        moment.verbs.append(TakeMessage(LONGEST))
        return
    heard = prompts(moment, node.words) if cause == BEGIN else again(moment, node, cause)
    if now.phase == OPT_IN:
        moment.verbs.append(Listen((*heard, *phrase(tree, "survey_opt_in", now.language)), 1, "", node.wait))
        return
    question = _question(moment, node)
    digits = max([len(str(question.high)), *(len(choice.key) for choice in question.answers)])
    heard += _asked(moment, question)
    moment.verbs.append(Listen(tuple(heard), digits, "#" if digits > 1 else "", node.wait))


def answer(moment: Moment, node: Survey, given: Pressed) -> str | None:
    """Keep an answer and ask on."""
    now = moment.now
    if now.phase == COMMENT:
        return UNFIT
    keys = given.keys.removesuffix("#")
    if not keys or keys == "*":
        now.quiet = 0
        return BACK if keys else AGAIN
    if now.phase == OPT_IN and keys in {"1", "2"}:
        return _opted(moment, node, willing=keys == "1")
    if now.phase == OPT_IN or not _fits(question := _question(moment, node), keys):
        if key_wrongly(moment, node, len(given.keys)):
            return moment.leave(node, "wrong")
        listen(moment, node, "wrong")
        return None
    now.quiet = 0
    _keep(moment, node, question, keys)
    return _ask(moment, node, int(now.phase) + 1)


def stay_at_comment(moment: Moment, node: Survey, _given: Continued) -> str:
    """Hear no comment: the carrier went past the recording. The caller has answered all the same."""
    return _thank(moment, node) if moment.now.phase == COMMENT else UNFIT


def stay(moment: Moment, node: Survey, _given: Silent) -> str | None:
    """Hear nothing: ask again, or leave."""
    if moment.now.phase == COMMENT:
        return UNFIT
    return stay_silent(moment, node, lambda: listen(moment, node, "silent"))


def take(moment: Moment, node: Survey, given: Recorded) -> str:
    """Keep a comment."""
    if moment.now.phase != COMMENT:
        return UNFIT
    moment.now.quiet = 0
    if given.sid:
        _comment(moment, node, given)
    return _thank(moment, node)


def hang_up(moment: Moment, node: Survey, given: HungUp) -> str:
    """Keep what was recorded until the caller hung up."""
    end = moment.hang_up_unheard()
    if moment.now.phase.isdigit():
        ask_later(moment, node, int(moment.now.phase))
    if moment.now.phase != COMMENT or given.recording is None or not given.recording.sid:
        return end
    _comment(moment, node, given.recording)
    return node.next


def ask_later(moment: Moment, node: Survey, number: int) -> None:
    """Have a caller who is gone asked by SMS, from this question on."""
    if node.by_sms and next_question(node, number, met=moment.now.met):
        moment.effects.append(AskBySms(node.id, number, moment.now.met, moment.now.language, case_of(moment)))
        moment.events.append(MessageOrdered(node.id, SMS))


def next_question(node: Survey, number: int, *, met: bool) -> int:
    """Find the next question, from this one on, that is meant for a caller; 0 where there is none."""
    meant = (place for place, each in enumerate(node.questions, 1) if place >= number and (met or not each.talked))
    return next(meant, 0)


def in_writing(tree: Tree, node: Survey, number: int, language: str) -> str:
    """Write a question as a text message: who asks, what, and how it is answered."""
    question = node.questions[number - 1]
    tongue = language if language in tree.phrases else tree.language
    if f"sms_{question.name}" in PHRASES:
        return f"{tree.company}: {phrase_text(tree, f'sms_{question.name}', tongue)}"
    moment = Moment(tree, draft_of(CallState("", tongue)), 0.0, {})
    asked = write(moment, question.text.texts[reading(moment, question.text)], tongue)
    if question.answers:
        words = [(each.key, each.words.texts[reading(moment, each.words)]) for each in question.answers if each.words]
        choices = ", ".join(f"{key}: {write(moment, template, tongue)}" for key, template in words)
        return f"{tree.company}: {asked} ({choices})"
    scale = phrase_text(tree, "sms_scale", tongue, {"low": str(question.low), "high": str(question.high)})
    return f"{tree.company}: {asked} {scale}"


def answer_in(tree: Tree, question: Question, text: str, language: str) -> str | None:
    """Read an answer that was written: as `KeepAnswer` holds it; None where it is none."""
    said = text.strip().rstrip(".!").casefold()
    tongue = language if language in tree.phrases else tree.language
    if question.yes_no:
        words = {phrase_text(tree, name, tongue).casefold(): name for name in ("yes", "no")}
        return words.get(said) or {"1": "yes", "2": "no"}.get(said)
    return str(int(said)) if len(said) < 4 and _fits(question, said) else None


def _ask(moment: Moment, node: Survey, number: int, cause: str = "") -> str | None:
    """Ask the next question that is meant for this caller, or go on."""
    now = moment.now
    now.silences = now.wrongs = 0
    while number <= len(node.questions) and node.questions[number - 1].talked and not now.met:
        number += 1
    if number > len(node.questions) and not node.comment:
        return _thank(moment, node)
    now.phase = str(number) if number <= len(node.questions) else COMMENT
    listen(moment, node, cause)
    return None


def _opted(moment: Moment, node: Survey, *, willing: bool) -> str | None:
    """Begin, or let a caller go who would rather not."""
    moment.now.quiet = 0
    if willing:
        return _ask(moment, node, 1)
    moment.events.append(Declined(node.id))
    return node.next


def _thank(moment: Moment, node: Survey) -> str:
    """Thank the caller, and go on."""
    moment.verbs += phrase(moment.tree, "survey_thanks", moment.now.language)
    return node.next


def _question(moment: Moment, node: Survey) -> Question:
    """Return the question that the call stands at."""
    return node.questions[int(moment.now.phase) - 1]


def _asked(moment: Moment, question: Question) -> list[Prompt]:
    """Return how a question sounds, with the answers it takes."""
    heard = prompts(moment, question.text)
    if question.yes_no:
        heard += phrase(moment.tree, "yes_no", moment.now.language)
    for choice in question.answers:
        heard += choice_prompts(moment, choice)
    return heard


def _fits(question: Question, keys: str) -> bool:
    """Tell whether keys are an answer."""
    if question.answers:
        return any(keys == choice.key for choice in question.answers)
    return keys.isascii() and keys.isdigit() and question.low <= int(keys) <= question.high


def _keep(moment: Moment, node: Survey, question: Question, keys: str) -> None:
    """Keep an answer; in the call too, where another step reads it."""
    answer: Value = keys == "1" if question.yes_no else keys if question.answers else int(keys)
    if question.name in node.read:
        moment.keep(question.name, answer)
    value = ("yes" if answer else "no") if isinstance(answer, bool) else str(answer)
    moment.events.append(Rated(node.id, question.name, value))
    moment.effects.append(KeepAnswer(node.id, question.name, node.keeps[question.name], value, case_of(moment)))


def _comment(moment: Moment, node: Survey, recording: Recorded) -> None:
    """Keep what the caller said, and that it answers this survey."""
    moment.events.append(MessageLeft(node.id, COMMENT, recording.seconds))
    moment.effects.append(KeepRecording(recording.sid, recording.url, COMMENT, recording.seconds))
    moment.effects.append(KeepAnswer(node.id, COMMENT, "recording", recording.sid, case_of(moment)))
