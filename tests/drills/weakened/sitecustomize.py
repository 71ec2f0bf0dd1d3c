"""What durability must not be: a database told not to sync, a spool that never does. For one test's server alone."""

import os
import sqlite3
from functools import partial
from typing import Any

import psycopg


class Hasty(sqlite3.Connection):
    """A connection that answers before the disk has it."""

    def execute(self, sql: str, *rest: Any) -> sqlite3.Cursor:
        return super().execute(sql.replace("synchronous=FULL", "synchronous=OFF"), *rest)


def connect_hastily(*address: Any, options: str = "", **more: Any) -> psycopg.Connection[Any]:
    """Connect to a server that answers before its disk has it."""
    options = options.replace("synchronous_commit=on", "synchronous_commit=off")
    return connect(*address, options=options, **more)


def leave_it(file: int) -> None:
    """Bring nothing to the disk."""
    del file


os.fdatasync = leave_it
sqlite3.connect = partial(sqlite3.connect, factory=Hasty)
connect = psycopg.connect
psycopg.connect = connect_hastily
