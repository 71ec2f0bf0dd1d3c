"""Blocked numbers in the browser: from a call's story, looked up, answered again; and at the command line."""

from __future__ import annotations

import json
import time
from html import unescape

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from kernel.two_calls import CALL, CALLER, OTHER

from ivr.blocking import EVER, BlockList
from ivr.commands.block import command
from ivr.errors import IvrError
from ivr.keys import Keyring
from ivr.settings import read_settings
from ivr.store import Store


def blocked(store: Store) -> list[tuple[str | None, str | None, str, float]]:
    found = BlockList(store, Keyring(read_settings().secret_keys)).all()
    return [(one.number, one.reason, one.owner, one.until) for one in found]


def test_a_number_is_blocked_from_the_story_with_one_click_and_the_story_says_so(casework) -> None:
    store, clients = casework
    supervisor: FlaskClient = clients["supervisor"]
    page = supervisor.get(f"/calls/{CALL}").text
    assert f'action="/calls/{CALL}/block"' in page
    answer = supervisor.post(
        f"/calls/{CALL}/block", data={"reason": "nuisance calls", "until": "30 days"}, follow_redirects=True
    )
    ((number, reason, owner, until),) = blocked(store)
    assert (number, reason) == (CALLER, "nuisance calls")
    assert abs(until - time.time() - 30 * 86400) < 60
    assert f"{CALLER} is not answered any more, until" in answer.text
    assert f"Not answered: nuisance calls. {owner}, until" in unescape(supervisor.get(f"/calls/{CALL}").text)
    assert "/block" not in supervisor.get(f"/calls/{CALL}").text.replace("/settings/blocked", "")
    assert supervisor.post(f"/calls/{OTHER}/block", data={"reason": "x"}).status_code == 404  # it shows no number
    assert clients["auditor"].post(f"/calls/{CALL}/block", data={"reason": "x"}).status_code == 403
    assert "/block" not in clients["auditor"].get(f"/calls/{OTHER}").text.replace("/settings/blocked", "")


def test_the_list_is_looked_up_changed_and_says_what_is_wrong(casework) -> None:
    store, clients = casework
    admin = clients["admin"]
    assert "Everybody is answered" in admin.get("/settings/blocked").text
    wrong = admin.post("/settings/blocked", data={"number": "+266696687", "reason": "hidden", "until": "2 h"}).text
    assert "how a withheld number looks" in wrong
    assert 'value="+266696687"' in wrong
    assert "is no end" in unescape(
        admin.post("/settings/blocked", data={"number": CALLER, "reason": "x", "until": "soon"}).text
    )
    assert blocked(store) == []
    admin.post("/settings/blocked", data={"number": "withheld", "reason": "threats", "until": "for ever"})
    admin.post("/settings/blocked", data={"number": CALLER, "reason": "<b>sells</b>", "until": ""})
    assert [(number, until) for number, _, _, until in blocked(store)] == [(CALLER, EVER), ("withheld", EVER)]
    page = admin.get("/settings/blocked").text
    assert "Whoever shows no number" in page
    assert "<b>sells</b>" not in page
    assert "is answered" in admin.get("/settings/blocked?number=%2B14155550199").text
    found = admin.get("/settings/blocked?number=%2B1+415+555+0123").text
    assert "Whoever shows" not in found
    name = found.partition("/settings/blocked/")[2].partition("/")[0]
    admin.post(f"/settings/blocked/{name}/remove")
    assert [number for number, *_ in blocked(store)] == ["withheld"]
    assert "Answer again" not in clients["auditor"].get("/settings/blocked").text
    assert clients["operator"].get("/settings/blocked").status_code == 403
    assert "Blocked numbers" not in clients["operator"].get("/settings").text


def test_the_command_does_the_same(casework) -> None:
    store, _ = casework
    run = CliRunner().invoke
    added = run(command, ["add", "+1 415 555 0123", "--reason", "a machine", "--until", "2 h", "--owner", "Bo"])
    assert added.output.startswith(f"{CALLER} is not answered until 20")
    (told,) = json.loads(run(command, ["list", "--json"]).output)
    assert (told["number"], told["reason"], told["owner"]) == (CALLER, "a machine", "Bo")
    assert "a machine (Bo)" in run(command, ["show", CALLER]).output
    assert run(command, ["remove", CALLER, "--owner", "Bo"]).output == f"{CALLER} is answered again\n"
    gone = run(command, ["show", CALLER])
    assert isinstance(gone.exception, IvrError)
    assert blocked(store) == []
    with pytest.raises(IvrError, match="is no number"):
        run(command, ["add", "0123", "--reason", "x"], catch_exceptions=False)
