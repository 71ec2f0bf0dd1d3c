"""Documents written again from the records: whether each turn still answers with the same bytes."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.step import ENGINE_VERSION
from ivr.keys import Keyring
from ivr.privacy import beginnings
from ivr.replay import NotTheSame, Played, Reel, play
from ivr.switchboard.board import expiry
from ivr.switchboard.carrying import Said, Script, carried
from ivr.token import Envelope, Tokens, Vocabulary


def rewrite(reel: Reel, keyring: Keyring, script: Script) -> int:
    """Write every document of a call again that this engine noted: how many; NotTheSame names the first that differs.

    Raises what `key_of` does; KeyNotHeld where the key that its addresses were sealed by is not held any more.
    """
    words = {version: Vocabulary(content.tree) for version, content in reel.contents.items()}
    tokens = Tokens(keyring, words.__getitem__)
    count = 0
    for played in play(reel):
        told = played.told.document
        if not told or played.turn is None or played.record.engine != ENGINE_VERSION:
            continue
        if all(script(*said) != told for said in _answers(reel, played, keyring, tokens)):
            raise NotTheSame(f"turn {played.record.id.hex()} at {played.before.place or 'the start'}: another document")
        count += 1
    return count


def _answers(reel: Reel, played: Played, keyring: Keyring, tokens: Tokens) -> Iterator[Said]:
    """Give verbs, token and card of a turn, for each beginning of its call and each end that its address may have."""
    record, turn = played.record, played.turn
    assert turn is not None  # noqa: S101 - the caller has looked
    ends = sorted({expiry(content.tree, turn.state.began) for content in reel.contents.values()})
    for key, seed in beginnings(reel.call, keyring):
        card = carried(played.content.tree, record.call, turn.state, turn.verbs, key)
        for expires in ends:
            envelope = Envelope(key, seed, record.version, record.id, expires, turn.state)
            yield turn.verbs, tokens.seal(envelope, record.call), card
