import json
import time
from dataclasses import replace

import pytest
from kernel.boards import CALL, SECRET, board_over, publish, replayed
from kernel.hotline import AGENTS, hotline, to_screens
from menu.hotlines import good

from ivr.card import unseal
from ivr.engine.inputs import Called, Continued, Dialed, HungUp, Pressed, Recorded, Silent
from ivr.engine.verbs import Continue, Hang, Listen, Ring, Speak, TakeMessage
from ivr.errors import NothingPublished, StoreUnavailable, TokenRefused, UnknownCall
from ivr.privacy import key_of, open_effect
from ivr.store.versions import Switch
from ivr.switchboard import Leg, Notice
from ivr.token import Pretend
from ivr.turns import read_told

LINE = "+18005550100"
NOW = time.time()


def called(number="+14155550123", to=LINE):
    return Called(NOW, number, to)


def texts(answer):
    spoken = [prompt for verb in answer.verbs for prompt in (verb.prompts if isinstance(verb, Listen) else [verb])]
    return " ".join(prompt.text for prompt in spoken if isinstance(prompt, Speak))


def walk(board, *heard):
    """Begin a call and go on with these inputs; every answer."""
    answers = [board.begin(CALL, called())]
    for each in heard:
        answers.append(board.drive(answers[-1].token, CALL, each))
    return answers


COMPLAINT = (Pressed(NOW + 1, "1"), Pressed(NOW + 2, "1234"), Recorded(NOW + 3, "RE1", "http://carrier/RE1", 4))


def test_a_caller_leaves_a_complaint_and_people_ring(board):
    first, account, story, reference = walk(board, *COMPLAINT)
    assert "Welcome." in texts(first)
    assert "account" in texts(account)
    assert isinstance(story.verbs[-1], TakeMessage)
    assert "Your reference is" in texts(reference)
    assert isinstance(reference.verbs[-1], Continue)
    ringing = board.drive(reference.token, CALL, Continued(NOW + 9))
    assert ringing.verbs == (Ring((AGENTS[0],), 20, 7200),)
    assert [turn.heard for turn in board.store.chain(CALL)] == ["Called", "Pressed", "Pressed", "Recorded", "Continued"]
    assert replayed(board) == 5


VOUCHED = """\
main:
  decide:
    - {if: caller.verified, then: sure}
    - {if: not caller.verified, then: doubtful}
  else: untold
sure: {hang_up: We know you.}
doubtful: {hang_up: Somebody may pretend.}
untold: {hang_up: Good day.}
"""


def test_a_menu_may_ask_whether_a_carrier_vouches_for_the_number(board):
    publish(board, good(VOUCHED))
    for number, (verified, words) in enumerate(
        [(True, "We know you."), (False, "Somebody may pretend."), (None, "Good day.")]
    ):
        call = f"CA{number:032x}"
        assert words in texts(board.begin(call, Called(NOW, "+14155550123", LINE, verified)))
        assert replayed(board, call) == 1


def test_a_ring_to_browsers_and_exchanges_takes_the_card_along(board, store, tmp_path):
    publish(board, to_screens(hotline(version="cc" * 32)))
    *_, last = walk(board, *COMPLAINT)
    assert last.card is None
    ringing = board.drive(last.token, CALL, Continued(NOW + 9))
    assert ringing.verbs == (Ring(("client:anna", "sip:bo@example.org"), 20, 7200),)
    card = unseal(ringing.card.sealed, board.keyring)
    assert (card.call, card.team, card.summary) == (CALL, "care", "A call about bill.")
    (effect,) = (one for one in store.effects.of_call(CALL) if one.record.kind == "CreateCase")
    assert json.loads(open_effect(effect.record, key_of(store.call(CALL), board.keyring)))["number"] == card.case
    assert f"X-Hotline-Case={card.case}&X-Hotline-Summary=A%20call%20about" in ringing.card.headers
    other = board_over(store, tmp_path / "two")
    assert other.drive(last.token, CALL, Continued(NOW + 11)) == ringing
    assert replayed(board) == 5


def test_the_same_request_again_gets_the_same_bytes_and_changes_nothing(board, store, tmp_path):
    answers = walk(board, *COMPLAINT)
    other = board_over(store, tmp_path / "two")
    assert other.begin(CALL, called()) == answers[0]
    for token, heard, answer in zip([each.token for each in answers], COMPLAINT, answers[1:], strict=False):
        assert other.drive(token, CALL, heard) == answer
    assert len(store.chain(CALL)) == 4


def test_no_number_and_no_keys_stand_in_the_clear(board):
    walk(board, *COMPLAINT)
    record, chain = board.store.call(CALL), board.store.chain(CALL)
    kept = b"".join([record.private, record.caller, *(turn.private for turn in chain)])
    assert b"4155550123" not in kept
    assert b"1234" not in kept
    told = [read_told(turn, key_of(record, board.keyring)) for turn in chain]
    assert told[0].input.number == "+14155550123"
    assert told[2].input.keys == "1234"


def test_a_secret_stands_in_no_record_and_a_repeat_is_still_answered(board):
    _, pin = walk(board, Pressed(NOW + 1, "2"))
    keyed = Pressed(NOW + 2, "9876")
    after = board.drive(pin.token, CALL, keyed)
    assert board.drive(pin.token, CALL, keyed) == after
    record = board.store.call(CALL)
    key = key_of(record, board.keyring)
    private = [key.open(turn.id, turn.private) for turn in board.store.chain(CALL)]
    assert not [text for text in private if b"9876" in text]
    board.drive(after.token, CALL, Pressed(NOW + 3, "4"))
    assert replayed(board) == 4
    assert board.end(CALL, NOW + 9)


def test_a_rotation_in_mid_call_changes_no_byte(board, store, tmp_path):
    answers = walk(board, *COMPLAINT)
    rotated = board_over(store, tmp_path / "two", [("k2", b"2" * 32), SECRET])
    assert rotated.begin(CALL, called()) == answers[0]
    assert rotated.drive(answers[0].token, CALL, COMPLAINT[0]) == answers[1]
    assert rotated.begin("CA2", called()).token.startswith("1k2.")


def test_a_publish_in_mid_call_leaves_the_call_in_its_version(board):
    first = board.begin(CALL, called())
    publish(board, hotline("bb" * 32, "So long."))
    assert board.begin(CALL, called()) == first
    after = board.drive(first.token, CALL, Pressed(NOW + 1, "1"))
    assert board.store.chain(CALL)[1].version == "aa" * 32
    assert board.begin("CA2", called()) != first
    assert board.store.call("CA2").version == "bb" * 32
    assert after.token


def test_a_token_works_for_its_call_alone(board):
    first = board.begin(CALL, called())
    with pytest.raises(TokenRefused):
        board.drive(first.token, "CA2", Pressed(NOW, "1"))
    with pytest.raises(TokenRefused):
        board.drive("nonsense", CALL, Pressed(NOW, "1"))


def test_before_anything_is_published_nobody_is_answered(store, tmp_path):
    with pytest.raises(NothingPublished):
        board_over(store, tmp_path).begin(CALL, called())


def test_an_unknown_number_of_ours_goes_to_the_default_line(board):
    assert "Welcome." in texts(board.begin(CALL, called(to="+19995550100")))


def test_an_agent_hears_the_whisper_and_takes_the_call(board):
    *_, reference = walk(board, *COMPLAINT)
    ringing = board.drive(reference.token, CALL, Continued(NOW + 9))
    whisper = board.side(ringing.token, Leg("CA9", CALL), Continued(NOW + 11))
    assert isinstance(whisper.verbs[0], Listen)
    assert board.side(ringing.token, Leg("CA9", CALL), Continued(NOW + 30)) == whisper
    taken = board.side(whisper.token, Leg("CA9", CALL), Pressed(NOW + 12, "1"))
    assert "A call about" in texts(taken)
    assert board.side(whisper.token, Leg("CA9", CALL), Silent(NOW + 13)) == taken
    assert board.side(whisper.token, Leg("CA8", CALL), Silent(NOW + 13)).verbs == (Hang(),)
    last = board.drive(ringing.token, CALL, Dialed(NOW + 99, "completed", True, 80))
    assert last.verbs[-1] == Hang()
    assert replayed(board) == 9


def rung_together(board, *targets):
    """A call for which a browser and an exchange ring, and what happened on their legs."""
    content = hotline(version="dd" * 32)
    team = replace(content.tree.teams["care"], ring=("client:anna", "sip:bo@example.org"), order="together")
    publish(board, replace(content, tree=replace(content.tree, teams={"care": team})))
    ringing = walk(board, Pressed(NOW + 1, "0"))[-1]
    assert ringing.verbs[-1].targets == ("client:anna", "sip:bo@example.org")
    for number, target in enumerate(targets):
        leg = Leg(f"CA9{number}", CALL, target)
        board.side(ringing.token, leg, Continued(NOW + 2))
        board.side(ringing.token, leg, Silent(NOW + 7))
    return ringing.token


PASSED = Dialed(NOW + 9, "completed", False, 7)


@pytest.mark.parametrize("target", ["sip:bo@example.org", "sip:bo@example.org;transport=tcp", "sip:bo@example.org?X=1"])
def test_who_was_rung_with_one_who_passed_is_rung_again(board, store, tmp_path, target):
    token = rung_together(board, target)
    again = board.drive(token, CALL, PASSED)
    assert again.verbs == (Ring(("client:anna",), 20, 7200),)
    other = board_over(store, tmp_path / "two")
    assert other.drive(token, CALL, replace(PASSED, at=NOW + 12)) == again
    assert replayed(board) == 5


BOTH = ("client:anna", "sip:bo@example.org")


@pytest.mark.parametrize("targets", [(), ("client:anna", "sip:somebody@example.org"), BOTH])
def test_where_legs_do_not_tell_all_who_rang_have_passed(board, targets):
    token = rung_together(board, *targets)
    assert board.drive(token, CALL, PASSED).verbs[-1] == Hang()


def test_without_the_database_all_who_rang_have_passed(board, monkeypatch):
    token = rung_together(board, "sip:bo@example.org")

    def away(call):
        raise StoreUnavailable

    monkeypatch.setattr(board.store, "chain", away)
    assert board.drive(token, CALL, PASSED).verbs[-1] == Hang()


def test_who_hangs_up_while_recording_still_gets_a_case(board):
    *_, story = walk(board, *COMPLAINT[:2])
    left = HungUp(NOW + 5, Recorded(NOW + 5, "RE1", "http://carrier/RE1", 3))
    assert board.left(story.token, CALL, left)
    assert not board.left(story.token, CALL, left)
    assert board.end(CALL, NOW + 60)
    assert not board.end(CALL, NOW + 61)
    last = board.store.chain(CALL)[-1]
    assert last.kind == "end"
    assert [effect.kind for effect in last.effects] == ["KeepRecording", "CreateCase"]
    assert replayed(board) == 4


def test_a_recording_whose_own_request_was_lost_is_found_in_the_carriers_note(board):
    walk(board, *COMPLAINT[:2])
    told = {"RecordingSid": "RE1", "RecordingStatus": "completed", "RecordingUrl": "http://c/RE1"}
    early = {**told, "RecordingSid": "RE0"}
    board.note(Notice(CALL, CALL, "recording", "RE0 completed", NOW - 5, early))
    board.note(Notice(CALL, CALL, "recording", "RE1 completed", time.time() + 1, {**told, "RecordingDuration": "3"}))
    assert board.end(CALL, NOW + 60)
    end, late = board.store.chain(CALL)[-2:]
    assert [effect.kind for effect in end.effects] == ["KeepRecording", "CreateCase"]
    record = board.store.call(CALL)
    assert json.loads(open_effect(end.effects[0], key_of(record, board.keyring)))["sid"] == "RE1"
    assert json.loads(open_effect(late.effects[0], key_of(record, board.keyring)))["sid"] == "RE0"
    assert (late.parent, late.heard) == (end.id, "LateWords")
    assert replayed(board) == 5


def test_the_end_goes_on_from_the_branch_that_was_heard(board):
    first = board.begin(CALL, called())
    lost = board.drive(first.token, CALL, Pressed(NOW + 1, "4"))
    heard = board.drive(first.token, CALL, Silent(NOW + 2))
    assert lost != heard
    board.drive(lost.token, CALL, Silent(NOW + 3))
    board.end(CALL, NOW + 9)
    chain = {turn.id: turn for turn in board.store.chain(CALL)}
    end = next(turn for turn in chain.values() if turn.kind == "end")
    assert chain[chain[end.parent].parent].heard == "Pressed"


def test_a_call_that_nobody_knows_cannot_end(board):
    with pytest.raises(UnknownCall):
        board.end("CA0", NOW)


def test_the_fallback_says_the_last_answer_again(board):
    answers = walk(board, *COMPLAINT)
    assert board.fallback(CALL, called()) == answers[-1]
    assert len(board.store.chain(CALL)) == 4


def test_the_fallback_of_an_unknown_call_begins_it(board):
    assert board.fallback(CALL, called()) == board.begin(CALL, called())


def test_the_fallback_after_a_secret_goes_on(board):
    walk(board, Pressed(NOW + 1, "2"), Pressed(NOW + 2, "9876"))
    again = board.fallback(CALL, called())
    assert "Welcome." in texts(again)
    assert board.drive(again.token, CALL, Pressed(NOW + 5, "4")).token


def test_a_pretended_call_has_its_own_clock_numbers_and_facts(board, store):
    token = board.start_token("aa" * 32, "care", Pretend(1_000_000_000.0, {"team.care.open": False}))
    first = board.drive(token, CALL, called(), 0.0)
    account = board.drive(first.token, CALL, Pressed(NOW, "1"), 2.5)
    story = board.drive(account.token, CALL, Pressed(NOW, "1234"), 4)
    reference = board.drive(story.token, CALL, COMPLAINT[2], 5)
    assert reference.verbs[-1] == Hang()
    assert "Goodbye." in texts(reference)
    assert store.call(CALL).pretend
    told = read_told(store.chain(CALL)[1], key_of(store.call(CALL), board.keyring))
    assert told.input.at == 1_000_000_002.5
    told = read_told(store.chain(CALL)[-1], key_of(store.call(CALL), board.keyring))
    assert told.reads["number.complaint"].startswith("CT")
    assert board.drive(token, CALL, called(), 0.0) == first
    assert replayed(board) == 4
    with pytest.raises(TokenRefused):
        board.drive(token, CALL, Silent(NOW), 0.0)


def test_a_notice_is_written_once(board):
    notice = Notice(CALL, CALL, "status", "completed:3", NOW, {"status": "completed"})
    assert board.note(notice)
    assert not board.note(notice)


def test_the_history_names_who_published(board):
    assert [type(each) for each in board.store.versions.history()] == [Switch]
