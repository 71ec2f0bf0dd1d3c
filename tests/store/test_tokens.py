"""Tokens by which other systems read."""

from __future__ import annotations

from ivr.store import Store


def test_a_token_is_found_noted_and_revoked(store: Store) -> None:
    made, secret = store.tokens.make("Warehouse", ["cases", "calls"], 30, "Helen", 1000.0)
    assert store.tokens.find(secret, 1001.0) == made
    assert store.tokens.all()[0].used_at == 1001.0
    store.tokens.find(secret, 1002.0)
    assert store.tokens.all()[0].used_at == 1001.0, "noted once a minute"
    assert made.scopes == ("calls", "cases")
    assert store.tokens.revoke("nothing", "Helen", 1003.0) is None
    assert store.tokens.find("hotline_other", 1001.0) is None
    gone = store.tokens.revoke(made.id, "Helen", 1003.0)
    assert gone is not None
    assert gone.revoked_at == 1003.0
