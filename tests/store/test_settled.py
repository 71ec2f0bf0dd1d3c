"""Versions, nodes, flags and people: what staff switch and calls only read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from ivr.store import Store
from ivr.store.flags import Flag
from ivr.store.people import Person
from ivr.store.versions import Switch


def test_a_version_is_kept_once_under_its_hash(store: Store) -> None:
    made = Switch(0, "a" * 64, "Ida", "first", 1.0)
    assert store.versions.put(b"content", made)
    assert not store.versions.put(b"other", made)
    assert store.versions.get("a" * 64) == b"content"
    assert store.versions.get("b" * 64) is None
    assert store.versions.put_audio("c" * 64, b"RIFF\x00")
    assert not store.versions.put_audio("c" * 64, b"RIFF\x00")
    assert store.versions.get_audio("c" * 64) == b"RIFF\x00"


def test_the_last_switch_is_in_force_and_all_are_remembered(store: Store) -> None:
    assert store.versions.active() is None
    store.versions.switch("a", "Ida", "first", 1.0)
    store.versions.switch("b", "Ida", "second", 2.0)
    store.versions.switch("a", "Bo", "back", 3.0)
    assert store.versions.active() == "a"
    assert [(s.number, s.hash, s.author) for s in store.versions.history()] == [
        (3, "a", "Bo"),
        (2, "b", "Ida"),
        (1, "a", "Ida"),
    ]


def test_one_switch_is_found_by_its_number_and_the_latest_by_its_version_however_many_there_were(store: Store) -> None:
    for number in range(120):
        store.versions.switch("old" if number in {0, 3} else f"v{number}", "Ida", "", 1.0)
    assert store.versions.switched(1) == Switch(1, "old", "Ida", "", 1.0)
    assert store.versions.switched(121) is None
    assert store.versions.last_of("old") == Switch(4, "old", "Ida", "", 1.0)
    assert store.versions.last_of("ol\0d") is None
    assert store.versions.last() == store.versions.switched(120)


def test_switches_at_the_same_moment_are_put_in_a_row(store: Store) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda n: store.versions.switch(str(n), "Ida", "", 1.0).number, range(16)))
    assert sorted(made) == list(range(1, 17))


def test_nodes_say_what_they_hold_and_old_ones_are_not_alive(store: Store) -> None:
    store.nodes.beat("one", 100.0, ["a"])
    store.nodes.beat("one", 200.0, ["b", "a"])
    store.nodes.beat("two", 200.0)
    store.nodes.beat("old", 50.0, ["a"])
    assert store.nodes.alive(150.0) == {"one": frozenset("ab"), "two": frozenset()}
    store.nodes.forget("one")
    assert store.nodes.alive(150.0) == {"two": frozenset()}


def test_a_flag_is_on_until_it_is_off(store: Store) -> None:
    store.flags.on(Flag("storm", "Ida", 50.0, 1.0))
    store.flags.on(Flag("storm", "Bo", 99.0, 2.0))
    assert store.flags.all() == [Flag("storm", "Bo", 99.0, 2.0)]
    assert store.flags.off("storm")
    assert not store.flags.off("storm")
    assert store.flags.all() == []


def test_people_are_seeded_once(store: Store) -> None:
    priya = Person("Priya", "agent", ("complaints",), "+15005550103")
    assert store.people.seed([priya]) == 1
    assert store.people.seed([Person("Bo", "admin")]) == 0
    assert [replace(person, id="") for person in store.people.all()] == [priya]
