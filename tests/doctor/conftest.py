"""The sample hotline on a real server, with the carrier's double behind it: an installation that is well."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from rig.postgres import postgres
from rig.server import ACCOUNT, TOKEN, Server, serving

from ivr.doctor.examination import Check, in_force
from ivr.doctor.finding import Patient
from ivr.menu.files import read_files
from ivr.publishing.publish import Author, publish
from ivr.simulator.carrier import Carrier
from ivr.simulator.rest import RestSide
from ivr.simulator.rest_numbers import own_number
from ivr.store import Store

__all__ = ["postgres"]


@dataclass
class Ward:
    """What is examined, and the parts that a test makes wrong."""

    server: Server
    carrier: Carrier
    store: Store

    def patient(self, **settings: Any) -> Patient:
        """Examine with some settings changed."""
        told = replace(self.server.settings, **settings)
        return Patient(told, self.store, in_force(told, self.store))

    def found(self, check: Check, **settings: Any) -> list[tuple[str, str]]:
        """Run one check; (state, what) of each finding, every remedy of what is not well being there."""
        findings = list(check(self.patient(**settings)))
        assert all(bool(one.remedy) is (one.state != "ok") for one in findings)
        return [(one.state, one.what) for one in findings]


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[Ward]:
    """Publish the sample and serve it; its number is the account's, and nobody has said where its calls go."""
    data = tmp_path_factory.mktemp("ward")
    data.chmod(0o700)
    carrier = Carrier(ACCOUNT, TOKEN)
    own_number(carrier, "+18005550100")
    with RestSide(carrier) as side:
        names = {"TWILIO_API_URL": side.url, "IVR_CONFIG": str(root / "config.yaml")}
        names |= {"IVR_MENUS": str(root / "menus"), "IVR_RECORDINGS": str(root / "recordings")}
        with serving(data, environ=names) as server:
            (data / "ivr.db").chmod(0o600)
            store = Store(server.settings.database_url, data)
            publish(read_files(root / "config.yaml", root / "menus", root / "recordings"), Author("t", ""), store, data)
            until = time.monotonic() + 20
            while server.get("/health")[0] != 200 and time.monotonic() < until:
                time.sleep(0.1)  # it takes the version
            yield Ward(server, carrier, store)
            store.close()
