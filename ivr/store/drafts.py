"""Drafts of menus: begun, saved text by text, looked at by a second person, published or dropped.

A save names the revision that its writer has seen; where somebody else was first nothing is written. Another person's
text is never written over: it stays in the row before. A run of texts that one person saves keeps its last alone.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from ivr.errors import IvrError
from ivr.store.audit import Audit, Deed
from ivr.store.database import Database, clean
from ivr.store.draft_tables import draft_files, draft_runs, drafts
from ivr.store.tables import switches

TEXT, RECORDING, GONE = "text", "recording", "gone"
OPEN, PUBLISHING, PUBLISHED, DROPPED = "open", "publishing", "published", "dropped"
PUBLISH = "publish"  # the kind of run that stands while a draft is being published
RUN = 300.0  # seconds within which one person's saves count as one
AGAIN = 900.0  # seconds after which one person's saves of a file are written down in the audit trail once more
BROKEN_OFF = 120.0  # seconds after which a publish of which nothing was heard counts as broken off
DID = {TEXT: "changed a draft", RECORDING: "put a recording in a draft", GONE: "took a file from a draft"}


class NoDraft(IvrError):
    """There is no such draft, or it is open no more."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft."""

    id: str
    base: str
    begun_by: str
    begun_at: float
    state: str = OPEN
    version: str = ""
    asked_by: str = ""
    seen_by: str = ""
    seen_mark: str = ""


@dataclass(frozen=True, slots=True)
class DraftFile:
    """One text of a draft, or the hash of a recording."""

    path: str
    revision: int
    text: str
    who: str
    at: float
    kind: str = TEXT
    since: float = 0.0


@dataclass(frozen=True, slots=True)
class Run:
    """What was tried on a draft, and how far it is."""

    kind: str
    mark: str
    who: str
    began_at: float
    beat_at: float
    state: str = "running"
    done: int = 0
    total: int = 0
    result: str = "{}"


class Drafts:
    """All of them."""

    def __init__(self, database: Database, audit: Audit) -> None:
        """Keep in this database; what is done is written down in the audit trail with it."""
        self._database = database
        self._audit = audit

    def begin(self, made: Draft, files: Iterable[DraftFile]) -> None:
        """Keep a new draft with the texts that it begins with."""
        rows = [_values(made.id, each) for each in files]
        with self._database.writing() as connection:
            connection.execute(drafts.insert().values(**{name: getattr(made, name) for name in Draft.__slots__}))
            if rows:
                connection.execute(draft_files.insert(), rows)
            self._audit.add_in(connection, Deed(made.begun_by, "began a draft", made.id, {"from": made.base}))

    def find(self, draft: str) -> Draft:
        """Find a draft; NoDraft."""
        with self._database.reading() as connection:
            row = connection.execute(select(drafts).where(drafts.c.id == clean(draft))).first()
            if row is None:
                raise NoDraft("there is no such draft", hint="the page Menus lists those that are open")
            return _standing(connection, _draft(row))

    def open(self) -> list[Draft]:
        """List the drafts that somebody is at work on, the latest first."""
        query = select(drafts).where(drafts.c.state.in_((OPEN, PUBLISHING))).order_by(drafts.c.begun_at.desc())
        with self._database.reading() as connection:
            found = [_standing(connection, _draft(row)) for row in connection.execute(query.limit(100))]
        return [draft for draft in found if draft.state != PUBLISHED]

    def published_as(self, version: str) -> Draft | None:
        """Find the draft that a version was published from."""
        which = (drafts.c.version == clean(version)) & (drafts.c.state != OPEN)
        query = select(drafts).where(which).order_by(drafts.c.begun_at.desc()).limit(1)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return _draft(row) if row else None

    def files(self, draft: str) -> list[DraftFile]:
        """Give every file as it stands, by its path; one that is gone is not among them."""
        return [each for each in self.rows(draft) if each.kind != GONE]

    def rows(self, draft: str) -> list[DraftFile]:
        """Give the last row of every path."""
        last = (
            select(draft_files.c.path, func.max(draft_files.c.revision).label("revision"))
            .where(draft_files.c.draft == clean(draft))
            .group_by(draft_files.c.path)
            .subquery()
        )
        here = and_(draft_files.c.path == last.c.path, draft_files.c.revision == last.c.revision)
        query = select(draft_files).join(last, here).where(draft_files.c.draft == clean(draft))
        with self._database.reading() as connection:
            return [_file(row) for row in connection.execute(query.order_by(draft_files.c.path))]

    def history(self, draft: str, path: str) -> list[DraftFile]:
        """Give every text of a path that was kept, the latest first."""
        here = and_(draft_files.c.draft == clean(draft), draft_files.c.path == clean(path))
        query = select(draft_files).where(here).order_by(draft_files.c.revision.desc()).limit(100)
        with self._database.reading() as connection:
            return [_file(row) for row in connection.execute(query)]

    def authors(self, draft: Draft) -> set[str]:
        """Name everybody who has written in a draft since it began."""
        here = and_(draft_files.c.draft == draft.id, draft_files.c.at > draft.begun_at)
        with self._database.reading() as connection:
            return set(connection.execute(select(draft_files.c.who).where(here).distinct()).scalars())

    def save(self, draft: str, made: DraftFile) -> DraftFile | None:
        """Keep a text over the revision that its writer has seen (`made.revision`, 0 for a new file).

        None where somebody else was first; NoDraft where the draft is open no more. The same again changes nothing.
        """
        with self._database.writing() as connection:
            self._open(connection, draft)
            here = and_(draft_files.c.draft == clean(draft), draft_files.c.path == clean(made.path))
            query = select(draft_files).where(here).order_by(draft_files.c.revision.desc()).limit(1)
            row = connection.execute(query).first()
            last = _file(row) if row else None
            if last and (last.text, last.kind) == (clean(made.text), made.kind):
                return last
            if (last.revision if last else 0) != made.revision:
                return None
            own = last is not None and last.who == made.who and last.revision > 1
            typed = last is not None and (last.kind, made.kind) == (
                TEXT,
                TEXT,
            )  # not a file that goes
            run = own and typed and last is not None and made.at - last.since < RUN
            fresh = replace(made, revision=made.revision + 1, since=last.since if last and run else made.at)
            if not self._database.put_in(connection, draft_files, **_values(draft, fresh)):
                return None
            if run:
                connection.execute(draft_files.delete().where(here, draft_files.c.revision == made.revision))
            deed = Deed(made.who, DID[made.kind], draft, {"file": made.path})
            if made.kind != TEXT or not self._audit.told_in(connection, deed, time.time() - AGAIN):
                self._audit.add_in(connection, deed)
        return fresh

    def ask_review(self, draft: str, who: str) -> None:
        """Ask for a second pair of eyes."""
        self._change(draft, Deed(who, "asked for a review", draft), asked_by=clean(who))

    def approve(self, draft: str, who: str, mark: str) -> None:
        """Say that the texts, as they stand under this mark, were looked at and are good."""
        self._change(draft, Deed(who, "reviewed a draft", draft), seen_by=clean(who), seen_mark=mark)

    def drop(self, draft: str, who: str) -> None:
        """Close a draft; its texts are kept."""
        self._change(draft, Deed(who, "dropped a draft", draft), state=DROPPED)

    def claim(self, draft: str, who: str, mark: str, version: str) -> None:
        """Take a draft to publish it as a version: nobody else publishes it meanwhile, or changes it; NoDraft."""
        now = time.time()
        with self._database.writing() as connection:
            self._open(connection, draft)
            _set(connection, draft, state=PUBLISHING, version=version)
            self._put_run(connection, draft, Run(PUBLISH, mark, who, now, now))

    def let_go(self, draft: str) -> Draft:
        """Say how a draft stands whose publish has ended, and keep that: published where its version is in force."""
        with self._database.writing() as connection:
            row = connection.execute(select(drafts).where(drafts.c.id == clean(draft)).with_for_update()).one()
            before = _draft(row)
            if before.state != PUBLISHING:
                return before
            run = _publish_of(connection, draft)
            after = _ended(connection, before, run.began_at if run else before.begun_at)
            _set(connection, draft, state=after.state, version=after.version)
            _end(connection, draft, "done" if after.state == PUBLISHED else "failed")
            if after.state == PUBLISHED:
                who = run.who if run else before.begun_by
                self._audit.add_in(connection, Deed(who, "published a draft", draft, {"version": after.version}))
        return after

    def settle(self, draft: str, who: str, version: str) -> None:
        """Close a draft that was published as a version; its texts are kept."""
        which = (drafts.c.id == clean(draft)) & (drafts.c.state == PUBLISHING) & (drafts.c.version == version)
        with self._database.writing() as connection:
            if connection.execute(drafts.update().where(which).values(state=PUBLISHED)).rowcount:
                _end(connection, draft, "done")
                self._audit.add_in(connection, Deed(who, "published a draft", draft, {"version": version}))

    def take_up(self, draft: str, who: str) -> None:
        """Open a draft again that was dropped."""
        with self._database.writing() as connection:
            which = (drafts.c.id == clean(draft)) & (drafts.c.state == DROPPED)
            if connection.execute(drafts.update().where(which).values(state=OPEN)).rowcount != 1:
                raise NoDraft("only a draft that was dropped can be taken up again")
            self._audit.add_in(connection, Deed(who, "took a draft up again", draft))

    def put_run(self, draft: str, run: Run) -> None:
        """Keep how far something is that is tried on a draft; the one before of its kind is forgotten."""
        with self._database.writing() as connection:
            self._put_run(connection, draft, run)

    def _put_run(self, connection: Connection, draft: str, run: Run) -> None:
        values = {name: getattr(run, name) for name in Run.__slots__}
        query = self._database.insert(draft_runs).values(draft=draft, **values)
        keys = [draft_runs.c.draft, draft_runs.c.kind]
        connection.execute(query.on_conflict_do_update(index_elements=keys, set_=values))

    def runs(self, draft: str) -> dict[str, Run]:
        """Give what was tried on a draft, by its kind."""
        with self._database.reading() as connection:
            found = connection.execute(select(draft_runs).where(draft_runs.c.draft == clean(draft)))
            return {row.kind: Run(*(getattr(row, name) for name in Run.__slots__)) for row in found}

    def _change(self, draft: str, deed: Deed, **values: Any) -> None:
        with self._database.writing() as connection:
            self._open(connection, draft)
            _set(connection, draft, **values)
            self._audit.add_in(connection, deed)

    def _open(self, connection: Connection, draft: str) -> None:
        """Keep a draft open while something of it is written; NoDraft where it is not."""
        query = select(drafts).where(drafts.c.id == clean(draft)).with_for_update()
        row = connection.execute(query).first()
        if row is None:
            raise NoDraft("there is no such draft", hint="the page Menus lists those that are open")
        stored = _draft(row)
        found = _standing(connection, stored)
        if found.state == PUBLISHING:
            run = _publish_of(connection, draft)
            who = run.who if run else "somebody"
            raise NoDraft(f"{who} is publishing this draft", hint="wait a moment; what you typed stands on this page")
        if found.state != OPEN:
            raise NoDraft(
                f"this draft was {found.state} meanwhile",
                hint="begin another; what you typed stands on this page still",
            )
        if stored.state != OPEN:
            _set(connection, draft, state=OPEN, version="")


def _set(connection: Connection, draft: str, **values: Any) -> None:
    connection.execute(drafts.update().where(drafts.c.id == clean(draft)).values(**values))


def _end(connection: Connection, draft: str, state: str) -> None:
    which = (draft_runs.c.draft == clean(draft)) & (draft_runs.c.kind == PUBLISH)
    connection.execute(draft_runs.update().where(which).values(state=state))


def _publish_of(connection: Connection, draft: str) -> Row[Any] | None:
    which = (draft_runs.c.draft == clean(draft)) & (draft_runs.c.kind == PUBLISH)
    return connection.execute(select(draft_runs).where(which)).first()


def _standing(connection: Connection, draft: Draft) -> Draft:
    """Say how a draft stands: a publish whose process is gone has ended, and the switches tell how."""
    if draft.state != PUBLISHING:
        return draft
    run = _publish_of(connection, draft.id)
    if run and time.time() - run.beat_at < BROKEN_OFF:
        return draft
    return _ended(connection, draft, run.began_at if run else draft.begun_at)


def _ended(connection: Connection, draft: Draft, since: float) -> Draft:
    """Say how a draft stands after its publish: published where its version came into force since then, else open."""
    which = (switches.c.hash == draft.version) & (switches.c.at >= since)
    if connection.execute(select(switches.c.number).where(which).limit(1)).first():
        return replace(draft, state=PUBLISHED)
    return replace(draft, state=OPEN, version="")


def _draft(row: Row[Any]) -> Draft:
    return Draft(**row._mapping)  # noqa: SLF001 - SQLAlchemy's own name for it


def _values(draft: str, file: DraftFile) -> dict[str, Any]:
    text = {"draft": clean(draft), "path": clean(file.path), "text": clean(file.text), "who": clean(file.who)}
    return text | {"revision": file.revision, "kind": file.kind, "at": file.at, "since": file.since or file.at}


def _file(row: Row[Any]) -> DraftFile:
    return DraftFile(row.path, row.revision, row.text, row.who, row.at, row.kind, row.since)
