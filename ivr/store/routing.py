"""What the carrier's TaskRouter holds of ours, whom it has reserved, and what it was told of whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import Connection, exists, select

from ivr import tickets as words
from ivr.store.audit import Audit, Deed
from ivr.store.database import Database, clean
from ivr.store.queue_tables import NOT_CLOSED, agents, offers, reservations, taskrouter, tickets
from ivr.tickets import Reservation, Routing

WORKSPACE, WORKFLOW, ACTIVITY, QUEUE, TAKES, WORKER = "workspace", "workflow", "activity", "queue", "takes", "worker"
REJECTED = (words.PASSED, words.MISSED, words.FAILED, words.LOST, words.WITHDRAWN)  # states of an offer nobody took


class RoutingRows:
    """Written by `ivr connect`, by the carrier's callbacks and by the job process."""

    def __init__(self, database: Database, audit: Audit) -> None:
        """Keep in this database; a new connection is written down in the audit trail with it."""
        self._database = database
        self._audit = audit

    def read(self) -> Routing:
        """Read what was connected."""
        found: dict[str, dict[str, str]] = {kind: {} for kind in (WORKSPACE, WORKFLOW, ACTIVITY, QUEUE, TAKES, WORKER)}
        with self._database.reading() as connection:
            for row in connection.execute(select(taskrouter).order_by(taskrouter.c.kind, taskrouter.c.name)):
                found[row.kind][row.name] = row.sid
        return Routing(
            workspace=found[WORKSPACE].get("", ""),
            workflow=found[WORKFLOW].get("", ""),
            activities=found[ACTIVITY],
            queues=found[QUEUE],
            takes=tuple(found[TAKES]),
            workers=found[WORKER],
        )

    def connect(self, routing: Routing, by: str) -> None:
        """Take the carrier's ids in place of those that stood here; the same again changes nothing."""
        if routing == self.read():
            return
        known = {"workspace": routing.workspace, "teams": sorted(routing.queues), "workers": len(routing.workers)}
        with self._database.writing() as connection:
            told = _told(connection)
            connection.execute(taskrouter.delete())
            for kind, name, sid in _rows(routing):
                said = told.get(name, "") if kind == WORKER else ""
                connection.execute(taskrouter.insert().values(kind=kind, name=clean(name), sid=sid, told=said))
            self._audit.add_in(connection, Deed(by, "connected TaskRouter", routing.workspace, known))

    def staff(self, workers: Mapping[str, str]) -> None:
        """Take the carrier's ids of people's workers in place of those that stood here."""
        with self._database.writing() as connection:
            told = _told(connection)
            connection.execute(taskrouter.delete().where(taskrouter.c.kind == WORKER))
            for name, sid in workers.items():
                row = {"kind": WORKER, "name": clean(name), "sid": sid, "told": told.get(name, "")}
                connection.execute(taskrouter.insert().values(**row))

    def running(self, found: Iterable[bytes]) -> set[bytes]:
        """Say of which of these offers TaskRouter's reservation still goes on."""
        query = select(reservations.c.offer).where(NOT_CLOSED, reservations.c.offer.in_(list(found)))
        with self._database.reading() as connection:
            return set(connection.execute(query).scalars())

    def told(self) -> dict[str, str]:
        """Say which activity the carrier has of each person, as far as we know."""
        with self._database.reading() as connection:
            return _told(connection)

    def tell(self, worker: str, activity: str) -> None:
        """Note the activity that the carrier has of a worker."""
        mine = taskrouter.update().where(taskrouter.c.kind == WORKER, taskrouter.c.sid == clean(worker))
        with self._database.writing() as connection:
            connection.execute(mine.values(told=clean(activity)))

    def of_offer(self, offer: bytes) -> Reservation | None:
        """Find the reservation that an offer stands for; None where the offer is our own queue's."""
        with self._database.reading() as connection:
            row = connection.execute(select(reservations).where(reservations.c.offer == offer)).first()
        return Reservation(*row) if row else None

    def of_task(self, task: str) -> list[Reservation]:
        """List the reservations of a task."""
        with self._database.reading() as connection:
            rows = connection.execute(select(reservations).where(reservations.c.task == clean(task)))
            return [Reservation(*row) for row in rows]

    def among(self, found: Iterable[bytes]) -> set[bytes]:
        """Say which of these offers are TaskRouter's."""
        query = select(reservations.c.offer).where(reservations.c.offer.in_(list(found)))
        with self._database.reading() as connection:
            return set(connection.execute(query).scalars())

    def rejected(self) -> list[tuple[Reservation, str]]:
        """List the reservations that nobody took and of which the carrier does not know it yet, with whose they are."""
        query = (
            select(reservations, offers.c.person)
            .join(offers, offers.c.id == reservations.c.offer)
            .where(NOT_CLOSED, reservations.c.state == words.RESERVED, offers.c.state.in_(REJECTED))
        )
        with self._database.reading() as connection:
            return [(Reservation(*row[:-1]), row.person) for row in connection.execute(query)]

    def wrapping(self) -> list[Reservation]:
        """List the reservations whose task the carrier keeps until somebody says that all is done."""
        with self._database.reading() as connection:
            rows = connection.execute(select(reservations).where(NOT_CLOSED, reservations.c.state == words.WRAPPING))
            return [Reservation(*row) for row in rows]

    def left_behind(self, before: float) -> list[Reservation]:
        """List the reservations that were taken and that hold nobody any more, unheard of by us; old ones alone.

        Where a talk went on in a room the carrier may keep its task for ever.
        """
        query = (
            select(reservations)
            .join(offers, offers.c.id == reservations.c.offer)
            .join(tickets, tickets.c.id == offers.c.ticket)
            .where(NOT_CLOSED, reservations.c.state == words.RESERVED, offers.c.state == words.TAKEN)
            .where(tickets.c.changed_at < before, offers.c.changed_at < before)
            .where(~exists().where(agents.c.offer == offers.c.id))
        )
        with self._database.reading() as connection:
            return [Reservation(*row) for row in connection.execute(query)]

    def becomes(self, offer: bytes, state: str) -> None:
        """Move a reservation on; what is closed stays closed."""
        mine = reservations.update().where(reservations.c.offer == offer, reservations.c.state != words.CLOSED)
        with self._database.writing() as connection:
            connection.execute(mine.values(state=state))


def _told(connection: Connection) -> dict[str, str]:
    rows = connection.execute(select(taskrouter).where(taskrouter.c.kind == WORKER))
    return {row.name: row.told for row in rows}


def _rows(routing: Routing) -> Iterator[tuple[str, str, str]]:
    """Give kind, name and id of everything that is connected."""
    yield WORKSPACE, "", routing.workspace
    yield WORKFLOW, "", routing.workflow
    for kind, named in ((ACTIVITY, routing.activities), (QUEUE, routing.queues), (WORKER, routing.workers)):
        yield from ((kind, name, sid) for name, sid in named.items())
    yield from ((TAKES, name, "") for name in routing.takes)
