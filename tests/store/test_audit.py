"""The audit trail: written with what it tells of, never changed, and found out where it was."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from rig.tables import with_tables
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ivr.errors import IvrError
from ivr.store import Store
from ivr.store.audit import ChainBroken, Deed, chained
from ivr.store.flags import Flag
from ivr.store.people import Person
from ivr.store.versions import Overtaken


def test_what_staff_do_is_written_down_with_it(store: Store) -> None:
    store.flags.on(Flag("storm", "Marta", 60.0, 1.0))
    store.flags.off("storm", "Priya")
    store.flags.off("storm", "Priya")  # it was off: nothing was done
    store.versions.switch("abc", "Tomas", "Longer hours", 2.0)
    store.people.add(Person("Leon", "agent"), "Helen")
    told = [(line.deed.who, line.deed.did, line.deed.what) for line in store.audit.walk()]
    assert told == [
        ("Marta", "switched a flag on", "storm"),
        ("Priya", "switched a flag off", "storm"),
        ("Tomas", "put a version in force", "abc"),
        ("Helen", "added a person", "Leon"),
    ]
    assert [line.number for line in store.audit.latest(2)] == [4, 3]
    assert [line.number for line in store.audit.latest(2, before=3)] == [2, 1]


def test_what_did_not_happen_is_not_written_down(store: Store) -> None:
    store.versions.switch("abc", "Tomas", "", 2.0)
    with pytest.raises(Overtaken):
        store.versions.switch("def", "Tomas", "", 3.0, seen=0)
    assert [line.deed.what for line in store.audit.walk()] == ["abc"]


@pytest.mark.parametrize("change", ["UPDATE audit SET who = 'nobody'", "DELETE FROM audit"])
def test_the_database_itself_refuses_changes(store: Store, change: str) -> None:
    store.audit.add(Deed("Helen", "signed in"))
    with pytest.raises((DBAPIError, IvrError), match="never changed"), store.database.writing() as connection:
        connection.execute(text(change))
    assert [line.deed.who for line in store.audit.walk()] == ["Helen"]


@pytest.mark.parametrize(
    ("change", "row"),
    [
        ("UPDATE audit SET who = 'nobody' WHERE number = 2", 2),
        ("UPDATE audit SET detail = '{}' WHERE number = 3", 3),
        ("UPDATE audit SET at = at + 1 WHERE number = 1", 1),
        ("DELETE FROM audit WHERE number = 2", 2),
        ("DELETE FROM audit WHERE number = 1", 1),
    ],
)
def test_a_change_past_the_triggers_is_found(tmp_path: Path, change: str, row: int) -> None:
    store = Store("", tmp_path)
    with_tables(store)
    for who in ("Helen", "Marta", "Priya"):
        store.audit.add(Deed(who, "signed in", detail={"by": "password"}))
    with store.database.writing() as connection:
        for deed in ("UPDATE", "DELETE"):
            connection.execute(text(f"DROP TRIGGER audit_refuses_{deed}"))
        connection.execute(text(change))
    with pytest.raises(ChainBroken, match=f"row {row}"):
        list(store.audit.walk())
    store.close()


def test_a_row_that_was_made_anew_with_a_hash_of_its_own_is_found_by_the_next(tmp_path: Path) -> None:
    store = Store("", tmp_path)
    with_tables(store)
    for who in ("Helen", "Marta", "Priya"):
        store.audit.add(Deed(who, "signed in"))
    first, second, _ = store.audit.walk()
    values = {"number": 2, "at": second.at, "who": "nobody", "did": "signed in", "what": "", "detail": "{}"}
    forged = chained(first.hash, values | {"via": second.via})
    with store.database.writing() as connection:
        connection.execute(text("DROP TRIGGER audit_refuses_UPDATE"))
        connection.execute(text("UPDATE audit SET who = 'nobody', hash = :hash WHERE number = 2"), {"hash": forged})
    with pytest.raises(ChainBroken, match="row 3"):
        list(store.audit.walk())
    store.close()


def test_many_who_act_at_once_make_one_chain(store: Store) -> None:
    def act(who: str) -> None:
        for turn in range(10):
            store.flags.on(Flag(f"{who}{turn}", who, 60.0, 1.0))

    threads = [threading.Thread(target=act, args=(who,)) for who in ("a", "b", "c", "d")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [line.number for line in store.audit.walk()] == list(range(1, 41))
