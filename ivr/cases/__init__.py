"""Cases as people read them."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.codec import NotCodable
from ivr.engine.effects import CreateCase
from ivr.keys import KeyNotHeld, Keyring
from ivr.messages import key_for
from ivr.privacy import NotReadable
from ivr.records import EffectRecord
from ivr.store import Store
from ivr.store.cases import Case
from ivr.turns import read_effect


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case with what its caller said; `said` is None where the key is not held, or was erased."""

    case: Case
    said: CreateCase | None


def opened(case: Case, store: Store, keyring: Keyring) -> OpenCase:
    """Open one case with the key of its call, or with its own where a message opened it."""
    try:
        key = key_for(store, keyring, case.call, case.number)
        effect = read_effect(EffectRecord(case.effect, 0, "CreateCase", case.private), key)
    except (KeyNotHeld, NotReadable, NotCodable):
        return OpenCase(case, None)
    return OpenCase(case, effect if isinstance(effect, CreateCase) else None)
