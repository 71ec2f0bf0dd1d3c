"""What happened before the journeys begin: calls of yesterday, of days ago and of March, played by the kernel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from unittest.mock import patch
from zoneinfo import ZoneInfo

import holidays

from ivr.archive.calls import Archive
from ivr.desk.writing import Form, write
from ivr.engine.inputs import Called, Dialed, Input, Pressed, Silent
from ivr.keys import Keyring
from ivr.simulator.carrier import Carrier
from ivr.simulator.ledger import CallEntry
from ivr.switchboard import Notice, Switchboard

ZONE = ZoneInfo("Europe/Copenhagen")
LINE = "+18005550100"
CALLER = "+14155550177"  # who gave up yesterday
Does = Callable[[float], Input]


def presses(keys: str) -> Does:
    """Press keys."""
    return lambda at: Pressed(at, keys)


def talks(at: float) -> Input:
    """Talk with somebody for a minute."""
    return Dialed(at, "completed", bridged=True, seconds=60)


def silent(at: float) -> Input:
    """Give no answer."""
    return Silent(at)


@dataclass
class Past:
    """Plays calls at any time, by the kernel itself, and tells the carrier's ledger of them."""

    board: Switchboard
    keyring: Keyring
    carrier: Carrier
    numbers: count[int] = field(default_factory=lambda: count(1))

    def call(self, at: float, caller: str, *does: Does) -> str:
        """Play one call, eight seconds between what its caller does; the caller hangs up at last. Gives its CallSid."""
        sid = f"CA{next(self.numbers):032}"  # digits alone: the rarest names are names, too
        answer = self.board.begin(sid, Called(at, caller, LINE))
        for act in does:
            at += 8
            with patch("ivr.switchboard.board.time", partial(float, at)):  # the machine's clock, at that time
                answer = self.board.drive(answer.token, sid, act(at))
        at += 8
        self.board.note(Notice(sid, sid, "status", "completed", at, {"CallStatus": "completed"}))
        self.carrier.ledger.note_call(CallEntry(sid, caller, LINE, "inbound", status="completed", ended=at))
        return sid

    def judge(self, call: str, *, wrong: bool) -> None:
        """Let an agent have written of a call."""
        archive = Archive(self.board.store, self.keyring)
        assert write(archive, self.board.library.get, ("agent", call), Form(outcome="solved", wrong=wrong, done=True))


def yesterday() -> datetime:
    """Give yesterday afternoon, on the line's clock."""
    return datetime.now(ZONE).replace(hour=16, minute=40, second=0) - timedelta(days=1)


def working_day() -> datetime:
    """Give eleven o'clock of the last day but yesterday on which people are there."""
    day = datetime.now(ZONE).replace(hour=11, minute=0, second=0) - timedelta(days=2)
    closed = holidays.country_holidays("DK")
    while day.weekday() > 4 or day.date() in closed:
        day -= timedelta(days=1)
    return day


def march() -> datetime:
    """Give the beginning of the last March."""
    now = datetime.now(ZONE)
    return datetime(now.year if now.month >= 3 else now.year - 1, 3, 1, 0, 1, tzinfo=ZONE)


def live_through(past: Past) -> None:
    """Let it all happen."""
    for hour in range(3):
        past.call(march().timestamp() + hour, f"+1415555010{hour}", presses("1"))
    day = working_day().timestamp()
    for at in range(24):  # of those who ask something else, agents wrote of 9 that they belong elsewhere
        sid = past.call(day + 60 * at, f"+141555502{at:02}", presses("1"), presses("4"), talks)
        past.judge(sid, wrong=at % 5 in {0, 2})
    for at in range(9):  # whoever complains is asked for an account number, and goes
        past.call(day + 60 * at, f"+141555503{at:02}", presses("2"), presses("1"))
    for at in range(4):
        past.call(day + 60 * at, f"+141555504{at:02}")
    past.call(day, CALLER, presses("1"), presses("3"))
    past.call(yesterday().timestamp(), CALLER, presses("2"), presses("1"), silent)
