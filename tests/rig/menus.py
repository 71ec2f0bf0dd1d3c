"""A hotline whose menus people are at work on: the sample in two versions, and a client of each role."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from flask.testing import FlaskClient
from rig.people import client_of, let_everybody_in
from rig.server import ACCOUNT, KEYS, TOKEN
from rig.tables import with_tables

from console.app import create_app
from ivr.menu.files import read_files
from ivr.publishing.publish import Author, publish
from ivr.settings import read_settings
from ivr.store import Store

Clients = dict[str, FlaskClient]
World = tuple[Store, Clients, list[str]]
KINDER = b"How can we help you today?"


@pytest.fixture
def unpublished(tmp_path: Path, root: Path) -> Iterator[tuple[Store, Clients]]:
    """A hotline without any version, and a client of each role."""
    names = {"IVR_DATA": str(tmp_path), "IVR_SPOOL_MB": "1", "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN}
    names |= {"IVR_CONFIG": str(root / "config.yaml"), "IVR_MENUS": str(root / "menus"), "PUBLISH_REVIEW": "no"}
    names |= {"IVR_SECRET_KEYS": KEYS, "IVR_RECORDINGS": str(root / "recordings"), "SECOND_FACTOR_ROLES": "none"}
    settings = read_settings(names)
    store = Store(settings.database_url, tmp_path)
    with_tables(store)
    accounts = let_everybody_in(store)
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    yield store, {role: client_of(app, store, account) for role, account in accounts.items()}
    store.close()


@pytest.fixture
def published(unpublished: tuple[Store, Clients], root: Path) -> World:
    """The same with two versions, the second in force."""
    return (*unpublished, two_versions(unpublished[0], root))


def two_versions(store: Store, root: Path) -> list[str]:
    """Publish the sample, then the sample with a changed greeting."""
    files = read_files(root / "config.yaml", root / "menus", root / "recordings")
    folder = Path(str(store.database.url.database)).parent
    first = publish(files, Author("Marta Ruiz", "the first one"), store, folder).version
    files["menus/main.yaml"] = files["menus/main.yaml"].replace(b"How can we help?", KINDER)
    return [first, publish(files, Author("Tomas Berg", "kinder words"), store, folder).version]


def tone(form: str = "FLAC") -> bytes:
    """Make two seconds of a sound."""
    written = io.BytesIO()
    samples = 0.3 * np.sin(np.arange(88_200) * 2 * np.pi * 440 / 44_100)
    soundfile.write(written, samples, 44_100, format=form)
    return written.getvalue()
