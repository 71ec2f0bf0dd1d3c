"""A store on each real database, keys, folders, and calls with everything in them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from rig.cases import CALLER, complain
from rig.stores import postgres, store, url

from ivr.archive.calls import Archive
from ivr.callers import Callers, Kept
from ivr.carrier.copies import Copies
from ivr.codec import dumps
from ivr.depot.choosing import depot_of
from ivr.engine.effects import Effect, RequestCallBack
from ivr.keeping.erase import Eraser
from ivr.keeping.places import Places
from ivr.keys import Keyring
from ivr.messages import Conversation, Draft
from ivr.privacy import key_of
from ivr.records import NoteRecord, TranscriptRecord, name_of
from ivr.settings import Settings, read_settings
from ivr.simulator.carrier import Carrier
from ivr.simulator.ledger import CallEntry, TextEntry
from ivr.simulator.rest import RestSide
from ivr.store import Store
from ivr.store.call_backs import CallBack
from ivr.store.calls import Ending
from ivr.store.messages import Came
from ivr.worker.copies import CopyDeeds
from tests.worker.conftest import ACCOUNT, TOKEN

__all__ = ["postgres", "store", "url"]
WORDS = "my neighbour Ole Hansen has the meter"


@pytest.fixture
def carrier() -> Iterator[tuple[Carrier, RestSide]]:
    made = Carrier(ACCOUNT, TOKEN)
    with RestSide(made) as side:
        yield made, side


@pytest.fixture
def settings(url: str, carrier: tuple[Carrier, RestSide], tmp_path: Path) -> Settings:
    return read_settings(
        {
            "IVR_DATA": str(tmp_path),
            "IVR_RECORDINGS": str(tmp_path / "recordings"),
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_URL": carrier[1].url,
            "IVR_SECRET_KEYS": "k1:" + "QUFB" * 16,
            **({"DATABASE_URL": url} if url else {}),
        }
    )


@dataclass(frozen=True, slots=True)
class House:
    """Everything that keeps and erases."""

    store: Store
    keyring: Keyring
    places: Places
    archive: Archive
    eraser: Eraser
    copies: CopyDeeds
    carrier: Carrier
    settings: Settings

    def caller(self, number: str, caller: str = CALLER, *, ended: bool = True) -> str:
        """Have somebody call and leave all that can be left; gives the CallSid, the case being `number`."""
        store, now = self.store, time.time()
        complain(store, self.keyring, number, caller)
        call = f"CA{number}"
        key = key_of(store.call(call), self.keyring)
        folder = self.settings.recordings / "inbox" / call
        folder.mkdir(parents=True)
        (folder / f"RE{number}.wav").write_bytes(b"RIFF" + WORDS.encode())
        with store.database.writing() as connection:
            connection.exec_driver_sql(
                f"UPDATE recordings SET path = 'inbox/{call}/RE{number}.wav' WHERE sid = 'RE{number}'"
            )
        store.transcripts.keep(
            TranscriptRecord(
                f"RE{number}", call, "completed", key.seal(name_of("words", f"RE{number}"), WORDS.encode()), now
            )
        )
        said = {"RecordingSid": f"RE{number}", "RecordingUrl": f"https://api/{call}/RE{number}"}
        store.note(NoteRecord(name_of("n", call), call, call, "recording", now, json.dumps(said)))
        store.note(NoteRecord(name_of("s", call), call, call, "status", now, '{"CallDuration": "61"}'))
        self._promise(call, number, key, now)
        self._write(number, now)
        Callers(store, self.keyring).keep(caller, Kept(name="Ole Hansen", vip=True))
        if ended:
            store.calls.end(call, Ending(now, "case", 3, 0))
        self._at_the_carrier(call, number, caller)
        return call

    def _promise(self, call: str, number: str, key: object, now: float) -> None:
        wish = RequestCallBack("complaints", CALLER, "2026-11-27T14:30", now, "Europe/Copenhagen", "en-US", number)
        effect = name_of("cb", call)
        made = CallBack(
            effect=effect, call=call, turn=b"t", team="complaints", first_at=now, zone="Europe/Copenhagen",
            language="en-US", case=number, private=key.seal(effect, dumps(Effect, wish).encode()), at=now,
            joined_at=now, due_at=now,
        )  # fmt: skip
        self.store.call_backs.keep(made, now)

    def _write(self, number: str, now: float) -> None:
        draft = Draft(case=number, channel="sms", body=f"About {WORDS}", author="Priya", once=number)
        assert Conversation(self.store, self.keyring).write(draft, now)
        (message,) = self.store.messages.of_case(number)
        self.store.messages.begin(message.id, 1, now, now + 60)
        self.store.messages.settle(message.id, 1, Came("sent", provider=f"SM{number}"), now)
        folder = self.places.data / "messages" / message.id.hex()
        folder.mkdir(parents=True)
        (folder / "0").write_bytes(WORDS.encode())

    def _at_the_carrier(self, call: str, number: str, caller: str) -> None:
        ledger = self.carrier.ledger
        ledger.note_call(CallEntry(call, caller, "+18005550100", "inbound", status="completed", ended=61.0))
        ledger.note_call(
            CallEntry(f"{call}leg", caller, "+15005550103", "outbound-dial", parent=call, status="completed")
        )
        ledger.note_recording(f"RE{number}", call, 3)
        ledger.transcriptions[f"TR{number}"] = f"RE{number}"
        ledger.texts.append(TextEntry(f"SM{number}", "+18005550100", caller, WORDS))


@pytest.fixture
def house(store: Store, settings: Settings, carrier: tuple[Carrier, RestSide]) -> House:
    keyring = Keyring(settings.secret_keys)
    places = Places(settings.data, depot_of(settings))
    eraser = Eraser(store, keyring, places)
    copies = CopyDeeds(store, Copies(settings))
    return House(store, keyring, places, Archive(store, keyring), eraser, copies, carrier[0], settings)
