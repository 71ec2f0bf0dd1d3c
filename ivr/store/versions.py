"""Published versions: their content, their audio, and which one is in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select, text

from ivr.errors import IvrError
from ivr.store.audit import Audit, Deed
from ivr.store.database import Database, clean
from ivr.store.hooks import MENU_PUBLISHED, announce_in
from ivr.store.tables import audio, switches, versions, withdrawn


@dataclass(frozen=True, slots=True)
class Switch:
    """A version came into force."""

    number: int  # counts up; the highest is in force
    hash: str
    author: str
    comment: str
    at: float


class Overtaken(IvrError):
    """Somebody else has put a version in force meanwhile."""


class Versions:
    """Content is put once under its hash and never changed."""

    def __init__(self, database: Database, audit: Audit) -> None:
        """Keep in this database; each switch is written down in the audit trail with it."""
        self._database = database
        self._audit = audit

    def put(self, content: bytes, made: Switch) -> bool:
        """Keep a version under `made.hash`, with its author and time: False when it was there."""
        return self._database.put(
            versions, hash=made.hash, content=content, author=made.author, comment=made.comment, at=made.at
        )

    def offer(self, version: str, at: float) -> None:
        """Offer a version to the nodes again that was put long ago: it counts as put now."""
        with self._database.writing() as connection:
            connection.execute(versions.update().where(versions.c.hash == version).values(at=at))

    def named(self, beginning: str) -> list[str]:
        """List the versions whose hash begins so."""
        query = select(versions.c.hash).where(versions.c.hash.startswith(beginning, autoescape=True)).limit(10)
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())

    def get(self, version: str) -> bytes | None:
        """Find a version's content."""
        with self._database.reading() as connection:
            return connection.execute(select(versions.c.content).where(versions.c.hash == version)).scalar()

    def latest(self, limit: int = 4) -> list[str]:
        """Name the versions that were put last: nodes take them before they come into force."""
        query = select(versions.c.hash).order_by(versions.c.at.desc()).limit(limit)
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())

    def put_audio(self, sha256: str, content: bytes) -> bool:
        """Keep one recording under its hash: False when it was there."""
        return self._database.put(audio, sha256=sha256, content=content)

    def get_audio(self, sha256: str) -> bytes | None:
        """Find one recording."""
        with self._database.reading() as connection:
            return connection.execute(select(audio.c.content).where(audio.c.sha256 == sha256)).scalar()

    def switch(self, version: str, author: str, comment: str, at: float, *, seen: int | None = None) -> Switch:
        """Put a version in force, for calls that begin from now on.

        `seen` is the number of the switch that whoever does it takes for the latest, 0 for none; where another has come
        since, nothing happens and Overtaken is raised. None asks nothing.
        """
        with self._database.writing() as connection:
            if not self._database.sqlite:  # SQLite's writers stand in one queue already
                connection.execute(text("LOCK TABLE switches IN EXCLUSIVE MODE"))
            last = connection.execute(select(func.coalesce(func.max(switches.c.number), 0))).scalar_one()
            if seen is not None and seen != last:
                raise Overtaken(f"version {seen} was in force when you began, now it is number {last}")
            made = Switch(last + 1, version, author, comment, at)
            connection.execute(
                switches.insert().values(number=made.number, hash=version, author=author, comment=comment, at=at)
            )
            self._audit.add_in(connection, Deed(author, "put a version in force", version, {"comment": comment}))
            connection.execute(withdrawn.delete().where(withdrawn.c.hash == version))
            announce_in(connection, self._database, MENU_PUBLISHED, str(made.number), at)
        return made

    def withdraw(self, version: str, successor: str, author: str, at: float) -> None:
        """Let calls in progress go on in another version; undone when this one comes into force again."""
        row = self._database.insert(withdrawn).values(hash=version, successor=successor, at=at)
        with self._database.writing() as connection:
            connection.execute(
                row.on_conflict_do_update(index_elements=[withdrawn.c.hash], set_={"successor": successor, "at": at})
            )
            told = {"calls go on in": successor}
            self._audit.add_in(connection, Deed(author, "withdrew a version", version, told))

    def moved(self, since: float) -> dict[str, str]:
        """Say for each version that was withdrawn since then in which one its calls go on."""
        query = select(withdrawn.c.hash, withdrawn.c.successor).where(withdrawn.c.at >= since)
        with self._database.reading() as connection:
            found = {row.hash: row.successor for row in connection.execute(query)}
        return {version: _last_of(found, version) for version in found}

    def active(self) -> str | None:
        """Say which version is in force; None before the first publish."""
        query = select(switches.c.hash).order_by(switches.c.number.desc()).limit(1)
        with self._database.reading() as connection:
            return connection.execute(query).scalar()

    def last(self) -> Switch | None:
        """Give the latest switch; None before the first publish."""
        return self._first(select(switches).order_by(switches.c.number.desc()).limit(1))

    def switched(self, number: int) -> Switch | None:
        """Find one switch by its number."""
        return self._first(select(switches).where(switches.c.number == number))

    def last_of(self, version: str) -> Switch | None:
        """Find the latest switch to this version; None where it was never in force."""
        query = select(switches).where(switches.c.hash == clean(version))
        return self._first(query.order_by(switches.c.number.desc()).limit(1))

    def history(self, limit: int = 100, before: int | None = None) -> list[Switch]:
        """List the switches, the latest first; those before one, by its number."""
        query = select(switches).order_by(switches.c.number.desc()).limit(limit)
        return self._switches(query if before is None else query.where(switches.c.number < before))

    def _first(self, query: Select[Any]) -> Switch | None:
        return next(iter(self._switches(query)), None)

    def _switches(self, query: Select[Any]) -> list[Switch]:
        with self._database.reading() as connection:
            return [Switch(row.number, row.hash, row.author, row.comment, row.at) for row in connection.execute(query)]


def _last_of(successors: dict[str, str], version: str) -> str:
    """Follow successors that were withdrawn in their turn."""
    seen = {version}
    while (follower := successors.get(version)) and follower not in seen:
        version = follower
        seen.add(version)
    return version
