"""The sample hotline, its pages, and each of the shipped proxies in front of both."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from rig.pages import pages
from rig.people import let_everybody_in
from rig.proxies import Places, places_in, proxying
from rig.server import Server, serving

from ivr.menu.files import read_files
from ivr.publishing.publish import Author, publish
from ivr.store import Store
from ivr.tickets import Agent


@dataclass
class Front:
    """A hotline behind a proxy."""

    proxy: str
    places: Places
    server: Server
    store: Store


@dataclass
class Behind:
    """A hotline that a proxy may stand before."""

    places: Places
    server: Server
    store: Store


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[Behind]:
    """Run the hotline, which believes in one proxy."""
    data = tmp_path_factory.mktemp("behind")
    places = places_in(data / "proxy")
    told = {"PUBLIC_URL": places.voice_url, "CONSOLE_URL": places.pages_url, "CONSOLE_PROXIES": "1"}
    with serving(data, environ=told | {"SECOND_FACTOR_ROLES": "none"}) as server:
        store = Store(server.settings.database_url, data)
        agent = let_everybody_in(store)["agent"].person
        store.agents.enrol(Agent(agent.id, agent.teams, "", since=time.time()), "tests")
        publish(read_files(root / "config.yaml", root / "menus", root / "recordings"), Author("t", ""), store, data)
        with pages(server, root) as address:
            yield Behind(places.leading_to(server.port, int(address.rpartition(":")[2])), server, store)
        store.close()


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def front(request: pytest.FixtureRequest, behind: Behind) -> Iterator[Front]:
    """Put each of the proxies before it."""
    with proxying(request.param, behind.places):
        yield Front(request.param, behind.places, behind.server, behind.store)


@pytest.fixture(params=["nginx", "caddy"])
def hasty(request: pytest.FixtureRequest, tmp_path: Path, behind: Behind) -> Iterator[Places]:
    """Put one beside it that waits two seconds for whoever is slow."""
    beside = places_in(tmp_path).leading_to(behind.places.voice, behind.places.pages)
    with proxying(request.param, beside, hasty=True):
        yield beside
