"""The two stores of files, each for real."""

from __future__ import annotations

from pathlib import Path

import pytest
from rig.bucket import bucket, bucket_server
from rig.postgres import postgres

from ivr.depot import Depot
from ivr.depot.choosing import depot_of
from ivr.settings import read_settings
from tests.worker.conftest import ACCOUNT, TOKEN

__all__ = ["bucket", "bucket_server", "postgres"]


@pytest.fixture(params=["folders", "bucket"])
def depot(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Depot:
    """A store of files as the settings choose it."""
    if request.param == "bucket":
        request.getfixturevalue("bucket")
    else:
        monkeypatch.delenv("RECORDINGS_URL", raising=False)
    names = {"IVR_DATA": str(tmp_path / "data"), "IVR_RECORDINGS": str(tmp_path / "recordings")}
    names |= {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "IVR_SECRET_KEYS": "k1:" + "QUFB" * 16}
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "data").mkdir()
    return depot_of(read_settings())
