"""A person is erased: everything of theirs, nothing of anybody else's, and it does not come back."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from rig.cases import CALLER
from sqlalchemy import select

from ivr.archive.story import story
from ivr.callers import Callers, Kept
from ivr.depot.choosing import depot_of
from ivr.errors import UnknownVersion
from ivr.keeping.certificate import NotOurs, certificate, in_words, verify
from ivr.keeping.erase import Eraser
from ivr.keeping.graves import FILE, graves, reapply_tombstones
from ivr.keeping.orphans import Orphans
from ivr.keeping.places import Places
from ivr.keeping.reach import reach
from ivr.keys import Keyring
from ivr.privacy import Erased, key_of, tombstones
from ivr.records import Entry, NoteRecord, name_of
from ivr.spool import Spool
from ivr.spool.fold import Fold
from ivr.store.audit import Deed
from ivr.store.calls import Ending
from ivr.store.erasures import Piece
from ivr.store.exports import ExportRow
from ivr.store.holds import Hold, OnHold, TooLate
from ivr.store.rows import rows_of
from ivr.store.tables import metadata
from tests.keeping.conftest import WORDS, House


def no_version(version: str) -> None:
    raise UnknownVersion(version)


def erased(house: House, *subjects: str, **more: bool):
    found = reach(house.archive, house.places, subjects, **more)
    now = time.time()
    return house.eraser.carry_out(house.eraser.ask(found, "Ada", now), now)


def rows(house: House) -> dict[str, list]:
    """Every row of the database, by table."""
    with house.store.database.reading() as connection:
        return {table.name: list(connection.execute(select(table))) for table in metadata.sorted_tables}


def test_a_file_for_download_in_which_they_may_stand_is_offered_no_more_on_any_node(house: House) -> None:
    """One that is written at this moment has read them already: it is begun again, and what it was is never offered."""
    house.caller("C10021")
    exports, now = house.store.exports, time.time()
    for name in ("before", "after", "amid"):
        exports.add(ExportRow(name, "csv", "k1", b"", "p1", "Ada", now), Deed("Ada", "asked for an export", name))
        row = exports.claim(now)
        if name != "amid":
            assert exports.settle(row, "ready", now - 86400 if name == "before" else now + 1)
    made = reach(house.archive, house.places, ["C10021"])
    assert made.since > now - 3600
    house.eraser.carry_out(house.eraser.ask(made, "Ada", now), now)
    assert {name: exports.find(name).state for name in ("before", "after", "amid")} == {
        "before": "ready",
        "after": "gone",
        "amid": "waiting",
    }
    assert not exports.settle(row, "ready", now + 2)
    assert exports.claim(now + 3).id == "amid"


def every_byte(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_everything_of_the_person_goes_and_nothing_of_anybody_else(house: House) -> None:
    mine, theirs = house.caller("C10021"), house.caller("C10039", "+14155550177")
    other = story(house.archive, theirs, no_version)
    wrapped = house.store.call(mine).wrapped
    made = erased(house, "C10021")
    assert made.done_at
    counts = {"calls": 1, "cases": 1, "recordings": 1, "transcripts": 1, "call_backs": 1, "messages": 1, "files": 1}
    assert made.counts == counts | {"callers": 1, "exports": 0}
    told = story(house.archive, mine, no_version)
    assert (told.call.readable, told.call.caller, told.call.outcome, told.call.turns) == (False, None, "case", 3)
    assert [one.said for one in told.cases] == [None]
    assert [case.status for case in house.store.cases.of_call(mine)] == ["closed"]
    assert not (house.settings.recordings / "inbox" / mine).exists()
    assert Callers(house.store, house.keyring).kept(CALLER) == Kept()
    for table, found in rows(house).items():
        for row in found:
            values = row._mapping
            if mine in {values.get("call"), values.get("subject")} or values.get("case") == "C10021":
                assert not values.get("private"), table
                assert wrapped not in values.values(), table
    assert story(house.archive, theirs, no_version) == other
    assert (house.settings.recordings / "inbox" / theirs / "REC10039.wav").exists()


def through_the_spool(house: House, call: str) -> None:
    """Have a call's first record kept on the node's disk, as when the database was away, and folded."""
    (turn,) = house.store.chain(call)
    spool = Spool(house.settings.spool, 1 << 18)
    spool.write([rows_of(Entry(turn, house.store.call(call)))])
    assert house.store.call(call).wrapped in every_byte(house.settings.spool)
    fold = Fold(spool, house.store, house.settings.spool, partial(tombstones, house.keyring))
    assert fold.run() == 1
    fold.close()
    spool.close()


def test_no_byte_of_it_is_left_on_the_disk_of_sqlite(house: House, url: str) -> None:
    if url:
        pytest.skip("PostgreSQL writes its pages over when it vacuums; docs/privacy.md says what that means")
    call = house.caller("C10021")
    record = house.store.call(call)
    private = house.store.cases.find("C10021").private
    sought = (record.wrapped, record.private, private, record.caller, WORDS.encode())
    through_the_spool(house, call)
    assert all(each in every_byte(house.settings.data) for each in sought)
    erased(house, call)
    found = every_byte(house.settings.data)
    assert [each for each in sought if each in found] == []


def test_what_comes_late_is_refused_where_a_tombstone_stands(house: House) -> None:
    call = house.caller("C10021")
    (turn,) = house.store.chain(call)
    late = replace(turn, id=b"l" * 16, request=b"l" * 16, parent=turn.id, private=b"late and sealed")
    note = NoteRecord(name_of("late"), call, call, "recording", 1.0, '{"RecordingSid": "RE9"}')
    marks = tombstones(house.keyring, call)
    erased(house, call)
    assert not house.store.commit(Entry(late), marks)
    assert not house.store.note(note, marks)
    assert [each.id for each in house.store.chain(call)] == [turn.id]
    assert len(house.store.notes(call)) == 2
    # The marks are looked for only where they are given: a key press of a call that goes on costs nothing more.
    assert house.store.commit(Entry(late))
    house.eraser.run(time.time())
    assert [each.private for each in house.store.chain(call)] == [b"", b""]


def test_files_on_a_machine_that_was_away_go_when_it_is_back_however_late(house: House, tmp_path: Path) -> None:
    mine, theirs = house.caller("C10021"), house.caller("C10039", "+14155550177")
    names = [kept.name for folder in ("inbox", "messages") for kept in house.places.depot.list(folder)]
    data, recordings = tmp_path / "away", tmp_path / "away" / "recordings"
    there = Places(data, depot_of(replace(house.settings, data=data, recordings=recordings)))
    for name in (*names, "inbox/CA9/RE9.wav"):
        there.depot.keep(name, io.BytesIO(WORDS.encode()))
    erased(house, "C10021")
    with house.store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE erased SET done_at = done_at - 1000000")
        connection.exec_driver_sql("UPDATE erasures SET done_at = done_at - 1000000")
    Eraser(house.store, house.keyring, there).run(time.time())
    orphans, now = Orphans(house.store, there), time.time()
    assert orphans.run(now) == 2
    assert orphans.run(now + 60) == 0
    left = [kept.name for folder in ("inbox", "messages") for kept in there.depot.list(folder)]
    (message,) = house.store.messages.of_case("C10039")
    assert left == ["inbox/CA9/RE9.wav", f"inbox/{theirs}/REC10039.wav", f"messages/{message.id.hex()}/0"]
    assert mine not in str(left)


def test_a_batch_with_a_late_row_keeps_its_neighbours(house: House) -> None:
    call = house.caller("C10021")
    (turn,) = house.store.chain(call)
    erased(house, call)
    other = house.caller("C10039")
    marks = (*tombstones(house.keyring, call), *tombstones(house.keyring, other))
    assert not house.store.commit(Entry(replace(turn, id=b"l" * 16)), marks[:1])
    assert house.store.commit(Entry(replace(turn, id=b"m" * 16, call=other)), marks[1:])


def test_a_call_that_goes_on_is_erased_when_it_has_ended(house: House) -> None:
    call = house.caller("C10021", ended=False)
    made = erased(house, call)
    assert made.done_at is None
    assert key_of(house.store.call(call), house.keyring)
    assert house.eraser.run(time.time()) == 0
    assert house.store.cases.find("C10021").status == "new"
    assert house.store.note(NoteRecord(name_of("x"), call, call, "status", 1.0, "{}"), tombstones(house.keyring, call))
    house.store.calls.end(call, Ending(time.time(), "talked", 4, 60))
    assert house.eraser.run(time.time()) > 0
    with pytest.raises(Erased):
        key_of(house.store.call(call), house.keyring)
    assert house.store.erasures.find(made.id).done_at
    assert house.store.calls.find(call).talked == 60


def test_a_hold_stops_it_with_a_word(house: House) -> None:
    call = house.caller("C10021")
    house.store.holds.put(Hold("C10021", "case", "court of Aarhus, 24-117", "Ada", time.time()))
    with pytest.raises(OnHold, match="case C10021 is under a legal hold of Ada: court of Aarhus, 24-117"):
        erased(house, call)
    assert key_of(house.store.call(call), house.keyring)
    assert Callers(house.store, house.keyring).kept(CALLER).name == "Ole Hansen"
    assert house.store.holds.lift("C10021", "Ada")
    assert erased(house, call).done_at


@pytest.mark.parametrize("subject", ["call", "case"])
def test_a_hold_that_is_set_before_the_call_has_ended_stops_what_was_asked_for(house: House, subject: str) -> None:
    call = house.caller("C10021", ended=False)
    made = erased(house, call)
    held = call if subject == "call" else "C10021"
    assert house.store.holds.put(Hold(held, subject, "court of Aarhus", "Ada", time.time()))
    house.store.calls.end(call, Ending(time.time(), "talked", 4, 60))
    assert house.eraser.run(time.time()) == 0
    piece = Piece(made.id, "call", call, None)
    with pytest.raises(OnHold, match="Aarhus"):
        house.store.erasures.destroy(piece, tombstones(house.keyring, call)[0], time.time())
    assert key_of(house.store.call(call), house.keyring)
    assert house.store.deletions.waiting() == []
    assert house.store.cases.find("C10021").status == "new"
    assert (house.settings.recordings / "inbox" / call / "REC10021.wav").exists()
    told = certificate(house.store, house.keyring, made.id)
    assert "a legal hold was set since" in "\n".join(in_words(told))
    assert house.store.holds.lift(held, "Ada")
    assert house.eraser.run(time.time()) > 0
    with pytest.raises(Erased):
        key_of(house.store.call(call), house.keyring)
    assert house.store.erasures.find(made.id).done_at


def test_nothing_is_held_that_was_erased(house: House) -> None:
    call = house.caller("C10021")
    erased(house, call)
    with pytest.raises(TooLate):
        house.store.holds.put(Hold(call, "call", "court of Aarhus", "Ada", time.time()))
    assert house.store.holds.all() == []


def test_the_number_alone_takes_no_other_call(house: House) -> None:
    mine, shared = house.caller("C10021"), house.caller("C10039")
    found = reach(house.archive, house.places, [mine], caller=False)
    assert (found.calls, found.others, found.callers) == ((mine,), (shared,), ())
    erased(house, mine, caller=False)
    assert key_of(house.store.call(shared), house.keyring)
    assert Callers(house.store, house.keyring).kept(CALLER).vip


def test_the_carrier_deletes_its_copies_and_is_asked_until_it_has(house: House) -> None:
    call, other = house.caller("C10021"), house.caller("C10039", "+14155550177")
    made = erased(house, call)
    ledger = house.carrier.ledger
    ledger.away = 1
    wanted = house.store.deletions.due(time.time())
    assert sorted((one.kind, one.sid) for one in wanted) == [
        ("call", call),
        ("message", "SMC10021"),
        ("recording", "REC10021"),
    ]
    for one in wanted:
        house.copies.delete(one.id, 1)
    waiting = house.store.deletions.waiting()
    assert len(waiting) == 2  # the one that failed, and the call, looked for once more in an hour
    assert "500" in waiting[0].reason
    for one in wanted:
        house.copies.delete(one.id, 2)
    assert set(ledger.calls) == {other, f"{other}leg"}
    assert (set(ledger.recordings), set(ledger.transcriptions)) == ({"REC10039"}, {"TRC10039"})
    assert [text.sid for text in ledger.texts] == ["SMC10039"]
    told = certificate(house.store, house.keyring, made.id)
    assert (told["carrier"]["wanted"], told["carrier"]["gone"]) == (3, 2)


def test_the_certificate_says_what_went_and_names_nobody(house: House) -> None:
    call = house.caller("C10021")
    told = certificate(house.store, house.keyring, erased(house, call).id)
    text = "\n".join(in_words(told))
    assert "1 recordings" in text
    assert "by Ada" in text
    for personal in (CALLER, "Hansen", WORDS, call, "C10021"):
        assert personal not in text + str(told)
    assert {piece["mark"] for piece in told["pieces"]} == {
        tombstones(house.keyring, name)[0].hex() for name in (call, "case C10021")
    }
    verify(house.keyring, told)
    with pytest.raises(NotOurs):
        verify(house.keyring, told | {"asked_by": "Bo"})
    row = house.store.audit.latest(1000)[::-1][told["audit"]["row"] - 1]
    assert row.hash.hex() == told["audit"]["hash"]
    list(house.store.audit.walk())


def test_an_older_copy_of_the_database_is_erased_again(house: House, url: str) -> None:
    if url:
        pytest.skip("the copy is a file")
    call, other = house.caller("C10021"), house.caller("C10039", "+14155550177")
    path = Path(str(house.store.database.url.database))
    house.store.database.forget_log()
    backup = path.read_bytes()
    erased(house, call)
    assert len(graves(house.settings.data)) == 2
    house.store.close()
    for each in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        each.unlink(missing_ok=True)
    path.write_bytes(backup)
    assert key_of(house.store.call(call), house.keyring)
    assert reapply_tombstones(house.store, house.keyring, house.settings.data) == 2
    assert reapply_tombstones(house.store, house.keyring, house.settings.data) == 0
    with pytest.raises(Erased):
        key_of(house.store.call(call), house.keyring)
    assert house.store.cases.find("C10021").private == b""
    assert key_of(house.store.call(other), house.keyring)
    assert not house.store.note(
        NoteRecord(name_of("x"), call, call, "left", 1.0, "{}"), tombstones(house.keyring, call)
    )


def test_the_list_of_tombstones_survives_a_crash_in_the_middle_of_a_line(house: House) -> None:
    erased(house, house.caller("C10021"))
    path = house.settings.data / FILE
    whole = graves(house.settings.data)
    path.write_bytes(path.read_bytes()[:-9])
    assert len(graves(house.settings.data)) == 1
    house.eraser.run(time.time())
    assert graves(house.settings.data) == whole


def test_a_tombstone_is_known_under_a_key_that_seals_no_more(house: House) -> None:
    call = house.caller("C10021")
    erased(house, call)
    later = Keyring([("k2", b"2" * 32), *house.settings.secret_keys])
    assert house.store.erasures.stands(tombstones(later, call))
    assert not house.store.erasures.stands(tombstones(later, "CA-of-nobody"))
