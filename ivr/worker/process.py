"""The round of the job process: a few times a second what is due, once a minute what was forgotten."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Sequence
from types import FrameType

import structlog

from ivr.archive.calls import Archive
from ivr.callers import Callers
from ivr.carrier.calls import Lists
from ivr.carrier.copies import Copies
from ivr.carrier.rooms import Rooms
from ivr.carrier.taskrouter import TaskRouter
from ivr.carrier.texts import Texts
from ivr.cases.clock import Clock
from ivr.depot.choosing import depot_of
from ivr.engine.tasks import TASKROUTER
from ivr.errors import IvrError
from ivr.inquiries.addresses import networks
from ivr.insight.folding import Folding
from ivr.keeping.erase import Eraser
from ivr.keeping.orphans import Orphans
from ivr.keeping.places import Places
from ivr.keeping.purge import Keeper, Purge
from ivr.keys import Keyring
from ivr.mail.listener import Letters, Listener
from ivr.messages import EMAIL, SMS
from ivr.messages.polls import Polling
from ivr.metrics.counted import INTERRUPTED, ROUNDS
from ivr.node import Node
from ivr.publishing.handing import node_name
from ivr.settings import Settings
from ivr.store import Store
from ivr.tickets import Ticket
from ivr.worker.alone import alone
from ivr.worker.call_backs import CallBackRound, Keeping
from ivr.worker.copies import CopyDeeds
from ivr.worker.crew import Crew
from ivr.worker.deeds import Deeds
from ivr.worker.deliveries import Deliveries, Forgetting
from ivr.worker.endings import Endings
from ivr.worker.exports import Exporter
from ivr.worker.guarding import Guarding
from ivr.worker.jobs import Jobs
from ivr.worker.lost_texts import LostTexts
from ivr.worker.media import Media
from ivr.worker.mirror import Mirror
from ivr.worker.offers import Offering, Offers
from ivr.worker.post import Post, Way
from ivr.worker.queue_sweep import QueueSweep
from ivr.worker.queueing import Queueing
from ivr.worker.recordings import Inbox
from ivr.worker.relay import Relay
from ivr.worker.submitting import LateSubmits
from ivr.worker.takeover import Takeover
from ivr.worker.talks import Talking, Wiring
from ivr.worker.tapes import Taping
from ivr.worker.task_sweep import TaskSweep
from ivr.worker.ways import ByMail, BySms, Papers
from ivr.worker.writing import Writing

ROUND = 0.2  # seconds
SWEEP = 60.0  # seconds
LOOK = 1.0  # seconds between two looks at due times, and at who calls too often

Look = Callable[[float], int]  # the time -> how much there was to do

log = structlog.get_logger()


class Round:
    """Goes round until told to stop."""

    def __init__(self, endings: Endings, relay: Relay, looks: Sequence[Look] = (), sweeps: Sequence[Look] = ()) -> None:
        """Begin with a sweep, since something may have happened while nobody was here.

        `looks` are taken once a second, `sweeps` once a minute.
        """
        self._endings = endings
        self._relay = relay
        self._looks = looks
        self._sweeps = (endings.sweep, relay.tidy, *sweeps)
        self._swept = 0.0
        self._looked = 0.0
        self._stop = threading.Event()

    def run(self) -> None:
        """Go round until `stop`."""
        _guarded(self._endings.retry, time.time())
        while not self._stop.is_set():
            if not self.once(time.time()):
                self._stop.wait(ROUND)

    def once(self, now: float) -> int:
        """Go round once; says how much there was to do."""
        ROUNDS.add()
        done = _guarded(self._endings.listen, now) + _guarded(self._relay.run, now)
        if now - self._looked >= LOOK:
            self._looked = now
            done += sum(_guarded(look, now) for look in self._looks)
        if now - self._swept >= SWEEP:
            self._swept = now
            done += sum(_guarded(sweep, now) for sweep in self._sweeps)
        return done

    def stop(self, number: int = 0, frame: FrameType | None = None) -> None:
        """End after the round at hand; also a signal's handler."""
        del number, frame
        self._stop.set()

    def stop_at_signals(self) -> None:
        """End in good order at SIGTERM and SIGINT."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)


def _guarded(part: Callable[[float], int], now: float) -> int:
    """Do one part; an error of ours is logged, and the part comes again in the next round."""
    try:
        return part(now)
    except IvrError as error:
        INTERRUPTED.add()
        log.warning("round_interrupted", part=part.__qualname__, reason=str(error))
        return 0


def work(settings: Settings) -> None:
    """Be the job process until SIGTERM or SIGINT."""
    with alone(settings.data):
        node = Node(settings, answers=False)
        node.start()
        try:
            _work(settings, node)
        finally:
            node.close()


def _work(settings: Settings, node: Node) -> None:
    keyring = Keyring(settings.secret_keys)
    endings = Endings(
        node.store,
        keyring,
        node.switchboard,
        lambda version: node.library.get(version).tree,
        None if settings.local_account else Lists(settings),
    )
    late, writing = LateSubmits(node.library.get, node.submits), Writing(node.store, keyring, node.library.get)
    deeds = Deeds(node.store, keyring, Inbox(settings), late, writing)
    post = post_of(settings, node)
    jobs = jobs_of(settings, node, deeds, post)
    listener = listener_of(settings, node)
    deliveries = deliveries_of(settings, node)
    telling = Queueing(deliveries, Forgetting(node.store), name="webhooks")
    keeper = Store(settings.database_url, settings.data)
    queues: list[Queueing | Exporter] = [telling, counting_of(settings, node), exporting_of(settings, node)]
    queues.append(keeping_of(settings, node, keeper))
    if not settings.local_account:
        queues += talks_of(settings, node)
    try:
        relay, lost = Relay(node.store, jobs, post), lost_texts_of(settings, node)
        sweeps = [node.store.blocks.tidy, Takeover(node.store, jobs).run, *([lost.run] if lost else ())]
        rounds = Round(endings, relay, looks_of(node), sweeps)
        rounds.stop_at_signals()
        if listener:
            listener.start()
        for queueing in queues:
            queueing.start()
        log.info("working", data=str(settings.data))
        rounds.run()
    finally:
        if listener:
            listener.close()
        for queueing in queues:
            queueing.close()
        deliveries.close()
        jobs.close()
        keeper.close()


def looks_of(node: Node) -> list[Look]:
    """Wire what is looked at once a second."""
    return [Clock(node.store, node.library.get).run, Guarding(node.store, node.in_force_or_none).run]


def jobs_of(settings: Settings, node: Node, deeds: Deeds, post: Post) -> Jobs:
    """Start the job engine, with its books and this machine's name."""
    where = node.store.database.books(settings.data), node_name(settings.data)
    return Jobs(deeds, post, CopyDeeds(node.store, Copies(settings)), where)


def post_of(settings: Settings, node: Node) -> Post:
    """Wire the ways out."""
    keyring = Keyring(settings.secret_keys)
    papers = Papers(node.store, keyring, node.in_force, depot_of(settings))
    ways: dict[str, Way] = {SMS: BySms(Texts(settings)), EMAIL: ByMail(settings, papers)}
    return Post(node.store, keyring, ways, Media(node.store, keyring, settings))


def listener_of(settings: Settings, node: Node) -> Listener | None:
    """Wire the mail server of our own address, where one is wanted."""
    if not settings.mail_port:
        return None
    return Listener(settings, Letters(settings, Keyring(settings.secret_keys), node.mailroom))


def lost_texts_of(settings: Settings, node: Node) -> LostTexts | None:
    """Wire the comparison of text messages with the carrier's list, where there is a carrier."""
    if settings.local_account:
        return None
    return LostTexts(node.store, Keyring(settings.secret_keys), Texts(settings), node.mailroom)


def deliveries_of(settings: Settings, node: Node) -> Deliveries:
    """Wire what tells other systems what happened."""
    return Deliveries(node.store, Keyring(settings.secret_keys), networks(settings.private_networks))


def counting_of(settings: Settings, node: Node) -> Queueing:
    """Wire what keeps the figures in step with the records."""
    archive = Archive(node.store, Keyring(settings.secret_keys))
    return Queueing(Folding(archive, node.library.get), name="insight")


def exporting_of(settings: Settings, node: Node) -> Exporter:
    """Wire what writes exports."""
    archive = Archive(node.store, Keyring(settings.secret_keys))
    return Exporter(archive, node.library.get, settings.data, depot_of(settings))


def keeping_of(settings: Settings, node: Node, store: Store) -> Queueing:
    """Wire what sees to it that nothing is kept beyond its time, and that what is to be erased goes."""
    store.audit.via = "job process"
    eraser = Eraser(store, Keyring(settings.secret_keys), Places(settings.data, depot_of(settings)))
    keeper = Keeper(Purge(store, eraser.places, eraser.keyring, node.in_force_or_none))
    return Queueing(keeper, eraser, Orphans(store, eraser.places), name="keeping")


def queueing_of(settings: Settings, node: Node, rooms: Rooms) -> Queueing:
    """Wire the queue's round: talks, offers by calls of ours, and the sweep."""
    keyring = Keyring(settings.secret_keys)
    offers = Offers(Offering(node.store, keyring, node.library.get, settings.public_url), rooms)
    asking = Polling(node.store, keyring, node.library.get)
    kept = Callers(node.store, keyring).kept
    promises = CallBackRound(Keeping(node.store, keyring, node.library.get, kept, asking.begin))
    going_on = Lists(settings).going_on
    talking = Talking(Wiring(node.store, keyring, node.library.get, settings.public_url), rooms, going_on)
    return Queueing(offers, QueueSweep(node.store, going_on, rooms, routed_by(node)), talking, promises)


def talks_of(settings: Settings, node: Node) -> list[Queueing]:
    """Wire the rounds that bring talks about, and the one that records them: a slow answer there holds up no offer."""
    tapes = Queueing(taping_of(settings, node, Rooms(settings)), name="tapes")
    return [queueing_of(settings, node, Rooms(settings)), tasking_of(settings, node), tapes]


def taping_of(settings: Settings, node: Node, rooms: Rooms) -> Taping:
    """Wire what records talks."""
    return Taping(Wiring(node.store, Keyring(settings.secret_keys), node.library.get, settings.public_url), rooms)


def tasking_of(settings: Settings, node: Node) -> Queueing:
    """Wire TaskRouter's round: what it must hear, and the sweep."""
    carrier = TaskRouter(settings)

    return Queueing(
        Mirror(node.store, node.in_force_or_none, carrier),
        TaskSweep(node.store, routed_by(node), carrier),
        Crew(node.store, node.in_force_or_none, carrier, settings.public_url),
        name="taskrouter",
    )


def routed_by(node: Node) -> Callable[[Ticket], bool]:
    """Tell whose callers wait for TaskRouter; somebody whom we call back waits for us."""

    def routed(ticket: Ticket) -> bool:
        team = node.library.get(ticket.version).tree.teams[ticket.team]
        return team.by == TASKROUTER and not ticket.call_back

    return routed
