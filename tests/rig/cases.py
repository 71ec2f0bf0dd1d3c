"""Cases for tests, written down as the switchboard and the job process do."""

from __future__ import annotations

import json
import time

from ivr.codec import dumps
from ivr.engine.effects import CreateCase, Effect
from ivr.keys import Keyring
from ivr.privacy import call_key, caller_index, new_seed, wrap
from ivr.records import CallRecord, Entry, TurnRecord
from ivr.store import Store
from ivr.store.cases import Case
from ivr.store.recordings import Recording

CALLER = "+14155550123"


def complain(store: Store, keyring: Keyring, number: str, caller: str = CALLER, **more: object) -> str:
    """Open a case in a call of its own, with a recording; give its number."""
    call, seed, now = f"CA{number}", new_seed(), time.time()
    cipher = call_key(keyring.first, seed)
    numbers = cipher.seal(call.encode(), json.dumps({"from": caller, "to": "+18005550100"}).encode())
    wrapped, index = wrap(keyring.first, call, seed), caller_index(keyring.first, caller)
    record = CallRecord(call, "care", "v" * 64, now, False, index, keyring.first.id, cipher.name, wrapped, numbers)
    ident = keyring.first.record_id(call.encode(), b"0")
    said = CreateCase(
        number, "complaint", "October bill", 2, "complaints", "en-US", {"account": "40227195"}, (f"RE{number}",)
    )
    private = cipher.seal(ident, dumps(Effect, said).encode())
    turn = TurnRecord(
        id=ident,
        request=ident,
        call=call,
        leg=call,
        parent=b"",
        kind="end",
        version="v" * 64,
        engine=1,
        at=now,
        took=1,
        place="main.main",
        heard="HungUp",
        private=b"",
        seed=cipher.name,
    )
    store.commit(Entry(turn, record))
    values = {"kind": "complaint", "team": "complaints", "priority": 2, "language": "en-US", "at": now} | more
    made = Case(number=number, effect=ident, call=call, visit=number, private=private, **values)
    assert store.cases.create(made, now)
    kept = Recording(f"RE{number}", call, ident, "kept", "inbox/x.wav", "a" * 64, 41, 9, "", 1, now, now)
    store.recordings.expect(kept, now)
    return number
