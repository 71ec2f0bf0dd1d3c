"""The page `/doctor`: the same findings in a browser, in bounded time, for operators and admins alone."""

from __future__ import annotations

import socket
import time
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from rig.looks import VIEWS, look
from rig.pages import opened, pages
from rig.people import client_of, come_in, let_everybody_in

from console.app import create_app
from console.settings import doctor
from ivr.store.accounts import Account
from tests.doctor.conftest import Ward

__all__ = ["opened"]


@pytest.fixture(scope="module")
def accounts(ward: Ward) -> dict[str, Account]:
    """Let one person of each role in."""
    return let_everybody_in(ward.store)


def test_the_page_says_what_is_missing_and_what_to_do(
    ward: Ward, accounts: dict[str, Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(replace(ward.server.settings, second_factor_roles=()))
    page = unescape(client_of(app, ward.store, accounts["operator"]).get("/doctor").text)
    assert "a signed request is taken" in page
    assert "set SMTP_URL and MAIL_FROM" in page
    assert "no job process runs on this machine" in page
    assert "<code>ivr serve</code>" in page
    assert client_of(app, ward.store, accounts["agent"]).get("/doctor").status_code == 403
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        app.extensions["settings"] = replace(app.extensions["settings"], public_url=url)
        monkeypatch.setattr(doctor, "SECONDS", 2.0)
        began = time.monotonic()
        late = unescape(client_of(app, ward.store, accounts["admin"]).get("/doctor").text)
        assert time.monotonic() - began < 4
    assert "no answer within 2 seconds" in late


@pytest.mark.browser
@VIEWS
@pytest.mark.usefixtures("accounts")
def test_the_page_looks_right_everywhere(ward: Ward, opened: Browser, root: Path, scheme: str, width: int) -> None:
    with pages(ward.server, root) as at:
        context = opened.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
        page = context.new_page()
        come_in(page, at, "admin", "/doctor")
        look(page, "doctor")
        context.close()
