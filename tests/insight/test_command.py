"""`ivr insight` on the command line."""

from __future__ import annotations

import base64
import json

from click.testing import CliRunner
from insight.figures_machine import folding_over
from insight.walks import drawable
from kernel.boards import SECRET, board_over, publish
from kernel.hotline import hotline

from ivr.commands.insight import command
from ivr.engine.inputs import Called
from ivr.store import Store
from ivr.worker.endings import Endings


def test_calls_are_counted_anew_and_shown(tmp_path, monkeypatch):
    keys = f"{SECRET[0]}:{base64.b64encode(SECRET[1]).decode()}"
    names = {"IVR_DATA": str(tmp_path), "TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "t" * 32}
    for name, value in (names | {"IVR_SECRET_KEYS": keys, "TOLL_FREE_RATE": "2.2"}).items():
        monkeypatch.setenv(name, value)
    store = Store("", tmp_path)
    store.upgrade()
    board = board_over(store, tmp_path)
    publish(board, drawable(hotline()))
    assert "0 calls" in CliRunner().invoke(command, []).output
    board.begin("CA" + "1" * 32, Called(1_795_000_000.0, None, "+18005550100"))
    Endings(store, board.keyring, board, lambda version: board.library.get(version).tree).end(
        "CA" + "1" * 32, 1_795_000_090.0
    )
    shown = CliRunner().invoke(command, ["--recount", "--json", "--since", "2026-11-01", "--until", "2026-11-30"])
    assert shown.exit_code == 0, shown.output
    told = json.loads(shown.output)
    assert told["recounted"] == {"calls": 1, "wrong": 1}
    assert told["calls"] == 1
    assert told["branches"] == [
        {"step": "", "key": "", "calls": 1, "done": 0, "minutes": 2, "agent_minutes": 0, "cost": 4}
    ]
    assert folding_over(store, board.library, [SECRET])[0].run(0.0) == 0
    plain = CliRunner().invoke(command, ["--recount", "--since", "2026-11-01", "--until", "2026-11-30"])
    assert "1 calls counted; 0 of them" in plain.output
    assert "too few calls to tell" in plain.output
    assert CliRunner().invoke(command, ["--since", "soon"]).exit_code != 0
    store.close()
