"""What of a record goes when its person does: private parts are emptied where they stand, a slice at a time.

What tells nothing of anybody stays (that there was a call, which steps it walked, how it ended), so every count stays
as it was. A slice is one short transaction: a key press that waits for the disk never waits for more than that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, case, func, literal, not_, or_, select, tuple_

from ivr.store.case_tables import case_changes
from ivr.store.case_words import CLOSED, NEVER, UNSETTLED
from ivr.store.database import Database, clean
from ivr.store.mark_tables import call_words
from ivr.store.message_tables import attachments, case_keys, messages
from ivr.store.poll_tables import polls
from ivr.store.queue_tables import talk_events, talks, tickets, wrap_ups
from ivr.store.tables import answers, call_backs, calls, cases, effects, notes, proofs, recordings, turns
from ivr.store.transcript_tables import transcripts
from ivr.tickets import LEFT, QUEUED

SLICE = 60  # rows of one transaction: under 5 ms on SQLite with its sync left out
GONE = "erased"  # the reason that is read where something was
OURS = "status"  # kind of the notes that say how long a call took and how it ended, and name nobody


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one table that say something of a person."""

    table: Table
    whose: str  # the column that names the call or the case
    left: ColumnElement[bool]  # there is something to take
    values: Mapping[str, Any]  # what is written over it


def _sealed(table: Table, **more: Any) -> Part:
    return Part(table, "call", func.length(table.c.private) > 0, {"private": b""} | more)


def _given_up(table: Table, running: Sequence[str], state: str) -> dict[str, Any]:
    """Let what still runs end, and say why."""
    goes_on = table.c.state.in_(running)
    return {
        "state": case((goes_on, state), else_=table.c.state),
        "reason": case((goes_on, GONE), else_=table.c.reason),
    }


EFFECTS = _sealed(effects, due_at=None, **_given_up(effects, ("held", "waiting"), "dropped"))
NOTES = Part(notes, "call", and_(notes.c.kind != OURS, notes.c.body != "{}"), {"body": "{}", "taken": True})
# Whose call has ended waits for a call back at most: nobody is to be rung for somebody who is not there any more.
TICKETS = _sealed(tickets, **_given_up(tickets, QUEUED, LEFT))
POLLS = Part(polls, "call", func.length(polls.c.other) > 0, {"other": b"", "question": 0})
COMMENTS = Part(answers, "call", and_(answers.c.kind == "recording", answers.c.value != ""), {"value": ""})
# What was said in a call, by whomever.
SAID = (
    _sealed(turns),
    EFFECTS,
    NOTES,
    TICKETS,
    _sealed(talks, due=None),
    _sealed(talk_events),
    _sealed(wrap_ups),
    POLLS,
    COMMENTS,
)
CALL_BACKS = _sealed(call_backs, **_given_up(call_backs, ("waiting", "queued"), "cancelled"))
TRANSCRIPTS = _sealed(transcripts, state="failed")
RECORDINGS = Part(
    recordings,
    "call",
    or_(recordings.c.path != "", recordings.c.state == "waiting"),
    {"path": "", "sha256": "", "state": "absent", "reason": GONE, "due_at": NEVER},
)
CASES = _sealed(cases)
_WRITTEN = {"private": b"", "other": b"", "provider": "", "due_at": None}
_WRITTEN |= _given_up(messages, ("waiting", "sending"), "failed")
_UNREAD = or_(func.length(messages.c.private) > 0, func.length(messages.c.other) > 0)
MESSAGES = Part(messages, "call", _UNREAD, _WRITTEN)
OF_CALL = (*SAID, CALL_BACKS, TRANSCRIPTS, RECORDINGS, CASES, MESSAGES)
OF_CASE = (Part(cases, "number", CASES.left, CASES.values), Part(messages, "case", _UNREAD, _WRITTEN))
KEEP_THE_KEY = (CALL_BACKS, TRANSCRIPTS, CASES, MESSAGES)  # what is sealed under a call's key and has a time of its own


class Shredder:
    """Empties rows; each method is one transaction."""

    def __init__(self, database: Database) -> None:
        """Write in this database."""
        self._database = database

    def slice(self, parts: Sequence[Part], names: Sequence[str]) -> int:
        """Empty up to `SLICE` rows that belong to these calls or cases; says how many, 0 when nothing is left."""
        whose = [clean(name) for name in names]
        with self._database.reading() as connection:
            ready = [part for part in parts if _any(connection, part, whose)]
        if not ready:
            return 0
        done = 0
        with self._database.writing() as connection:
            for part in ready:
                done += _empty(connection, part, whose, SLICE - done)
                if done >= SLICE:
                    break
        return done

    def any_of(self, parts: Sequence[Part], names: Sequence[str]) -> bool:
        """Say whether there is anything to empty."""
        whose = [clean(name) for name in names]
        with self._database.reading() as connection:
            return any(_any(connection, part, whose) for part in parts)

    def all_of(self, parts: Sequence[Part], names: Sequence[str]) -> int:
        """Empty everything, slice after slice; says how many rows it was."""
        total = 0
        while done := self.slice(parts, names):
            total += done
        return total

    def count(self, parts: Sequence[Part], names: Sequence[str]) -> dict[str, int]:
        """Count what there is to empty, by table."""
        whose = [clean(name) for name in names]
        with self._database.reading() as connection:
            return {part.table.name: int(connection.execute(_counted(part, whose)).scalar() or 0) for part in parts}

    def drop_key_in(self, connection: Connection, call: str) -> None:
        """Destroy a call's key, the numbers of its two sides, and the words by which caller and call were found."""
        connection.execute(call_words.delete().where(call_words.c.call == clean(call)))
        change = calls.update().where(calls.c.call == clean(call))
        connection.execute(change.values(wrapped=b"", rivals=b"", private=b"", caller=b"", recount_at=None))

    def drop_key(self, call: str) -> None:
        """Do so in a transaction of its own."""
        with self._database.writing() as connection:
            self.drop_key_in(connection, call)

    def close_case(self, number: str, now: float) -> bool:
        """Let a case rest, in a transaction of its own; False where it rested already."""
        with self._database.writing() as connection:
            return self.close_case_in(connection, number, now)

    def close_case_in(self, connection: Connection, number: str, now: float) -> bool:
        """Let a case rest: nobody owes an answer to whom nobody can reach. Its own key goes, where it has one."""
        connection.execute(case_keys.delete().where(case_keys.c.number == clean(number)))
        connection.execute(proofs.delete().where(proofs.c.number == clean(number)))
        row = connection.execute(
            select(cases.c.status, cases.c.revision)
            .where(cases.c.number == clean(number), cases.c.status.in_(UNSETTLED))
            .with_for_update()
        ).first()
        if row is None:
            return False
        change = cases.update().where(cases.c.number == clean(number))
        connection.execute(change.values(status=CLOSED, revision=row.revision + 1, due_at=NEVER, reckon=False))
        told = {"number": clean(number), "revision": row.revision + 1, "at": now, "who": "", "did": GONE}
        connection.execute(case_changes.insert().values(**told, detail=f'{{"status": ["{row.status}", "{CLOSED}"]}}'))
        return True

    def message_ids(self, calls_of: Sequence[str], numbers: Sequence[str]) -> list[bytes]:
        """Name every message of these calls and cases: their files lie in folders of that name."""
        query = select(messages.c.id).where(_of(calls_of, numbers))
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())

    def forget_files(self, ids: Sequence[bytes]) -> None:
        """Forget the files that came with messages."""
        for place in range(0, len(ids), SLICE):
            with self._database.writing() as connection:
                connection.execute(attachments.delete().where(attachments.c.message.in_(ids[place : place + SLICE])))

    def texts(self, calls_of: Sequence[str], numbers: Sequence[str]) -> list[str]:
        """Name the messages that the carrier knows, by its own ids."""
        query = select(messages.c.provider).where(
            _of(calls_of, numbers), messages.c.channel == "sms", messages.c.provider != ""
        )
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())


def _of(calls_of: Sequence[str], numbers: Sequence[str]) -> ColumnElement[bool]:
    return or_(
        messages.c.call.in_([clean(call) for call in calls_of]),
        messages.c.case.in_([clean(number) for number in numbers]),
    )


def _which(part: Part, whose: Sequence[str]) -> ColumnElement[bool]:
    return and_(part.table.c[part.whose].in_(whose), part.left)


def _any(connection: Connection, part: Part, whose: Sequence[str]) -> bool:
    return connection.execute(select(literal(1)).where(_which(part, whose)).limit(1)).first() is not None


def _counted(part: Part, whose: Sequence[str]) -> Any:
    return select(func.count()).select_from(part.table).where(_which(part, whose))


def _empty(connection: Connection, part: Part, whose: Sequence[str], most: int) -> int:
    keys = list(part.table.primary_key.columns)
    some = select(*keys).where(_which(part, whose)).limit(most)
    mine = keys[0].in_(some) if len(keys) == 1 else tuple_(*keys).in_(some)
    return connection.execute(part.table.update().where(mine).values(part.values)).rowcount


def nothing_sealed(connection: Connection, call: str) -> bool:
    """Say whether nothing of a call needs its key any more."""
    return not any(_any(connection, part, [clean(call)]) for part in (*SAID[:2], *KEEP_THE_KEY))


def unfinished(call: ColumnElement[str]) -> ColumnElement[bool]:
    """Say of calls whether something of them is still to be done: a case, or a promise to call back."""
    to_do = select(literal(1)).where(cases.c.call == call, cases.c.status.in_(UNSETTLED), cases.c.alias_of == "")
    promised = select(literal(1)).where(call_backs.c.call == call, call_backs.c.state.in_(("waiting", "queued")))
    return or_(to_do.exists(), promised.exists())


def finished(call: ColumnElement[str]) -> ColumnElement[bool]:
    """Say of calls whether nothing of them is still to be done."""
    return not_(unfinished(call))
