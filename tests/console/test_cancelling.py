"""A promise to call back is taken back on the pages where it is shown, by who may, and the audit trail says by whom."""

from __future__ import annotations

import time
from html import unescape

import pytest

from ivr.codec import dumps
from ivr.engine.effects import Effect, RequestCallBack
from ivr.keys import Keyring
from ivr.privacy import key_of
from ivr.settings import read_settings
from ivr.store import Store
from ivr.store.call_backs import CallBack
from tests.console.test_calls_pages import CALL
from tests.console.test_cases_pages import Clients, post, the_case

BUTTON = "Cancel this call back"


def promised(store: Store) -> CallBack:
    """Promise a call back on the only case, as the job process does."""
    effect, case = b"p" * 16, the_case(store)
    key = key_of(store.call(CALL), Keyring(read_settings().secret_keys))
    wanted = RequestCallBack("care", "+14155550123", "", 0.0, "UTC", "en-US")
    made = CallBack(
        effect=effect,
        call=CALL,
        turn=b"t",
        team="care",
        first_at=0.0,
        zone="UTC",
        language="en-US",
        case=case.number,
        private=key.seal(effect, dumps(Effect, wanted).encode()),
        at=1.0,
        joined_at=1.0,
    )
    store.call_backs.keep(made, time.time())
    return made


@pytest.mark.parametrize("on", ["call", "case"])
def test_who_leads_agents_takes_a_promise_back_on_the_page_of_its_call_and_of_its_case(
    casework: tuple[Store, Clients], on: str
) -> None:
    store, clients = casework
    made = promised(store)
    pages = {"call": f"/calls/{CALL}", "case": f"/cases/{made.case}"}
    for who in ("agent", "auditor"):
        page = unescape(clients[who].get(pages["case"]).text)
        assert "team care" in page
        assert BUTTON not in page, who
        assert post(clients[who], f"/call-backs/{made.effect.hex()}/cancel").status_code == 403
    assert store.call_backs.find(made.effect).state == "waiting"
    supervisor = clients["supervisor"]
    assert BUTTON in supervisor.get(pages[on]).text
    answer = post(supervisor, f"/call-backs/{made.effect.hex()}/cancel", on=on)
    assert answer.request.path == pages[on]
    assert "The call back is cancelled" in unescape(answer.text)
    assert BUTTON not in answer.text
    told = store.call_backs.find(made.effect)
    assert (told.state, told.reason) == ("cancelled", "by Marta Ruiz")
    deed = store.audit.of("cancelled a call back", made.effect.hex())
    assert deed is not None
    assert (deed.deed.who, deed.via) == ("Marta Ruiz", "browser")
    again = unescape(post(supervisor, f"/call-backs/{made.effect.hex()}/cancel", on=on).text)
    assert "The call back is over already" in again


def test_a_promise_that_is_none_is_not_there(casework: tuple[Store, Clients]) -> None:
    _, clients = casework
    for name in ("zz", "00" * 16):
        assert clients["admin"].post(f"/call-backs/{name}/cancel").status_code == 404
