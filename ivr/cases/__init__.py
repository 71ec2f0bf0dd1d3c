"""Cases as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ivr.codec import NotCodable
from ivr.engine.effects import CreateCase
from ivr.keys import KeyNotHeld, Keyring
from ivr.messages import key_for
from ivr.privacy import NotReadable, key_of
from ivr.records import EffectRecord
from ivr.store import Store
from ivr.store.calls import CallRow
from ivr.store.cases import Case
from ivr.turns import read_effect


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case with what its caller said; `said` is None where the key is not held, or was erased."""

    case: Case
    said: CreateCase | None


def opened(case: Case, store: Store, keyring: Keyring) -> OpenCase:
    """Open one case with the key of its call, or with its own where a message opened it."""
    return opened_all([case], store, keyring)[0]


def opened_all(cases: Sequence[Case], store: Store, keyring: Keyring) -> list[OpenCase]:
    """Open cases, their calls looked up at once."""
    calls = store.calls.of(case.call for case in cases if case.call)
    return [_opened(case, calls.get(case.call), store, keyring) for case in cases]


def _opened(case: Case, call: CallRow | None, store: Store, keyring: Keyring) -> OpenCase:
    try:
        key = key_of(call.record, keyring) if call else key_for(store, keyring, case.call, case.number)
        effect = read_effect(EffectRecord(case.effect, 0, "CreateCase", case.private), key)
    except (KeyNotHeld, NotReadable, NotCodable):
        return OpenCase(case, None)
    return OpenCase(case, effect if isinstance(effect, CreateCase) else None)
