"""One process's part of a node: store, versions, facts and switchboard, wired once; a thread keeps the facts fresh.

Opened after any fork by whatever answers calls or ends them: voice workers, the job process, the phone in the terminal.
"""

from __future__ import annotations

import threading
import time
from functools import partial

import structlog

from ivr.callers import Callers
from ivr.content import Content
from ivr.depot.choosing import depot_of
from ivr.errors import NothingPublished, StoreUnavailable
from ivr.facts.announcements import OnAir
from ivr.facts.desk import Facts
from ivr.facts.numbers import PRETEND, NumberBlocks
from ivr.facts.snapshot import Living, Snapshots
from ivr.inquiries.answerers import answerers, outside
from ivr.inquiries.desk import Desk
from ivr.inquiries.submits import Submits
from ivr.keys import Keyring
from ivr.messages.incoming import Mailroom, numbers_of
from ivr.messages.polls import Polling
from ivr.metrics.counted import CLOCK_JUMPS
from ivr.privacy import caller_indexes, tombstones
from ivr.publishing.handing import node_name, take_offered
from ivr.publishing.library import Library
from ivr.settings import CREDENTIAL, Settings
from ivr.spool import Spool
from ivr.spool.fold import Fold
from ivr.store import Store
from ivr.switchboard import Switchboard
from ivr.switchboard.happening import EventRoom
from ivr.switchboard.offering import OfferRoom
from ivr.switchboard.rung import RungRoom
from ivr.switchboard.talking import TalkRoom
from ivr.switchboard.taping import TapeRoom
from ivr.switchboard.tasking import Desks, TaskRoom
from ivr.switchboard.transcribing import Transcribing
from ivr.switchboard.waiting import WaitingRoom
from ivr.talks import TalkDesk

RENEWAL = 0.5  # seconds between two looks at what lives: flags, and which version is in force
LONGEST = 2 * 86400.0  # seconds; no call is older, so a withdrawn version that is has none left
TIDIES = 3600.0  # seconds between two looks for what this node's spool has of calls that were erased
FOLDS = 5.0  # seconds that records wait for the job process before somebody else of the node folds them
HANGS = 5.0  # seconds that a process which ends waits for a look at a database that hangs
JUMP = 2.0  # seconds by which a clock is set at once and not drawn along
FILLS = 2.0  # seconds between two looks at how many case numbers are left
HEARTBEAT = 5.0  # seconds between two signs of life

log = structlog.get_logger()


def living_in(store: Store) -> Living:
    """Read what lives from the store."""
    now = time.time()
    with store.database.at_one_look():
        heard = [
            OnAir(one.name, one.until, one.emergency, one.lines, one.texts, one.audio)
            for one in store.announcements.all()
        ]
        return Living(
            active=store.versions.active(),
            flags={flag.name: flag.until for flag in store.flags.all()},
            moved=store.versions.moved(now - LONGEST),
            announcements=tuple(heard),
            agents=tuple(store.agents.all()),
            waiting=store.tickets.waiting(),
            paces=store.tickets.paces(now),
            routing=store.routing.read(),
            blocked=store.blocks.listed(),
            over=store.guards.listed(now),
        )


class Node:
    """Everything that a turn needs."""

    def __init__(self, settings: Settings, *, answers: bool = True) -> None:
        """Open all of it; where the database is away, start from the node's disk.

        Who `answers` callers keeps their turns on that disk meanwhile. The job process does not: it can wait.
        """
        self.spool = Spool(settings.spool, settings.spool_size)
        self.store = Store(settings.database_url, settings.data, disk=self.spool if answers else None)
        keyring = Keyring(settings.secret_keys)
        self._fold = Fold(self.spool, self.store, settings.spool, partial(tombstones, keyring))
        self._patience = FOLDS if answers else 0.0
        self._tidied = float("-inf")
        self._waits_since = 0.0  # records wait in the spool, on the monotonic clock; 0.0: none
        self.store.audit.via = "phone"  # what staff do on their own line
        self.library = Library(settings.data, self.store.versions)
        self.snapshots = Snapshots(settings.data / "snapshot.json", self._look)
        self.numbers = NumberBlocks(settings.data / "numbers", self.store.lease)
        self.submits = Submits(outside(settings), self.store)
        desk = Desk(answerers(self.store, keyring, self.submits))
        facts = Facts(
            self.snapshots, self.numbers, desk, Callers(self.store, keyring).facts, partial(caller_indexes, keyring)
        )
        self.switchboard = Switchboard(self.library, keyring, facts, self.store)
        self._open_rooms(keyring)
        take = numbers_of(self.numbers.take, self.numbers.fill)
        self.mailroom = Mailroom(self.store, keyring, self.in_force, take, depot_of(settings))
        self.mailroom.polls = Polling(self.store, keyring, self.library.get)
        self.transcribing = Transcribing(self.store.call, self.store.transcripts.keep, keyring)
        self._name = node_name(settings.data)
        self._beaten = 0.0
        self._filled, self._filled_at = "", 0.0
        self._offset = time.time() - time.monotonic()
        self._held = {name for name, _ in settings.credentials}
        self._judged = ""  # the version whose credentials were looked for last
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep_fresh, name="renewal", daemon=True)

    def _open_rooms(self, keyring: Keyring) -> None:
        """Open what is asked for beside a call's own turns: queues, talks, legs of ours, TaskRouter."""
        self.waiting = WaitingRoom(self.switchboard, self.store.tickets)
        desks = Desks(self.store.offers, self.store.agents, self.store.routing)
        self.talks = TalkDesk(self.store, keyring)
        self.talking = TalkRoom(self.switchboard, self.store.tickets, self.talks)
        self.offering = OfferRoom(self.talking, desks)
        self.rung = RungRoom(self.switchboard, self.store.rung)
        self.taping = TapeRoom(self.switchboard, self.store.tapes)
        self.tasks = TaskRoom(self.waiting, desks)
        self.task_events = EventRoom(self.waiting, desks, self.talks)

    def start(self) -> None:
        """Be ready for the first call, then keep fresh until `close`."""
        self._renew()
        self._thread.start()

    def fold(self) -> int:
        """Bring what waits in the spool to the database; says how much it was. StoreUnavailable leaves what is left."""
        return self._fold.run()

    def close(self) -> None:
        """Stop, and commit what waits."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(HANGS)
        self._fold.close()
        self.store.close()
        self.spool.close()

    def in_force(self) -> Content:
        """Give the version that the next call hears; NothingPublished where there is none."""
        active = self.snapshots.current.living.active
        if active is None:
            raise NothingPublished
        return self.library.get(active)

    def in_force_or_none(self) -> Content | None:
        """Give that version; None where there is none."""
        active = self.snapshots.current.living.active
        return self.library.get(active) if active else None

    def _look(self) -> Living:
        """Look at what lives; the recordings of announcements are on this disk before anybody hears of them."""
        living = living_in(self.store)
        for one in living.announcements:
            for name in one.audio.values():
                self.library.audio(name)
        return living

    def _keep_fresh(self) -> None:
        self.store.try_always()
        while not self._stop.wait(RENEWAL):
            self._watch_the_clock()
            self._renew()
            self._fold_when_due()
            self._tidy_when_due()

    def _watch_the_clock(self) -> None:
        """Say when the clock of this machine was set: hours, due times and tokens go by it."""
        offset = time.time() - time.monotonic()
        jumped, self._offset = offset - self._offset, offset
        if abs(jumped) > JUMP:
            CLOCK_JUMPS.add()
            log.error("clock_jumped", seconds=round(jumped, 1))

    def _fold_when_due(self) -> None:
        """Fold what waits: the job process at once, those who answer callers where that is not done after a while."""
        if self.store.away or not self.spool.state().records:
            self._waits_since = 0.0
            return
        now = time.monotonic()
        self._waits_since = self._waits_since or now
        if now - self._waits_since < self._patience:
            return
        try:
            self.fold()
        except (StoreUnavailable, OSError) as away:
            log.warning("not_folded", why=str(away))
        except Exception:  # what is wrong with one record must not keep the facts from being fresh
            log.exception("not_folded")

    def _tidy_when_due(self) -> None:
        """Take away what was erased; whichever process of the node comes first does it."""
        now = time.monotonic()
        if self.store.away or now - self._tidied < TIDIES:
            return
        self._tidied = now
        try:
            self._fold.tidy()
        except (StoreUnavailable, OSError) as away:
            log.warning("not_folded", why=str(away))
        except Exception:  # as above
            log.exception("not_folded")

    def _look_for_credentials(self, version: str) -> None:
        """Name, once for each version, the secrets that it sends to other systems and the environment lacks."""
        if version == self._judged:
            return
        self._judged = version
        lacking = set(self.library.get(version).credentials) - self._held
        if lacking:
            log.error("credential_missing", names=[f"{CREDENTIAL}{name.upper()}" for name in sorted(lacking)])

    def _fill_numbers(self, version: str) -> None:
        """Have case numbers on the disk for every series of a version."""
        if version == self._filled and time.monotonic() - self._filled_at < FILLS:
            return
        for series in self.library.get(version).tree.series.values():
            self.numbers.fill(series)
            self.numbers.fill(series + PRETEND)
        self._filled, self._filled_at = version, time.monotonic()

    def _renew(self) -> None:
        """Look again; what fails is said, and tried again at the next look."""
        try:
            active = self.snapshots.renew().living.active
            if active is not None:
                self.library.fetch(active)
                self._look_for_credentials(active)
                self._fill_numbers(active)
            fresh = take_offered(self.library, self.store)
            if fresh or time.monotonic() - self._beaten > HEARTBEAT:
                self.store.nodes.beat(self._name, time.time(), self.library.hashes())
                self._beaten = time.monotonic()
        except StoreUnavailable as away:
            log.warning("not_renewed", why=str(away))
        except Exception:  # whatever spoils one look must not be the end of looking
            log.exception("not_renewed")
