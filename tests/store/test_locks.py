from __future__ import annotations

import subprocess
import sys
from contextlib import closing

from ivr.store.database import open_sqlite

LOOK = "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1])\nc.execute('SELECT * FROM t').fetchall()\nc.close()\n"


def test_another_connection_takes_no_locks_away(tmp_path):
    """Without this process's lock another that closes takes itself for the last one and deletes the log under us."""
    path = tmp_path / "ivr.db"
    with closing(open_sqlite(str(path))) as first:
        first.execute("CREATE TABLE t (x)")
        open_sqlite(str(path)).close()
        subprocess.run([sys.executable, "-c", LOOK, str(path)], check=True)
        assert path.with_name("ivr.db-wal").exists()
