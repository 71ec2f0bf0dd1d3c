"""Migrations, applied in order; each file under ``versions/`` is one change of the tables."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from ivr.store.database import Database

LOCK = 4711_2611  # any number, the same in every process: one migrates, the others wait


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def revisions(database: Database) -> tuple[str, str]:
    """Say of which revision the tables are ("" where there are none), and which is the newest."""
    newest = ScriptDirectory.from_config(_config()).get_current_head() or ""
    with database.reading() as connection:
        return MigrationContext.configure(connection).get_current_revision() or "", newest


def upgrade(database: Database, revision: str = "head") -> None:
    """Apply what is missing up to a revision; processes that start together take turns."""
    with database.writing() as connection:
        if not database.sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        upgrade_in(connection, revision)


def upgrade_in(connection: Connection, revision: str) -> None:
    """Apply what is missing up to a revision, in the transaction at hand."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
