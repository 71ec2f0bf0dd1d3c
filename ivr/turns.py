"""The private part of a turn record: what was heard, read and noted, sealed under the call's own key.

A secret stands in no record. Where the caller keyed one, the keys are left out and the state after the turn is kept in
their place, its secrets hidden, so that the chain can be followed past that turn without knowing what was keyed. Beside
it stand keys that do the same (``ivr/switchboard/standins.py``): with them the turn can be run again and compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from ivr.codec import dumps, loads, write_json
from ivr.engine.effects import Effect
from ivr.engine.events import Event
from ivr.engine.inputs import Called, Continued, Dequeued, Dialed, Found, HungUp, Input, Pressed, Recorded, Said
from ivr.engine.state import CallState
from ivr.engine.tree import Ask, Tree, Value
from ivr.engine.turn import Turn
from ivr.keys import SecretKey
from ivr.privacy import CallKey
from ivr.records import EffectRecord, TurnRecord

HIDDEN = "*"  # stands for a secret in a state that is kept
SIDE = "side"  # the kind of a turn beside the caller's own way
TAKES = "1"  # the key that takes a call after the whisper


@dataclass(frozen=True, slots=True)
class Told:
    """What a turn's private part says."""

    input: Input
    reads: Mapping[str, Value]  # facts by name; None where one was unknown
    snapshot: str  # hash of the snapshot of facts
    age: float  # seconds that the snapshot had
    events: tuple[Event, ...]
    answer: str = ""  # digest of state and verbs, secrets hidden; "" where the turn cannot be run without them
    after: CallState | None = None  # the state after a secret was keyed, secrets hidden
    effects: tuple[Effect, ...] = field(default=())  # opened from the records beside it, never written here
    standin: str = ""  # keys that do what the secret ones did
    target: str = ""  # of a side turn: whom the carrier says that leg rang
    document: str = ""  # digest of the document that was the answer; "" where a secret was in play


def read_told(record: TurnRecord, key: CallKey) -> Told:
    """Open a record's private parts; NotReadable or NotCodable where they are not what we wrote."""
    told: Told = loads(Told, key.open(record.id, record.private).decode("utf-8", "surrogatepass"))
    if not record.effects:
        return told
    return replace(told, effects=tuple(read_effect(effect, key) for effect in record.effects))


@dataclass(frozen=True, slots=True)
class Keyed:
    """What somebody of ours keyed on a leg that rang them."""

    leg: str
    at: float
    keys: str
    target: str  # whom the carrier says that leg rang


def keyed(chain: Iterable[TurnRecord], key: CallKey, leg: str = "") -> list[Keyed]:
    """Open what was keyed on the legs of a call, or on one of them; NotReadable or NotCodable as `read_told`."""
    turns = [turn for turn in chain if turn.kind == SIDE and turn.heard == Pressed.__name__ and leg in {"", turn.leg}]
    told = [(turn, read_told(turn, key)) for turn in turns]
    return [
        Keyed(turn.leg, turn.at, one.input.keys, one.target) for turn, one in told if isinstance(one.input, Pressed)
    ]


def read_effect(record: EffectRecord, key: CallKey) -> Effect:
    """Open one effect."""
    effect: Effect = loads(Effect, key.open(record.id, record.private).decode("utf-8", "surrogatepass"))
    return effect


def effect_records(
    effects: tuple[Effect, ...], record: bytes, key: SecretKey, call_key: CallKey
) -> tuple[EffectRecord, ...]:
    """Seal a turn's effects."""
    made = []
    for ordinal, effect in enumerate(effects):
        name = key.record_id(b"effect", record, ordinal.to_bytes(2, "big"))
        text = dumps(Effect, effect).encode("utf-8", "surrogatepass")
        made.append(EffectRecord(name, ordinal, type(effect).__name__, call_key.seal(name, text)))
    return tuple(made)


def normal(heard: Input) -> bytes:
    """Write what the caller did without its time and without addresses: a repeat says the same."""
    match heard:
        case Pressed(_, keys):
            what: list[object] = [keys]
        case Said(_, text, confidence):
            what = [text, confidence]
        case Recorded(_, sid, _, seconds):
            what = [sid, seconds]
        case Dialed(_, status, bridged, seconds):
            what = [status, bridged, seconds]
        case Dequeued(_, result):  # why stands in the record: a repeat takes the first copy's
            what = [result]
        case Called(_, number, to):
            what = [number, to]
        case HungUp(_, recording, bridged):
            what = [recording.sid if recording else None, bridged]
        case Found():  # the caller came back, whatever was found meanwhile: so a repeat is the same turn
            return write_json([Continued.__name__])
        case _:
            what = []
    return write_json([type(heard).__name__, *what])


def is_secret(tree: Tree, state: CallState, heard: Input) -> bool:
    """Say whether these keys are a secret: pressed at a step that asks for one."""
    return isinstance(heard, Pressed) and asks_secret(tree, state)


def without_keys(heard: Input) -> Input:
    """Leave the keys out."""
    return replace(heard, keys="") if isinstance(heard, Pressed) else heard


def holds_secret(tree: Tree, state: CallState) -> bool:
    """Say whether a secret is in a state."""
    return any(name in state.values for name in tree.secrets) or (
        state.pending is not None and asks_secret(tree, state)
    )


def asks_secret(tree: Tree, state: CallState) -> bool:
    """Say whether the call stands where a secret is asked."""
    step = tree.steps.get(state.place)
    return isinstance(step, Ask) and (step.secret or step.name in tree.secrets)


def hide(tree: Tree, state: CallState, mask: str = HIDDEN) -> CallState:
    """Put a mask in the place of every secret."""
    values = {name: mask if name in tree.secrets else value for name, value in state.values.items()}
    pending = mask if state.pending is not None and asks_secret(tree, state) else state.pending
    return replace(state, values=values, pending=pending)


def digest(row: bytes, turn: Turn) -> str:
    """Digest what the caller was answered: the state as the token writes it, and the verbs."""
    return blake2b(row + write_json(turn.verbs), digest_size=8).hexdigest()


def hidden_digest(tree: Tree, turn: Turn) -> str:
    """Digest what the caller was answered where a secret was in play; no verb ever says one."""
    return digest(write_json(hide(tree, turn.state)), turn)
