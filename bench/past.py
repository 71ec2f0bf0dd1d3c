"""Past calls, made quickly through a real board into a real store: what `ivr try` is tried on."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

from ivr.content import Content
from ivr.engine.inputs import Called, Dialed, HungUp, Input, Pressed, Recorded, Silent
from ivr.engine.inputs import Continued as CameBack
from ivr.engine.tree import Ask, Menu
from ivr.engine.verbs import Continue, Hang, Listen, Ring, TakeMessage, Verb
from ivr.errors import StoreUnavailable
from ivr.store.calls import Ending
from ivr.switchboard import Switchboard
from ivr.switchboard.board import Answer

LINE = "+18005550100"
RINGS = (("completed", True, 60), ("no-answer", False, 0), ("busy", False, 0))
T = TypeVar("T")
PATIENCE = 50  # times that a request is made again
MOST = 14  # turns of a call that anybody has patience for


def pressed(keys: str) -> Pressed:
    return Pressed(0.0, keys)


SILENT, HUNG_UP = Silent(0.0), HungUp(0.0)
TOOK, NOBODY, BUSY = (Dialed(0.0, *how) for how in RINGS)


def spoke(seconds: int = 8) -> Recorded:
    return Recorded(0.0, "RE" + "0" * 32, "http://carrier/RE", seconds)


@dataclass(slots=True)
class PastCalls:
    """Makes calls that are over; they begin an hour ago, one after the other."""

    board: Switchboard
    made: int = 0

    def call(self, *deeds: Input, number: str | None = "+14155550123") -> str:
        """Make one call: what the caller does, document by document; documents that come back do so by themselves."""
        self.made += 1
        call = f"CA{self.made:032x}"
        at = time.time() - 3600 + self.made
        answer = self.begin(call, Called(at, number, LINE))
        for deed in deeds:
            at += 4.0
            while isinstance(answer.verbs[-1], Continue):
                answer = self.drive(answer.token, call, CameBack(at))
            if isinstance(deed, HungUp):
                self.left(answer.token, call, replace(deed, at=at))
                break
            answer = self.drive(answer.token, call, replace(deed, at=at))
        while answer.verbs and isinstance(answer.verbs[-1], Continue):
            answer = self.drive(answer.token, call, CameBack(at))
        self.over(call, at)
        return call

    def begin(self, call: str, called: Called) -> Answer:
        """Take a call."""
        return insist(lambda: self.board.begin(call, called))

    def drive(self, token: str, call: str, given: Input) -> Answer:
        """Move a call by one turn."""
        return insist(lambda: self.board.drive(token, call, given))

    def left(self, token: str, call: str, given: HungUp) -> None:
        """Hang up in a recording or a ring."""
        insist(lambda: self.board.left(token, call, given))

    def over(self, call: str, at: float) -> None:
        """End a call as the job process does."""
        insist(lambda: self.board.end(call, at + 1))
        insist(lambda: self.board.store.calls.end(call, Ending(at + 1, "left", 1, 0)))

    def many(self, content: Content, count: int, threads: int = 16) -> None:
        """Make calls of callers who choose at random, now and then wrongly, and hang up when they like."""
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda seed: self._at_random(content, seed), range(count)))

    def _at_random(self, content: Content, seed: int) -> None:
        chance = random.Random(seed)
        call = f"CB{seed:032x}"
        at = time.time() - 3600
        answer = self.begin(call, Called(at, f"+1415555{seed % 10000:04}", LINE))
        for _ in range(MOST):
            if not answer.verbs or isinstance(answer.verbs[-1], Hang):
                break
            at += chance.randrange(3, 15)
            if chance.random() < 0.04:
                self.left(answer.token, call, HungUp(at))
                break
            state = self.board.tokens.open(answer.token, call, time.time()).state
            step = content.tree.steps[state.place]
            given = at_random(chance, answer.verbs, step, asked=state.phase in {"", "other"})
            answer = self.drive(answer.token, call, replace(given, at=at))
        self.over(call, at)


def insist(work: Callable[[], T]) -> T:
    """Ask again as the carrier does, where a busy machine gives no answer in time: a repeat changes nothing."""
    for _ in range(PATIENCE):
        try:
            return work()
        except StoreUnavailable:
            time.sleep(0.2)
    return work()


def at_random(chance: random.Random, verbs: Sequence[Verb], step: object, *, asked: bool) -> Input:
    """Do what a caller may do with this document."""
    last = verbs[-1]
    if isinstance(last, Ring):
        return Dialed(0.0, *chance.choice(RINGS))
    if isinstance(last, TakeMessage):
        return spoke(chance.randrange(2, 40))
    if isinstance(last, Continue) or chance.random() < 0.06:
        return CameBack(0.0) if isinstance(last, Continue) else SILENT
    if isinstance(step, Menu):
        return pressed(chance.choice([*(choice.key for choice in step.choices), "8"]))
    if isinstance(step, Ask) and not asked:
        return pressed("1")
    digits = last.digits if isinstance(last, Listen) and last.digits else 6
    return pressed("".join(chance.choice("123456789") for _ in range(digits)))
