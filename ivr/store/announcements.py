"""Announcements: what staff let every caller hear for a while, each with an owner and an end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, func, select, text

from ivr.errors import IvrError
from ivr.store.audit import Audit, Deed
from ivr.store.database import Database, clean
from ivr.store.tables import announcements
from ivr.store.terms import agree

MOST = 5  # on the air at once: whoever calls wants to be helped, too


class TooMany(IvrError):
    """No more announcements go on the air at once."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """One announcement. One that was ended has no row."""

    name: str
    owner: str
    until: float  # seconds since the epoch
    set_at: float
    emergency: bool = False  # heard first of all, whatever the menu says
    lines: tuple[str, ...] = ()  # () means every line
    texts: Mapping[str, str] = field(default_factory=dict)  # language -> words
    audio: Mapping[str, str] = field(default_factory=dict)  # language -> sha256 of a recording; it comes before words


class Announcements:
    """What is on the air."""

    def __init__(self, database: Database, audit: Audit) -> None:
        """Keep in this database; what is put and ended is written down in the audit trail with it."""
        self._database = database
        self._audit = audit

    def put(self, made: Announcement) -> None:
        """Put one on the air, in the place of one of its name; NoTerm without owner or end, TooMany beside others."""
        agree(made.owner, made.set_at, made.until)
        values = {
            "owner": clean(made.owner),
            "until": made.until,
            "set_at": made.set_at,
            "emergency": made.emergency,
            "lines": json.dumps(made.lines),
            "texts": json.dumps({language: clean(words) for language, words in made.texts.items()}),
            "audio": json.dumps(dict(made.audio)),
        }
        query = self._database.insert(announcements).values(name=made.name, **values)
        others = (announcements.c.name != made.name) & (announcements.c.until > made.set_at)
        with self._database.writing() as connection:
            if not self._database.sqlite:  # two at once may not both find the last place free
                connection.execute(text("LOCK TABLE announcements IN EXCLUSIVE MODE"))
            if connection.execute(select(func.count()).where(others)).scalar_one() >= MOST:
                raise TooMany(f"{MOST} announcements are on the air", hint="end one of them first")
            before = _on_air(connection, made)
            connection.execute(query.on_conflict_do_update(index_elements=[announcements.c.name], set_=values))
            detail = _told(made) | ({"instead_of": _told(before) | {"owner": before.owner}} if before else {})
            self._audit.add_in(connection, Deed(made.owner, "put on the air", made.name, detail))

    def end(self, name: str, by: str = "") -> bool:
        """Take one off the air: False when it was not there. `by` says who does it."""
        with self._database.writing() as connection:
            was_on = connection.execute(announcements.delete().where(announcements.c.name == name)).rowcount == 1
            if was_on:
                self._audit.add_in(connection, Deed(by, "took off the air", name))
        return was_on

    def all(self) -> list[Announcement]:
        """List them in the order in which they are heard, those whose end has passed included."""
        order = (announcements.c.emergency.desc(), announcements.c.set_at, announcements.c.name)
        with self._database.reading() as connection:
            return [_announcement(row) for row in connection.execute(select(announcements).order_by(*order))]


def _on_air(connection: Connection, made: Announcement) -> Announcement | None:
    """Find the one whose place another takes, where it is still heard."""
    same = (announcements.c.name == made.name) & (announcements.c.until > made.set_at)
    row = connection.execute(select(announcements).where(same)).first()
    return _announcement(row) if row else None


def _told(one: Announcement) -> dict[str, Any]:
    """Say what callers hear, and where: nothing else keeps it once it is over."""
    said = {
        "texts": dict(one.texts),
        "audio": dict(one.audio),
        "lines": ", ".join(one.lines),
        "emergency": one.emergency,
    }
    return {"until": one.until} | {name: value for name, value in said.items() if value}


def _announcement(row: Row[Any]) -> Announcement:
    return Announcement(
        name=row.name,
        owner=row.owner,
        until=row.until,
        set_at=row.set_at,
        emergency=row.emergency,
        lines=tuple(json.loads(row.lines)),
        texts=json.loads(row.texts),
        audio=json.loads(row.audio),
    )
