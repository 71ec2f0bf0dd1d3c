"""A case's conversation, piece by piece: what was written to us, what we write, and what staff note beside it.

``waiting`` -> ``sending`` -> ``sent``, ``failed`` or ``unknown`` by the job process, ``sent`` -> ``delivered`` or
``failed`` by the carrier's word; what came in and what staff note is ``kept``. Nothing that may have left waits again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, case, or_, select, tuple_

from ivr.errors import IvrError
from ivr.records import part_after
from ivr.store.case_words import SETTLED
from ivr.store.cases import REPLY, Case, heard_in
from ivr.store.database import Database, clean
from ivr.store.effects import settle_in
from ivr.store.hooks import CASE_OPENED, announce_in
from ivr.store.message_tables import attachments, case_keys, messages, opt_outs
from ivr.store.tables import calls, cases

IN, OUT, NOTE = "in", "out", "note"
WAITING, SENDING, SENT, DELIVERED = "waiting", "sending", "sent", "delivered"
FAILED, UNKNOWN, KEPT = "failed", "unknown", "kept"
STATES = (WAITING, SENDING, SENT, DELIVERED, FAILED, UNKNOWN, KEPT)
LEFT = (SENT, DELIVERED, UNKNOWN)  # it has left, as far as we know: the part that follows may go
EARLIER = "the part before it was not sent"
TOLD = (SENDING, SENT, UNKNOWN)  # states out of which the carrier's word takes a message


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One piece of a conversation. Addresses, subject and words stand in `private` (``ivr/messages``)."""

    id: bytes  # made of what must not count twice; the associated data of `private`
    direction: str  # in | out | note
    channel: str  # sms | email | note
    case: str  # "" where a call sent it that opened none
    call: str  # "" where the case has none
    at: float
    private: bytes
    state: str
    other: bytes = b""  # keyed index of the address of whoever we talk to
    team: str = ""  # whose address it is; "": that of whoever opened the case
    author: str = ""  # the person of ours who wrote it; "": the hotline itself, or whoever wrote to us
    language: str = ""
    reason: str = ""  # why it is not there, in words
    code: str = ""  # the carrier's own
    provider: str = ""  # MessageSid or Message-ID
    attempts: int = 0
    trying: int = 0  # the attempt that is under way, or was when its process died
    due_at: float | None = None
    changed_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of a message; its name stands in the message's private part, in the same order."""

    type: str
    size: int  # bytes
    sha256: str
    path: str  # below the data folder


@dataclass(frozen=True, slots=True)
class CaseKey:
    """The own key of a case that no call opened."""

    number: str
    key: str  # id of the secret key that wrapped it
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class Opening:
    """A case that begins with a message."""

    case: Case
    key: CaseKey


@dataclass(frozen=True, slots=True)
class Came:
    """What became of an attempt to send."""

    state: str  # waiting | sent | failed | unknown
    reason: str = ""
    code: str = ""
    provider: str = ""


class Messages:
    """All conversations."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def keep(
        self,
        made: Message,
        files: Sequence[Attachment] = (),
        *,
        effect: bytes = b"",
        opens: Opening | None = None,
        answers: bool = True,
    ) -> bool:
        """Add a message with its files, the case that it opens, and its effect settled, in one transaction.

        False where it was there before: then nothing changes but the effect. What a caller answers (`answers` says that
        a person does) has the case worked on again.
        """
        values = {name: getattr(made, name) for name in Message.__slots__} | {"changed_at": made.changed_at or made.at}
        texts = {name: clean(value) for name, value in values.items() if isinstance(value, str)}
        with self._database.writing() as connection:
            new = self._database.put_in(connection, messages, **values | texts)
            if new and opens:
                self._open_in(connection, opens)
            elif new and answers and made.direction == IN and made.case:
                heard_in(connection, made.case, made.changed_at or made.at, REPLY)
            if new:
                _attach_in(connection, made.id, files)
            if effect:
                settle_in(connection, effect, "sent", made.changed_at or made.at)
        return new

    def of_case(self, *numbers: str) -> list[Message]:
        """List a case's conversation, the oldest first; several numbers are one case."""
        which = messages.c.case.in_([clean(number) for number in numbers])
        return self._read(select(messages).where(which).order_by(messages.c.at, messages.c.id))

    def of_call(self, call: str) -> list[Message]:
        """List the messages of one call, whether it opened a case or not."""
        query = select(messages).where(messages.c.call == clean(call), messages.c.call != "")
        return self._read(query.order_by(messages.c.at, messages.c.id))

    def latest(
        self, limit: int, state: str = "", after: tuple[float, bytes] | None = None, *, cases: Sequence[str] = ()
    ) -> list[Message]:
        """List messages, the latest first, of these cases if any are named; the next page begins `after` (at, id)."""
        which = [messages.c.state == state] if state else []
        which += [messages.c.case.in_([clean(number) for number in cases])] if cases else []
        which += [tuple_(messages.c.at, messages.c.id) < after] if after else []
        query = select(messages).where(*which).order_by(messages.c.at.desc(), messages.c.id.desc()).limit(limit)
        return self._read(query)

    def find(self, message: bytes) -> Message | None:
        """Find one message."""
        found = self._read(select(messages).where(messages.c.id == message))
        return found[0] if found else None

    def by_provider(self, *names: str) -> Message | None:
        """Find the latest of the messages that have these names outside (MessageSid, Message-ID)."""
        which = messages.c.provider.in_([clean(name) for name in names if name]), messages.c.provider != ""
        found = self._read(select(messages).where(*which).order_by(messages.c.at.desc()).limit(1))
        return found[0] if found else None

    def files(self, message: bytes) -> list[Attachment]:
        """List a message's files."""
        query = select(attachments).where(attachments.c.message == message).order_by(attachments.c.ordinal)
        with self._database.reading() as connection:
            return [
                Attachment(**{name: getattr(row, name) for name in Attachment.__slots__})
                for row in connection.execute(query)
            ]

    def case_of(self, indexes: Sequence[bytes]) -> str:
        """Find the open case on which somebody was in touch with us last, by call or by message; "" for none."""
        named = case((cases.c.alias_of != "", cases.c.alias_of), else_=cases.c.number)
        meant = cases.alias("meant")
        both = cases.join(meant, and_(meant.c.number == named, meant.c.status.not_in(SETTLED)))
        written = select(meant.c.number, messages.c.at).select_from(
            both.join(messages, messages.c.case == cases.c.number)
        )
        called = select(meant.c.number, cases.c.at).select_from(both.join(calls, calls.c.call == cases.c.call))
        found = []
        with self._database.reading() as connection:
            for query, which, at in (
                (written, messages.c.other.in_(indexes), messages.c.at),
                (called, calls.c.caller.in_(indexes), cases.c.at),
            ):
                row = connection.execute(query.where(which).order_by(at.desc()).limit(1)).first()
                found += [(row.at, row.number)] if row else []
        return max(found)[1] if found else ""

    def written_of(self, indexes: Sequence[bytes], since: float) -> str:
        """Find the case of which we last wrote a text message to somebody, as far as we know; "" for none."""
        sent = messages.c.direction == OUT, messages.c.channel == "sms", messages.c.state.in_((SENDING, *LEFT))
        which = messages.c.other.in_(indexes), messages.c.at >= since, messages.c.case != "", *sent
        query = select(messages.c.case).where(*which).order_by(messages.c.at.desc()).limit(1)
        with self._database.reading() as connection:
            return connection.execute(query).scalar() or ""

    def team_of(self, indexes: Sequence[bytes], numbers: Sequence[str]) -> str:
        """Say to which team's address the last message of ours to these indexes on a case went; "" for anybody else."""
        which = messages.c.other.in_(indexes), messages.c.case.in_(numbers), messages.c.direction == OUT
        query = select(messages.c.team).where(*which).order_by(messages.c.at.desc()).limit(1)
        with self._database.reading() as connection:
            return connection.execute(query).scalar() or ""

    def sent_since(self, indexes: Sequence[bytes], since: float) -> list[Message]:
        """List what the hotline itself, and nobody of ours, has written to an address since then."""
        own = messages.c.direction == OUT, messages.c.author == "", messages.c.at >= since
        return self._read(select(messages).where(messages.c.other.in_(indexes), *own).order_by(messages.c.at))

    def case_key(self, number: str) -> CaseKey | None:
        """Find the own key of a case that no call opened."""
        with self._database.reading() as connection:
            row = connection.execute(select(case_keys).where(case_keys.c.number == clean(number))).first()
        return CaseKey(row.number, row.key, row.wrapped) if row else None

    def due(self, now: float, limit: int = 100) -> list[Message]:
        """List what is to be sent now, the longest due first; what was being sent for too long is among it."""
        which = messages.c.state.in_([WAITING, SENDING]), messages.c.due_at <= now
        return self._read(select(messages).where(*which).order_by(messages.c.due_at, messages.c.id).limit(limit))

    def handed_on(self, ids: list[bytes], until: float) -> None:
        """Count an attempt; what is still waiting then, is handed on again."""
        change = messages.update().where(messages.c.id.in_(ids), messages.c.state == WAITING)
        with self._database.writing() as connection:
            connection.execute(change.values(due_at=until, attempts=messages.c.attempts + 1))

    def begin(self, message: bytes, attempt: int, now: float, until: float, provider: str = "") -> bool:
        """Write down that it is being sent, before it is; False where it does not wait (any more)."""
        named: dict[str, Any] = {"provider": clean(provider)} if provider else {}
        change = messages.update().where(messages.c.id == message, messages.c.state == WAITING)
        with self._database.writing() as connection:
            values = {"state": SENDING, "trying": attempt, "due_at": until, "changed_at": now} | named
            return connection.execute(change.values(**values)).rowcount == 1

    def settle(self, message: bytes, attempt: int, came: Came, now: float, due_at: float | None = None) -> bool:
        """Write what an attempt brought; `due_at` is of the next one. False where it is not this attempt's to say."""
        mine = and_(messages.c.state.in_([SENDING, UNKNOWN]), messages.c.trying == attempt)
        which = or_(mine, messages.c.state == WAITING)
        values: dict[str, Any] = {"state": came.state, "reason": clean(came.reason), "code": came.code}
        values |= {"due_at": due_at if came.state == WAITING else None, "changed_at": now}
        values |= {"provider": clean(came.provider)} if came.provider else {}
        change = messages.update().where(messages.c.id == message, which)
        with self._database.writing() as connection:
            if connection.execute(change.values(**values)).rowcount != 1:
                return False
            _part_follows(connection, message, came.state, now)
        return True

    def told(self, message: bytes, came: Came, now: float) -> bool:
        """Write what the carrier says of a message that left; False where that changes nothing."""
        values = {"state": came.state, "reason": clean(came.reason), "code": came.code, "changed_at": now}
        values |= {"due_at": None} | ({"provider": clean(came.provider)} if came.provider else {})
        from_ = TOLD if came.state != SENT else (SENDING, UNKNOWN)
        change = messages.update().where(messages.c.id == message, messages.c.state.in_(from_))
        with self._database.writing() as connection:
            if connection.execute(change.values(**values)).rowcount != 1:
                return False
            _part_follows(connection, message, came.state, now)
        return True

    def filled(self, message: bytes, private: bytes, files: Sequence[Attachment], now: float) -> bool:
        """Add the files that had to be fetched to a message that came in; False where that was done before."""
        change = messages.update().where(messages.c.id == message, messages.c.direction == IN)
        change = change.where(messages.c.state == WAITING)
        with self._database.writing() as connection:
            values = {"state": KEPT, "reason": "", "private": private, "due_at": None, "changed_at": now}
            if connection.execute(change.values(**values)).rowcount != 1:
                return False
            _attach_in(connection, message, files)
        return True

    def unsure(self, since: float) -> list[Message]:
        """List text messages since then of which nobody knows whether they left."""
        which = messages.c.state == UNKNOWN, messages.c.channel == "sms", messages.c.at >= since
        return self._read(select(messages).where(*which).order_by(messages.c.at))

    def opt_out(self, other: bytes, now: float) -> None:
        """Write to this address no more."""
        self._database.put(opt_outs, other=other, at=now)

    def opt_in(self, indexes: Sequence[bytes]) -> None:
        """Write to these addresses again."""
        with self._database.writing() as connection:
            connection.execute(opt_outs.delete().where(opt_outs.c.other.in_(indexes)))

    def opted_out(self, indexes: Sequence[bytes]) -> bool:
        """Say whether the owner of an address wants nothing written."""
        query = select(opt_outs.c.other).where(opt_outs.c.other.in_(indexes)).limit(1)
        with self._database.reading() as connection:
            return connection.execute(query).first() is not None

    def _open_in(self, connection: Connection, opens: Opening) -> None:
        values = {name: getattr(opens.case, name) for name in Case.__slots__}
        if not self._database.put_in(connection, cases, **values):
            raise IvrError(f"the number {opens.case.number} stands for another case")
        announce_in(connection, self._database, CASE_OPENED, opens.case.number, opens.case.at)
        connection.execute(
            case_keys.insert().values(number=opens.key.number, key=opens.key.key, wrapped=opens.key.wrapped)
        )

    def _read(self, query: Any) -> list[Message]:
        with self._database.reading() as connection:
            return [_message(row) for row in connection.execute(query)]


def _part_follows(connection: Connection, message: bytes, state: str, now: float) -> None:
    """Let the next part of a long message go once this one has left; where it has failed the rest is not sent."""
    rest = messages.c.state == WAITING, messages.c.due_at.is_(None)
    while state in (*LEFT, FAILED):
        message = part_after(message)
        values: dict[str, Any] = {"due_at": now} if state != FAILED else {"state": FAILED, "reason": EARLIER}
        change = messages.update().where(messages.c.id == message, *rest).values(**values, changed_at=now)
        if connection.execute(change).rowcount != 1 or state != FAILED:
            return


def _attach_in(connection: Connection, message: bytes, files: Sequence[Attachment]) -> None:
    for ordinal, file in enumerate(files):
        row = {name: getattr(file, name) for name in Attachment.__slots__}
        connection.execute(attachments.insert().values(message=message, ordinal=ordinal, **row))


def _message(row: Row[Any]) -> Message:
    return Message(**{name: getattr(row, name) for name in Message.__slots__})
