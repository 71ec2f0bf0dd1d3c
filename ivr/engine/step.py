"""One step of a call: an input goes in; where the call stands, what is said and what is noted come out.

Nothing here touches the world: time comes with the input, facts with the call. The same input at the same state
with the same facts gives the same turn, so every call can be played again from its records.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ivr.engine import (
    asks,
    callbacks,
    consents,
    inquiries,
    menus,
    offices,
    recordings,
    sending,
    silent,
    staffing,
    statuses,
    surveys,
    transfers,
)
from ivr.engine.announcements import announce_emergencies
from ivr.engine.events import Began, Ignored, LimitReached
from ivr.engine.guarding import go_round, unwanted
from ivr.engine.inputs import (
    Called,
    Continued,
    Dequeued,
    Dialed,
    Found,
    HungUp,
    Input,
    LateWords,
    Pressed,
    Recorded,
    Said,
    Silent,
)
from ivr.engine.moment import UNFIT, Facts, Moment, draft_of
from ivr.engine.services import AgreedRecord, CallBack, FindOffice, Send, Status, Survey
from ivr.engine.speech import phrase
from ivr.engine.staff import Approve, CheckPin, Dictate, Order, SetEnd, TellOn
from ivr.engine.state import CallState
from ivr.engine.tree import (
    AGAIN,
    BACK,
    HANG_UP,
    PERSON,
    TOP,
    Ask,
    Decide,
    FromTable,
    HangUp,
    Listening,
    LookUp,
    Menu,
    OpenCase,
    Record,
    Say,
    Set,
    Step,
    Submit,
    Transfer,
    Tree,
)
from ivr.engine.tries import cut_off
from ivr.engine.turn import Turn
from ivr.engine.verbs import Hang

ENGINE_VERSION = 3  # goes up when an old record, run again, would give another turn

_CHAIN = 100  # steps passed in one turn; more is a menu that goes round for ever

Reaction = Callable[[Moment, Any, Any], str | None]
Arrival = Callable[[Moment, Any], str | None]


def begin(moment: Moment, _node: None, given: Called) -> str | None:
    """Take the call: freeze what is known of the caller, and go where the line starts."""
    now, line = moment.now, moment.tree.lines[moment.now.line]
    now.began = given.at
    if unwanted(moment, line):
        return None
    now.language = line.languages[0] if line.languages else moment.tree.language
    known = {name: moment.fact(name) for name in moment.tree.caller_facts if name != "caller.number"}
    known["caller.number"] = given.number
    now.facts = {name: value for name, value in known.items() if value is not None}
    moment.events.append(Began(line.id))
    if not line.staff:
        announce_emergencies(moment)
    return line.start


def hang_up(moment: Moment, _node: Step, _given: HungUp) -> str:
    """End the call of a caller who is gone and for whom nothing is left to do."""
    return moment.hang_up_unheard()


def hang_up_while_asked(moment: Moment, node: Ask, given: HungUp) -> str:
    """End the call, unless this was asked on behalf of a step that can go on without the answer."""
    waiting = moment.now.returns
    end = hang_up(moment, node, given)
    if not waiting:
        return end
    moment.now.returns = ()
    moment.fresh = False
    return waiting[-1]


def hang_up_while_told(moment: Moment, node: Say, _given: HungUp) -> str:
    """Go on, though the caller was gone before the announcement's end."""
    moment.hang_up_unheard()
    return node.next


# What the phone does: (where the call stands, what happens) -> where it goes; None: it waits where it is.
REACTIONS: dict[tuple[type, type], Reaction] = {
    (type(None), Called): begin,
    (Menu, Pressed): menus.choose,
    (Menu, Said): menus.hear,
    (Menu, Silent): menus.stay,
    (Menu, HungUp): hang_up,
    (Ask, Pressed): asks.answer,
    (Ask, Silent): asks.stay,
    (Ask, HungUp): hang_up_while_asked,
    (Record, Recorded): recordings.take,
    (Record, Continued): recordings.stay,
    (Record, HungUp): recordings.hang_up,
    (AgreedRecord, Pressed): consents.answer,
    (AgreedRecord, Silent): consents.stay,
    (AgreedRecord, Recorded): consents.take,
    (AgreedRecord, Continued): consents.pass_by,
    (AgreedRecord, HungUp): consents.hang_up,
    (Say, Pressed): silent.go_on,
    (Say, Silent): silent.go_on,
    (Say, HungUp): hang_up_while_told,
    (Transfer, Continued): transfers.come_back,
    (Transfer, Dialed): transfers.after_ring,
    (Transfer, Dequeued): transfers.after_wait,
    (Transfer, HungUp): transfers.hang_up,
    (Survey, Pressed): surveys.answer,
    (Survey, Silent): surveys.stay,
    (Survey, Continued): surveys.stay_at_comment,
    (Survey, Recorded): surveys.take,
    (Survey, HungUp): surveys.hang_up,
    (CallBack, Pressed): callbacks.answer,
    (CallBack, Silent): callbacks.stay,
    (CallBack, HungUp): hang_up,
    (FindOffice, Pressed): offices.answer,
    (FindOffice, Silent): offices.stay,
    (FindOffice, HungUp): hang_up,
    (Status, Pressed): statuses.answer,
    (Status, Silent): statuses.stay,
    (Status, Found): statuses.take,
    (Status, HungUp): hang_up,
    (LookUp, Found): inquiries.take,
    (LookUp, HungUp): inquiries.hang_up,
    (Submit, Found): inquiries.take,
    (Submit, HungUp): inquiries.hang_up_submitting,
    (CheckPin, Found): staffing.admit,
    (CheckPin, HungUp): staffing.leave,
    (Dictate, Recorded): staffing.take_words,
    (Dictate, Continued): recordings.stay,
    (Dictate, HungUp): staffing.leave,
    (Approve, Pressed): menus.choose,
    (Approve, Silent): menus.stay,
    (Approve, HungUp): hang_up,
}

# What a step does when the call comes to it.
ARRIVALS: dict[type, Arrival] = {
    Menu: menus.arrive,
    Ask: asks.arrive,
    Record: consents.arrive,
    AgreedRecord: consents.ask,
    Transfer: transfers.arrive,
    LookUp: inquiries.arrive,
    Submit: inquiries.submit,
    FromTable: inquiries.find,
    Say: silent.say,
    Decide: silent.decide,
    Set: silent.set_names,
    OpenCase: silent.open_case,
    Send: sending.send,
    Survey: surveys.arrive,
    CallBack: callbacks.arrive,
    FindOffice: offices.arrive,
    Status: statuses.arrive,
    HangUp: silent.hang_up,
    CheckPin: staffing.check,
    TellOn: staffing.tell,
    SetEnd: staffing.set_end,
    Dictate: consents.arrive,
    Approve: staffing.play_back,
    Order: staffing.order,
}

# What is said again where an input did not fit.
AGAIN_HEARD: dict[type, Arrival] = {
    Menu: menus.listen,
    Ask: asks.listen,
    Record: recordings.listen,
    AgreedRecord: consents.listen,
    Transfer: transfers.listen,
    Survey: surveys.listen,
    CallBack: callbacks.listen,
    FindOffice: offices.listen,
    Status: statuses.listen,
    LookUp: inquiries.listen,
    Submit: inquiries.listen,
    Say: silent.say,
    CheckPin: inquiries.listen,
    Dictate: recordings.listen,
    Approve: menus.listen,
}


def step(tree: Tree, state: CallState, given: Input, facts: Facts) -> Turn:
    """Advance one call by one input."""
    moment = Moment(tree, draft_of(state), given.at, facts)
    node = tree.steps.get(state.place)
    reaction = REACTIONS.get((type(node), type(given)))
    if state.ended and isinstance(given, LateWords):
        recordings.turn_up(moment, given)
        return moment.turn()
    if reaction is None or state.ended:
        return _ignore(tree, state, given, facts)
    moment.now.turns += 1
    limit = _limit(tree, state, given)
    if limit:
        _stop(moment, node, given, limit)
        return moment.turn()
    target = reaction(moment, node, given)
    if target == UNFIT:
        return _ignore(tree, state, given, facts)
    follow(moment, target)
    go_round(moment, given)
    return moment.turn()


def follow(moment: Moment, target: str | None) -> None:
    """Go from step to step until one waits for the caller or the call ends."""
    for _ in range(_CHAIN):
        if target is None:
            return
        target = _enter(moment, target)
    cut_off(moment, "steps", "too_many_steps")


def _enter(moment: Moment, target: str) -> str | None:
    """Come to a step, do its deed, and return where that leads; None: it waits."""
    if target == HANG_UP:
        moment.end()
        return None
    now = moment.now
    again = target == AGAIN
    node = moment.tree.steps[now.place if again else _place(moment, target)]
    if moment.gone and isinstance(node, Listening | Transfer | HangUp):
        if isinstance(node, Survey):
            surveys.ask_later(moment, node, 1)
        moment.end()
        return None
    counted, moment.fresh = moment.fresh and not again, True
    if not again:
        elsewhere = _turned_away(moment, node) if counted else None
        elsewhere = elsewhere or _missing(moment, node)
        if elsewhere is not None:
            return elsewhere
        moment.enter(node)
    return ARRIVALS[type(node)](moment, node)


def _place(moment: Moment, target: str) -> str:
    """Return the step that a target means."""
    line = moment.tree.lines[moment.now.line]
    if target == BACK:
        return _back(moment) or line.start
    return {TOP: line.start, PERSON: line.person}.get(target, target)


def _back(moment: Moment) -> str:
    """Return the menu heard before this place, "" if there is none; those heard after it are forgotten."""
    now = moment.now
    heard = now.heard[:-1] if now.heard and now.heard[-1] == now.place else now.heard
    if not heard:
        return now.place if now.heard else ""
    now.heard = heard
    return heard[-1]


def _turned_away(moment: Moment, node: Step) -> str | None:
    """Count a visit; return where the caller goes who has come too often."""
    now = moment.now
    if not node.at_most and node.id not in moment.tree.counted:
        return None
    times = now.visits.get(node.id, 0) + 1
    now.visits = {**now.visits, node.id: times}
    if not node.at_most or times < node.at_most:
        return None
    moment.leave_to(node, "too_often", node.too_often)
    return node.too_often


def _missing(moment: Moment, node: Step) -> str | None:
    """Return the step that asks for what this one needs and does not have yet.

    Nobody can be asked who has hung up. Whoever has left a message is not lost for that: the step goes on without.
    """
    for name in node.needs:
        if moment.know(name) is None:
            if moment.gone:
                return None if recordings.kept(moment) else HANG_UP
            moment.now.returns = (*moment.now.returns, node.id)
            return moment.tree.asks[name]
    return None


def _limit(tree: Tree, state: CallState, given: Input) -> str:
    """Return the limit that the call has reached, "" if none. Talking is no time in the menu."""
    if isinstance(given, Called | HungUp | Dialed | Dequeued):
        return ""
    if given.at - state.began - state.talked > tree.limits.call:
        return "call"
    return "steps" if state.turns >= tree.limits.steps else ""


def _stop(moment: Moment, node: Step | None, given: Input, limit: str) -> None:
    """End the call at a limit; a message that has just been spoken still finds its way."""
    words = {"call": "too_long", "steps": "too_many_steps"}[limit]
    if not isinstance(node, Record) or not isinstance(given, Recorded) or not given.sid:
        cut_off(moment, limit, words)
        return
    moment.gone = True
    recordings.keep(moment, node, given)
    moment.how = "limit"
    moment.events.append(LimitReached(limit))
    follow(moment, node.next)
    moment.gone = False
    moment.verbs = [*phrase(moment.tree, words, moment.now.language), Hang()]


def _ignore(tree: Tree, state: CallState, given: Input, facts: Facts) -> Turn:
    """Note an input that does not fit, and say once more what the caller hears now. Nothing moves."""
    moment = Moment(tree, draft_of(state), given.at, facts)
    node = tree.steps.get(state.place)
    if state.ended or node is None:
        moment.verbs.append(Hang())
    else:
        AGAIN_HEARD[type(node)](moment, node)
    moment.gone = isinstance(given, HungUp)
    verbs = () if moment.gone else tuple(moment.verbs)
    return Turn(state, verbs, (Ignored(state.place, type(given).__name__),), (), moment.reads)
