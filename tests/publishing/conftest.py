"""A store and a hotline's files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rig.tables import with_tables

from ivr.credentials import keep_local
from ivr.store import Store

CONFIG = """\
company: Aurora Energy
language: en-US
voices: {en-US: Polly.Joanna-Neural}
lines:
  care: {number: "+18005550100", zone: UTC, start: main, person: bye, languages: [en-US], default: yes}
teams:
  desk: {by: ring, ring: ["+15005550101"], hours: 24/7}
failed: main.bye
"""
MENU = """\
main:
  say: Welcome to Aurora Energy.
  then: bye

bye:
  hang_up: Goodbye.
"""


def files_of(menu: str = MENU) -> dict[str, bytes]:
    """The files of a hotline that says two sentences."""
    return {"config.yaml": CONFIG.replace("person: bye", "person: main.bye").encode(), "menus/main.yaml": menu.encode()}


def at_home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have everything of a hotline in one folder, with keys and tables of its own."""
    own = {"IVR_CONFIG": "config.yaml", "IVR_MENUS": "menus", "IVR_RECORDINGS": "recordings", "IVR_DATA": "data"}
    for name, where in own.items():
        monkeypatch.setenv(name, str(folder / where))
    for name in ("DATABASE_URL", "PUBLIC_URL", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "IVR_SECRET_KEYS"):
        monkeypatch.delenv(name, raising=False)
    keep_local(folder / "data", {})
    store = Store("", folder / "data")
    with_tables(store)
    store.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with its tables."""
    opened = Store("", tmp_path)
    with_tables(opened)
    yield opened
    opened.close()
