"""What is past its time: looked for window by window, so that no look takes long however much there is."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, func, literal, or_, select, tuple_

from ivr.store.case_words import SETTLED
from ivr.store.database import Database
from ivr.store.erasures import RETENTION, want_in
from ivr.store.keeping_tables import purges
from ivr.store.mark_tables import call_marks
from ivr.store.message_tables import messages
from ivr.store.poll_tables import polls
from ivr.store.queue_tables import offers, talks, tickets, wrap_ups
from ivr.store.shredding import SLICE, finished, nothing_sealed
from ivr.store.tables import KEPT, answers, call_backs, callers, calls, cases, recordings
from ivr.store.transcript_tables import transcripts

WINDOW = 500  # rows of one look

Held = tuple[frozenset[str], frozenset[str]]  # the calls and the cases that are under a legal hold


@dataclass(frozen=True, slots=True)
class Old:
    """One thing that is past its time."""

    name: Any  # its key: text or bytes
    call: str  # "" where it has none
    case: str  # "" where it has none
    finished: bool  # nothing of it is still to be done
    path: str = ""  # of a recording


@dataclass(frozen=True, slots=True)
class Report:
    """What the last round found of one kind."""

    kind: str
    at: float
    gone: int
    open: int  # past their time, and still being worked on
    held: int  # past their time, and under a legal hold


class Keeping:
    """Looks for what is past its time, and takes what no key protects."""

    def __init__(self, database: Database) -> None:
        """Look in this database."""
        self._database = database

    def calls(self, before: float, ended_before: float) -> Iterator[Old]:
        """Go through ended calls that began before then and of which something can still be read."""
        row = (calls.c.at, calls.c.call)
        over = and_(calls.c.ended_at.is_not(None), calls.c.ended_at < ended_before)
        columns = (
            over.label("is_over"),
            func.length(calls.c.wrapped).label("whole"),
            finished(calls.c.call).label("done"),
        )
        for one in self._windows(row, calls.c.at < before, columns):
            if one.is_over and one.whole:
                yield Old(one.call, one.call, "", bool(one.done))

    def recordings(self, before: float) -> Iterator[Old]:
        """Go through recordings that are kept and older."""
        mine = (KEPT, recordings.c.at < before)
        columns = (recordings.c.call, recordings.c.path, finished(recordings.c.call).label("done"))
        for one in self._windows((recordings.c.at, recordings.c.sid), and_(*mine), columns):
            yield Old(one.sid, one.call, "", bool(one.done), one.path)

    def transcripts(self, before: float) -> Iterator[Old]:
        """Go through what was written down of recordings and is older."""
        mine = (transcripts.c.state == "completed", transcripts.c.at < before, func.length(transcripts.c.private) > 0)
        columns = (transcripts.c.call, finished(transcripts.c.call).label("done"))
        for one in self._windows((transcripts.c.at, transcripts.c.sid), and_(*mine), columns):
            yield Old(one.sid, one.call, "", bool(one.done))

    def cases(self, before: float) -> Iterator[Old]:
        """Go through cases that are older, and of which nothing was written or heard since."""
        since = select(literal(1)).where(messages.c.case == cases.c.number, messages.c.at >= before).exists()
        columns = (cases.c.call, cases.c.alias_of, cases.c.status, func.length(cases.c.private).label("whole"))
        mine = and_(cases.c.at < before, ~since)
        for one in self._windows((cases.c.at, cases.c.number), mine, columns):
            if one.whole:
                settled = bool(one.alias_of) or one.status in SETTLED
                yield Old(one.number, one.call, one.number, settled)

    def messages(self, before: float) -> Iterator[Old]:
        """Go through messages that are older; those of a case wait for its end."""
        open_case = select(literal(1)).where(cases.c.number == messages.c.case, cases.c.status.not_in(SETTLED)).exists()
        columns = (messages.c.call, messages.c.case, func.length(messages.c.private).label("whole"))
        columns += ((~open_case).label("done"),)  # type: ignore[assignment]
        for one in self._windows((messages.c.at, messages.c.id), messages.c.at < before, columns):
            if one.whole:
                yield Old(one.id, one.call, one.case, bool(one.done))

    def call_backs(self, before: float) -> Iterator[Old]:
        """Go through promises that are older."""
        over = call_backs.c.state.not_in(("waiting", "queued"))
        mine = and_(call_backs.c.at < before, func.length(call_backs.c.private) > 0)
        columns = (call_backs.c.call, call_backs.c.case, over.label("done"))
        for one in self._windows((call_backs.c.at, call_backs.c.effect), mine, columns):
            yield Old(one.effect, one.call, one.case, bool(one.done))

    def forget_callers(self, before: float, held: Held, *, pretend: bool = False) -> int:
        """Forget what was kept of numbers that nobody changed and that have not called since; a slice of them."""
        called = select(literal(1)).where(calls.c.caller == callers.c.caller, calls.c.at >= before).exists()
        kept = select(literal(1)).where(calls.c.caller == callers.c.caller, calls.c.call.in_(held[0])).exists()
        return self._take(callers, and_(callers.c.at < before, ~called, ~kept), None, pretend=pretend)

    def forget_who_answered(self, before: float, held: Held, *, pretend: bool = False) -> int:
        """Leave of survey answers the numbers alone; a slice of them."""
        mine = and_(answers.c.at < before, or_(answers.c.call != "", answers.c.person != "", answers.c.case != ""))
        mine = and_(mine, answers.c.call.not_in(held[0]), answers.c.case.not_in(held[1]))
        return self._take(answers, mine, {"call": "", "person": "", "case": ""}, pretend=pretend)

    def forget_who_worked(self, marks: Collection[int], before: float, held: Held, *, pretend: bool = False) -> int:
        """Leave no word of who had an offer, a ticket, a talk or a poll, and no `marks` of agents; a slice of each.

        Whoever wrote a note of a call is named as long as the note can be read: its seal holds their name.
        """
        rung = and_(offers.c.at < before, or_(offers.c.person != "", offers.c.phone != ""))
        rung = and_(rung, offers.c.call.not_in(held[0]))
        nobody = {"person": ""}
        done = self._take(offers, rung, nobody | {"phone": ""}, pretend=pretend)
        for table, at in ((tickets, tickets.c.joined_at), (talks, talks.c.began), (polls, polls.c.at)):
            mine = and_(at < before, table.c.person != "", table.c.call.not_in(held[0]))
            done += self._take(table, mine, nobody, pretend=pretend)
        done += self._forget_writers(before, held, pretend=pretend)
        mine = and_(call_marks.c.mark.in_(marks), call_marks.c.at < before, call_marks.c.call.not_in(held[0]))
        return done + self._forget_marks(mine, pretend=pretend)

    def _forget_writers(self, before: float, held: Held, *, pretend: bool) -> int:
        """Put a number, of the call alone, in the place of whoever wrote notes that are gone."""
        empty = and_(wrap_ups.c.at < before, func.length(wrap_ups.c.private) == 0, ~wrap_ups.c.person.startswith("-"))
        query = select(wrap_ups.c.call, wrap_ups.c.person).where(empty, wrap_ups.c.call.not_in(held[0]))
        with self._database.writing() as connection:
            if pretend:
                return len(connection.execute(query).all())
            found = connection.execute(query.limit(SLICE)).all()
            for call, person in found:
                there = select(func.count()).where(wrap_ups.c.call == call, wrap_ups.c.person.startswith("-"))
                number = connection.execute(there).scalar_one() + 1
                mine = (wrap_ups.c.call == call, wrap_ups.c.person == person)
                connection.execute(wrap_ups.update().where(*mine).values(person=f"-{number}"))
        return len(found)

    def _forget_marks(self, mine: ColumnElement[bool], *, pretend: bool) -> int:
        key = (call_marks.c.mark, call_marks.c.at, call_marks.c.call)
        with self._database.reading() as connection:
            if pretend:
                return int(connection.execute(select(func.count()).select_from(call_marks).where(mine)).scalar() or 0)
            found = [tuple(row) for row in connection.execute(select(*key).where(mine).limit(SLICE))]
        if found:
            with self._database.writing() as connection:
                connection.execute(call_marks.delete().where(tuple_(*key).in_(found)))
        return len(found)

    def seals_nothing(self, call: str) -> bool:
        """Say whether nothing of a call needs its key any more."""
        with self._database.reading() as connection:
            return nothing_sealed(connection, call)

    def drop_recording(self, sid: str, now: float) -> None:
        """Write that a recording's time is over, and have the carrier delete its own."""
        gone = {"path": "", "sha256": "", "state": "absent", "reason": "its time is over"}
        with self._database.writing() as connection:
            connection.execute(recordings.update().where(recordings.c.sid == sid).values(gone))
            want_in(self._database, connection, (RETENTION, "recording", sid), now)

    def empty(self, kind: str, names: Sequence[Any], now: float) -> None:
        """Empty transcripts, messages or promises by their own keys; the carrier is to delete its copy of a text."""
        table, column, values = _EMPTIED[kind]
        for place in range(0, len(names), SLICE):
            with self._database.writing() as connection:
                mine = table.c[column].in_(names[place : place + SLICE])
                if table is messages:
                    texts = and_(messages.c.provider != "", messages.c.channel == "sms")
                    for sid in connection.execute(select(messages.c.provider).where(mine, texts)).scalars().all():
                        want_in(self._database, connection, (RETENTION, "message", sid), now)
                connection.execute(table.update().where(mine).values(values))

    def report(self, made: Report) -> None:
        """Write what the last round found."""
        told = json.dumps({"gone": made.gone, "open": made.open, "held": made.held})
        with self._database.writing() as connection:
            connection.execute(purges.delete().where(purges.c.kind == made.kind))
            connection.execute(purges.insert().values(kind=made.kind, at=made.at, report=told))

    def reports(self) -> dict[str, Report]:
        """Read what the last round found, kind by kind."""
        with self._database.reading() as connection:
            rows = list(connection.execute(select(purges)))
        return {row.kind: Report(row.kind, row.at, **json.loads(row.report)) for row in rows}

    def gone_recordings(self, sids: Sequence[str]) -> set[str]:
        """Say which of these recordings were erased, or are past their time."""
        query = select(recordings.c.sid).where(recordings.c.sid.in_(sids), recordings.c.state == "absent")
        with self._database.reading() as connection:
            return set(connection.execute(query).scalars())

    def gone_messages(self, ids: Sequence[bytes]) -> set[bytes]:
        """Say which of these messages were erased, or are past their time."""
        query = select(messages.c.id).where(messages.c.id.in_(ids), func.length(messages.c.private) == 0)
        with self._database.reading() as connection:
            return set(connection.execute(query).scalars())

    def latest_known(self, without: str) -> float | None:
        """Say when the last round was made, a report of the kind `without` left out; when none was, the newest call.

        None where there is neither.
        """
        rounds, newest = select(func.max(purges.c.at)).where(purges.c.kind != without), select(func.max(calls.c.at))
        with self._database.reading() as connection:
            found = connection.execute(rounds).scalar()
            return found if found is not None else connection.execute(newest).scalar()

    def clock(self) -> float | None:
        """Ask PostgreSQL for the time, seconds since the epoch; None on SQLite, which has our own clock."""
        if self._database.sqlite:
            return None
        with self._database.reading() as connection:
            return float(connection.execute(select(func.extract("epoch", func.clock_timestamp()))).scalar_one())

    def _windows(self, row: tuple[Any, Any], which: ColumnElement[bool], columns: Sequence[Any]) -> Iterator[Any]:
        """Go through rows in the order of their time, a window at a look."""
        after: tuple[Any, ...] = ()
        query = select(*row, *columns).where(which).order_by(*row).limit(WINDOW)
        while True:
            later = query.where(tuple_(*row) > after) if after else query
            with self._database.reading() as connection:
                found = connection.execute(later).all()
            yield from found
            if len(found) < WINDOW:
                return
            after = tuple(found[-1])[:2]

    def _take(
        self, table: Table, which: ColumnElement[bool], values: Mapping[str, Any] | None, *, pretend: bool
    ) -> int:
        key = next(iter(table.primary_key.columns))
        with self._database.reading() as connection:
            if pretend:
                return int(connection.execute(select(func.count()).select_from(table).where(which)).scalar() or 0)
            names = list(connection.execute(select(key).where(which).limit(SLICE)).scalars())
        if names:
            with self._database.writing() as connection:
                _change(connection, table, key.in_(names), values)
        return len(names)


def _change(connection: Connection, table: Table, which: ColumnElement[bool], values: Mapping[str, Any] | None) -> None:
    connection.execute(table.delete().where(which) if values is None else table.update().where(which).values(values))


_EMPTIED: dict[str, tuple[Table, str, dict[str, Any]]] = {
    "transcripts": (transcripts, "sid", {"private": b"", "state": "failed"}),
    "messages": (messages, "id", {"private": b"", "other": b"", "provider": ""}),
    "call_backs": (call_backs, "effect", {"private": b""}),
}
