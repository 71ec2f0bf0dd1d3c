"""What whoever comes first sees, and whoever comes to the wrong address."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from rig.server import ACCOUNT, KEYS, TOKEN
from rig.tables import with_tables

from console.app import create_app
from ivr.settings import read_settings
from ivr.store import Store


def empty_hotline(data: Path, roles: str) -> FlaskClient:
    """Open the pages of a hotline without people, whose `roles` must have a second factor."""
    names = {"IVR_DATA": str(data), "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN}
    settings = read_settings(names | {"IVR_SECRET_KEYS": KEYS, "SECOND_FACTOR_ROLES": roles})
    store = Store(settings.database_url, settings.data)
    with_tables(store)
    store.close()
    return create_app(settings).test_client()


@pytest.mark.parametrize(("roles", "told"), [("admin", True), ("supervisor", False)])
def test_the_second_factor_is_announced_to_whoever_will_be_asked_for_one(
    tmp_path: Path, roles: str, told: bool
) -> None:
    page = empty_hotline(tmp_path, roles).get("/first-run").text
    assert ("A second factor" in page) is told
    assert re.findall(r'class="tick">(\d)', page) == ["1", "2", "3", "4", "5"][: 4 + told]


def test_a_refusal_says_in_our_words_what_to_do_next(tmp_path: Path) -> None:
    page = empty_hotline(tmp_path, "none").get("/nowhere").text
    assert "There is no such page" in page
    assert "Go on from the first page" in page
    assert "requested URL" not in page
