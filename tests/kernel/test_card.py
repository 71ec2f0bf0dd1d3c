"""What goes along with a ring to phones that can show it."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.card import LARGEST, LONGEST_HEADERS, Card, CardRefused, headers, seal, unseal
from ivr.keys import Keyring

RING = Keyring([("k1", b"x" * 32)])
CARD = Card(
    "CA" + "1" * 32, "complaints", 1_795_527_984.5, "da-DK", "C10013", "Complaint about a bill. Account 4 0 2 2."
)


def test_a_sealed_card_opens_with_a_key_that_is_held_and_shows_nothing_else():
    sealed = seal(CARD, RING.first)
    assert unseal(sealed, RING) == CARD
    assert seal(CARD, RING.first) == sealed
    assert "complaint" not in sealed.lower()
    with pytest.raises(CardRefused):
        unseal(sealed, Keyring([("k1", b"y" * 32)]))
    with pytest.raises(CardRefused):
        unseal(sealed, Keyring([("k2", b"x" * 32)]))


@given(st.text(max_size=40))
def test_what_we_did_not_seal_is_refused(text):
    for forged in (text, f"k1.{text}", seal(CARD, RING.first)[:-1]):
        with pytest.raises(CardRefused):
            unseal(forged, RING)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=2000), st.text(st.characters(max_codepoint=127)))
def test_a_card_is_never_too_large_and_loses_the_end_of_its_summary_alone(summary, case):
    card = replace(CARD, summary=summary, case=case[:20])
    sealed = seal(card, RING.first)
    assert len(sealed) <= LARGEST
    opened = unseal(sealed, RING)
    assert summary.startswith(opened.summary)
    assert replace(opened, summary=summary) == card


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=500))
def test_headers_carry_the_same_and_are_inert(summary):
    text = headers(replace(CARD, summary=summary))
    assert len(text) <= LONGEST_HEADERS
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~%=&")
    read = dict(parse_qsl(text, keep_blank_values=True))
    assert read["X-Hotline-Call"] == CARD.call
    assert read["X-Hotline-Team"] == "complaints"
    assert read["X-Hotline-Case"] == "C10013"
    assert summary.startswith(read.get("X-Hotline-Summary", ""))
