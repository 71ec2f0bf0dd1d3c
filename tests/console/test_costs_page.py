"""What numbers cost, in the browser and at the command line: the dearest first, masked, blocked by one click."""

from __future__ import annotations

import json
import time
from html import unescape

import pytest
from click.testing import CliRunner
from kernel.two_calls import CALL, CALLER

from ivr.blocking import BlockList
from ivr.commands.costs import command
from ivr.keys import Keyring
from ivr.privacy import caller_index
from ivr.settings import read_settings
from ivr.store.guards import Enough


@pytest.fixture
def watched(casework, monkeypatch: pytest.MonkeyPatch):
    """The two calls, one of whose callers is turned away now."""
    store, clients = casework
    index = caller_index(Keyring(read_settings().secret_keys).first, CALLER)
    now = time.time()
    store.guards.put([Enough("care", "hour", index, now, now + 600)], "care", ("hour",), now)
    return store, clients


def test_numbers_stand_by_what_they_took_and_are_blocked_by_one_click(watched) -> None:
    store, clients = watched
    page = unescape(clients["supervisor"].get("/insight/costs?days=1").text)
    assert CALLER in page
    assert "Withheld" in page
    assert "too many calls within an hour" in page
    assert page.count("Block 30 days") == 1  # who shows no number is not one caller
    form = {"reason": "runs up minutes", "until": "30 days", "back": "costs"}
    answer = clients["supervisor"].post(f"/calls/{CALL}/block", data=form)
    assert answer.headers["Location"].endswith("/insight/costs")
    assert BlockList(store, Keyring(read_settings().secret_keys)).find(CALLER)


def test_who_may_not_see_calls_sees_no_number_and_nobody_else_may_block(watched) -> None:
    _, clients = watched
    page = clients["operator"].get("/insight/costs").text
    assert CALLER not in page
    assert "+14…23" in page
    assert "Block 30 days" not in page
    assert "Block 30 days" not in clients["auditor"].get("/insight/costs").text
    assert clients["agent"].get("/insight/costs").status_code == 403


def test_nonsense_in_the_address_is_the_usual_view(watched) -> None:
    _, clients = watched
    for query in ("days=x", "days=-1", "days=999999", "line=<b>", "line=nowhere"):
        assert clients["admin"].get(f"/insight/costs?{query}").status_code == 200


def test_the_command_says_the_same(watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLL_FREE_RATE", "2.5")
    told = json.loads(CliRunner().invoke(command, ["--json"], catch_exceptions=False).output)
    first = {one["number"]: one for one in told["numbers"]}[CALLER]
    assert (first["calls"], first["minutes"], first["cost"]) == (1, 1, 2)
    assert first["vouched_for"] == "not said"
    assert [(one["rule"], one["number"]) for one in told["turned_away"]] == [("hour", CALLER)]
    assert [one["line"] for one in told["lines"]] == ["care"]
    shown = CliRunner().invoke(command, ["--days", "1"], catch_exceptions=False).output
    assert f"care turns {CALLER} away" in shown
    assert "$0.02" in shown
