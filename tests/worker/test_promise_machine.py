"""Promises, agents, callers, duplicates and delays in any order: what must hold of call backs at all times."""

from __future__ import annotations

import os
from collections import Counter

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from waiting_hotline import CONFIG, hotline

from ivr import tickets as words
from ivr.callers import Callers
from ivr.engine.effects import RequestCallBack
from ivr.store.call_backs import CANCELLED, DONE, GIVEN_UP, OPEN, QUEUED
from ivr.store.flags import Flag
from ivr.store.offers import new_offer
from ivr.store.people import Person
from ivr.tickets import Agent, in_order, longest_ready
from ivr.worker.call_backs import CallBackRound, Keeping

CONTENT = hotline(config=CONFIG + 'call_backs: {daytime: "24/7", pauses: [10 min, 1 h]}\n')
IN_VAIN = (words.NO_ANSWER, words.BUSY, words.MACHINE, words.DECLINED, words.AGENT_GONE, words.HUNG_UP)


class Promises(RuleBasedStateMachine):
    """Every move that a request, a callback, a person, the job process or the sweep can make."""

    def __init__(self, store, keyring, sealing, deeds) -> None:
        super().__init__()
        self.store, self.sealing, self.deeds, self.now = store, sealing, deeds, 1_800_000_000.0
        keeping = Keeping(store, keyring, lambda _: CONTENT, Callers(store, keyring).kept, lambda *_: "")
        self.rounds = [CallBackRound(keeping), CallBackRound(keeping)]  # two job processes over one store
        self.promised: dict[bytes, float] = {}
        self.over: dict[bytes, str] = {}
        self.people = []
        for name in ("Ann", "Bo"):
            person = store.people.add(Person(f"{name} {os.urandom(4).hex()}", "agent", ("care",), "+15005550101"), "")
            store.agents.enrol(Agent(person.id, ("care",), "", since=0.0), "")
            store.agents.say(person.id, words.READY, "", 0.0)
            self.people.append(person.id)

    def tick(self) -> float:
        self.now += 2.0
        return self.now

    def rows(self):
        return [row for name in self.promised if (row := self.store.call_backs.find(name)) is not None]

    def attempts(self):
        return [each for name in self.promised for each in self.store.call_backs.attempts(name)]

    def offers(self):
        return [one for call in {row.call for row in self.rows()} for one in self.store.offers.of_call(call)]

    def agents(self):
        return [agent for agent in self.store.agents.all() if agent.person in self.people]

    @rule(later=st.sampled_from([-100.0, 500.0]), twice=st.booleans())
    def a_caller_is_promised_a_call(self, later, twice):
        call, at = f"CA{os.urandom(16).hex()}", self.tick()
        wanted = RequestCallBack("care", "+14155550123", "2027-01-15T09:00", at + later, "Europe/Copenhagen", "en-US")
        self.sealing.turn(call, 1, wanted, at=at)
        self.sealing.turn(call, 2, at=at)
        self.store.effects.release(at)
        (effect,) = [one.record.id for one in self.store.effects.of_call(call)]
        for _ in range(2 if twice else 1):
            assert self.deeds.do(effect) == "sent"
        self.promised[effect] = at + later

    @rule(which=st.integers(0, 1), seconds=st.sampled_from([0.0, 700.0, 4000.0]))
    def a_job_process_goes_round(self, which, seconds):
        self.now += seconds
        self.rounds[which].run(self.tick())

    @rule(on=st.booleans())
    def the_team_closes_or_opens(self, on):
        if on:
            self.store.flags.on(Flag("emergency.care", "tests", self.now + 5000, self.now))
        else:
            self.store.flags.off("emergency.care", "tests")

    @rule()
    def the_job_process_offers(self):
        mine = [ticket for ticket in in_order(self.attempts()) if ticket.state == words.WAITING]
        agent = longest_ready(self.agents())
        if mine and agent:
            assert self.store.offers.make(new_offer(os.urandom(16), mine[0], agent, self.tick()))

    @precondition(lambda self: self.offers())
    @rule(data=st.data(), how=st.sampled_from(["claim", "claim", words.PASSED, words.MISSED, words.WITHDRAWN]))
    def an_agent_decides(self, data, how):
        offer = data.draw(st.sampled_from(self.offers()))
        if how == "claim":
            self.store.offers.claim(offer, self.tick())
        else:
            self.store.offers.refuse(offer, how, self.tick())

    @precondition(lambda self: self.offers())
    @rule(data=st.data(), what=st.sampled_from(["answers", "joins", "gone", "talked", *IN_VAIN]))
    def something_is_heard_of_an_attempt(self, data, what):
        offer = data.draw(st.sampled_from(self.offers()))
        ticket = self.store.tickets.find(offer.ticket)
        if what == "answers":
            self.store.tickets.remark(offer.ticket, words.ANSWERED, self.tick())
        elif what == "joins" and ticket.offer == offer.id:
            self.store.tickets.talks(offer.ticket, self.tick())
        elif what == "talked":
            self.store.offers.part(offer, True, 0.0, self.tick())
        elif what in IN_VAIN:
            self.store.offers.fail(offer, what, self.tick())
        elif not self.store.offers.refuse(offer, words.PASSED, self.tick()):
            self.store.offers.vanish(offer, 0.0, self.tick())

    @precondition(lambda self: self.promised)
    @rule(data=st.data())
    def somebody_cancels(self, data):
        before = self.store.call_backs.find(data.draw(st.sampled_from(list(self.promised))))
        done = self.store.call_backs.cancel(before.effect, "tests", self.tick())
        assert done == (self.store.call_backs.find(before.effect).state == CANCELLED != before.state)

    @precondition(lambda self: self.promised)
    @rule(data=st.data())
    def the_first_call_ends_once_more(self, data):
        row = data.draw(st.sampled_from(self.rows()))
        before = [each.state for each in self.store.call_backs.attempts(row.effect)]
        self.store.tickets.gone(row.call, self.tick())
        assert [each.state for each in self.store.call_backs.attempts(row.effect)] == before

    @invariant()
    def one_attempt_is_in_flight_at_most_and_the_promise_names_it(self):
        for row in self.rows():
            open_ = [each.id for each in self.store.call_backs.attempts(row.effect) if each.state in words.OPEN]
            assert open_ in ([], [row.ticket])
            assert not open_ or row.state == QUEUED

    @invariant()
    def what_is_over_stays_over_and_a_promise_that_is_kept_was_kept_once(self):
        for row in self.rows():
            states = Counter(each.state for each in self.store.call_backs.attempts(row.effect))
            if row.state not in OPEN:
                assert self.over.setdefault(row.effect, row.state) == row.state
            assert states[words.DONE] == (row.state == DONE) or (row.state == QUEUED and states[words.DONE] == 1)
            assert row.effect not in self.over or self.over[row.effect] == row.state

    @invariant()
    def nobody_is_called_too_early_or_too_often_and_every_try_has_the_same_place(self):
        for row in self.rows():
            tries = self.store.call_backs.attempts(row.effect)
            assert sum(each.state in {words.DONE, words.ABANDONED} for each in tries) <= 3
            assert not tries or self.now >= self.promised[row.effect]
            assert {each.joined_at for each in tries} <= {row.joined_at}
            assert row.state != GIVEN_UP or row.reason

    @invariant()
    def an_agent_holds_what_runs_or_what_the_next_round_withdraws(self):
        held = {ticket.offer.hex() for ticket in self.attempts() if ticket.state in (words.OFFERED, *words.HELD)}
        holding = {agent.offer for agent in self.agents() if agent.offer}
        assert held <= holding
        left = [self.store.offers.find(bytes.fromhex(one)) for one in holding - held]
        assert all(offer.state in words.RUNNING for offer in left)

    def teardown(self) -> None:
        for row in self.rows():
            for offer in self.store.offers.of_call(row.call):
                self.store.offers.refuse(offer, words.WITHDRAWN, self.now)
                self.store.offers.fail(offer, words.AGENT_GONE, self.now)
            self.store.call_backs.cancel(row.effect, "tests", self.now)
        for agent in self.agents():
            self.store.agents.say(agent.person, words.NOT_READY, "", self.now)
        self.store.flags.off("emergency.care", "tests")


def test_promises_are_kept_once_in_their_place_and_leave_nobody_held(store, keyring, sealing, deeds):
    run_state_machine_as_test(
        lambda: Promises(store, keyring, sealing, deeds),
        settings=settings(
            max_examples=8, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
