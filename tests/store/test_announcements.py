"""Announcements and flags: an owner and an end, both, and no end far away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.store import Store
from ivr.store.announcements import MOST, Announcement, TooMany
from ivr.store.flags import Flag
from ivr.store.terms import LONGEST, NoTerm

STORM = Announcement("storm", "Ida", 99.0, 1.0, texts={"en-US": "A storm."}, audio={"da-DK": "ab" * 32})


def test_an_announcement_is_on_the_air_until_it_is_ended(store: Store) -> None:
    store.announcements.put(STORM)
    louder = replace(STORM, owner="Bo", emergency=True, lines=("care",), set_at=2.0)
    store.announcements.put(louder)
    assert store.announcements.all() == [louder]
    assert store.announcements.end("storm")
    assert not store.announcements.end("storm")
    assert store.announcements.all() == []


def test_the_trail_shows_what_was_said_and_whose_words_were_replaced(store: Store) -> None:
    store.announcements.put(STORM)
    other = replace(
        STORM, owner="Bo", until=120.0, set_at=2.0, texts={"en-US": "It is over."}, audio={}, lines=("care",)
    )
    store.announcements.put(replace(other, emergency=True))
    store.announcements.put(replace(other, owner="Ida", until=300.0, set_at=200.0))  # the one before is over
    third, second, first = (line.deed.detail for line in store.audit.latest(3))
    storm = {"until": 99.0, "texts": {"en-US": "A storm."}, "audio": {"da-DK": "ab" * 32}}
    assert first == storm
    assert second == {
        "until": 120.0,
        "texts": {"en-US": "It is over."},
        "lines": "care",
        "emergency": True,
        "instead_of": storm | {"owner": "Ida"},
    }
    assert "instead_of" not in third


def test_emergencies_come_first_then_the_older(store: Store) -> None:
    store.announcements.put(replace(STORM, name="late", set_at=3.0))
    store.announcements.put(replace(STORM, name="early", set_at=2.0))
    store.announcements.put(replace(STORM, name="flood", set_at=4.0, emergency=True))
    assert [one.name for one in store.announcements.all()] == ["flood", "early", "late"]


def test_no_more_than_a_few_are_on_the_air_at_once(store: Store) -> None:
    for number in range(MOST):
        store.announcements.put(replace(STORM, name=f"n{number}"))
    with pytest.raises(TooMany):
        store.announcements.put(STORM)
    store.announcements.put(replace(STORM, name="n0", owner="Bo"))
    store.announcements.put(replace(STORM, set_at=99.0, until=200.0))  # the others are over then


@pytest.mark.parametrize(
    ("owner", "until"), [("", 99.0), ("  ", 99.0), ("Ida", 1.0), ("Ida", 0.5), ("Ida", 1.0 + LONGEST + 1)]
)
def test_nothing_is_switched_on_without_an_owner_and_an_end(store: Store, owner: str, until: float) -> None:
    with pytest.raises(NoTerm):
        store.announcements.put(replace(STORM, owner=owner, until=until))
    with pytest.raises(NoTerm):
        store.flags.on(Flag("storm", owner, until, 1.0))
    assert store.announcements.all() == []
    assert store.flags.all() == []
