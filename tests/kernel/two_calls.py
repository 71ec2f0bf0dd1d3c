"""One call that left a complaint and has ended, and one that goes on: what people ask the records about."""

from __future__ import annotations

import time
from pathlib import Path

from kernel.boards import SECRET, board_over, publish
from kernel.hotline import hotline

from ivr.engine.inputs import Called, HungUp, Pressed, Recorded
from ivr.keys import Keyring
from ivr.settings import read_settings
from ivr.store import Store
from ivr.switchboard import Notice
from ivr.worker.deeds import Deeds
from ivr.worker.endings import GRACE, Endings
from ivr.worker.recordings import Inbox

CALL, OTHER = "CA" + "1" * 32, "CA" + "2" * 32
CALLER = "+14155550123"


def two_calls(store: Store, data: Path) -> None:
    """Make them, and let the job process do what the first one wanted."""
    board = board_over(store, data)
    publish(board, hotline())
    now = time.time()
    answer = board.begin(CALL, Called(now, CALLER, "+18005550100"))
    for heard in (Pressed(now, "1"), Pressed(now, "1234"), Recorded(now, "RE1", "http://carrier/RE1", 4)):
        answer = board.drive(answer.token, CALL, heard)
    board.left(answer.token, CALL, HungUp(now))
    board.note(Notice(CALL, CALL, "status", "completed", now, {"CallStatus": "completed"}))
    board.begin(OTHER, Called(now + 1, None, "+18005550100"))
    keyring = Keyring([SECRET])
    Endings(store, keyring, board, lambda version: board.library.get(version).tree).listen(now + GRACE)
    deeds = Deeds(store, keyring, Inbox(read_settings()))
    for wanted in store.effects.due(now + GRACE):
        deeds.do(wanted.record.id)
