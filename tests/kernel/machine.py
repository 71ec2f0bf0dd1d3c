"""Two nodes over one store, and everything that can go wrong between them and the carrier.

The machine plays callers, the carrier's retries, and staff who publish, switch flags and rotate keys. What it holds:
what the caller heard is what the record says; no effect of a turn that nobody heard; no reference without its case;
numbers are unique; the same request gets the same bytes.
"""

from __future__ import annotations

import itertools
import re
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from kernel.boards import SECRET, board_over, publish
from kernel.hotline import hotline

from ivr.engine.effects import CreateCase, KeepRecording
from ivr.engine.inputs import Called, Continued, Dialed, HungUp, Pressed, Recorded, Silent
from ivr.engine.verbs import Continue, Hang, Listen, Ring, Speak, TakeMessage
from ivr.errors import StoreUnavailable
from ivr.replay import check, ends, play, reel, walked
from ivr.store import Store
from ivr.store.flags import Flag
from ivr.switchboard import Leg, Notice
from ivr.turns import normal

VERSIONS = [hotline(), hotline("bb" * 32, "So long."), hotline("cc" * 32, "Take care.")]
KEYS = [SECRET, ("k2", b"2" * 32), ("k3", b"3" * 32)]
LINE = "+18005550100"
REFERENCE = re.compile(r"Your reference is (.*?)\.")
workers = st.integers(0, 1)
modes = st.sampled_from(["plain", "refused", "unsure", "lost", "doubled", "stray", "late stray", "fallback"])
keys = st.sampled_from(["1", "2", "3", "4", "0", "9", "*", "1234", "5678", "12"])


class ShakyStore:
    """The real store, whose next commit fails before or after it was made."""

    def __init__(self, store):
        self._store = store
        self.fault = ""

    def __getattr__(self, name):
        return getattr(self._store, name)

    def commit(self, entry):
        fault, self.fault = self.fault, ""
        if fault == "refused":
            raise StoreUnavailable
        added = self._store.commit(entry)
        if fault == "unsure":
            raise StoreUnavailable
        return added


@dataclass
class Caller:
    """One call as its caller lives it."""

    sid: str
    answers: list = field(default_factory=list)  # heard, first to last
    sids: set = field(default_factory=set)  # of every recording that we were told of
    asked: dict = field(default_factory=dict)  # (token, what was done) -> (input, answer): what the carrier saw
    rival: bool = False  # a stray turn came after the last one that was heard: the record alone cannot tell which
    over: bool = False

    @property
    def token(self):
        return self.answers[-1].token

    @property
    def last_verb(self):
        return self.answers[-1].verbs[-1]


def texts(answer):
    spoken = [prompt for verb in answer.verbs for prompt in (verb.prompts if isinstance(verb, Listen) else [verb])]
    return " ".join(prompt.text for prompt in spoken if isinstance(prompt, Speak))


def references(answer):
    return [re.sub(r"[^0-9A-Z]", "", found) for found in REFERENCE.findall(texts(answer))]


def story_of():
    """Speak for four seconds."""
    sid = "RE" + uuid.uuid4().hex
    return Recorded(0.0, sid, f"http://carrier/{sid}", 4)


class Nodes(RuleBasedStateMachine):
    """Rules over two nodes."""

    def __init__(self, store: Store, folder: Path, numbers: dict[str, str]):
        super().__init__()
        self.store = store
        self.folder = folder
        self.numbers = numbers  # of all examples over this store: whose call it is
        self.clock = itertools.count(int(time.time()))
        self.callers: list[Caller] = []
        self.boards = [self.node(each, KEYS) for each in (0, 1)]
        store.flags.off("emergency")
        self.publish(0, True)

    def node(self, worker, secrets):
        folder = self.folder / f"node{worker}"
        board = board_over(self.store, folder, secrets)
        board.store = ShakyStore(self.store)
        return board

    def now(self):
        return float(next(self.clock))

    def ask(self, worker, caller, token, given):
        """Send one request; a request that was answered before must get the same answer."""
        given = replace(given, at=self.now())
        board = self.boards[worker]
        if isinstance(given, Recorded):
            caller.sids.add(given.sid)
        answer = board.drive(token, caller.sid, given) if token else board.begin(caller.sid, given)
        name = (token, normal(given))
        assert caller.asked.setdefault(name, (given, answer))[1] == answer
        return answer

    def fail(self, worker, fault, caller, token, given):
        """Send a request whose commit fails, as far as the worker knows."""
        self.boards[worker].store.fault = fault
        try:
            self.ask(worker, caller, token, given)
        except StoreUnavailable:
            return
        finally:
            self.boards[worker].store.fault = ""
        raise AssertionError("a commit that fails must not be answered")

    def deliver(self, mode, worker, caller, token, given):
        """Bring a request to us in one of the carrier's ways; the answer that the caller hears."""
        other = 1 - worker
        if mode in {"refused", "unsure"}:
            self.fail(worker, mode, caller, token, given)
            return self.ask(other, caller, token, given)
        if mode == "doubled":
            with ThreadPoolExecutor(2) as pool:
                copies = [pool.submit(self.ask, each, caller, token, given) for each in (0, 1)]
            first, second = [copy.result() for copy in copies]
            assert first == second
            return first
        answer = self.ask(worker, caller, token, given)
        if mode == "lost":
            return self.ask(other, caller, token, given)
        if mode == "fallback":
            again = self.boards[other].fallback(caller.sid, Called(self.now(), None, LINE))
            assert again.verbs == answer.verbs  # where a secret was keyed the token holds it no more
            return again
        return answer

    @rule(worker=workers, mode=modes, number=st.sampled_from(["+14155550123", None]))
    def call(self, worker, mode, number):
        caller = Caller("CA" + uuid.uuid4().hex)
        caller.answers.append(self.deliver(mode, worker, caller, "", Called(0.0, number, LINE)))
        self.callers.append(caller)

    @rule(worker=workers, ways=st.lists(modes, min_size=4, max_size=4), stray=st.booleans())
    def complain(self, worker, ways, stray):
        """Go the way that ends in a case: chance alone seldom finds it. A stray story may come before the heard one."""
        caller = self.come_to_the_story(worker, ways)
        if stray:
            self.ask(worker, caller, caller.token, story_of())
        caller.answers.append(self.deliver(ways[3], worker, caller, caller.token, story_of()))

    @rule(worker=workers, ways=st.lists(modes, min_size=3, max_size=3), told=st.booleans())
    def leave_while_speaking(self, worker, ways, told):
        """Hang up where a story was asked for: only then can something turn up after the end."""
        self.end(self.come_to_the_story(worker, ways), worker, told, "")

    def come_to_the_story(self, worker, ways):
        self.call(worker, ways[0], None)
        caller = self.callers[-1]
        for mode, given in zip(ways[1:3], (Pressed(0.0, "1"), Pressed(0.0, "1234")), strict=True):
            caller.answers.append(self.deliver(mode, worker, caller, caller.token, given))
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
    @rule(data=st.data(), worker=workers, mode=modes)
    def go_on(self, data, worker, mode):
        caller = data.draw(st.sampled_from(self.going_on()))
        token, given = caller.token, self.draw_input(data, caller)
        stray = self.draw_input(data, caller) if "stray" in mode else None
        differs = stray is not None and normal(stray) != normal(given)
        if mode == "stray" and differs:
            self.ask(worker, caller, token, stray)
        caller.answers.append(self.deliver(mode, worker, caller, token, given))
        caller.rival = False
        if mode == "late stray" and differs:
            self.ask(1 - worker, caller, token, stray)
            caller.rival = True

    @precondition(lambda self: self.callers)
    @rule(data=st.data(), worker=workers)
    def come_late(self, data, worker):
        caller = data.draw(st.sampled_from(self.callers))
        token, what = data.draw(st.sampled_from(sorted(caller.asked)))
        before = len(self.store.chain(caller.sid))
        self.ask(worker, caller, token, caller.asked[token, what][0])
        assert len(self.store.chain(caller.sid)) == before

    @precondition(lambda self: any(isinstance(each.last_verb, Ring) for each in self.going_on()))
    @rule(data=st.data(), worker=workers, key=st.sampled_from(["1", "2"]))
    def whisper(self, data, worker, key):
        ringing = [each for each in self.going_on() if isinstance(each.last_verb, Ring)]
        caller, leg = data.draw(st.sampled_from(ringing)), "CA" + uuid.uuid4().hex
        for given in (Continued(0.0), Pressed(0.0, key)):
            said = [
                self.boards[each].side(caller.token, Leg(leg, caller.sid), replace(given, at=self.now()))
                for each in (worker, 1 - worker)
            ]
            assert said[0] == said[1]

    @rule(version=st.integers(0, 2), both=st.booleans())
    def publish(self, version, both):
        publish(self.boards[0], VERSIONS[version])
        if both:
            self.boards[1].facts.snapshots.renew()

    @rule(on=st.booleans(), worker=workers)
    def emergency(self, on, worker):
        if on:
            self.store.flags.on(Flag("emergency", "somebody", time.time() + 86_400, time.time()))
        else:
            self.store.flags.off("emergency")
        self.boards[worker].facts.snapshots.renew()

    @rule(worker=workers, order=st.permutations(KEYS))
    def rotate(self, worker, order):
        self.boards[worker] = self.node(worker, order)

    @precondition(lambda self: any(not each.over for each in self.callers))
    @rule(data=st.data(), worker=workers, told=st.booleans(), fault=st.sampled_from(["", "refused", "unsure"]))
    def hang_up(self, data, worker, told, fault):
        caller = data.draw(st.sampled_from([each for each in self.callers if not each.over]))
        self.end(caller, worker, told, fault)

    def end(self, caller, worker, told, fault):
        board = self.boards[worker]
        if (told or caller.rival) and isinstance(caller.last_verb, TakeMessage | Ring):
            sid = "RE" + uuid.uuid4().hex
            left = Recorded(self.now(), sid, f"http://carrier/{sid}", 2)
            talked = isinstance(caller.last_verb, Ring)
            if not talked:
                caller.sids.add(sid)
            board.left(caller.token, caller.sid, HungUp(self.now(), None if talked else left, talked))
            caller.rival = False
        if fault:
            board.store.fault = fault
            try:
                board.end(caller.sid, self.now())
            except StoreUnavailable:
                pass
            else:
                raise AssertionError("a commit that fails must not count")
        added = board.end(caller.sid, self.now())
        # Where an end was made that its worker does not know of, words of a stray turn may still be to take in.
        assert added or fault == "unsure"
        assert not self.boards[1 - worker].end(caller.sid, self.now())
        caller.over = True
        self.settle(caller)

    def settle(self, caller):
        """Let go and give up as the job process does after an end, and look."""
        self.store.effects.release(self.now(), 10_000)
        self.store.effects.revive(caller.sid, self.now())
        self.store.effects.drop(caller.sid, self.now())
        self.look_at(caller)

    @precondition(lambda self: any(each.over and isinstance(each.last_verb, TakeMessage) for each in self.callers))
    @rule(data=st.data(), worker=workers, what=st.sampled_from(["ready", "left", "request"]))
    def turn_up(self, data, worker, what):
        """Tell of a message when the call has ended already: the carrier's note, the hang-up, or the request itself."""
        over = [each for each in self.callers if each.over and isinstance(each.last_verb, TakeMessage)]
        caller, sid, board = data.draw(st.sampled_from(over)), "RE" + uuid.uuid4().hex, self.boards[worker]
        spoken = Recorded(self.now(), sid, f"http://carrier/{sid}", 2)
        if what == "request":
            caller.answers.append(self.ask(worker, caller, caller.token, spoken))
            caller.rival = False
        elif what == "left":
            if not board.left(caller.token, caller.sid, HungUp(self.now(), spoken)):
                return  # the carrier tells of one hang-up alone
        else:
            said = {"RecordingSid": sid, "RecordingStatus": "completed", "RecordingUrl": spoken.url}
            board.note(Notice(caller.sid, caller.sid, "recording", sid, self.now(), said))
        caller.sids.add(sid)
        assert board.end(caller.sid, self.now())
        assert not self.boards[1 - worker].end(caller.sid, self.now())
        self.settle(caller)

    def look_at(self, caller):
        """Compare what the caller heard with what the records say."""
        board = self.boards[0]
        record, chain = self.store.call(caller.sid), self.store.chain(caller.sid)
        told = reel(record, chain, board.keyring, board.library.get)
        check(told)
        played = {each.record.id: each for each in play(told)}
        assert ends(chain)
        assert {turn.version for turn in chain} == {record.version}
        if caller.rival:
            return  # the record of a rival turn came last: which of the two was heard, only the caller knows
        path = [turn for turn in walked(chain) if turn.kind == "drive"]
        said = [played[turn.id].turn for turn in path]
        assert len(said) == len(caller.answers)
        for turn, answer in zip(said, caller.answers, strict=True):
            assert turn is None or turn.verbs == answer.verbs
        self.look_at_effects(caller, [*path, *ends(chain)], played)

    def look_at_effects(self, caller, path, played):
        """Every effect of a heard turn is let go, and no other; every reference that was spoken has its case."""
        wanted = {effect.id for turn in path for effect in turn.effects}
        states = {each.record.id: each.state for each in self.store.effects.of_call(caller.sid)}
        assert {name for name, state in states.items() if state == "waiting"} == wanted
        assert all(state == "dropped" for name, state in states.items() if name not in wanted)
        kept = {each.sid for turn in path for each in played[turn.id].told.effects if isinstance(each, KeepRecording)}
        assert kept == caller.sids
        cases = [case.number for turn in path for case in played[turn.id].told.effects if isinstance(case, CreateCase)]
        spoken = [number for answer in caller.answers for number in references(answer)]
        assert set(spoken) <= set(cases)
        assert len(set(cases)) == len(cases)
        assert all(self.numbers.setdefault(number, caller.sid) == caller.sid for number in cases)

    @invariant()
    def every_call_has_one_first_turn(self):
        for caller in self.callers[-2:]:
            assert sum(not turn.parent for turn in self.store.chain(caller.sid)) == 1

    def teardown(self):
        for caller in self.callers:
            if not caller.over:
                self.end(caller, 0, told=True, fault="")
