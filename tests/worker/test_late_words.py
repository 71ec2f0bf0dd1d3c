"""A message that was spoken is never lost, in whatever order the carrier tells of it, and whatever of it never comes.

Of a message three things are told: that the call is over, the request that brings the recording (with the hang-up in
it, or before it), and the note that the recording is ready. Each may come at once, late, after the end, or never.
"""

from __future__ import annotations

import itertools
import time
import uuid

import pytest
from kernel.boards import SECRET

from ivr.engine.effects import CreateCase, KeepRecording
from ivr.engine.inputs import Called, Continued, HungUp, Pressed, Recorded, Silent
from ivr.engine.verbs import Hang
from ivr.keys import Keyring
from ivr.privacy import key_of
from ivr.replay import check, ends, reel
from ivr.settings import read_settings
from ivr.switchboard import Notice, Switchboard
from ivr.turns import read_effect
from ivr.worker.deeds import Deeds
from ivr.worker.endings import AGAIN, GRACE, QUIET, RECOUNT, Endings
from ivr.worker.recordings import Inbox
from tests.worker.test_endings import CarrierLists

CARRIER = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "t" * 32, "IVR_SECRET_KEYS": "k1:" + "QUFB" * 16}
TOLD = ("over", "request", "ready")
WAYS = ("hung up", "ended by a key")
COMES = ("early", "late", "later", "never")  # before the end, after it, long after it
SECONDS = {"early": 1.0, "late": 10.0, "later": 4000.0}


class Telling:
    """One call that stands in a recording, and what is told of it."""

    def __init__(self, board: Switchboard) -> None:
        name = uuid.uuid4().hex
        self.call, self.sid = f"CA{name}", f"RE{name}"
        self.ready = {
            "RecordingSid": self.sid,
            "RecordingStatus": "completed",
            "RecordingUrl": f"http://carrier/{self.sid}",
            "RecordingDuration": "4",
        }
        self.board = board
        self.began = time.time()
        self.carrier = CarrierLists()
        self.deeds = Deeds(board.store, Keyring([SECRET]), Inbox(read_settings(CARRIER)))
        self.job = Endings(
            board.store, Keyring([SECRET]), board, lambda version: board.library.get(version).tree, self.carrier
        )
        answer = board.begin(self.call, Called(self.began, None, "+18005550100"))
        for keys in ("1", "1234"):
            answer = board.drive(answer.token, self.call, Pressed(self.began, keys))
        self.token = answer.token

    def recorded(self, at: float) -> Recorded:
        return Recorded(at, self.sid, self.ready["RecordingUrl"], 4)

    def tell(self, what: str, way: str, at: float) -> None:
        """Tell one of the three, on its way."""
        if what == "over":
            self.board.note(Notice(self.call, self.call, "status", "completed", at, {"CallStatus": "completed"}))
        elif what == "ready":
            self.board.note(Notice(self.call, self.call, "recording", f"{self.sid} completed", at, self.ready))
        elif way == "hung up":
            self.board.left(self.token, self.call, HungUp(at, self.recorded(at)))
        else:
            self.board.drive(self.token, self.call, self.recorded(at))

    def work(self, now: float) -> None:
        """Let the job process go round at some moment."""
        for _ in range(3):
            self.job.listen(now)
            self.job.sweep(now)


def effects(telling: Telling, kind: type) -> list:
    """The effects of one kind that are let go."""
    board, call = telling.board, telling.call
    key = key_of(board.store.call(call), board.keyring)
    found = [each for each in board.store.effects.of_call(call) if each.state != "dropped"]
    assert {each.state for each in found} <= {"waiting", "sent"}
    opened = [read_effect(each.record, key) for each in found]
    return [effect for effect in opened if isinstance(effect, kind)]


def settled(telling: Telling) -> None:
    """Nothing is lost, nothing is there twice, the call has one outcome, and its record can be played."""
    board = telling.board
    assert {effect.sid for effect in effects(telling, KeepRecording)} == {telling.sid}
    assert {effect.recordings for effect in effects(telling, CreateCase)} == {(telling.sid,)}
    for each in board.store.effects.of_call(telling.call):
        telling.deeds.do(each.record.id)
    # A request that comes when its words were taken already promises a number of its own: another name of the case.
    assert [case.alias_of for case in board.store.cases.of_call(telling.call)].count("") == 1
    assert len(board.store.recordings.of_call(telling.call)) == 1
    row = board.store.calls.find(telling.call)
    assert (row.outcome, row.ended_at is not None) == ("case", True)
    record, chain = board.store.call(telling.call), board.store.chain(telling.call)
    assert check(reel(record, chain, board.keyring, board.library.get)) == len(chain)
    before = len(chain)
    telling.work(telling.began + 20_000)
    assert len(board.store.chain(telling.call)) == before


# Every way of telling it on one of the two databases, so that each of them sees each pair; on both in `make drill`.
BOTH = pytest.param(True, marks=pytest.mark.campaign, id="all on both")


@pytest.mark.parametrize("all_of_it", [pytest.param(False, id=""), BOTH])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("over", COMES)
def test_a_spoken_message_is_never_lost(board: Switchboard, over: str, way: str, all_of_it: bool) -> None:
    odd = COMES.index(over) + WAYS.index(way) + board.store.database.sqlite
    for request, ready in itertools.product(COMES, repeat=2):
        if not all_of_it and (odd + COMES.index(request) + COMES.index(ready)) % 2:
            continue
        telling = Telling(board)
        telling.carrier.ready = [telling.ready]
        comes = zip(TOLD, (over, request, ready), strict=True)
        for seconds, what in sorted((SECONDS[when], what) for what, when in comes if when != "never"):
            telling.tell(what, way, telling.began + seconds)
            telling.work(telling.began + seconds)
            telling.work(telling.began + seconds + GRACE)
        for seconds in (QUIET + 1, QUIET + RECOUNT + 1, QUIET + AGAIN + 1, 20_000):
            telling.work(telling.began + seconds)
        settled(telling)


@pytest.mark.parametrize("way", WAYS)
def test_in_whatever_order_it_is_told_after_the_end(board: Switchboard, way: str) -> None:
    for order in itertools.permutations(TOLD):
        telling = Telling(board)
        board.end(telling.call, telling.began + 2)
        for number, what in enumerate(order, 3):
            telling.tell(what, way, telling.began + number)
            telling.work(telling.began + number + GRACE)
        settled(telling)


def test_a_recording_that_is_told_of_after_the_end_goes_the_way_on_within_a_round(board: Switchboard) -> None:
    telling = Telling(board)
    telling.tell("over", "", telling.began)
    telling.job.listen(telling.began + GRACE)
    assert board.store.calls.find(telling.call).outcome == "left"
    telling.tell("ready", "", telling.began + GRACE + 1)
    telling.job.listen(telling.began + GRACE + 1)
    settled(telling)
    first, second = ends(board.store.chain(telling.call))
    assert first.parent == second.parent
    assert board.store.calls.find(telling.call).ended_at == first.at


def test_words_of_a_turn_that_nobody_heard_are_kept_without_its_case(board: Switchboard) -> None:
    telling = Telling(board)
    board.drive(telling.token, telling.call, telling.recorded(telling.began + 1))
    silent = board.drive(telling.token, telling.call, Continued(telling.began + 2))
    board.drive(silent.token, telling.call, Continued(telling.began + 3))
    telling.tell("over", "", telling.began + 4)
    telling.work(telling.began + 4 + GRACE)
    assert [effect.sid for effect in effects(telling, KeepRecording)] == [telling.sid]
    assert effects(telling, CreateCase) == []
    late = ends(board.store.chain(telling.call))[-1]
    assert late.heard == "LateWords"
    assert board.store.calls.find(telling.call).outcome == "message"
    assert not board.end(telling.call, telling.began + 60)


def test_words_behind_a_call_that_a_limit_ended_at_the_recording_are_kept_once(board: Switchboard) -> None:
    telling = Telling(board)
    late = board.drive(telling.token, telling.call, Continued(telling.began + 1_000_000))
    assert isinstance(late.verbs[-1], Hang)
    telling.board.note(Notice(telling.call, telling.call, "recording", "x", telling.began + 1_000_001, telling.ready))
    assert board.end(telling.call, telling.began + 1_000_002)
    assert not board.end(telling.call, telling.began + 1_000_003)
    assert [turn.heard for turn in ends(board.store.chain(telling.call))] == ["HungUp", "LateWords"]


def test_a_branch_that_turns_out_to_have_been_heard_keeps_what_it_promised(board: Switchboard) -> None:
    telling = Telling(board)
    now = telling.began
    promised = board.drive(telling.token, telling.call, telling.recorded(now))
    board.drive(telling.token, telling.call, Continued(now + 0.5))
    telling.tell("over", "", now)
    telling.work(now + GRACE)
    assert "dropped" in {each.state for each in board.store.effects.of_call(telling.call)}
    board.left(promised.token, telling.call, HungUp(now + 5))
    telling.work(now + 5 + GRACE)
    assert [effect.recordings for effect in effects(telling, CreateCase)] == [(telling.sid,)]


def test_recordings_of_whole_calls_are_no_message(board: Switchboard) -> None:
    telling = Telling(board)
    telling.carrier.ready = [{**telling.ready, "RecordingSource": "OutboundAPI"}]
    telling.tell("over", "", telling.began)
    for seconds in (GRACE, RECOUNT + GRACE, AGAIN + GRACE):
        telling.work(telling.began + seconds)
    assert board.store.effects.of_call(telling.call) == []
    assert board.store.calls.find(telling.call).outcome == "left"


def test_a_carrier_that_does_not_answer_is_asked_again(board: Switchboard) -> None:
    telling = Telling(board)
    telling.carrier.ready = [telling.ready]
    telling.carrier.away = True
    telling.tell("over", "", telling.began)
    telling.work(telling.began + GRACE)
    telling.work(telling.began + RECOUNT + GRACE)
    assert effects(telling, KeepRecording) == []
    telling.carrier.away = False
    telling.work(telling.began + RECOUNT + 2 * GRACE)
    settled(telling)


def test_who_left_no_words_is_asked_about_twice_and_not_for_ever(board: Switchboard) -> None:
    telling = Telling(board)
    board.drive(telling.token, telling.call, Silent(telling.began))
    telling.tell("over", "", telling.began)
    for seconds in (GRACE, RECOUNT + GRACE, AGAIN + GRACE):
        telling.work(telling.began + seconds)
    assert board.store.calls.to_recount(telling.began + 1e9, 10) == []
