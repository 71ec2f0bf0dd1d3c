"""The floor: who talks to whom now, and what agents and supervisors may ask for in a talk."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ivr import tickets as words
from ivr.content import Content
from ivr.engine.queues import QUEUE
from ivr.errors import IvrError
from ivr.facts.rosters import on_shift
from ivr.handover import events as ev
from ivr.handover.moves import NotNow
from ivr.handover.talk import LISTENER, MODES, THIRD, Party, Talk
from ivr.keys import Keyring
from ivr.plain_talks import PlainTalks
from ivr.roles import BadPerson, as_phone
from ivr.store import Store
from ivr.store.agents import AT_REST
from ivr.store.audit import Deed
from ivr.talks import TalkDesk
from ivr.tickets import Agent, Offer

SEES_ALL = frozenset({"admin"})  # roles that see every team


class NotYours(IvrError):
    """This is somebody else's call."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks."""

    person: str  # id
    name: str
    role: str
    teams: tuple[str, ...] = ()

    def sees(self, team: str) -> bool:
        """Tell whether they may listen to a team's talks."""
        return self.role in SEES_ALL or team in self.teams


@dataclass(frozen=True, slots=True)
class Seen:
    """An agent as a supervisor sees them."""

    person: str
    name: str
    teams: tuple[str, ...]
    state: str
    reason: str
    since: float
    call: str = ""  # the caller's CallSid, in a talk
    stage: str = ""  # of a talk in which something was asked for; "" for a plain one
    with_whom: str = ""  # the third person
    listeners: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()  # how each of them is in the talk


class Floor:
    """One process's way to the talks that go on; safe for threads."""

    def __init__(self, store: Store, keyring: Keyring, content: Callable[[str], Content]) -> None:
        """`content` gives a version's."""
        self._store = store
        self._content = content
        self._plain = PlainTalks(store, keyring, content)
        self.desk = TalkDesk(store, keyring)

    def ask(self, call: str, asker: Asker, event: ev.Event) -> Talk:
        """Let the agent of a call ask for something; NotYours for others, NotNow where it does not fit."""
        talk = self.of(call, asker)
        begun = self.desk.find(talk.id)
        if begun is None:
            return self._begin(talk, event)
        return self.desk.tell(talk.id, event, time.time()) or talk

    def _begin(self, talk: Talk, event: ev.Event) -> Talk:
        """Write a talk down; where the agent's leg has no name nothing can be done with it, and nothing is begun."""
        if not talk.agent.leg:
            hint = "try again in a moment; until then hang up in the browser"
            raise NotNow("the carrier has not told yet which leg TaskRouter has joined in the browser", hint=hint)
        return self.desk.begin(talk, event, time.time())

    def of(self, call: str, asker: Asker) -> Talk:
        """Find the talk of a call that this agent is in, written down or plain."""
        talk = self.talk(call)
        if talk is None:
            raise NotNow("nobody is talking in this call now")
        if talk.agent.person != asker.person:
            raise NotYours(f"this is {talk.agent.name}'s call" if talk.agent.name else "this is somebody else's call")
        return talk

    def talk(self, call: str) -> Talk | None:
        """Find the talk of a call that goes on, or lay out the plain one."""
        found = self.desk.latest(call)
        if found is not None and found.open:
            return found
        plain = self._plain.of(call)
        # A ring whose talk is over is put down only when the carrier says so.
        over = plain and found and not plain.queued and found.parent == plain.parent
        return None if over else plain

    def mine(self, person: str) -> Talk | None:
        """Find the talk that somebody is in now."""
        agent = self._store.agents.find(person)
        if agent is None or agent.state != words.IN_TALK:
            rung = [each for each in self._store.rung.going_on(time.time()) if each.person == person]
            return self.talk(rung[-1].call) if rung else None
        offer = self._store.offers.find(bytes.fromhex(agent.offer))
        if offer is not None:
            return self.talk(offer.call)
        return next((talk for talk in self.desk.open() if talk.party(agent.offer)), None)

    def colleague(self, person: str, asker: Asker) -> Party:
        """Make a party of one of our people, to be consulted."""
        agent = self._store.agents.find(person)
        if agent is None or person == asker.person:
            raise NotNow("this person is on no roster")
        if not agent.phone:
            raise NotNow(f"{agent.name} has no number that could be called")
        return Party(secrets.token_hex(16), THIRD, agent.phone, person, agent.name, **_before(agent))

    def number(self, text: str) -> Party:
        """Make a party of a number, to be consulted."""
        try:
            phone = as_phone(text)
        except BadPerson as error:
            raise NotNow(f"{error}; {error.hint}" if error.hint else str(error)) from None
        if not re.fullmatch(r"\+[1-9][0-9]{6,14}", phone):
            raise NotNow("write the number with its country, such as +45 33 12 34 56")
        return Party(secrets.token_hex(16), THIRD, phone, name=phone)

    def team(self, call: str, team: str) -> str:
        """Say whether a caller can be sent to a team; NotNow where nobody there could take the call."""
        talk = self.talk(call)
        tree = self._content(talk.version).tree if talk else None
        if talk is None or tree is None or team not in tree.teams or tree.teams[team].by != QUEUE:
            raise NotNow("callers can be sent to a team that waits in a queue alone")
        schedule = self._content(talk.version).schedules.get(team)
        zone, now = schedule.zone if schedule else "UTC", time.time()
        for agent in self._store.agents.all():
            able = words.can_take(agent, team, talk.language, ()) and agent.state in words.PRESENT
            if able and agent.person != talk.agent.person and on_shift(agent, zone, now):
                return team
        raise NotNow("nobody of that team is there who could take this call")

    def supervise(self, call: str, asker: Asker, mode: str) -> Talk:
        """Let a supervisor be in a talk, or be something else to it; each is written down in the audit trail."""
        talk = self.talk(call)
        if talk is None:
            raise NotNow("nobody is talking in this call now")
        if mode not in MODES:
            raise NotNow("a supervisor may listen, whisper or speak")
        if not asker.sees(talk.team):
            raise NotYours(f"team {talk.team} is not one of yours")
        if talk.agent.person == asker.person:
            raise NotNow("this is your own talk")
        self._store.audit.add(Deed(asker.name, f"asked to {mode} in a talk", call, {"agent": talk.agent.name}))
        mine = next((each for each in talk.listeners if each.person == asker.person), None)
        if mine is not None:
            return self.desk.tell(talk.id, ev.Turn(mine.id, mode), time.time()) or talk
        event = ev.Listen(self._listener(asker, mode))
        if self.desk.find(talk.id) is None:
            return self._begin(talk, event)
        return self.desk.tell(talk.id, event, time.time()) or talk

    def stop(self, call: str, asker: Asker) -> Talk:
        """Let a supervisor leave a talk."""
        talk, mine = self._in(call, asker)
        self._store.audit.add(Deed(asker.name, "left a talk", call, {"agent": talk.agent.name}))
        return self.desk.tell(talk.id, ev.Leave(mine.id), time.time()) or talk

    def take_over(self, call: str, asker: Asker) -> Talk:
        """Let a supervisor who is in a talk have the caller for themselves: the agent comes out, to wrap up."""
        talk, mine = self._in(call, asker)
        self._store.audit.add(Deed(asker.name, "asked to take over a talk", call, {"agent": talk.agent.name}))
        agent = self._store.agents.find(asker.person)
        event = ev.TakeOver(mine.id, agent is not None and agent.state in AT_REST)
        return self.desk.tell(talk.id, event, time.time()) or talk

    def _in(self, call: str, asker: Asker) -> tuple[Talk, Party]:
        """Find the talk that a supervisor is in; NotNow where they are in none."""
        talk = self.desk.open_of(call)
        mine = next((each for each in talk.listeners if each.person == asker.person), None) if talk else None
        if talk is None or mine is None:
            raise NotNow("you are not in this talk")
        return talk, mine

    def _listener(self, asker: Asker, mode: str) -> Party:
        agent = self._store.agents.find(asker.person)
        phone = (agent.phone if agent else "") or self._store.people.find(asker.person).phone
        if not phone:
            raise NotNow("you have no number that could be called; an admin can give you one")
        before = _before(agent) if agent else {"rests": False}
        return Party(secrets.token_hex(16), LISTENER, phone, asker.person, asker.name, mode=mode, **before)

    def agents(self, asker: Asker) -> list[Seen]:
        """List the agents of the teams that somebody sees, with what each is doing."""
        talks = {talk.agent.id: talk for talk in self.desk.open()}
        rung = {each.person: each for each in self._store.rung.going_on(time.time())}
        known = {agent.person: agent for agent in self._store.agents.all()}
        for person in rung.keys() - known.keys():
            one = self._store.people.find(person)
            known[person] = Agent(person, one.teams, one.phone, name=one.name)
        shown = [_rung(agent, rung.get(agent.person)) for agent in known.values() if any(map(asker.sees, agent.teams))]
        return [self._seen(agent, talks.get(agent.offer)) for agent in sorted(shown, key=lambda one: one.name)]

    def _seen(self, agent: Agent, talk: Talk | None) -> Seen:
        offer = None
        if agent.offer and talk is None:
            offer = self._store.offers.find(bytes.fromhex(agent.offer))
        return Seen(
            agent.person,
            agent.name,
            agent.teams,
            agent.state,
            agent.reason,
            agent.since,
            call=(talk.call if talk else offer.call if offer else "") if agent.state == words.IN_TALK else "",
            stage=talk.stage if talk else "",
            with_whom=talk.third.name if talk and talk.third else "",
            listeners=tuple(each.name for each in talk.listeners) if talk else (),
            modes=tuple(each.mode for each in talk.listeners) if talk else (),
        )


def _before(agent: Agent) -> dict[str, Any]:
    """Write down how somebody is before a talk: so they are again, should it not become theirs."""
    if agent.state == words.WRAP_UP and agent.until:
        return {"until": agent.until, "why": agent.reason}
    return {} if agent.state in {words.READY, words.WRAP_UP} else {"rests": False, "why": agent.reason}


def _rung(agent: Agent, offer: Offer | None) -> Agent:
    """See somebody whose phone a team has rung as in a talk: their roster does not say so."""
    if offer is None or agent.offer:
        return agent
    return replace(agent, state=words.IN_TALK, reason="", since=offer.at, offer=offer.id.hex())
