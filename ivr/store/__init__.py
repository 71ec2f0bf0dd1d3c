"""The record of every call: the only room that knows SQLAlchemy.

``Store(url, data)`` is opened once per process, after any fork, and may be used by all its threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ivr.errors import StoreUnavailable
from ivr.records import CallRecord, Entry, NoteRecord, TurnRecord
from ivr.store.access import Tokens
from ivr.store.accounts import Accounts
from ivr.store.agents import Agents
from ivr.store.announcements import Announcements
from ivr.store.answers import Answers
from ivr.store.audit import Audit
from ivr.store.backlog import Backlog
from ivr.store.blocks import Blocks
from ivr.store.breaker import Breaker
from ivr.store.call_backs import CallBacks
from ivr.store.callers import CallerRows
from ivr.store.calls import Calls
from ivr.store.cases import Cases
from ivr.store.codes import Codes
from ivr.store.committer import BUDGET, Committer, Writer
from ivr.store.database import Database
from ivr.store.draft_visits import DraftVisits
from ivr.store.drafts import Drafts
from ivr.store.durable import Disk, Durable
from ivr.store.effects import Effects
from ivr.store.erasures import Deletions, Erasures
from ivr.store.exports import Exports
from ivr.store.finding import Finder
from ivr.store.flags import Flags
from ivr.store.guards import Guards
from ivr.store.holds import Holds
from ivr.store.hooks import Hooks
from ivr.store.identities import Identities
from ivr.store.insight import Insight
from ivr.store.keeping import Keeping
from ivr.store.marks import Marks
from ivr.store.material import Materials
from ivr.store.messages import Messages
from ivr.store.nodes import Nodes
from ivr.store.notes import Notes
from ivr.store.numbers import Numbers
from ivr.store.offers import Offers
from ivr.store.people import People
from ivr.store.pins import Pins
from ivr.store.polls import Polls
from ivr.store.posture import Posture
from ivr.store.proofs import Proofs
from ivr.store.recordings import Recordings
from ivr.store.routing import RoutingRows
from ivr.store.rows import rows_of
from ivr.store.rung import RungOffers
from ivr.store.sessions import Sessions
from ivr.store.shredding import Shredder
from ivr.store.spending import Spending
from ivr.store.sums import Sums
from ivr.store.talks import TalkRows
from ivr.store.tapes import Tapes
from ivr.store.tickets import Tickets
from ivr.store.transcripts import Transcripts
from ivr.store.tries import Tries
from ivr.store.turns import Turns, parents_first
from ivr.store.versions import Versions
from ivr.store.wrap_ups import WrapUps

__all__ = ["Store"]


class Store:
    """The call path's view: commit, and find again."""

    def __init__(self, url: str, data: Path, budget: float = BUDGET, disk: Disk | None = None) -> None:
        """Open lazily. `url` "" is SQLite in the folder `data`; `budget` is seconds per commit.

        `disk` keeps turns and notes while the database is away; then everything else is told so at once.
        """
        self._breaker = Breaker()
        self._disk = disk
        self.database = Database(url, data, self._breaker if disk else None)
        self.turns = Turns(self.database)
        self.numbers = Numbers(self.database)
        self.audit = Audit(self.database)
        self.versions = Versions(self.database, self.audit)
        self.drafts = Drafts(self.database, self.audit)
        self.draft_visits = DraftVisits(self.database)
        self.nodes = Nodes(self.database)
        self.flags = Flags(self.database, self.audit)
        self.announcements = Announcements(self.database, self.audit)
        self.told = Notes(self.database)
        self.effects = Effects(self.database)
        self.cases = Cases(self.database, self.audit)
        self.recordings = Recordings(self.database)
        self.transcripts = Transcripts(self.database)
        self.answers = Answers(self.database)
        self.polls = Polls(self.database)
        self.call_backs = CallBacks(self.database, self.audit)
        self.tickets = Tickets(self.database)
        self.agents = Agents(self.database, self.audit)
        self.offers = Offers(self.database)
        self.rung = RungOffers(self.database)
        self.routing = RoutingRows(self.database, self.audit)
        self.wrap_ups = WrapUps(self.database)
        self.talks = TalkRows(self.database)
        self.tapes = Tapes(self.database)
        self.proofs = Proofs(self.database)
        self.messages = Messages(self.database)
        self.caller_rows = CallerRows(self.database)
        self.blocks = Blocks(self.database, self.audit)
        self._open_looking()
        self._let_people_in()
        self._open_keeping()
        self._durable = Durable(Committer(self.writer(), budget), self._breaker, disk, budget)

    def _open_looking(self) -> None:
        """Open what calls are found and counted by."""
        self.calls = Calls(self.database)
        self.finder = Finder(self.database)
        self.marks = Marks(self.database)
        self.guards = Guards(self.database)
        self.spending = Spending(self.database)
        self.insight = Insight(self.database)
        self.sums = Sums(self.database)
        self.materials = Materials(self.database)
        self.backlog = Backlog(self.database)

    def _let_people_in(self) -> None:
        """Add who works here, what proves it, and what other systems may do."""
        self.people = People(self.database, self.audit)
        self.accounts = Accounts(self.database, self.audit)
        self.identities = Identities(self.database, self.audit)
        self.tokens = Tokens(self.database, self.audit)
        self.hooks = Hooks(self.database, self.audit)
        self.codes = Codes(self.database)
        self.sessions = Sessions(self.database)
        self.tries = Tries(self.database)
        self.pins = Pins(self.database, self.audit, self.tries)

    def _open_keeping(self) -> None:
        """Open what says how long things stay, and takes them."""
        self.exports = Exports(self.database, self.audit)
        self.holds = Holds(self.database, self.audit)
        self.erasures = Erasures(self.database, self.audit)
        self.deletions = Deletions(self.database)
        self.keeping = Keeping(self.database)
        self.shredder = Shredder(self.database)
        self.posture = Posture(self.database)

    def upgrade(self) -> None:
        """Bring the tables to this release's form; twice does no harm."""
        from ivr.store.migrations import upgrade

        upgrade(self.database)

    def revisions(self) -> tuple[str, str]:
        """Say of which revision the tables are ("" where there are none), and which is the newest."""
        from ivr.store.migrations import revisions

        return revisions(self.database)

    def writer(self) -> Writer:
        """Give a connection of its own that commits batches."""
        if self.database.sqlite:
            from ivr.store.sqlite_writer import SqliteWriter

            return SqliteWriter(self.database)
        from ivr.store.postgresql_writer import PostgresqlWriter

        return PostgresqlWriter(self.database)

    @property
    def away(self) -> bool:
        """Whether the database is away, as far as this process knows; only with a disk does it know."""
        return self._breaker.open

    def try_always(self) -> None:
        """Let this thread ask the database even where it is away: nobody waits for it."""
        self._breaker.try_always()

    def commit(self, entry: Entry, marks: Sequence[bytes] = ()) -> bool:
        """Keep a turn with all that belongs to it, durably: True when added, False when its request was there.

        What comes late brings the marks of its call (``ivr.privacy.tombstones``): where a tombstone stands under one of
        them, nothing is kept, and it is as if the id were there.
        Raises StoreUnavailable when the budget is over and there is no disk: it may be there or not, and the same entry
        may come again. NothingDurable: the disk does not take it either.
        """
        return self._durable.commit(replace(rows_of(entry), marks=tuple(marks)))

    def note(self, note: NoteRecord, marks: Sequence[bytes] = ()) -> bool:
        """Write down what the carrier told us, durably: False when it was told before, or its call was erased."""
        return self._durable.commit(replace(rows_of(note), marks=tuple(marks)))

    def intend(self, note: NoteRecord) -> bool:
        """Write down what is about to be done elsewhere, in the database alone: False when it was there.

        A node's own disk would not do, since other nodes could not see it and would do the same. StoreUnavailable: it
        may be there or not, and is not to be done now.
        """
        return self._durable.share(rows_of(note))

    def turn(self, call: str, turn: bytes) -> TurnRecord | None:
        """Find one turn of a call by its id."""
        return self.turns.find(call, turn)

    def asked(self, call: str, request: bytes) -> TurnRecord | None:
        """Find the turn that a request came to: where it came to two, the one that every node sees."""
        waiting = next((turn for turn in self._waiting(call) if turn.request == request), None)
        try:
            found = self.turns.asked(call, request)
        except StoreUnavailable:
            if waiting is None:
                raise
            found = None
        if found is None and waiting is not None:  # a repeat is answered by it: not before it is kept
            self._durable.make_sure(rows_of(Entry(waiting)))
        return found or waiting

    def call(self, call: str) -> CallRecord | None:
        """Find a call by its CallSid."""
        return (self._disk and self._disk.call(call)) or self.turns.call(call)

    def chain(self, call: str) -> list[TurnRecord]:
        """Every turn of a call, all branches, parents first. With the database away, of a call that began so."""
        waiting = self._waiting(call)
        try:
            folded = self.turns.chain(call)
        except StoreUnavailable:
            if self._disk is None or self._disk.call(call) is None:
                raise
            folded = []
        if not waiting:
            return folded
        return parents_first(list({turn.id: turn for turn in (*waiting, *folded)}.values()))

    def notes(self, call: str) -> list[NoteRecord]:
        """Everything the carrier told us of a call beside its turns, in order of time."""
        waiting = self._disk.notes(call) if self._disk else []  # before the database: they may be folded in between
        folded = self.told.of_call(call)
        if not waiting:
            return folded
        return sorted({note.id: note for note in (*waiting, *folded)}.values(), key=lambda note: (note.at, note.id))

    def _waiting(self, call: str) -> list[TurnRecord]:
        return self._disk.turns(call) if self._disk else []

    def lease(self, series: str, count: int) -> range:
        """Take `count` numbers of a series for good."""
        return self.numbers.lease(series, count)

    def close(self) -> None:
        """Commit what waits and give all connections back."""
        self._durable.close()
        self.database.close()
