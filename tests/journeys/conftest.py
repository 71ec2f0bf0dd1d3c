"""One hotline for all journeys: voice server, pages and job process, and a past that people ask about."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from journeys.past import Past, live_through
from kernel.boards import board_over
from rig.menus import two_versions
from rig.pages import opened, pages
from rig.people import let_everybody_in
from rig.server import ACCOUNT, TOKEN, serving
from rig.worker import jobs

from ivr.keys import Keyring
from ivr.simulator.call import Call, Plan
from ivr.simulator.carrier import Carrier
from ivr.simulator.rest import RestSide
from ivr.store import Store

__all__ = ["opened"]


@dataclass(frozen=True, slots=True)
class House:
    """The hotline, as the journeys find it."""

    pages: str  # address
    voice: str  # address
    store: Store
    past: Past

    def greets(self, words: str) -> bool:
        """Say whether a caller hears these words at once, or will within seconds: by the real webhooks."""
        until = time.monotonic() + 10
        while time.monotonic() < until:
            call = Call(Carrier(ACCOUNT, TOKEN), Plan(f"{self.voice}/voice"))
            heard = call.advance()
            call.leg.line.web.close()
            if any(words in item.text for item in heard):
                return True
            time.sleep(0.2)
        return False


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[House]:
    """Publish the sample twice, let callers have called, and open everything."""
    data = tmp_path_factory.mktemp("house")
    carrier = Carrier(ACCOUNT, TOKEN)
    copy = data / "copy"  # of the files, since exports lie beside the recordings
    for folder in ("menus", "recordings"):
        shutil.copytree(root / folder, copy / folder)
    shutil.copy(root / "config.yaml", copy)
    places = {"SECOND_FACTOR_ROLES": "none", "IVR_RECORDINGS": str(copy / "recordings")}
    with RestSide(carrier) as side, serving(data, environ={**places, "TWILIO_API_URL": side.url}) as server:
        settings = server.settings
        store = Store(settings.database_url, settings.data)
        let_everybody_in(store)
        two_versions(store, copy)
        board = board_over(store, data / "past", settings.secret_keys)
        past = Past(board, Keyring(settings.secret_keys), carrier)
        live_through(past)
        with jobs(server), pages(server, copy) as address:
            yield House(address, server.url, store, past)
        store.close()
