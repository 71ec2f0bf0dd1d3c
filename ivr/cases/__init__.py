"""Cases as people read them."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.codec import NotCodable
from ivr.engine.effects import CreateCase
from ivr.keys import KeyNotHeld, Keyring
from ivr.privacy import NotReadable, key_of
from ivr.records import EffectRecord
from ivr.store import Store
from ivr.store.cases import Case
from ivr.turns import read_effect


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case with what its caller said; `said` is None where the call's key is not held, or was erased."""

    case: Case
    said: CreateCase | None


def opened(case: Case, store: Store, keyring: Keyring) -> OpenCase:
    """Open one case with the key of its call."""
    call = store.call(case.call)
    if call is None:
        return OpenCase(case, None)
    try:
        effect = read_effect(EffectRecord(case.effect, 0, "CreateCase", case.private), key_of(call, keyring))
    except (KeyNotHeld, NotReadable, NotCodable):
        return OpenCase(case, None)
    return OpenCase(case, effect if isinstance(effect, CreateCase) else None)
