"""Tokens by which other systems read: kept as digests, named, ending, and written down in the audit trail."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, or_, select

from ivr.errors import IvrError
from ivr.store.access_tables import tokens
from ivr.store.audit import Audit, Deed
from ivr.store.database import Database, clean

BEGINS = "hotline_"  # so that a token is known for one where it is found by accident
SCOPES = {
    "calls": "calls and their stories",
    "cases": "cases with their conversation",
    "insight": "the figures",
    "blocked": "the numbers that are not answered",
    "exports": "the files that people have had written",
}
LONGEST_DAYS = 366
SEEN = 60.0  # seconds between two notes that a token is in use
DAY = 86400.0


class BadToken(IvrError):
    """A token cannot be made like this."""


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token; itself it is shown once and kept nowhere. Times are seconds since the epoch."""

    id: str
    name: str
    scopes: tuple[str, ...]
    author: str
    at: float
    expires_at: float
    used_at: float | None = None
    revoked_at: float | None = None

    def good(self, now: float) -> bool:
        """Say whether it opens anything."""
        return self.revoked_at is None and now < self.expires_at


class Tokens:
    """Every token that was made."""

    def __init__(self, database: Database, audit: Audit) -> None:
        """Keep in this database."""
        self._database = database
        self._audit = audit

    def make(self, name: str, scopes: Sequence[str], days: int, author: str, now: float) -> tuple[Token, str]:
        """Make a token that is good for so many days; gives it in words, once. BadToken says what is wrong."""
        words = clean(" ".join(name.split()))[:100]
        if not words:
            raise BadToken("a token needs a name", hint="say which system is to use it")
        if not scopes or not set(scopes) <= SCOPES.keys():
            raise BadToken("a token needs something that it may read", hint=", ".join(SCOPES))
        if not 1 <= days <= LONGEST_DAYS:
            raise BadToken(f"a token is good for 1 to {LONGEST_DAYS} days", hint="make another before it ends")
        secret = BEGINS + secrets.token_urlsafe(32)
        chosen = tuple(scope for scope in SCOPES if scope in scopes)
        made = Token(secrets.token_hex(4), words, chosen, author, now, now + days * DAY)
        values = {name: getattr(made, name) for name in Token.__slots__} | {"scopes": json.dumps(chosen)}
        with self._database.writing() as connection:
            connection.execute(tokens.insert().values(**values, digest=digest(secret)))
            told = {"may read": list(chosen), "days": days}
            self._audit.add_in(connection, Deed(author, "made a token", words, told))
        return made, secret

    def find(self, secret: str, now: float) -> Token | None:
        """Find the token that this is, whether it is good or not; that it is in use is noted once a minute."""
        query = select(tokens).where(tokens.c.digest == digest(secret))
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        stale = or_(tokens.c.used_at.is_(None), tokens.c.used_at < now - SEEN)
        if row.used_at is None or row.used_at < now - SEEN:
            with self._database.writing() as connection:
                connection.execute(tokens.update().where(tokens.c.id == row.id, stale).values(used_at=now))
        return _token(row)

    def all(self) -> list[Token]:
        """List every token, the latest first."""
        with self._database.reading() as connection:
            return [_token(row) for row in connection.execute(select(tokens).order_by(tokens.c.at.desc()))]

    def revoke(self, ident: str, author: str, now: float) -> Token | None:
        """Have a token open nothing any more; gives it, None where there is none that does."""
        which = tokens.update().where(tokens.c.id == clean(ident), tokens.c.revoked_at.is_(None))
        with self._database.writing() as connection:
            row = connection.execute(which.values(revoked_at=now).returning(tokens)).first()
            if row is None:
                return None
            self._audit.add_in(connection, Deed(author, "revoked a token", row.name))
        return _token(row)


def digest(secret: str) -> bytes:
    """Say under which word a token is found."""
    return sha256(secret.encode("utf-8", "replace")).digest()


def _token(row: Row[Any]) -> Token:
    values = {name: getattr(row, name) for name in Token.__slots__}
    return Token(**values | {"scopes": tuple(json.loads(row.scopes))})
