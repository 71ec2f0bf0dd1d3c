"""What is written on a case, to and fro: answered once, noted, never past what somebody has not seen."""

from __future__ import annotations

import time
from dataclasses import replace
from html import unescape

import pytest
from kernel.boards import board_over, publish
from kernel.hotline import hotline as small_hotline

from ivr.codec import dumps
from ivr.engine.effects import CreateCase, Effect
from ivr.keys import Keyring
from ivr.messages import Said, key_for, new_case_key, seal
from ivr.records import name_of
from ivr.settings import read_settings
from ivr.store import Store
from ivr.store.cases import Case, Telling
from ivr.store.messages import Attachment, Message, Opening
from tests.console.test_calls_pages import CALLER
from tests.console.test_cases_pages import field, listed, post, the_case


def written_by_caller(store: Store, case: Case, words: str, **more: object) -> Message:
    """Make a text of the caller, as what receives them does."""
    ident = name_of("test", words)
    key = key_for(store, Keyring(read_settings().secret_keys), case.call, case.number)
    return Message(
        id=ident,
        direction="in",
        channel="sms",
        case=case.number,
        call=case.call,
        at=time.time(),
        private=seal(key, ident, Said(words, CALLER, **more)),
        state="kept",
    )


def test_an_answer_goes_out_once_however_often_the_form_comes(casework) -> None:
    store, clients = casework
    case, path = the_case(store), ""
    path = f"/cases/{case.number}"
    form = {
        "seen": field(clients["agent"].get(path).text, "seen"),
        "by": "sms",
        "answer": "We call you.",
        "then": "waiting",
    }
    for _ in range(3):
        page = unescape(post(clients["agent"], f"{path}/answer", **form).text)
        assert page.count("We call you.") == 1
        assert "waits to be sent" in page
        assert "was not sent" not in page
    (message,) = store.messages.of_case(case.number)
    assert (message.direction, message.author, the_case(store).status) == ("out", "Priya Nair", "waiting")


def test_of_two_who_answer_at_once_one_has_answered_and_the_other_keeps_the_words(casework) -> None:
    store, clients = casework
    case = the_case(store)
    path = f"/cases/{case.number}"
    seen = field(clients["agent"].get(path).text, "seen")
    post(clients["supervisor"], f"{path}/answer", seen=seen, by="sms", answer="Yes.")
    page = unescape(post(clients["agent"], f"{path}/answer", seen=seen, by="sms", answer="No.", then="solved").text)
    assert "your answer was not sent" in page
    assert ">No.</textarea>" in page
    assert [message.author for message in store.messages.of_case(case.number)] == ["Marta Ruiz"]
    assert the_case(store).status == "new"
    page = unescape(post(clients["agent"], f"{path}/answer", seen=field(page, "seen"), by="sms", answer="No.").text)
    assert "was not sent" not in page
    assert len(store.messages.of_case(case.number)) == 2


def test_who_has_not_seen_what_the_caller_wrote_last_does_not_answer(casework) -> None:
    store, clients = casework
    case = the_case(store)
    seen = field(clients["agent"].get(f"/cases/{case.number}").text, "seen")
    store.messages.keep(written_by_caller(store, case, "Never mind."))
    page = unescape(post(clients["agent"], f"/cases/{case.number}/answer", seen=seen, by="sms", answer="We come.").text)
    assert "your answer was not sent" in page
    assert "Never mind." in page
    assert len(store.messages.of_case(case.number)) == 1


@pytest.mark.parametrize("status", ["solved", "closed", "waiting"])
def test_no_case_is_laid_down_over_words_that_whoever_does_so_has_not_seen(casework, status: str) -> None:
    store, clients = casework
    case = the_case(store)
    path = f"/cases/{case.number}"
    page = clients["agent"].get(path).text
    form = {"revision": field(page, "revision"), "seen": field(page, "seen"), "status": status}
    store.messages.keep(written_by_caller(store, case, "Wait, there is gas in the cellar"))
    page = unescape(post(clients["agent"], f"{path}/change", **form).text)
    assert "Something was written on this case in the meantime, so it was not changed" in page
    assert "gas in the cellar" in page
    assert the_case(store).status == "new"
    form["seen"] = field(page, "seen")
    post(clients["agent"], f"{path}/change", **form)
    assert the_case(store).status == status


def test_a_case_that_a_message_opened_is_worked_on_like_any_other(casework) -> None:
    store, clients = casework
    number, ident, now = "C90018", b"i" * 16, time.time()
    row, key = new_case_key(Keyring(read_settings().secret_keys), number)
    private = key.seal(ident, dumps(Effect, CreateCase(number, "complaint", "The meter", 3, "care", "en-US")).encode())
    case = Case(
        number=number,
        effect=ident,
        call="",
        visit=number,
        kind="complaint",
        team="care",
        priority=3,
        language="en-US",
        at=now,
        private=private,
    )
    said = seal(key, ident, Said("It runs backwards.", "dana@example.org", subject="The meter"))
    came = replace(
        written_by_caller(store, the_case(store), ""), id=ident, channel="email", case=number, call="", private=said
    )
    store.messages.keep(came, opens=Opening(case, row))
    page = unescape(clients["agent"].get(f"/cases/{number}").text)
    for words in ("It runs backwards.", "dana@example.org", "opened by a message", "<h1>The meter</h1>"):
        assert words in page
    assert listed(clients["agent"], "?q=meter") == [number]
    page = post(clients["agent"], f"/cases/{number}/answer", seen=1, by="email", answer="We look.", then="waiting").text
    assert "We look." in page
    assert store.messages.of_case(number)[1].channel == "email"


def test_words_that_were_prepared_are_offered_in_the_language_of_the_case(casework) -> None:
    store, clients = casework
    templates = {"en-US": {"thanks": "Thank you: {case.number}.", "help": "Ours."}}
    published = replace(small_hotline(), hash="e" * 64, templates=templates)
    publish(board_over(store, read_settings().data), published)
    page = unescape(clients["agent"].get(f"/cases/{the_case(store).number}").text)
    assert f'<option value="Thank you: {the_case(store).number}.">thanks</option>' in page
    assert "Ours." not in page


def test_what_cannot_be_sent_is_said_and_kept(casework) -> None:
    store, clients = casework
    path = f"/cases/{the_case(store).number}"
    page = unescape(post(clients["agent"], f"{path}/answer", seen=0, by="email", answer="Dear caller").text)
    assert "e-mail address" in page
    assert ">Dear caller</textarea>" in page
    page = unescape(
        post(clients["agent"], f"{path}/answer", seen=0, by="sms", to="dana@example.org", answer="Hello").text
    )
    assert "not a phone number" in page, "an address is no number to write to"
    assert "nothing in it" in unescape(post(clients["agent"], f"{path}/answer", seen=0, by="sms", answer="  ").text)
    assert store.messages.of_case(the_case(store).number) == []
    post(clients["agent"], f"{path}/answer", seen=0, by="email", to="dana@example.org", answer="Dear caller")
    assert "dana@example.org" not in str(store.messages.of_case(the_case(store).number)), "sealed"


def test_a_note_is_kept_once_and_is_for_colleagues(casework) -> None:
    store, clients = casework
    path = f"/cases/{the_case(store).number}"
    once = field(clients["agent"].get(path).text, "once")
    for _ in range(2):
        page = unescape(post(clients["agent"], f"{path}/note", once=once, note="She was right.").text)
        assert page.count("She was right.") == 1
    (message,) = store.messages.of_case(the_case(store).number)
    assert (message.direction, message.state) == ("note", "kept")
    assert b"right" not in message.private


def test_an_answer_of_the_caller_is_shown_with_its_files_which_are_saved_and_never_opened(casework) -> None:
    store, clients = casework
    case = the_case(store)
    names = {"names": ("meter <1>.jpg",), "left_out": ("page.html: not taken",)}
    came = written_by_caller(store, case, "The meter.", **names)
    (read_settings().data / "messages").mkdir()
    (read_settings().data / "messages" / "0").write_bytes(b"\xff\xd8\xff picture")
    store.cases.change(case, {"status": "waiting"}, Telling("Priya", 1.0))
    store.messages.keep(came, [Attachment("image/jpeg", 11, "a" * 64, "messages/0")])
    page = clients["agent"].get(f"/cases/{case.number}").text
    for words in ("The meter.", "meter &lt;1&gt;.jpg", "Not kept: page.html", "the caller has answered"):
        assert words in page
    path = f"/cases/{case.number}/files/{came.id.hex()}"
    with clients["agent"].get(f"{path}/0") as saved:
        assert saved.headers["Content-Disposition"].startswith("attachment")
        assert saved.headers["X-Content-Type-Options"] == "nosniff"
        assert saved.data == b"\xff\xd8\xff picture"
    for wrong in (f"{path}/1", f"/cases/{case.number}/files/{'0' * 32}/0", f"/cases/C99999/files/{came.id.hex()}/0"):
        assert clients["agent"].get(wrong).status_code == 404, wrong
    assert clients["operator"].get(f"{path}/0").status_code == 403
