"""`ivr messages` tells what became of each message, and why."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from ivr.commands.messages import command
from ivr.keys import Keyring
from ivr.messages import Conversation, Draft
from ivr.settings import Settings
from ivr.store import Store
from ivr.store.messages import Came
from tests.messages.test_conversation import THEIRS, written_in
from tests.worker.conftest import ACCOUNT, TOKEN


@pytest.fixture
def url() -> str:
    """One database is enough for what is shown."""
    return ""


def test_messages_are_listed_with_their_state_and_why(
    store: Store, keyring: Keyring, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    written_in(store, keyring)
    Conversation(store, keyring).write(Draft(case="C10017", channel="sms", body="Hello", author="p1", once="a"), 1e9)
    (due,) = store.messages.due(1e9)
    store.messages.settle(due.id, 1, Came("failed", "this number is no mobile phone", "21614"), 1e9)
    for name, value in {
        "IVR_DATA": str(settings.data),
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "IVR_SECRET_KEYS": "k1:" + "QUFB" * 16,
    }.items():
        monkeypatch.setenv(name, value)
    told = CliRunner().invoke(command, ["c10017"]).output
    assert "this number is no mobile phone (21614)" in told
    assert "sms from" in told
    (line,) = CliRunner().invoke(command, ["--state", "failed", "--json"]).output.splitlines()
    found = json.loads(line)
    assert (found["address"], found["body"], found["code"]) == (THEIRS, "Hello", "21614")
    nothing = CliRunner().invoke(command, ["C99999"])
    assert (nothing.exit_code, nothing.output.strip()) == (1, "no message fits")
