"""People, what proves who they are, and the limits on guessing: on each real database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.store import Store
from ivr.store.accounts import Proofs
from ivr.store.codes import MOST_TRIES
from ivr.store.people import Person, PersonTaken, UnknownPerson
from ivr.store.sessions import IDLE, LONGEST

PRIYA = Person("Priya", "agent", ("complaints",), "+15005550103", ("da-DK",), "priya@aurora.example")
NOW = 1_800_000_000.0


def test_a_person_is_found_by_id_name_and_address(store: Store) -> None:
    made = store.people.add(PRIYA, "Helen")
    assert made == replace(PRIYA, id=made.id)
    assert made.id
    assert store.people.find(made.id) == made
    assert store.people.named("Priya") == made
    assert store.people.named("PRIYA@aurora.example") == made
    with pytest.raises(UnknownPerson, match="nobody"):
        store.people.named("")


def test_a_name_and_an_address_belong_to_one_person(store: Store) -> None:
    store.people.add(PRIYA, "Helen")
    with pytest.raises(PersonTaken, match="Priya"):
        store.people.add(replace(PRIYA, email="other@aurora.example"), "Helen")
    with pytest.raises(PersonTaken):
        store.people.add(replace(PRIYA, name="Other"), "Helen")
    store.people.add(Person("Leon", "agent"), "Helen")
    other = store.people.add(Person("Jun", "agent"), "Helen")  # any number of people may have no address
    with pytest.raises(PersonTaken):
        store.people.change(replace(other, name="Priya"), "Helen")


def test_a_new_password_ends_what_the_old_one_opened(store: Store) -> None:
    priya = store.people.add(PRIYA, "Helen")
    first = store.accounts.set_password(priya, "one", "Priya")
    store.sessions.begin("token", priya.id, NOW)
    assert store.sessions.goes_on("token", priya.id, NOW)
    second = store.accounts.set_password(priya, "two", "Priya")
    assert not store.sessions.goes_on("token", priya.id, NOW)
    assert store.accounts.find(stamp=first.stamp) is None
    assert store.accounts.find(stamp=second.stamp) == second
    assert store.accounts.find(email=PRIYA.email) == second
    assert store.accounts.find() is None


def test_a_session_ends_when_idle_and_at_the_longest_and_is_one_persons(store: Store) -> None:
    store.sessions.begin("token", "priya", NOW)
    assert not store.sessions.goes_on("other", "priya", NOW)
    assert not store.sessions.goes_on("token", "leon", NOW)
    assert store.sessions.goes_on("token", "priya", NOW + IDLE - 2, noted=False)
    assert store.sessions.goes_on("token", "priya", NOW + IDLE - 1)  # and is noted: the next two hours begin
    assert store.sessions.goes_on("token", "priya", NOW + 2 * IDLE - 2)
    assert not store.sessions.goes_on("token", "priya", NOW + 4 * IDLE)
    at = NOW
    store.sessions.begin("busy", "priya", NOW)
    while at + IDLE / 2 < NOW + LONGEST:
        at += IDLE / 2
        assert store.sessions.goes_on("busy", "priya", at)
    assert not store.sessions.goes_on("busy", "priya", NOW + LONGEST + 1)
    store.sessions.begin("last", "priya", NOW)
    store.sessions.end("last")
    assert not store.sessions.goes_on("last", "priya", NOW)


def test_a_code_is_good_once_for_a_while_and_for_a_few_tries(store: Store) -> None:
    store.codes.put("first admin", b"right", NOW + 60)
    assert not store.codes.take("first admin", b"wrong", NOW)
    assert store.codes.take("first admin", b"right", NOW)
    assert not store.codes.take("first admin", b"right", NOW)
    store.codes.put("first admin", b"right", NOW + 60)
    assert not store.codes.take("first admin", b"right", NOW + 61)
    for _ in range(MOST_TRIES):
        assert not store.codes.take("first admin", b"wrong", NOW)
    assert not store.codes.take("first admin", b"right", NOW)
    assert store.codes.open(NOW) == set()
    store.codes.put("first admin", b"new", NOW + 60)
    assert store.codes.open(NOW) == {"first admin"}
    assert store.codes.take("first admin", b"new", NOW)


def test_tries_are_counted_within_their_window(store: Store) -> None:
    assert [store.tries.allow("login", 3, 60, NOW + second) for second in range(5)] == [True, True, True, False, False]
    assert store.tries.allow("other", 3, 60, NOW)
    assert store.tries.allow("login", 3, 60, NOW + 61)
    store.tries.forget("login")
    assert store.tries.allow("login", 1, 60, NOW + 62)


def test_a_moment_of_a_second_factor_is_spent_once(store: Store) -> None:
    priya = store.people.add(PRIYA, "Helen")
    store.accounts.set_password(priya, "one", "Priya")
    assert store.accounts.count(priya.id, 100)
    assert not store.accounts.count(priya.id, 100)
    assert not store.accounts.count(priya.id, 99)
    assert store.accounts.count(priya.id, 101)


def test_a_recovery_code_is_spent_once_and_all_go_with_the_second_factor(store: Store) -> None:
    priya = store.people.add(PRIYA, "Helen")
    store.accounts.set_password(priya, "one", "Priya")
    store.accounts.set_totp(priya, "sealed", "Priya")
    store.accounts.set_recovery(priya, ("a", "b", "c"))
    account = store.accounts.find(person=priya.id)
    assert account
    assert store.accounts.spend_recovery(account, 1)
    assert not store.accounts.spend_recovery(account, 1)  # somebody with the same page was quicker
    left = store.accounts.find(person=priya.id)
    assert left
    assert (left.totp, left.recovery) == ("sealed", ("a", "c"))
    assert store.accounts.proofs() == {priya.id: Proofs(password=True, second_factor=True)}
    store.accounts.set_totp(priya, "", "Helen")
    taken = store.accounts.find(person=priya.id)
    assert taken
    assert (taken.totp, taken.recovery) == ("", ())


def test_admins_count_who_can_sign_in(store: Store) -> None:
    helen = store.people.add(Person("Helen", "admin", email="helen@aurora.example"), "terminal")
    assert store.accounts.admins() == 0
    store.accounts.set_password(helen, "one", "Helen")
    assert store.accounts.admins() == 1
    store.people.change(replace(helen, active=False), "terminal")
    assert store.accounts.admins() == 0
