"""What durability must not be: SQLite told not to sync. On the path of one test's server alone."""

import sqlite3
from functools import partial
from typing import Any


class Hasty(sqlite3.Connection):
    """A connection that answers before the disk has it."""

    def execute(self, sql: str, *rest: Any) -> sqlite3.Cursor:
        return super().execute(sql.replace("synchronous=FULL", "synchronous=OFF"), *rest)


sqlite3.connect = partial(sqlite3.connect, factory=Hasty)
