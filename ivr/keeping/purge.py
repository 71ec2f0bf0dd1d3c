"""What is past its time goes: kind by kind, the least first, a slice at a time, with a rest as long as the work.

Nothing goes of what is still being worked on (a case that is open, a promise to call back) or stands under a legal
hold. A call's key goes last, once nothing that it seals has a time of its own left.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial

import structlog

from ivr.content import Content
from ivr.keeping.clock import ClockInDoubt, believe
from ivr.keeping.places import Places
from ivr.keeping.times import before, longest
from ivr.keys import Keyring
from ivr.marks import AGENT, marks
from ivr.store import Store
from ivr.store.audit import Deed
from ivr.store.erasures import RETENTION
from ivr.store.holds import Hold
from ivr.store.keeping import Held, Old, Report
from ivr.store.shredding import OF_CASE, SAID, SLICE

EVERY = 86400.0  # seconds between two rounds of the job process
KINDS = (
    "exports",
    "recordings",
    "transcripts",
    "messages",
    "call_backs",
    "cases",
    "calls",
    "surveys",
    "callers",
    "agents",
)

log = structlog.get_logger()


@dataclass(slots=True)
class Tally:
    """What a round finds of one kind."""

    kind: str
    gone: int = 0
    open: int = 0
    held: int = 0


@dataclass(slots=True)
class Purge:
    """One round over everything, on one machine."""

    store: Store
    places: Places
    keyring: Keyring
    content: Callable[[], Content | None]  # the version in force says how long things are kept
    who: str = "the hotline"
    pretend: bool = False  # count alone
    resting: bool = True
    _holds: list[Hold] = field(default_factory=list, init=False)
    _held: Held = field(default=(frozenset(), frozenset()), init=False)

    def run(self, now: float) -> list[Tally]:
        """Go round once; says what went, kind by kind."""
        content = self.content()
        self._look_at_holds()
        tallies = [self._kind(kind, before(content, kind, now), now - longest(content)) for kind in KINDS]
        if self.pretend:
            return tallies
        for tally in tallies:
            self.store.keeping.report(Report(tally.kind, now, tally.gone, tally.open, tally.held))
        gone = {tally.kind: tally.gone for tally in tallies if tally.gone}
        if gone:
            self.store.database.forget_log()
            self.store.audit.add(Deed(self.who, "purged what was past its time", "", gone))
        return tallies

    def _kind(self, kind: str, limit: float, ended: float) -> Tally:
        tally, keeping = Tally(kind), self.store.keeping
        simple: dict[str, Callable[..., int]] = {
            "callers": keeping.forget_callers,
            "surveys": keeping.forget_who_answered,
            "agents": partial(keeping.forget_who_worked, self._agents()),
        }
        if kind == "exports":
            old = self.places.old_exports(limit)
            tally.gone = len(old) if self.pretend else self.places.depot.remove(old)
        elif kind in simple:
            while done := simple[kind](limit, self._look_at_holds(), pretend=self.pretend):
                tally.gone += done
                if self.pretend:
                    break
                self._rest(done)
        else:
            self._walk(tally, keeping.calls(limit, ended) if kind == "calls" else getattr(keeping, kind)(limit))
        return tally

    def _agents(self) -> list[int]:
        """Give the marks by which calls are found by who took them."""
        return [one for person in self.store.people.all() for one in marks(self.keyring, AGENT, person.id)]

    def _walk(self, tally: Tally, olds: Iterator[Old]) -> None:
        """Take what may go, and count what may not."""
        take = {"recordings": self._recording, "cases": self._case, "calls": self._call}.get(tally.kind)
        ready: list[Old] = []
        for old in olds:
            if take is not None:
                self._look_at_holds()
            if self._is_held(old):
                tally.held += 1
            elif not old.finished:
                tally.open += 1
            elif take is None:
                ready.append(old)
            elif take(old):
                tally.gone += 1
            if len(ready) >= SLICE:
                self._empty(tally, ready)
        self._empty(tally, ready)

    def _look_at_holds(self) -> Held:
        """Say what is under a hold this moment: a round takes hours, and one may be set meanwhile."""
        holds = self.store.holds.all()
        if holds != self._holds:
            self._holds, self._held = holds, held(holds, self.store)
        return self._held

    def _is_held(self, old: Old) -> bool:
        return old.call in self._held[0] or old.case in self._held[1]

    def _empty(self, tally: Tally, ready: list[Old]) -> None:
        kind = tally.kind
        self._look_at_holds()
        names = [old.name for old in ready if not self._is_held(old)]
        tally.gone += len(names)
        tally.held += len(ready) - len(names)
        if names and not self.pretend:
            began = time.monotonic()
            if kind == "messages" and self.places.depot.remove(self.places.of_messages(names)):
                self.store.shredder.forget_files(names)
            self.store.keeping.empty(kind, names, time.time())
            self._sleep(began)
        ready.clear()

    def _recording(self, old: Old) -> bool:
        path = self.places.recording(old.path)
        if path is None and not self.pretend:
            return False  # it lies on another machine, whose job process takes it
        if not self.pretend and path is not None:
            began = time.monotonic()
            self.places.depot.remove([path])
            self.store.keeping.drop_recording(old.name, time.time())
            self._sleep(began)
        return True

    def _case(self, old: Old) -> bool:
        if not self.pretend:
            began = time.monotonic()
            texts = self.store.shredder.texts([], [old.case])  # while the rows still say what the carrier has
            self.store.deletions.want(RETENTION, [("message", sid) for sid in texts], time.time())
            ids = self.store.shredder.message_ids([], [old.case])
            if self.places.depot.remove(self.places.of_messages(ids)):
                self.store.shredder.forget_files(ids)
            self.store.shredder.all_of(OF_CASE, [old.case])
            self.store.shredder.close_case(old.case, time.time())
            self._sleep(began)
        return True

    def _call(self, old: Old) -> bool:
        """Take what was said; the key too, once nothing else needs it."""
        began = time.monotonic()
        left = self.store.shredder.any_of(SAID, [old.call])
        if self.pretend:
            return left or self.store.keeping.seals_nothing(old.call)
        if left:
            self.store.shredder.all_of(SAID, [old.call])
        if self.store.keeping.seals_nothing(old.call):
            self.store.shredder.drop_key(old.call)
            left = True
        self._sleep(began)
        return left

    def _rest(self, done: int) -> None:
        if self.resting:
            time.sleep(done / 20_000)

    def _sleep(self, began: float) -> None:
        """Rest as long as the work took: whoever waits for the disk meanwhile has it."""
        if self.resting:
            time.sleep(time.monotonic() - began)


def held(holds: list[Hold], store: Store) -> Held:
    """Say which calls and cases are under a hold: a call keeps its cases, and a case its calls."""
    calls, numbers = {hold.subject for hold in holds if hold.kind == "call"}, set[str]()
    for hold in holds:
        for number in store.cases.names_of(hold.subject) if hold.kind == "case" else ():
            numbers.add(number)
            case = store.cases.find(number)
            calls |= {case.call} if case and case.call else set()
    for call in sorted(calls):
        numbers |= {case.number for case in store.cases.of_call(call)}
    return frozenset(calls), frozenset(numbers)


def as_data(tallies: list[Tally]) -> dict[str, dict[str, int]]:
    """Lay out for JSON what a round found."""
    return {tally.kind: {name: value for name, value in asdict(tally).items() if name != "kind"} for tally in tallies}


class Keeper:
    """Has the job process go round once a day, beginning when it starts."""

    def __init__(self, purge: Purge) -> None:
        """Go round with this."""
        self._purge = purge
        self._went = 0.0

    def run(self, now: float) -> int:
        """Go round where it is time; says how much went."""
        # A clock that was ahead and is set back must not keep us from going round until then.
        if 0 <= now - self._went < EVERY or self._purge.content() is None:
            return 0
        self._went = now
        try:
            believe(self._purge.store, now)
        except ClockInDoubt as doubt:
            log.error("purge_refused", why=str(doubt))  # noqa: TRY400 - no mistake of ours: its words are all there is
            return 0
        return sum(tally.gone for tally in self._purge.run(now))
