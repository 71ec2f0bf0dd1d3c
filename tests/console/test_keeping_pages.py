"""What is kept, held, handed out and erased, on the pages."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile

import pytest
from playwright.sync_api import Browser, expect
from rig.cases import CALLER, complain
from rig.looks import VIEWS, look
from rig.people import sign_in

from ivr.keys import Keyring
from ivr.settings import read_settings
from ivr.store import Store
from ivr.store.calls import Ending
from tests.console.test_calls_pages import CALL


def a_case(store: Store, number: str = "C10099") -> str:
    """Have somebody complain in a call that has ended; its CallSid."""
    complain(store, Keyring(read_settings().secret_keys), number)
    store.calls.end(f"CA{number}", Ending(time.time(), "case", 3, 0))
    return f"CA{number}"


def test_retention_shows_each_time_with_the_place_where_it_is_written(published) -> None:
    _, clients, _ = published
    told = clients["auditor"].get("/settings/retention").text
    assert re.search(r"What was said and pressed.*?400 days.*?config\.yaml:\d+", told, re.DOTALL)
    assert re.search(r"Recordings of callers and talks.*?90 days.*?config\.yaml:\d+", told, re.DOTALL)
    assert 'not in the file: <span class="mono">retention.exports</span>' in told
    assert "Nothing is held" in told
    assert "Nobody was erased" in told


def test_what_is_held_of_a_person_is_shown_to_admins_alone(casework) -> None:
    store, clients = casework
    call, admin = a_case(store), clients["admin"]
    for role in ("agent", "supervisor", "auditor"):
        assert f"/person?of={call}" not in clients[role].get(f"/calls/{call}").text
        assert clients[role].get(f"/person?of={call}").status_code == 403
    assert f"/person?of={call}" in admin.get(f"/calls/{call}").text
    assert "/person?of=C10099" in admin.get("/cases/C10099").text
    shown = admin.get("/person?of=C10099").text
    assert f"/calls/{call}" in shown
    assert "recordings" in shown
    assert store.call(CALL).wrapped


def test_a_person_is_taken_out(casework) -> None:
    store, clients = casework
    call, admin = a_case(store), clients["admin"]
    with zipfile.ZipFile(io.BytesIO(admin.post("/person/take-out", data={"of": call}, buffered=True).data)) as held:
        assert json.loads(held.read("person.json"))["numbers"] == [CALLER]


def test_a_hold_keeps_a_person_from_being_erased_until_it_is_lifted(casework) -> None:
    store, clients = casework
    call, admin = a_case(store), clients["admin"]
    assert "a hold needs a reason" in admin.post("/person/hold", data={"of": "C10099"}).text
    admin.post("/person/hold", data={"of": "C10099", "reason": "court <24>"})
    assert "Case C10099 is under a legal hold of Helen Okafor: court &lt;24&gt;" in admin.get(f"/person?of={call}").text
    refused = admin.post("/person/erase", data={"of": call, "word": "erase"})
    assert "is under a legal hold" in refused.text
    assert store.call(call).wrapped
    admin.post("/holds/C10099/lift")
    assert store.holds.all() == []
    trail = {line.deed.did for line in store.audit.latest(50)}
    assert {"set a legal hold", "lifted a legal hold", "looked at what is held of a person"} <= trail


def test_a_person_is_erased_once_the_word_was_typed(casework) -> None:
    store, clients = casework
    call, admin = a_case(store), clients["admin"]
    assert "nothing was erased" in admin.post("/person/erase", data={"of": call, "word": "yes"}).text
    assert store.call(call).wrapped
    done = admin.post("/person/erase", data={"of": call, "word": "Erase"}, follow_redirects=True)
    assert "Certificate of an erasure" in done.text
    assert not store.call(call).wrapped
    assert CALLER not in done.text
    (made,) = store.erasures.latest(10)
    told = json.loads(clients["auditor"].get(f"/erasures/{made.id}.json").data)
    assert told["asked_by"] == "Helen Okafor"
    assert clients["agent"].get(f"/erasures/{made.id}").status_code == 403
    assert "was erased" in admin.get(f"/calls/{call}").text
    listed = clients["operator"].get("/settings/retention").text
    assert made.id in listed
    assert f"/erasures/{made.id}" not in listed
    assert "had a person erased" in {line.deed.did for line in store.audit.latest(50)}
    assert store.call(CALL).wrapped


def test_what_is_not_known_is_no_error_of_ours(casework) -> None:
    _, clients = casework
    assert clients["admin"].get("/person").status_code == 404
    assert clients["admin"].get("/person?of=CA-of-nobody").status_code == 404
    assert clients["admin"].get("/erasures/nothing").status_code == 404
    assert clients["admin"].post("/holds/nothing/lift").status_code == 404


@pytest.mark.browser
@VIEWS
def test_a_person_is_erased_by_keyboard(
    opened: Browser, hotline: str, opened_store: Store, scheme: str, width: int
) -> None:
    number = f"C2{width:04}"
    complain(opened_store, Keyring([("k1", bytes(range(32)))]), number)
    opened_store.calls.end(f"CA{number}", Ending(time.time(), "case", 3, 0))
    context = opened.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    sign_in(page, hotline, "admin")
    page.goto(f"{hotline}/calls/CA{number}")
    page.get_by_role("link", name="What is held of the person").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What is held of the person")).to_be_visible()
    look(page, "person")
    page.get_by_label("Write erase to confirm it").focus()
    page.keyboard.type("erase")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Certificate of an erasure")).to_be_visible()
    look(page, "certificate")
    page.get_by_role("link", name="Retention").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Retention", exact=True)).to_be_visible()
    look(page, "retention")
    context.close()
