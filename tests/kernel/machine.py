"""Two nodes over one store, and everything that can go wrong between them, the carrier, the database and the disks.

The machine plays callers, the carrier's retries, and staff who publish, switch flags and rotate keys; it cuts nodes off
from the database, fills their disks, and kills them between any two lines. What it holds: what the caller heard is what
the record says; no effect of a turn that nobody heard; no reference without its case; numbers are unique; the same
request gets the same bytes, unless it was asked of two nodes that could not see each other.
"""

from __future__ import annotations

import itertools
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from kernel.boards import SECRET, board_over, publish
from kernel.hotline import hotline
from kernel.judgement import Caller, Looks
from kernel.nodes import CutOff, Killed, ShakyStore, killed_after

from ivr.engine.inputs import Called, Continued, Dialed, HungUp, Pressed, Recorded, Silent
from ivr.engine.verbs import Continue, Hang, Listen, Ring, TakeMessage
from ivr.errors import NothingDurable, StoreUnavailable, UnknownCall
from ivr.store import Store
from ivr.store.flags import Flag
from ivr.switchboard import Leg, Notice
from ivr.turns import normal

VERSIONS = [hotline(), hotline("bb" * 32, "So long."), hotline("cc" * 32, "Take care.")]
KEYS = [SECRET, ("k2", b"2" * 32), ("k3", b"3" * 32)]
LINE = "+18005550100"
workers = st.integers(0, 1)
FAULTS = ("refused", "unsure")  # of a commit: it failed; it was made, and the answer of the database was lost
WAYS = [
    "plain",
    *FAULTS,
    "refused, lost",
    "unsure, lost",
    "lost",
    "doubled",
    "stray",
    "late stray",
    "fallback",
    "killed",
]
modes = st.sampled_from(WAYS)
moments = st.integers(0, 400)  # lines of ours after which somebody is killed
keys = st.sampled_from(["1", "2", "3", "4", "0", "9", "*", "1234", "5678", "12"])


def story_of():
    """Speak for four seconds."""
    sid = "RE" + uuid.uuid4().hex
    return Recorded(0.0, sid, f"http://carrier/{sid}", 4)


class Nodes(Looks, RuleBasedStateMachine):
    """Rules over two nodes."""

    def __init__(self, store: Store, folder: Path, numbers: dict[str, str]):
        super().__init__()
        self.store = store
        self.folder = folder
        self.numbers = numbers  # of all examples over this store: whose call it is
        self.clock = itertools.count(int(time.time()))
        self.callers: list[Caller] = []
        self.nodes = [CutOff(store, folder / f"node{each}", KEYS) for each in (0, 1)]
        for node, version in itertools.product(self.nodes, VERSIONS):
            node.board.library.keep(version)  # what is published is on every node's disk before it is switched on
        self.office = ShakyStore(store.database.url.render_as_string(hide_password=False), folder, budget=60)
        self.job = board_over(self.office, folder / "office", KEYS)
        store.flags.off("emergency")
        self.publish(0, True)

    def board(self, worker):
        return self.nodes[worker].board

    def restart(self, worker, secrets=None):
        """Begin a node's process anew, on the same disk."""
        old = self.nodes[worker]
        full, cut = old.spool.full, old.cut
        keys = secrets or [(key.id, dict(KEYS)[key.id]) for key in old.board.keyring]
        old.close()
        self.nodes[worker] = CutOff(self.store, old.folder, keys)
        self.nodes[worker].spool.full, self.nodes[worker].cut = full, cut

    @property
    def apart(self):
        """Whether a node knows of anything that the other does not."""
        return not all(node.settled() for node in self.nodes)

    def now(self):
        return float(next(self.clock))

    def ask(self, worker, caller, token, given):
        """Send one request; one that was answered before gets the same answer, unless the nodes were apart."""
        given = replace(given, at=self.now())
        board = self.board(worker)
        if isinstance(given, Recorded):
            caller.sids.add(given.sid)
        apart = self.apart
        answer = board.drive(token, caller.sid, given) if token else board.begin(caller.sid, given)
        answers = caller.asked.setdefault((token, normal(given)), (given, []))[1]
        repeatable = answers and not apart and all(self.is_kept(caller, each) for each in answers)
        assert answer in answers or not repeatable, "another answer to the same request"
        if answer not in answers:
            answers.append(answer)
        return answer

    def deliver(self, mode, worker, caller, token, given, lines=0):
        """Bring a request to us in one of the carrier's ways; the answer that the caller hears."""
        caller.last = (token, normal(given))
        other = 1 - worker
        fault, _, lost = mode.partition(", ")
        if fault in FAULTS:
            self.nodes[worker].fail_once(fault)
            answer = self.ask(worker, caller, token, given)
            self.nodes[worker].fail_once("")
            return self.ask(other, caller, token, given) if lost else answer
        if mode == "killed":
            return self.kill(worker, lines, caller, token, given)
        if mode == "doubled":
            with ThreadPoolExecutor(2) as pool:
                copies = [pool.submit(self.ask, each, caller, token, given) for each in (0, 1)]
            first, second = [copy.result() for copy in copies]
            assert first == second or self.apart
            return first
        answer = self.ask(worker, caller, token, given)
        if mode == "lost":
            return self.ask(other, caller, token, given)
        if mode == "fallback" and not self.apart and self.is_kept(caller, answer):
            again = self.board(other).fallback(caller.sid, Called(self.now(), None, LINE))
            assert again.verbs == answer.verbs  # where a secret was keyed the token holds it no more
            return again
        return answer

    def kill(self, worker, lines, caller, token, given):
        """Kill a worker at a request, wherever it is then; the carrier asks the other one."""
        if isinstance(given, Recorded):
            caller.sids.add(given.sid)
        try:
            with killed_after(lines):
                self.board(worker).drive(token, caller.sid, given) if token else self.board(worker).begin(
                    caller.sid, given
                )
        except Killed:
            pass
        caller.killed.append((token, normal(given)))
        self.restart(worker)
        return self.ask(1 - worker, caller, token, given)

    @rule(worker=workers, mode=modes, number=st.sampled_from(["+14155550123", None]), lines=moments)
    def call(self, worker, mode, number, lines):
        caller = Caller("CA" + uuid.uuid4().hex)
        caller.answers.append(self.deliver(mode, worker, caller, "", Called(self.now(), number, LINE), lines))
        self.callers.append(caller)

    @rule(worker=workers, cut=st.booleans())
    def cut_off(self, worker, cut):
        self.nodes[worker].cut = cut

    @rule(worker=workers, full=st.booleans())
    def fill_the_disk(self, worker, full):
        self.nodes[worker].spool.full = full

    @rule(worker=workers, lines=st.integers(0, 1500))
    def fold(self, worker, lines):
        """Fold, and be killed at it."""
        if not self.nodes[worker].cut and not self.nodes[worker].fold(lines):
            self.restart(worker)

    def reunite(self):
        """Let both nodes come back and fold."""
        for node in self.nodes:
            node.cut = False
        for node in self.nodes:
            if not node.settled():
                node.fold()
        assert not self.apart

    @rule(worker=workers, ways=st.lists(modes, min_size=4, max_size=4), stray=st.booleans())
    def complain(self, worker, ways, stray):
        """Go the way that ends in a case: chance alone seldom finds it. A stray story may come before the heard one."""
        caller = self.come_to_the_story(worker, ways)
        if stray:
            self.ask(worker, caller, caller.token, story_of())
        caller.answers.append(self.deliver(ways[3], worker, caller, caller.token, story_of(), 120))

    @rule(worker=workers, ways=st.lists(modes, min_size=3, max_size=3), told=st.booleans())
    def leave_while_speaking(self, worker, ways, told):
        """Hang up where a story was asked for: only then can something turn up after the end."""
        self.end(self.come_to_the_story(worker, ways), worker, told, "")

    def come_to_the_story(self, worker, ways):
        self.call(worker, ways[0], None, 40)
        caller = self.callers[-1]
        for mode, given in zip(ways[1:3], (Pressed(0.0, "1"), Pressed(0.0, "1234")), strict=True):
            caller.answers.append(self.deliver(mode, worker, caller, caller.token, given, 80))
        return caller

    def draw_input(self, data, caller):
        """Draw what can come from where the caller is."""
        match caller.last_verb:
            case Listen():
                return data.draw(st.one_of(st.builds(Pressed, st.just(0.0), keys), st.just(Silent(0.0))))
            case TakeMessage():
                return data.draw(st.sampled_from([story_of(), Continued(0.0)]))
            case Continue():
                return Continued(0.0)
            case Ring():
                ends = [("completed", True), ("completed", False), ("busy", False), ("no-answer", False)]
                return Dialed(0.0, *data.draw(st.sampled_from(ends)))
        raise AssertionError(caller.last_verb)

    def going_on(self):
        return [each for each in self.callers if not each.over and not isinstance(each.last_verb, Hang)]

    @precondition(lambda self: self.going_on())
    @rule(data=st.data(), worker=workers, mode=modes, lines=moments)
    def go_on(self, data, worker, mode, lines):
        caller = data.draw(st.sampled_from(self.going_on()))
        token, given = caller.token, self.draw_input(data, caller)
        stray = self.draw_input(data, caller) if "stray" in mode else None
        differs = stray is not None and normal(stray) != normal(given)
        if mode == "stray" and differs:
            self.ask(worker, caller, token, stray)
        caller.answers.append(self.deliver(mode, worker, caller, token, given, lines))
        caller.rival = False
        if mode == "late stray" and differs:
            self.ask(1 - worker, caller, token, stray)
            caller.rival = True

    @precondition(lambda self: self.callers)
    @rule(data=st.data(), worker=workers)
    def come_late(self, data, worker):
        caller = data.draw(st.sampled_from(self.callers))
        token, what = data.draw(st.sampled_from(sorted(caller.asked)))
        given, answers = caller.asked[token, what]
        if not all(self.is_kept(caller, answer) for answer in answers):
            return  # what could not be kept then would be kept now: a stray that the record takes for the heard one
        apart, before = self.apart, len(self.store.chain(caller.sid))
        if apart and caller.over:
            return
        self.ask(worker, caller, token, given)
        assert apart or len(self.store.chain(caller.sid)) == before

    @precondition(lambda self: any(isinstance(each.last_verb, Ring) for each in self.going_on()))
    @rule(data=st.data(), worker=workers, key=st.sampled_from(["1", "2"]))
    def whisper(self, data, worker, key):
        ringing = [each for each in self.going_on() if isinstance(each.last_verb, Ring)]
        caller, leg = data.draw(st.sampled_from(ringing)), "CA" + uuid.uuid4().hex
        for given in (Continued(0.0), Pressed(0.0, key)):
            said = [
                self.board(each).side(caller.token, Leg(leg, caller.sid), replace(given, at=self.now()))
                for each in (worker, 1 - worker)
            ]
            assert said[0] == said[1]

    @rule(version=st.integers(0, 2), both=st.booleans())
    def publish(self, version, both):
        publish(self.job, VERSIONS[version])
        for node in self.nodes[: 1 + both]:
            self.renew(node)

    def renew(self, node):
        with suppress(StoreUnavailable):  # it goes on with what it knows
            node.board.facts.snapshots.renew()

    @rule(on=st.booleans(), worker=workers)
    def emergency(self, on, worker):
        if on:
            self.store.flags.on(Flag("emergency", "somebody", time.time() + 86_400, time.time()))
        else:
            self.store.flags.off("emergency")
        self.renew(self.nodes[worker])

    @rule(worker=workers, order=st.permutations(KEYS))
    def rotate(self, worker, order):
        self.restart(worker, order)

    @precondition(lambda self: any(not each.over for each in self.callers))
    @rule(data=st.data(), worker=workers, told=st.booleans(), fault=st.sampled_from(["", *FAULTS]), early=st.booleans())
    def hang_up(self, data, worker, told, fault, early):
        caller = data.draw(st.sampled_from([each for each in self.callers if not each.over]))
        self.end(caller, worker, told, fault, early=early)

    def end(self, caller, worker, told, fault, *, early=False):
        """End a call; `early`: before everything that the nodes know of it has come to the database."""
        if (told or caller.rival) and isinstance(caller.last_verb, TakeMessage | Ring):
            self.tell(caller, worker)
        if early:
            with suppress(UnknownCall):
                self.job.end(caller.sid, self.now())
        self.reunite()
        caller.over = True
        if self.store.call(caller.sid) is None:
            assert not any(self.is_kept(caller, answer) for answer in caller.answers)
            return
        if fault:
            self.office.shaky.fault = fault
            with suppress(StoreUnavailable):
                self.job.end(caller.sid, self.now())
            self.office.shaky.fault = ""
        added = self.job.end(caller.sid, self.now())
        # Where an end was made that its worker does not know of, words of a stray turn may still be to take in.
        assert added or fault or early
        assert not self.board(1 - worker).end(caller.sid, self.now())
        self.settle(caller)

    def tell(self, caller, worker):
        """Let the carrier tell of the hang-up, with what was being said."""
        sid = "RE" + uuid.uuid4().hex
        left = Recorded(self.now(), sid, f"http://carrier/{sid}", 2)
        talked = isinstance(caller.last_verb, Ring)
        try:
            self.board(worker).left(caller.token, caller.sid, HungUp(self.now(), None if talked else left, talked))
        except NothingDurable:
            return
        if not talked:
            caller.sids.add(sid)
        caller.rival = False

    def settle(self, caller):
        """Let go and give up as the job process does after an end, and look."""
        self.store.effects.release(self.now(), 10_000)
        self.store.effects.decide(caller.sid, self.now())
        self.look_at(caller)

    @precondition(lambda self: any(each.over and isinstance(each.last_verb, TakeMessage) for each in self.callers))
    @rule(data=st.data(), worker=workers, what=st.sampled_from(["ready", "left", "request"]))
    def turn_up(self, data, worker, what):
        """Tell of a message when the call has ended already: the carrier's note, the hang-up, or the request itself."""
        over = [each for each in self.callers if each.over and isinstance(each.last_verb, TakeMessage)]
        caller, sid, board = data.draw(st.sampled_from(over)), "RE" + uuid.uuid4().hex, self.board(worker)
        self.reunite()
        if not self.is_kept(caller, caller.answers[-1]):
            return
        spoken = Recorded(self.now(), sid, f"http://carrier/{sid}", 2)
        if what == "request":
            caller.last = (caller.token, normal(spoken))
            caller.answers.append(self.ask(worker, caller, caller.token, spoken))
            caller.rival = False
        elif what == "left":
            if not board.left(caller.token, caller.sid, HungUp(self.now(), spoken)):
                return  # the carrier tells of one hang-up alone
        else:
            said = {"RecordingSid": sid, "RecordingStatus": "completed", "RecordingUrl": spoken.url}
            board.note(Notice(caller.sid, caller.sid, "recording", sid, self.now(), said))
        caller.sids.add(sid)
        assert self.job.end(caller.sid, self.now())
        assert not board.end(caller.sid, self.now())
        self.settle(caller)

    @invariant()
    def every_call_has_one_first_turn(self):
        for caller in self.callers[-2:]:
            roots = sum(not turn.parent for turn in self.store.chain(caller.sid))
            assert roots <= 1 + caller.began_twice

    def teardown(self):
        try:
            for caller in self.callers:
                if not caller.over:
                    self.end(caller, 0, told=True, fault="")
        finally:
            for node in (*self.nodes, self.office):
                node.close()
