"""The list of cases and one case: found, read, worked on by two at once, answered once, its recording heard."""

from __future__ import annotations

import re
import time
import wave
from dataclasses import replace
from html import unescape
from pathlib import Path

from flask.testing import FlaskClient
from rig.cases import complain
from werkzeug.test import TestResponse

from console.case_words import STATES, STATUS, due_of, told
from console.cases import PAGE
from ivr.keys import Keyring
from ivr.messages import Conversation, Draft
from ivr.settings import read_settings
from ivr.store import Store
from ivr.store import messages as message_words
from ivr.store.case_filter import Filter
from ivr.store.case_words import MOVES, NEVER, STATUSES
from ivr.store.cases import Case, Change, Telling
from ivr.store.recordings import Fetched
from tests.console.test_calls_pages import CALL, CALLER

Clients = dict[str, FlaskClient]


def the_case(store: Store) -> Case:
    return store.cases.search(Filter(), 1)[0]


def doubled(store: Store, number: str, **more: object) -> Case:
    first = the_case(store)
    made = replace(first, number=number, effect=number.encode(), visit=number, **more)
    assert store.cases.create(made, time.time())
    return made


def listed(client: FlaskClient, query: str = "") -> list[str]:
    return re.findall(r'href="/cases/(\w+)" data-row', client.get(f"/cases{query}").text)


def post(client: FlaskClient, path: str, **form: object) -> TestResponse:
    return client.post(path, data={name: str(value) for name, value in form.items()}, follow_redirects=True)


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def test_all_that_a_case_and_a_message_can_be_has_words() -> None:
    assert set(STATUS) == set(STATUSES) == set(MOVES)
    assert set(STATES) == set(message_words.STATES) - {message_words.KEPT}


def test_the_list_says_what_is_due_and_who_has_it(casework) -> None:
    store, clients = casework
    case = the_case(store)
    page = unescape(clients["agent"].get("/cases").text)
    for words in (case.number, "complaint", CALLER, "no due time", "nobody", "1 to do"):
        assert words in page
    store.cases.reckoned(case, time.time() - 3 * 86400)
    page = unescape(clients["agent"].get("/cases").text)
    assert "late by 3 days" in page
    assert "1 late" in page
    assert '<span class="count hot">1<' in clients["auditor"].get("/calls").text, "the rail says it on every page"
    assert "count hot" not in clients["operator"].get("/phone").text


def test_cases_are_found_by_what_stands_in_the_address(casework) -> None:
    store, clients = casework
    case, agent = the_case(store), clients["agent"]
    other = doubled(store, "C20014", team="care2", status="closed", at=case.at + 1)
    priya = store.people.named("Priya Nair").id
    store.cases.change(case, {"owner": priya}, Telling("Priya Nair", 1.0))
    for query, found in (
        ("", [case]),
        ("?status=any", [other, case]),
        ("?status=closed", [other]),
        ("?whose=mine", [case]),
        ("?whose=nobody", []),
        ("?whose=late", []),
        ("?kind=doubt", []),
        ("?team=care2&status=any", [other]),
        (f"?q={case.number}", [case]),
        ("?q=c20014", [other]),
        ("?q=C99999", []),
        ("?q=%2B1+415+555+0123", [other, case]),
        ("?q=%2B14155550199", []),
        ("?q=1234", [case]),  # the account that was keyed
        ("?q=zebra", []),
    ):
        assert listed(agent, query) == [each.number for each in found], query
    assert listed(clients["supervisor"], "?whose=mine") == []
    assert "Take one that nobody has" in clients["supervisor"].get("/cases?whose=mine").text
    assert agent.get("/cases?after=nonsense~C1").status_code == 404


def test_cases_are_found_by_words_of_their_conversation_and_of_their_doubles(casework) -> None:
    store, clients = casework
    case, agent = the_case(store), clients["agent"]
    double = doubled(store, "C20014", at=case.at + 1)
    written = Conversation(store, Keyring(read_settings().secret_keys))
    for number, body in ((case.number, "The Zeppelin is late."), (double.number, "Bring a ladder.")):
        draft = Draft(case=number, channel="note", body=body, author="Priya Nair", once=number)
        assert written.write(draft, time.time())
    assert listed(agent, "?q=zeppelin") == [case.number]
    assert listed(agent, "?q=LATE+1234") == [case.number], "one word of what was left, one of what was written since"
    assert listed(agent, "?q=ladder") == [double.number]
    assert listed(agent, "?q=zeppelin+ladder") == []
    post(agent, f"/cases/{case.number}/merge", revision=store.cases.find(case.number).revision, double=double.number)
    assert listed(agent, "?q=zeppelin+ladder") == [case.number]


def test_the_list_is_read_page_by_page_whether_by_due_time_or_by_words(casework) -> None:
    store, clients = casework
    keyring = Keyring(read_settings().secret_keys)
    more = ({"due_at": 1e9 + number, "at": 2e9 + number, "reckon": False} for number in range(PAGE + 7))
    numbers = [complain(store, keyring, f"C3{place:04d}", **each) for place, each in enumerate(more)]
    for query, first in (("", numbers), ("?q=OCTOBER+bill", numbers), ("?status=any", sorted(numbers, reverse=True))):
        path, seen = f"/cases{query}", []
        while path:
            page = unescape(clients["agent"].get(path).text)
            seen.append(re.findall(r'href="/cases/(\w+)" data-row', page))
            further = re.search(r'href="(/cases\?[^"]+)">Further', page)
            path = further[1] if further else ""
        flat = [number for page in seen for number in page]
        assert [len(page) for page in seen] == [PAGE, 7 + ("q" not in query)], query
        assert [number for number in flat if number in numbers] == first, query
        assert len(set(flat)) == len(flat)


def test_a_case_is_shown_to_who_may_see_it_and_that_it_was_opened_is_written_down(casework) -> None:
    store, clients = casework
    case = the_case(store)
    page = unescape(clients["agent"].get(f"/cases/{case.number}").text)
    for words in (CALLER, "1234", "Answer the caller", "opened by the menu"):
        assert words in page
    assert "whole call" not in page, "agents may not see calls"
    assert f"/calls/{CALL}" in clients["supervisor"].get(f"/cases/{case.number}").text
    line = store.audit.latest(1)[0].deed
    assert (line.who, line.did, line.what) == ("Marta Ruiz", "opened a case", case.number)
    read_only = unescape(clients["auditor"].get(f"/cases/{case.number}").text)
    assert "1234" in read_only
    assert 'method="post" action="/cases' not in read_only
    assert clients["operator"].get("/cases").status_code == 403
    assert clients["agent"].get("/cases/C99999").status_code == 404


def test_of_two_who_change_a_case_the_second_is_told_and_what_was_chosen_stays(casework) -> None:
    store, clients = casework
    case = the_case(store)
    path = f"/cases/{case.number}"
    seen = field(clients["agent"].get(path).text, "revision")
    assert "solved" in post(clients["supervisor"], f"{path}/change", revision=seen, seen=0, status="solved").text
    page = unescape(post(clients["agent"], f"{path}/change", revision=seen, priority=1, due="2027-01-04").text)
    assert "Marta Ruiz has changed" in page
    assert 'value="2027-01-04"' in page
    assert (the_case(store).status, the_case(store).priority) == ("solved", case.priority)
    fresh = field(page, "revision")
    assert "Marta Ruiz has changed" not in post(clients["agent"], f"{path}/change", revision=fresh, priority=1).text
    assert the_case(store).priority == 1


def test_a_case_goes_from_hand_to_hand_and_its_history_tells_it(casework) -> None:
    store, clients = casework
    case = the_case(store)
    path, priya = f"/cases/{case.number}", store.people.named("Priya Nair").id
    post(clients["agent"], f"{path}/change", revision=0, owner=priya, team="care", due="2027-01-04")
    page = unescape(clients["agent"].get(path).text)
    assert "status: new → we owe an answer" in page
    assert "owner: none → Priya Nair" in page
    assert "due: none → 2027-01-04" in page
    for wrong, words in (
        ({"owner": "somebody"}, "this person cannot work on cases"),
        ({"owner": store.people.named("Jun Sato").id}, "this person cannot work on cases"),
        ({"team": "nobody"}, "there is no such team"),
        ({"due": "soon"}, "is no day"),
        ({"due": "9999-12-31"}, "is no day"),
        ({"status": "new"}, "cannot become new"),
        ({"status": "gone"}, "cannot become gone"),
        ({"priority": "17"}, "17 is no priority"),
    ):
        assert words in unescape(post(clients["agent"], f"{path}/change", revision=1, **wrong).text), wrong
    assert the_case(store).revision == 1
    assert "Open again" in post(clients["agent"], f"{path}/change", revision=1, seen=0, status="closed").text


def test_a_double_is_taken_in_and_leads_to_the_case(casework) -> None:
    store, clients = casework
    case = the_case(store)
    double = doubled(store, "C20014")
    path = f"/cases/{case.number}"
    assert "C20014" in clients["agent"].get(path).text, "another case of the same caller"
    keyring = Keyring(read_settings().secret_keys)
    draft = Draft(case=double.number, channel="note", body="Of the double.", author="Leon", once="1")
    assert Conversation(store, keyring).write(draft, time.time())
    page = unescape(post(clients["agent"], f"{path}/merge", revision=0, double="C99999").text)
    assert "no case C99999 is known" in page
    page = unescape(post(clients["agent"], f"{path}/merge", revision=0, double=" c20014 ").text)
    for words in ("also known as", "took in the double C20014", "Of the double."):
        assert words in page
    assert clients["agent"].get("/cases/C20014").headers["Location"] == path
    assert listed(clients["agent"], "?q=C20014") == [case.number]


def test_a_recording_is_heard_in_parts_by_who_may_and_that_is_written_down(casework) -> None:
    store, clients = casework
    case = the_case(store)
    kept = Path(read_settings().recordings) / "inbox" / "RE1.wav"
    kept.parent.mkdir(parents=True)
    with wave.open(str(kept), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16_000))
    path = f"/cases/{case.number}/recordings/RE1"
    assert "no such recording" in clients["agent"].get(path).text, "it is not fetched yet"
    store.recordings.settle("RE1", Fetched("kept", "inbox/RE1.wav", "a" * 64, 1, 16_044), time.time())
    assert path in clients["agent"].get(f"/cases/{case.number}").text
    before = len(store.audit.latest(99))
    with clients["agent"].get(path, headers={"Range": "bytes=16000-"}) as part:
        assert (part.status_code, len(part.data)) == (206, 44)
    with clients["agent"].get(path) as whole:
        assert (whole.status_code, whole.mimetype, len(whole.data)) == (200, "audio/wav", 16_044)
    lines = [line.deed for line in store.audit.latest(len(store.audit.latest(99)) - before)]
    assert [(deed.who, deed.did, deed.what) for deed in lines] == [("Priya Nair", "listened to a recording", "RE1")]
    assert clients["operator"].get(path).status_code == 403
    with clients["auditor"].get(path) as heard:
        assert heard.status_code == 200
    assert clients["agent"].get(f"/cases/{case.number}/recordings/RE2").status_code == 404
    kept.unlink()
    assert "another machine" in clients["agent"].get(path).text


def test_when_nothing_is_to_do_the_page_says_where_cases_come_from(casework) -> None:
    store, clients = casework
    store.cases.change(the_case(store), {"status": "closed"}, Telling("Leon", 1.0))
    page = unescape(clients["agent"].get("/cases").text)
    assert "Nothing is to do" in page
    assert "<table" not in page


def test_due_times_are_told_in_the_words_of_the_day(casework) -> None:
    store, _ = casework
    noon = 1_795_690_800.0  # Thursday 26 November 2026, 12:00 in Copenhagen
    case = replace(the_case(store), due_at=noon)
    for changed, words in (
        ({"due_at": noon + 3600}, ("due today 13:00", "warn")),
        ({"due_at": noon + 86400}, ("due tomorrow 12:00", "")),
        ({"due_at": noon + 5 * 86400}, ("due Tue 1 Dec 12:00", "")),
        ({"due_at": noon - 1800}, ("late by 30 min", "bad")),
        ({"due_at": noon - 7500}, ("late by 2 h 5 min", "bad")),
        ({"due_at": noon - 90000}, ("late by 1 day", "bad")),
        ({"due_at": NEVER}, ("no due time", "off")),
        ({"due_at": noon - 90000, "status": "waiting"}, ("", "")),
        ({"due_at": noon - 90000, "status": "closed"}, ("", "")),
    ):
        assert due_of(replace(case, **changed), "Europe/Copenhagen", noon) == words
    assert (
        told(Change(1, 1.0, "", "late", {"priority": [3, 2]})) == "was late: more urgent from then on; priority: 3 → 2"
    )
