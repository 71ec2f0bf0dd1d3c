"""The sample hotline with its pages and a browser, once for all tests of the pages."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from kernel.boards import SECRET, board_over
from playwright.sync_api import Browser, Page
from rig.menus import published, unpublished
from rig.pages import opened, pages
from rig.people import client_of, come_in, let_everybody_in
from rig.server import ACCOUNT, TOKEN, serving
from rig.tables import with_tables

from console.app import create_app
from ivr.menu.files import read_files
from ivr.publishing.publish import Author, publish
from ivr.settings import read_settings
from ivr.store import Store
from ivr.switchboard import Switchboard
from tests.console.test_calls_pages import two_calls

__all__ = ["opened", "published", "unpublished"]

OPENED: dict[str, Store] = {}  # address of the pages -> their store


@pytest.fixture(scope="module")
def hotline(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[str]:
    """Publish and run the sample; give the address of its pages."""
    data = tmp_path_factory.mktemp("hotline")
    with serving(data, environ={"SECOND_FACTOR_ROLES": "none"}) as server:  # each code would take half a minute
        settings = server.settings
        store = Store(settings.database_url, settings.data)
        let_everybody_in(store)
        files = read_files(root / "config.yaml", root / "menus", root / "recordings")
        publish(files, Author("tests", ""), store, settings.data)
        with pages(server, root) as address:
            OPENED[address] = store
            yield address
        store.close()


@pytest.fixture
def casework(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Store, dict[str, FlaskClient]]]:
    """A hotline with one complaint of one call, and a client for each role; forms need no token."""
    keys = f"{SECRET[0]}:{base64.b64encode(SECRET[1]).decode()}"
    names = {"IVR_DATA": str(tmp_path), "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN}
    for name, value in (names | {"IVR_SECRET_KEYS": keys, "IVR_RECORDINGS": str(tmp_path / "recordings")}).items():
        monkeypatch.setenv(name, value)
    store = Store("", tmp_path)
    with_tables(store)
    two_calls(store, tmp_path)
    accounts = let_everybody_in(store)
    app = create_app(read_settings())
    app.config["WTF_CSRF_ENABLED"] = False
    yield store, {role: client_of(app, store, account) for role, account in accounts.items()}
    store.close()


@pytest.fixture
def board_of(tmp_path: Path) -> Callable[[Store], Switchboard]:
    """Give a switchboard over the store of `casework`."""
    return lambda store: board_over(store, tmp_path)


@pytest.fixture
def page(opened: Browser, hotline: str) -> Iterator[Page]:
    """Open the phone in a window of its own; an error on the page fails the test."""
    context = opened.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    come_in(page, hotline, "admin", "/phone")
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def opened_store(hotline: str) -> Store:
    """Open the store of the hotline whose pages are open."""
    return OPENED[hotline]
