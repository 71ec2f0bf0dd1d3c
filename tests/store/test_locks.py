from __future__ import annotations

import subprocess
import sys
from contextlib import closing

from ivr.store.database import open_sqlite


def test_another_connection_takes_no_locks_away(tmp_path):
    """Closing a second handle of the file would give up this process's locks on it, and another could write."""
    path = str(tmp_path / "ivr.db")
    with closing(open_sqlite(path)) as first:
        first.execute("CREATE TABLE t (x)")
        first.execute("BEGIN IMMEDIATE")
        open_sqlite(path).close()
        attempt = (
            "import sqlite3, sys\n"
            "connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=0)\n"
            "connection.execute('BEGIN IMMEDIATE')\n"
        )
        done = subprocess.run([sys.executable, "-c", attempt, path], capture_output=True, text=True, check=False)
    assert "database is locked" in done.stderr
