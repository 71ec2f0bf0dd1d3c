"""Follow one past call through another menu, input by input, and stop where nothing recorded can answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

from ivr.content import Content
from ivr.engine.events import Entered, Event, Ignored, KeyRejected
from ivr.engine.inputs import Called, Continued, Dialed, HungUp, Input, Pressed, Recorded, Said, Silent
from ivr.engine.inquiries import asks
from ivr.engine.state import CallState
from ivr.engine.step import step
from ivr.engine.tree import Menu, Say, Step
from ivr.engine.turn import Turn
from ivr.engine.verbs import Continue, Enqueue, EnqueueTask, Listen, Ring, Verb
from ivr.replay import Played
from ivr.trial.listening import heard_seconds
from ivr.trial.questions import Question, answer, same
from ivr.trial.recall import CannotAnswer, Knowledge, Recall, Untold
from ivr.trial.tape import End, Tape, asked, end_of, rejected, way_of

LITERAL, INTENT = "literal", "intent"
SILENCE = "-"


@dataclass(frozen=True, slots=True)
class Way:
    """What became of one past call in another menu."""

    way: tuple[str, ...]  # its marks, see `ivr.trial.tape.MARKS`
    end: End | None  # None: it could not be followed so far
    answered: int  # inputs of the caller that were taken
    dead: tuple[str, ...] = ()  # steps at which a key that worked did nothing
    waited: float | None = None  # seconds of listening until people were rung, or to the end
    stopped: str = ""  # why nothing recorded could answer
    at: str = ""  # the step that it stood at then
    straight: bool = True  # every input was taken in its turn, as it was
    keys: tuple[str, ...] = ()  # pressed document by document, "-" for silence, as far as keys alone lead


Mark = tuple[int, type[Input], float, str, int]
Turns = dict[Mark, tuple[CallState, Turn, CallState]]  # a state, the turn from it, the state after it


@dataclass(slots=True)
class Run:
    """One call on its way."""

    tape: Tape
    content: Content
    literal: bool
    knowledge: Knowledge
    left: list[Played]  # what the caller did and was not taken yet, in order
    state: CallState
    turns: Turns  # of this call in this menu that were run already, be it by the same keys or by what was meant
    verbs: tuple[Verb, ...] = ()
    at: float = 0.0
    typed: str = ""  # keys pressed in one go that are still to come
    events: list[Event] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)
    answered: int = 0
    waited: float = 0.0
    rung: bool = False
    straight: bool = True
    blind: bool = False  # a secret was keyed, so what was said then is not known
    keys: list[str] = field(default_factory=list)
    by_keys: bool = True  # nothing but keys and silences so far

    @property
    def step(self) -> Step | None:
        """Give the step that waits."""
        return self.content.tree.steps.get(self.state.place)


@dataclass(frozen=True, slots=True)
class Course:
    """One past call and the menu in which it is followed; both ways run their common beginning once."""

    tape: Tape
    content: Content
    known: Knowledge
    start: CallState = field(init=False)
    turns: Turns = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", CallState(line=self.tape.line))


def follow(course: Course, how: str) -> Way:
    """Follow a call by the same keys (LITERAL), or by what they meant (INTENT)."""
    tape = course.tape
    run = Run(tape, course.content, how == LITERAL, course.known, list(tape.plays), course.start, course.turns)
    stopped = ""
    try:
        _begin(run)
        while not run.state.ended:
            given, play = _next(run)
            _take(run, given, play)
    except CannotAnswer as why:
        stopped = str(why)
    end = end_of(run.events)
    return Way(
        way=tuple(way_of(run.events)),
        end=end,
        answered=run.answered,
        dead=tuple(run.dead),
        waited=run.waited if (run.rung or end) and not run.blind else None,
        stopped=stopped,
        at=run.state.place if stopped else "",
        straight=run.straight and not stopped,
        keys=tuple(run.keys),
    )


def listened(tape: Tape) -> float | None:
    """Say how long the caller listened in the past call itself; None where that cannot be told."""
    total = 0.0
    for before, after in zip(tape.plays, tape.plays[1:], strict=False):
        if before.turn is None:
            return None
        if any(isinstance(verb, Ring | Enqueue | EnqueueTask) for verb in before.turn.verbs):
            return total
        total += heard_seconds(before.content, before.after, before.turn.verbs, after.told.input)
    return total


def _begin(run: Run) -> None:
    """Take the call."""
    if run.tape.line not in run.content.tree.lines:
        raise CannotAnswer(f"there is no line {run.tape.line} any more")
    first = run.left[0]
    if not isinstance(first.told.input, Called):
        raise CannotAnswer("the beginning of that call is not recorded")
    run.answered += 1
    _turn(run, first.told.input, run.left.pop(0))


def _next(run: Run) -> tuple[Input, Played | None]:
    """Find what answers the document at hand; CannotAnswer where nothing does."""
    by_itself = _by_itself(run)
    if by_itself is not None:
        return by_itself
    if run.typed:
        return _part(run, Pressed(run.at, run.typed)), None
    step = run.step
    assert step is not None  # noqa: S101 - a call that waits stands at a step
    question = Question(run.content.tree, run.state, step, run.literal)
    for play in _candidates(run, question):
        given = answer(question, play)
        if given is not None:
            run.straight = run.straight and same(question, play) and given is play.told.input
            run.left = [each for each in run.left if each is not play]
            run.answered += 1
            return _part(run, given), play
        if run.literal or (same(question, play) and not _led_to_what_is_gone(run, play)):
            raise CannotAnswer(_why(question, play))
    raise CannotAnswer("nothing that the caller did answers this")


def _candidates(run: Run, question: Question) -> Iterator[Played]:
    """Give the inputs that may answer: the next one literally; by what was meant those at this very step first."""
    deeds = (play for play in run.left if play.record.id not in run.tape.idle)
    if run.literal:
        yield from islice(deeds, 1)
        return
    waiting = list(deeds)
    yield from (play for play in waiting if same(question, play))
    yield from (play for play in waiting if not same(question, play) and _free(run, play))


def _free(run: Run, play: Played) -> bool:
    """Say whether an input may answer elsewhere: its own step is gone, or it is no choice in a menu."""
    step = asked(play)
    return step is not None and (not isinstance(step, Menu) or step.id not in run.content.tree.steps)


def _led_to_what_is_gone(run: Run, play: Played) -> bool:
    """Say whether a choice only led to a menu that is there no more: the caller's next key tells what was wanted."""
    return play.after.place != play.before.place and play.after.place not in run.content.tree.steps


def _by_itself(run: Run) -> tuple[Input, Played | None] | None:
    """Go on where the caller has no part: an announcement, a document that comes straight back."""
    told = isinstance(run.step, Say)
    back = bool(run.verbs) and isinstance(run.verbs[-1], Continue) and not asks(run.state)
    if not told and not back:
        return None
    own = next((play for play in _ahead(run) if _here(run, play)), None)
    passed = own is not None and own.record.id in run.tape.idle
    if own is not None and (passed or not isinstance(own.told.input, Pressed | Silent | Continued)):
        run.left = [each for each in run.left if each is not own]
        run.answered += not passed
        return own.told.input, own
    return (Silent(run.at) if told else Continued(run.at)), None


def _ahead(run: Run) -> list[Played]:
    """Give what may come next: literally nothing that lies behind another deed of the caller."""
    if not run.literal:
        return run.left
    idle = run.tape.idle
    first = next((place for place, play in enumerate(run.left) if play.record.id not in idle), len(run.left))
    return run.left[: first + 1]


def _here(run: Run, play: Played) -> bool:
    return (play.before.place, play.before.phase) == (run.state.place, run.state.phase)


def _part(run: Run, given: Input) -> Input:
    """Press no more keys at once than are listened for; the others reach what comes next."""
    run.typed = ""
    verb = run.verbs[-1] if run.verbs else None
    if not run.literal or not isinstance(given, Pressed) or not isinstance(verb, Listen) or not verb.digits:
        return given
    if len(given.keys) <= verb.digits or verb.finish:
        return given
    run.typed = given.keys[verb.digits :]
    return Pressed(given.at, given.keys[: verb.digits])


def _take(run: Run, given: Input, play: Played | None) -> None:
    """Let a turn happen."""
    _write_down(run, given, play)
    if not run.rung:
        run.waited += heard_seconds(run.content, run.state, run.verbs, given)
    if play is not None and play.told.after is not None:
        _keep_secret(run, play, play.told.after)
        return
    place = run.state.place
    turn = _turn(run, given, play)
    if any(isinstance(event, KeyRejected) for event in turn.events) and not (play and rejected(play)):
        run.dead.append(place)


def _write_down(run: Run, given: Input, play: Played | None) -> None:
    """Note which keys lead here; words, rings and secrets are no keys that could be pressed once more."""
    secret = play is not None and play.told.after is not None
    run.by_keys = run.by_keys and isinstance(given, Pressed | Silent | Continued) and not secret
    if run.by_keys and not isinstance(given, Continued):
        run.keys.append(given.keys if isinstance(given, Pressed) else SILENCE)


def _turn(run: Run, given: Input, play: Played | None) -> Turn:
    """Run one turn with the facts that are recorded."""
    mark = (id(run.state), type(given), given.at, getattr(given, "keys", ""), id(play))
    if mark not in run.turns:
        run.turns[mark] = (run.state, *_run(run, given, play))  # the state stays, so no other can come to have its id
    _, turn, run.state = run.turns[mark]
    run.verbs, run.at = turn.verbs, given.at
    run.events += turn.events
    run.rung = run.rung or any(isinstance(verb, Ring | Enqueue | EnqueueTask) for verb in turn.verbs)
    return turn


def _run(run: Run, given: Input, play: Played | None) -> tuple[Turn, CallState]:
    recall = Recall(run.knowledge, run.content, given.at, play)
    turn = step(run.content.tree, run.state, given, recall)
    if any(isinstance(event, Ignored) for event in turn.events):
        raise CannotAnswer("what was done then does not fit here")
    if recall.missing:
        return turn, replace(turn.state, facts=Untold(turn.state.facts, recall.missing))
    return turn, turn.state


def _keep_secret(run: Run, play: Played, after: CallState) -> None:
    """Take a secret as it was taken then: its keys stand in no record, so everything about it must be as it was."""
    passed = {play.before.place, *(event.step for event in play.told.events if isinstance(event, Entered))}
    before, now = play.content.tree.steps, run.content.tree.steps
    if run.state != play.before or any(before.get(name) != now.get(name) for name in passed):
        raise CannotAnswer("a secret was keyed, whose keys stand in no record")
    run.state, run.at, run.blind = after, play.told.input.at, True
    run.events += play.told.events
    back = bool(run.left) and isinstance(run.left[0].told.input, Continued)
    run.verbs = (Continue(),) if back else ()


# kind of input -> why it does not answer what is asked now
_REASONS: Mapping[type, str] = {
    Pressed: "the choice that was meant is not here",
    Said: "the choice that was meant is not here",
    Silent: "the caller was silent at something else",
    Recorded: "the caller spoke in answer to something else",
    Continued: "the caller spoke in answer to something else",
    Dialed: "other people are rung than then",
    HungUp: "the caller hung up at something else",
}


def _why(question: Question, play: Played) -> str:
    """Say why a past input does not answer."""
    given = play.told.input
    if question.literal and isinstance(given, Pressed | Silent):
        return "the caller pressed keys, and it waits for something else"
    return _REASONS.get(type(given), "it is not the very question that was answered then")
