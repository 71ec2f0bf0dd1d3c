"""A store, keys, a carrier that holds recordings, and sealed calls as the switchboard makes them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kernel.boards import board
from rig.stores import postgres, store, url

from ivr.codec import dumps
from ivr.engine.effects import Effect
from ivr.keys import Keyring
from ivr.privacy import call_key, new_seed, wrap
from ivr.records import CallRecord, EffectRecord, Entry, NoteRecord, TurnRecord
from ivr.settings import Settings, read_settings
from ivr.simulator.carrier import Carrier
from ivr.simulator.ledger import CallEntry
from ivr.simulator.rest import RestSide
from ivr.store import Store
from ivr.worker.deeds import Deeds
from ivr.worker.recordings import Inbox

__all__ = ["board", "postgres", "store", "url"]

ACCOUNT = "AC" + "0" * 32
TOKEN = "t" * 32
CALL = "CA" + "1" * 32
RECORDING = "RE" + "2" * 32


@pytest.fixture
def carrier() -> Iterator[tuple[Carrier, RestSide]]:
    made = Carrier(ACCOUNT, TOKEN)
    made.ledger.note_call(CallEntry(CALL, "+14155550123", "+18005550100", "inbound", status="completed", ended=61.0))
    made.ledger.note_recording(RECORDING, CALL, 3)
    with RestSide(made) as side:
        yield made, side


@pytest.fixture
def settings(carrier: tuple[Carrier, RestSide], tmp_path: Path) -> Settings:
    return read_settings(
        {
            "IVR_DATA": str(tmp_path),
            "IVR_RECORDINGS": str(tmp_path / "recordings"),
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_URL": carrier[1].url,
            "IVR_SECRET_KEYS": "k1:" + "QUFB" * 16,
        }
    )


@pytest.fixture
def keyring(settings: Settings) -> Keyring:
    return Keyring(settings.secret_keys)


@pytest.fixture
def deeds(store: Store, keyring: Keyring, settings: Settings) -> Deeds:
    return Deeds(store, keyring, Inbox(settings))


class Sealing:
    """Writes calls into a store as the switchboard does."""

    def __init__(self, store: Store, keyring: Keyring) -> None:
        self._store = store
        self._key = keyring.first
        self._calls = {}

    def turn(
        self,
        call: str,
        number: int,
        *effects: Effect,
        kind: str = "drive",
        at: float | None = None,
        told: dict[str, str] | None = None,
    ) -> bytes:
        """Commit turn `number` (from 1) of a call, the parent being the one before; `told` has the numbers."""
        begins = call not in self._calls
        seed = self._calls.setdefault(call, new_seed())
        cipher = call_key(self._key, seed)
        name = self._key.record_id(call.encode(), bytes([number]))
        parent = b"" if number == 1 else self._key.record_id(call.encode(), bytes([number - 1]))
        now = time.time() if at is None else at
        made = []
        for ordinal, effect in enumerate(effects):
            ident, text = self._key.record_id(name, bytes([ordinal])), dumps(Effect, effect).encode()
            made.append(EffectRecord(ident, ordinal, type(effect).__name__, cipher.seal(ident, text)))
        turn = TurnRecord(
            **dict.fromkeys(("id", "request"), name),
            **dict.fromkeys(("call", "leg"), call),
            parent=parent,
            kind=kind,
            version="v",
            engine=1,
            at=now,
            took=1,
            place="main.main",
            heard="Pressed",
            private=b"",
            seed=cipher.name,
            effects=tuple(made),
        )
        wrapped = wrap(self._key, call, seed)
        private = cipher.seal(call.encode(), json.dumps(told or {}).encode())
        record = CallRecord(call, "main", "v", now, False, b"", "k1", cipher.name, wrapped, private) if begins else None
        assert self._store.commit(Entry(turn, record))
        return name

    def note(self, number: int, call: str, kind: str, body: str, at: float | None = None) -> None:
        ident = number.to_bytes(16, "big")
        self._store.note(NoteRecord(ident, call, call, kind, time.time() if at is None else at, body))


@pytest.fixture
def sealing(store: Store, keyring: Keyring) -> Sealing:
    return Sealing(store, keyring)
