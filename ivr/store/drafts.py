"""Drafts of menus: begun, saved text by text, looked at by a second person, published or dropped.

A save names the revision that its writer has seen; where somebody else was first nothing is written. Another person's
text is never written over: it stays in the row before. A run of saves by one person keeps its last text alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from ivr.errors import IvrError
from ivr.store.audit import Audit, Deed
from ivr.store.database import Database, clean
from ivr.store.draft_tables import draft_files, draft_runs, drafts

TEXT, RECORDING, GONE = "text", "recording", "gone"
RUN = 300.0  # seconds within which one person's saves count as one
AGAIN = 900.0  # seconds after which a save by the same person is written down in the audit trail once more


class NoDraft(IvrError):
    """There is no such draft, or it is open no more."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft."""

    id: str
    base: str
    begun_by: str
    begun_at: float
    state: str = "open"
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
        return Draft(**row._mapping)  # noqa: SLF001 - SQLAlchemy's own name for it

    def open(self) -> list[Draft]:
        """List the drafts that somebody is at work on, the latest first."""
        query = select(drafts).where(drafts.c.state == "open").order_by(drafts.c.begun_at.desc()).limit(100)
        with self._database.reading() as connection:
            return [Draft(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001

    def published_as(self, version: str) -> Draft | None:
        """Find the draft that a version was published from."""
        query = select(drafts).where(drafts.c.version == clean(version)).order_by(drafts.c.begun_at.desc()).limit(1)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return Draft(**row._mapping) if row else None  # noqa: SLF001

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
            if (last.revision if last else 0) != made.revision:
                return None
            if last and (last.text, last.kind) == (clean(made.text), made.kind):
                return last
            own = last is not None and last.who == made.who and last.revision > 1
            run = own and last is not None and made.at - last.since < RUN
            fresh = replace(made, revision=made.revision + 1, since=last.since if last and run else made.at)
            if not self._database.put_in(connection, draft_files, **_values(draft, fresh)):
                return None
            if run:
                connection.execute(draft_files.delete().where(here, draft_files.c.revision == made.revision))
            if last is None or not own or made.at - last.at > AGAIN or made.kind != TEXT:
                did = {
                    TEXT: "changed a draft",
                    RECORDING: "put a recording in a draft",
                    GONE: "took a file from a draft",
                }
                self._audit.add_in(connection, Deed(made.who, did[made.kind], draft, {"file": made.path}))
        return fresh

    def ask_review(self, draft: str, who: str) -> None:
        """Ask for a second pair of eyes."""
        self._change(draft, Deed(who, "asked for a review", draft), asked_by=clean(who))

    def approve(self, draft: str, who: str, mark: str) -> None:
        """Say that the texts, as they stand under this mark, were looked at and are good."""
        self._change(draft, Deed(who, "reviewed a draft", draft), seen_by=clean(who), seen_mark=mark)

    def settle(self, draft: str, who: str, state: str, version: str = "") -> None:
        """Close a draft: published as a version, or dropped; its texts are kept."""
        did = "published a draft" if state == "published" else "dropped a draft"
        self._change(
            draft, Deed(who, did, draft, {"version": version} if version else {}), state=state, version=version
        )

    def take_up(self, draft: str, who: str) -> None:
        """Open a draft again that was dropped."""
        with self._database.writing() as connection:
            which = (drafts.c.id == clean(draft)) & (drafts.c.state == "dropped")
            if connection.execute(drafts.update().where(which).values(state="open")).rowcount != 1:
                raise NoDraft("only a draft that was dropped can be taken up again")
            self._audit.add_in(connection, Deed(who, "took a draft up again", draft))

    def put_run(self, draft: str, run: Run) -> None:
        """Keep how far something is that is tried on a draft; the one before of its kind is forgotten."""
        values = {name: getattr(run, name) for name in Run.__slots__}
        query = self._database.insert(draft_runs).values(draft=draft, **values)
        keys = [draft_runs.c.draft, draft_runs.c.kind]
        with self._database.writing() as connection:
            connection.execute(query.on_conflict_do_update(index_elements=keys, set_=values))

    def runs(self, draft: str) -> dict[str, Run]:
        """Give what was tried on a draft, by its kind."""
        with self._database.reading() as connection:
            found = connection.execute(select(draft_runs).where(draft_runs.c.draft == clean(draft)))
            return {row.kind: Run(*(getattr(row, name) for name in Run.__slots__)) for row in found}

    def _change(self, draft: str, deed: Deed, **values: Any) -> None:
        with self._database.writing() as connection:
            self._open(connection, draft)
            connection.execute(drafts.update().where(drafts.c.id == clean(draft)).values(**values))
            self._audit.add_in(connection, deed)

    def _open(self, connection: Connection, draft: str) -> None:
        query = select(drafts.c.state).where(drafts.c.id == clean(draft)).with_for_update()
        state = connection.execute(query).scalar()
        if state is None:
            raise NoDraft("there is no such draft", hint="the page Menus lists those that are open")
        if state != "open":
            raise NoDraft(
                f"this draft was {state} meanwhile", hint="begin another; what you typed stands on this page still"
            )


def _values(draft: str, file: DraftFile) -> dict[str, Any]:
    text = {"draft": clean(draft), "path": clean(file.path), "text": clean(file.text), "who": clean(file.who)}
    return text | {"revision": file.revision, "kind": file.kind, "at": file.at, "since": file.since or file.at}


def _file(row: Row[Any]) -> DraftFile:
    return DraftFile(row.path, row.revision, row.text, row.who, row.at, row.kind, row.since)
