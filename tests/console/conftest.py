"""The sample hotline with its pages and a browser, once for all tests of the pages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from rig.pages import browser, chromium, pages
from rig.people import let_everybody_in, sign_in
from rig.server import serving

from ivr.menu.files import read_files
from ivr.publishing.publish import Author, publish
from ivr.store import Store

OPENED: dict[str, Store] = {}  # address of the pages -> their store
REQUIRED = os.environ.get("CI") == "true"


# For a module, not for the session: as long as it is open this process has an event loop, and a job process in the
# same tests could not begin.
@pytest.fixture(scope="module")
def opened() -> Iterator[Browser]:
    """Run a Chromium; where none is installed skip, but never in CI."""
    if chromium() is None:
        if REQUIRED:
            pytest.fail("there is no Chromium, and CI=true requires it", pytrace=False)
        pytest.skip("there is no Chromium on this machine")
    with browser() as made:
        yield made


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
def page(opened: Browser, hotline: str) -> Iterator[Page]:
    """Open the phone in a window of its own; an error on the page fails the test."""
    context = opened.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    sign_in(page, hotline, "admin")
    page.goto(f"{hotline}/phone")
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def opened_store(hotline: str) -> Store:
    """Open the store of the hotline whose pages are open."""
    return OPENED[hotline]
