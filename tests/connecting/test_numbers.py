"""`ivr connect`: where the carrier leads calls and messages, first the plan, then the deed, then nothing more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rig.judge import Judge
from rig.server import ACCOUNT, KEYS, TOKEN

from ivr.commands.connect import command
from ivr.errors import SettingError
from ivr.retries import RETRIES
from ivr.simulator.carrier import Carrier
from ivr.simulator.replies import Reply
from ivr.simulator.rest import RestSide
from ivr.simulator.rest_numbers import own_number

CARE, OTHER = "+18005550100", "+18005550777"
US = "https://hotline.example.org"


class Account:
    """The double, with what was asked of it."""

    def __init__(self) -> None:
        self.carrier = Carrier(ACCOUNT, TOKEN)
        self.asked: list[tuple[str, str]] = []
        self.witness: Judge | None = None

    def see(self, method: str, target: str, body: bytes, reply: Reply) -> None:
        self.asked.append((method, target))
        if self.witness:
            self.witness(method, target, body, reply)

    def changes(self) -> int:
        return sum(method == "POST" for method, _ in self.asked)


@pytest.fixture
def account(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    made = Account()
    with RestSide(made.carrier, witness=made.see) as side:
        names = {"IVR_DATA": str(tmp_path), "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN}
        names |= {"IVR_SECRET_KEYS": KEYS, "PUBLIC_URL": US, "TWILIO_API_URL": side.url}
        names |= {"IVR_CONFIG": str(root / "config.yaml"), "IVR_MENUS": str(root / "menus")}
        for name, value in names.items():
            monkeypatch.setenv(name, value)
        yield made


def run(*words: str) -> Result:
    return CliRunner().invoke(command, list(words), catch_exceptions=False)


def test_the_plan_changes_nothing_the_deed_does_and_the_same_again_changes_nothing(account: Account) -> None:
    care = own_number(account.carrier, CARE)
    planned = run()
    assert f"number {CARE}: change (voice_url, voice_method," in planned.output
    assert planned.output.endswith("1 to change; nothing is done yet: --yes does it\n")
    assert (account.changes(), care["voice_url"]) == (0, None)
    assert run("--yes").output.endswith("done: 1 changed\n")
    assert (care["voice_url"], care["voice_method"]) == (f"{US}/voice{RETRIES}", "POST")
    assert (care["voice_fallback_url"], care["voice_fallback_method"]) == (f"{US}/voice/fallback{RETRIES}", "POST")
    assert (care["status_callback"], care["status_callback_method"]) == (f"{US}/voice/status{RETRIES}", "POST")
    assert care["sms_url"] == care["sms_fallback_url"] == f"{US}/sms{RETRIES}"
    again = run("--yes", "--json")
    assert json.loads(again.output)["steps"] == [{"does": "keep", "kind": "number", "name": CARE, "fields": []}]
    assert account.changes() == 1


def test_only_what_differs_is_sent(account: Account) -> None:
    care = own_number(account.carrier, CARE)
    run("--yes")
    care["voice_method"] = "GET"
    assert f"number {CARE}: change (voice_method)" in run().output


def test_the_static_fallback_is_fetched_by_get(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    care = own_number(account.carrier, CARE, sms=False)
    monkeypatch.setenv("FALLBACK_URL", "https://files.example.org/fallback.xml")
    run("--yes")
    assert care["voice_fallback_url"] == f"https://files.example.org/fallback.xml{RETRIES}"
    assert care["voice_fallback_method"] == "GET"
    assert care["sms_url"] is None  # it takes no messages


def test_a_number_of_no_line_is_left(account: Account) -> None:
    own_number(account.carrier, CARE)
    other = dict(own_number(account.carrier, OTHER))
    assert f"number {OTHER}: not ours, left alone" in run("--yes").output
    assert other in account.carrier.ledger.numbers.values()


def test_what_only_people_can_do_is_said_and_ends_with_3(account: Account) -> None:
    absent = run("--yes")
    assert (absent.exit_code, absent.output) == (
        3,
        f"number {CARE}: is no number of this account: buy it there, or correct config.yaml\n",
    )
    care = own_number(account.carrier, CARE)
    care["trunk_sid"] = "TK" + "0" * 32
    led = run("--yes")
    assert (led.exit_code, account.changes()) == (3, 0)
    assert "is led elsewhere at the carrier, take that away in its console (trunk_sid)" in led.output


def test_without_a_carrier_there_is_nothing_to_connect(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    del account
    monkeypatch.delenv("TWILIO_API_URL")
    monkeypatch.setenv("PUBLIC_URL", "http://127.0.0.1:8000")
    with pytest.raises(SettingError, match=r"the carrier cannot reach http://127\.0\.0\.1"):
        run("--yes")


@pytest.mark.shared
def test_what_is_asked_is_as_the_vendor_describes_it(account: Account, shared: Path) -> None:
    account.witness = Judge(shared / "openapi/twilio_api_v2010.json")
    own_number(account.carrier, CARE)
    own_number(account.carrier, OTHER, sms=False)
    run("--yes")
    assert account.witness.faults == []
    numbers = "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers"
    assert account.witness.seen == {("GET", f"{numbers}.json"), ("POST", f"{numbers}/{{Sid}}.json")}
