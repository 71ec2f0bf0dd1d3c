"""What each event makes of a talk: two tables, and the small functions they name. Pure.

``ASKED`` is what people may ask for, by the stage that it fits: elsewhere it is refused, in words. ``HAPPENED`` is what
becomes known of the legs: it may come late, twice or in any order, so what fits no stage changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ivr.errors import IvrError
from ivr.handover import events as ev
from ivr.handover.talk import (
    AFTER,
    AGENT,
    ASKING,
    CONSULTING,
    GONE,
    HANDING,
    HELD,
    IN,
    LISTENER,
    MOVING,
    ON_HOLD,
    OPEN,
    OUT,
    OVER,
    PARTED,
    PLACING,
    QUEUE,
    RINGING,
    TOGETHER,
    WANTED,
    Beside,
    Close,
    Engage,
    Free,
    GiveTo,
    Move,
    Party,
    PutBack,
    Talk,
    Talks,
    Told,
)

REFUSED = ("refused", "completed", "busy", "no-answer", "canceled", "failed")  # how a third person may be out


class NotNow(IvrError):
    """This does not fit what goes on in the talk."""


def hold(talk: Talk, _event: ev.Hold, _now: float) -> Move:
    """Let the caller hear music."""
    return Move(replace(talk, stage=HELD), told=(Told("held", talk.agent.name),))


def unhold(talk: Talk, _event: ev.Unhold, _now: float) -> Move:
    """Let the two talk again."""
    return Move(replace(talk, stage=TOGETHER), told=(Told("fetched back", talk.agent.name),))


def consult(talk: Talk, event: ev.Consult, _now: float) -> Move:
    """Hold the caller, and have the third person called."""
    third = event.third
    beside: tuple[Beside, ...] = (Engage(third.person, third.id, third.name),) if third.person else ()
    return Move(replace(talk, stage=ASKING, third=third), beside, (Told("consults", talk.agent.name, third.name),))


def call_off(talk: Talk, _event: ev.CallOff, _now: float) -> Move:
    """Send the third person away; the two talk again."""
    third = talk.third
    if third is None:
        return Move(replace(talk, stage=TOGETHER))
    after = replace(talk, stage=TOGETHER, third=None, leaving=(*talk.leaving, *_called((third,))))
    return Move(after, _free(third), (Told("called off", talk.agent.name, third.name),))


def hand(talk: Talk, _event: ev.Hand, _now: float) -> Move:
    """Begin to leave the caller to the third person."""
    name = talk.third.name if talk.third else ""
    return Move(replace(talk, stage=HANDING), told=(Told("hands over", talk.agent.name, name),))


def send(talk: Talk, event: ev.Send, now: float) -> Move:
    """Put the caller into another queue, at the place that they had."""
    if talk.caller:
        raise NotNow("this caller was called back, and waits in no queue; consult somebody")
    if not talk.queued or not talk.returns:
        raise NotNow("this call did not wait in a queue of ours, and cannot be put into one; consult somebody")
    back = PutBack(talk.parent, event.team)
    over = _over(talk, QUEUE, now)
    return replace(over, beside=(back, *over.beside), told=(Told("sent on", talk.agent.name, event.team),))


def hang_up(talk: Talk, _event: ev.HangUp, now: float) -> Move:
    """End the talk; the caller goes on."""
    over = _over(talk, AFTER, now)
    return replace(over, told=(Told("hung up", talk.agent.name),))


def listen(talk: Talk, event: ev.Listen, _now: float) -> Move:
    """Have a supervisor called into the talk."""
    mine = event.listener
    if any(each.person == mine.person for each in talk.listeners):
        raise NotNow("you are being called already, or are in this talk")
    after = replace(talk, listeners=(*talk.listeners, mine))
    return Move(after, told=(Told(f"wants to {mine.mode}", mine.name),))


def turn(talk: Talk, event: ev.Turn, _now: float) -> Move:
    """Let a supervisor be something else to the talk."""
    found = _listener(talk, event.party)
    changed = tuple(replace(each, mode=event.mode) if each.id == found.id else each for each in talk.listeners)
    return Move(replace(talk, listeners=changed), told=(Told(f"wants to {event.mode}", found.name),))


def take_over(talk: Talk, event: ev.TakeOver, _now: float) -> Move:
    """Hand the call over to a supervisor who is in the room, as to a third person who was consulted."""
    found = _listener(talk, event.party)
    if found.at != IN:
        raise NotNow("you are being called; take the call over once you are in the talk")
    rest = tuple(each for each in talk.listeners if each.id != found.id)
    beside = (Engage(found.person, found.id, found.name), Talks(found.id)) if event.agent else ()
    after = replace(talk, stage=HANDING, third=replace(found, mode=""), listeners=rest)
    return Move(after, beside, (Told("takes over", found.name, talk.agent.name),))


def leave(talk: Talk, event: ev.Leave, _now: float) -> Move:
    """Let a supervisor go."""
    found = _listener(talk, event.party)
    rest = tuple(each for each in talk.listeners if each.id != found.id)
    after = replace(talk, listeners=rest, leaving=(*talk.leaving, *_called((found,))))
    return Move(after, told=(Told("left the talk", found.name),))


def record(talk: Talk, event: ev.Record, _now: float) -> Move:
    """Want the recording paused, or going on; the carrier has yet to do it."""
    return Move(replace(talk, recording=event.status, recorded="", trouble=""))


ASKED: Mapping[tuple[str, type], Callable[[Talk, Any, float], Move]] = {
    (TOGETHER, ev.Hold): hold,
    (HELD, ev.Unhold): unhold,
    (TOGETHER, ev.Consult): consult,
    (HELD, ev.Consult): consult,
    (ASKING, ev.CallOff): call_off,
    (CONSULTING, ev.CallOff): call_off,
    (CONSULTING, ev.Hand): hand,
    (TOGETHER, ev.Send): send,
    (HELD, ev.Send): send,
    (TOGETHER, ev.HangUp): hang_up,
    **{(stage, ev.Listen): listen for stage in OPEN},
    **{(stage, ev.Turn): turn for stage in OPEN},
    (TOGETHER, ev.TakeOver): take_over,
    (HELD, ev.TakeOver): take_over,
    **{(stage, ev.Leave): leave for stage in OPEN},
    **{(stage, ev.Record): record for stage in OPEN},
}
# stage -> what goes on, for whoever asked for something that does not fit
GOES_ON = {
    TOGETHER: "the agent and the caller are talking",
    HELD: "the caller is on hold",
    ASKING: "somebody is being called for a consultation",
    CONSULTING: "a consultation is going on",
    HANDING: "the call is being handed over",
    OVER: "the talk is over",
}


def recorded(talk: Talk, event: ev.Recorded, _now: float) -> Move:
    """Know that the recording is as it was asked for."""
    what = "recording paused" if event.status == "paused" else "recording goes on"
    return Move(replace(talk, recorded=event.status, trouble=""), told=(Told(what, talk.agent.name),))


def placing(talk: Talk, event: ev.Placing, now: float) -> Move:
    """Know that a call is being asked for: it is never asked for twice."""
    found = talk.party(event.party)
    if found is None or found.at != WANTED:
        return Move(talk)
    return Move(_with(talk, event.party, at=PLACING, since=now))


def placed(talk: Talk, event: ev.Placed, now: float) -> Move:
    """Know somebody's leg."""
    found = talk.party(event.party)
    if found is None or found.at not in {PLACING, RINGING} or found.leg:
        return Move(talk)
    return Move(_with(talk, event.party, at=RINGING, leg=event.leg, since=now))


def moving(talk: Talk, _event: ev.Moving, now: float) -> Move:
    """Know that the agent is on the way; who has arrived before we were told stays there."""
    agent = talk.agent
    return Move(talk if agent.at in {IN, OUT, PARTED} else replace(talk, agent=replace(agent, at=MOVING, since=now)))


def enters(talk: Talk, event: ev.Enters, now: float) -> Move:
    """Let somebody in: a third person begins the consultation by it."""
    found = talk.party(event.party)
    if found is None or found.at == OUT or any(each.id == event.party for each in talk.leaving):
        return Move(talk)
    after = _with(talk, event.party, at=IN, leg=event.leg, since=now)
    if talk.third and talk.third.id == event.party and talk.stage == ASKING:
        return Move(replace(after, stage=CONSULTING), (Talks(event.party),), (Told("answered", found.name),))
    if found.at != IN and found.role != AGENT:
        return Move(after, told=(Told("came in", found.name),))
    return Move(after)


def caller_enters(talk: Talk, event: ev.CallerEnters, now: float) -> Move:
    """Let the caller in; again where the room had ended around them and the talk goes on."""
    waited = talk.waited if talk.caller_in else event.waited
    return Move(replace(talk, caller_in=True, caller_since=now, waited=waited))


def caller_out(talk: Talk, _event: ev.CallerOut, now: float) -> Move:
    """Judge the end of a room by its stage: the agent has left it, or is leaving it to the third person."""
    if talk.stage == HANDING:
        return Move(talk)
    return _agent_lost(talk, now)


def caller_gone(talk: Talk, _event: ev.CallerGone, now: float) -> Move:
    """End the talk of a caller who hung up."""
    over = _over(talk, GONE, now)
    return replace(over, told=(Told("caller hung up"),))


def parted(talk: Talk, event: ev.Parted, now: float) -> Move:
    """Note around whom the room has ended."""
    return Move(_with(talk, event.party, at=PARTED, since=now))


def out(talk: Talk, event: ev.Out, now: float) -> Move:
    """Take somebody out whose leg is over."""
    found = talk.party(event.party)
    if found is None or found.at == OUT:
        return Move(talk)
    if any(each.id == event.party for each in talk.leaving):
        return Move(_gone(talk, found), _rest(talk, found))
    if any(each.id == event.party for each in talk.listeners):
        rest = tuple(each for each in talk.listeners if each.id != event.party)
        return Move(replace(talk, listeners=rest), told=(Told("left the talk", found.name),))
    if talk.third and talk.third.id == event.party:
        return _third_out(talk, talk.third, event.how)
    return _agent_out(talk, now)


def settled(talk: Talk, _event: ev.Settled, now: float) -> Move:
    """Let the third person be the agent; the first one leaves."""
    return _handed(talk, now)


def trouble(talk: Talk, event: ev.Trouble, _now: float) -> Move:
    """Say what could not be done; nothing else changes."""
    return Move(replace(talk, trouble=event.words))


def over_out(talk: Talk, event: ev.Out, _now: float) -> Move:
    """Take somebody out of a talk that is over."""
    found = next((each for each in talk.leaving if each.id == event.party), None)
    return Move(_gone(talk, found), _rest(talk, found)) if found else Move(talk)


HAPPENED: Mapping[tuple[str, type], Callable[[Talk, Any, float], Move]] = {
    (HANDING, ev.Settled): settled,
    **{(stage, ev.Placing): placing for stage in OPEN},
    **{(stage, ev.Placed): placed for stage in (*OPEN, OVER)},
    **{(stage, ev.Moving): moving for stage in OPEN},
    **{(stage, ev.Enters): enters for stage in OPEN},
    **{(stage, ev.CallerEnters): caller_enters for stage in OPEN},
    **{(stage, ev.CallerOut): caller_out for stage in OPEN},
    **{(stage, ev.CallerGone): caller_gone for stage in OPEN},
    **{(stage, ev.Parted): parted for stage in OPEN},
    **{(stage, ev.Out): out for stage in OPEN},
    (OVER, ev.Out): over_out,
    **{(stage, ev.Recorded): recorded for stage in OPEN},
    **{(stage, ev.Trouble): trouble for stage in (*OPEN, OVER)},
}
PEOPLES = frozenset(kind for _, kind in ASKED)  # events that people cause


def move(talk: Talk, event: ev.Event, now: float) -> Move:
    """Say what an event makes of a talk; NotNow where somebody asks for what does not fit."""
    key = (talk.stage, type(event))
    if type(event) in PEOPLES:
        react = ASKED.get(key)
        if react is None:
            raise NotNow(f"that cannot be done now: {GOES_ON[talk.stage]}")
        return react(replace(talk, trouble=""), event, now)
    happens = HAPPENED.get(key)
    return happens(talk, event, now) if happens else Move(talk)


def _listener(talk: Talk, name: str) -> Party:
    found = next((each for each in talk.listeners if each.id == name), None)
    if found is None:
        raise NotNow("you are not in this talk any more")
    return found


def _with(talk: Talk, name: str, **changes: Any) -> Talk:
    """Change one party, whoever it is."""

    def changed(each: Party) -> Party:
        return replace(each, **changes) if each.id == name else each

    return replace(
        talk,
        agent=changed(talk.agent),
        third=changed(talk.third) if talk.third else None,
        listeners=tuple(map(changed, talk.listeners)),
        leaving=tuple(map(changed, talk.leaving)),
    )


def _third_out(talk: Talk, third: Party, how: str) -> Move:
    """Go back to two: the third person refused, did not answer, or has left."""
    what = "consultation ended" if talk.stage in {CONSULTING, HANDING} else "not taken"
    if third.role == LISTENER:  # a supervisor who was about to take the call over: nobody had been consulted
        what = "left the talk"
    told = Told(what, third.name, how if how in REFUSED and talk.stage == ASKING else "")
    return Move(replace(talk, stage=TOGETHER, third=None), _free(third), (told,))


def _agent_out(talk: Talk, now: float) -> Move:
    """Judge that the agent is gone: hung up after a talk, left to the third person, or vanished."""
    if talk.stage == HANDING:
        return _handed(talk, now, is_out=True)
    if talk.agent.at == PARTED:  # the room had ended before their leg did: it was the caller who left
        over = _over(talk, GONE, now)
        lost = replace(over, told=(Told("caller hung up"),))
    else:
        lost = _agent_lost(talk, now)
    return replace(lost, talk=_gone(lost.talk, talk.agent), beside=(*lost.beside, *_rest(lost.talk, talk.agent)))


def _agent_lost(talk: Talk, now: float) -> Move:
    """End the talk: a caller who was on hold waits again, any other goes on."""
    if talk.stage in ON_HOLD and talk.queued and talk.returns:
        over = _over(talk, QUEUE, now)
        lost = replace(over.talk, vanished=True)
        return Move(lost, (PutBack(talk.parent), *over.beside), (Told("vanished", talk.agent.name),))
    return replace(_over(talk, AFTER, now), told=(Told("hung up", talk.agent.name),))


def _handed(talk: Talk, now: float, *, is_out: bool = False) -> Move:
    """Let the third person be the agent."""
    before, third = talk.agent, talk.third
    if third is None:
        return Move(talk)
    agent = replace(third, role=AGENT, since=now)
    leaving = talk.leaving if is_out else (*talk.leaving, before)
    after = replace(talk, stage=TOGETHER, agent=agent, third=None, leaving=leaving)
    beside: list[Beside] = [Free(before.id, talk.wrap_up)]
    if talk.queued or third.person:
        beside.append(GiveTo(talk.parent if talk.queued else "", talk.call, third))
    return Move(after, tuple(beside), (Told("handed over", before.name, third.name),))


def _over(talk: Talk, outcome: str, now: float) -> Move:
    """End a talk: everybody's leg is to be ended, and a consulted person comes free."""
    third = (talk.third,) if talk.third else ()
    leaving = (*talk.leaving, talk.agent, *_called((*third, *talk.listeners)))
    after = replace(talk, stage=OVER, outcome=outcome, ended=now, third=None, listeners=(), leaving=leaving)
    beside: list[Beside] = [free for each in third for free in _free(each)]
    if outcome != QUEUE and talk.queued:
        beside.append(Close(talk.parent))
    return Move(after, tuple(beside))


def _gone(talk: Talk, party: Party) -> Talk:
    """Look after somebody's leg no more."""
    return replace(talk, leaving=tuple(each for each in talk.leaving if each.id != party.id))


def _called(parties: tuple[Party, ...]) -> tuple[Party, ...]:
    """List those who have a leg, or may have one: the others need not be looked after."""
    return tuple(each for each in parties if each.leg or each.at == PLACING)


def _free(party: Party) -> tuple[Beside, ...]:
    """Let a consulted person be as they were."""
    return (Free(party.id, ready=party.rests, reason=party.why, until=party.until),) if party.person else ()


def _rest(talk: Talk, party: Party) -> tuple[Beside, ...]:
    """Let an agent out whose leg is over: to wrap up; who vanished from a caller on hold is not ready."""
    if party.role != AGENT or not party.person:
        return ()
    if talk.vanished and party.id == talk.agent.id:
        return (Free(party.id, ready=False, reason="hung up"),)
    return (Free(party.id, talk.wrap_up),)
