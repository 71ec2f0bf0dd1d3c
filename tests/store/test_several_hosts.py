"""The address of a database that may be at one of several machines."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from ivr.errors import SettingError
from ivr.store.database import address


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ivr:p%40ss@one:5432,two:5433/hotline",
        "postgresql://ivr:p%40ss@one,two:5433/hotline?target_session_attrs=read-write",
        "postgresql://ivr:p%40ss@/hotline?host=one,two&port=5432,5433&target_session_attrs=read-write",
    ],
)
def test_each_way_to_name_two_machines_means_the_same_to_the_driver(url: str, tmp_path: Path) -> None:
    made = address(url, tmp_path)
    told = psycopg.conninfo.conninfo_to_dict(made.set(drivername="postgresql").render_as_string(hide_password=False))
    assert told == {
        "user": "ivr",
        "password": "p@ss",
        "dbname": "hotline",
        "host": "one,two",
        "port": "5432,5433",
        "target_session_attrs": "read-write",
    }


def test_one_machine_stays_as_it_was_written(tmp_path: Path) -> None:
    made = address("postgresql://ivr@db.example.org:5433/hotline?sslmode=require", tmp_path)
    assert (made.host, made.port, dict(made.query)) == ("db.example.org", 5433, {"sslmode": "require"})


def test_addresses_of_the_sixth_version_may_be_among_them(tmp_path: Path) -> None:
    made = address("postgresql://ivr@[::1]:5432,[fd00::2]:5433/hotline", tmp_path)
    assert (made.query["host"], made.query["port"]) == ("::1,fd00::2", "5432,5433")


def test_a_list_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="DATABASE_URL"):
        address("postgresql://ivr@one:x,two/hotline", tmp_path)
