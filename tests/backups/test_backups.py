"""`ivr backup` and `ivr restore`: made while calls go on, whole or refused, without keys, and proved."""

from __future__ import annotations

import base64
import json
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner
from kernel.boards import SECRET, board_over
from kernel.two_calls import CALL, OTHER, two_calls
from psycopg import DatabaseError
from rig.postgres import Postgres, postgres
from rig.server import ACCOUNT, TOKEN

from ivr.archive.calls import Archive
from ivr.backups.manifest import NotABackup, checked
from ivr.backups.reading import restore, skipped
from ivr.backups.writing import backup
from ivr.commands.backup import command as backup_command
from ivr.commands.replay import every_call, replay_all
from ivr.commands.restore import command as restore_command
from ivr.commands.restore import unsure_of_erasures
from ivr.depot.choosing import depot_of
from ivr.engine.inputs import Called
from ivr.errors import IvrError, StoreUnavailable
from ivr.facts.numbers import NumberBlocks
from ivr.keeping.erase import Eraser
from ivr.keeping.graves import FILE, graves, mark_of, note
from ivr.keeping.places import Places
from ivr.keeping.reach import reach
from ivr.keys import Keyring
from ivr.messages import Conversation, Draft, opened
from ivr.privacy import Erased, key_of
from ivr.settings import Settings, read_settings
from ivr.store import Store
from ivr.store.audit import Deed
from ivr.store.calls import Ending, Search
from ivr.store.copying import LEAVING, RESTORED, SQLITE, copy_out, put_back
from ivr.store.holds import CALL as OF_CALL
from ivr.store.message_tables import messages
from ivr.store.messages import Came, Message
from ivr.store.recordings import Fetched
from ivr.store.tables import cases, effects, turns

__all__ = ["postgres"]
SOUND = b"RIFF, and what the caller said"


@dataclass
class House:
    """An installation with two calls, a recording of one of them, and a place where nothing stands yet."""

    settings: Settings
    store: Store
    elsewhere: Settings
    file: Path


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    keys = f"{SECRET[0]}:{base64.b64encode(SECRET[1]).decode()}"
    names = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "IVR_SECRET_KEYS": keys}
    with ExitStack() as stack:

        def place(name: str, *, migrated: bool) -> Settings:
            told = names | {"IVR_DATA": str(tmp_path / name), "IVR_RECORDINGS": str(tmp_path / name / "recordings")}
            if request.param == "postgresql":
                server: Postgres = request.getfixturevalue("postgres")
                told["DATABASE_URL"] = stack.enter_context(server.database(migrated=migrated))
            (tmp_path / name).mkdir(mode=0o700)
            for key, value in told.items():
                monkeypatch.setenv(key, value)
            return read_settings(told)

        elsewhere, settings = place("new", migrated=False), place("old", migrated=True)
        store = Store(settings.database_url, settings.data)
        store.upgrade()
        two_calls(store, settings.data)
        (recording,) = store.recordings.of_call(CALL)
        kept = settings.recordings / "inbox" / CALL / "RE1.wav"
        kept.parent.mkdir(parents=True)
        kept.write_bytes(SOUND)
        store.recordings.settle(recording.sid, Fetched("kept", f"inbox/{CALL}/RE1.wav", size=len(SOUND)), 0.0)
        (settings.recordings / "prompts" / "en-US").mkdir(parents=True)
        (settings.recordings / "prompts" / "en-US" / "hello.wav").write_bytes(b"hello")
        store.audit.add(Deed("tests", "did", "something"))
        yield House(settings, store, elsewhere, tmp_path / "backup.tar")
        store.close()


def stands(settings: Settings) -> list[str]:
    store = Store(settings.database_url, settings.data)
    found = sorted(row.record.call for row in store.calls.search(Search(), 1000))
    store.close()
    return found


def test_what_was_there_is_there_again_and_holds(house: House) -> None:
    manifest = backup(house.settings, house.store, house.file)
    assert house.file.stat().st_mode & 0o777 == 0o600
    done = restore(house.elsewhere, house.file)
    assert (done.same, done.erased, done.buried, done.different) == (2, 0, 0, ())
    assert "unbroken" in done.trail
    assert stands(house.elsewhere) == [CALL, OTHER]
    assert (house.elsewhere.recordings / "inbox" / CALL / "RE1.wav").read_bytes() == SOUND
    assert (house.elsewhere.recordings / "prompts" / "en-US" / "hello.wav").read_bytes() == b"hello"
    other = Store(house.elsewhere.database_url, house.elsewhere.data)
    assert other.versions.active() == house.store.versions.active()
    assert other.chain(CALL) == house.store.chain(CALL)
    before, after = ([line.hash for line in each.audit.walk()] for each in (house.store, other))
    assert before[:-1] == after[:-1]  # the last is told of the backup there, of the restore here
    other.close()
    assert manifest.revision == house.store.revisions()[0]


def spend(store: Store, data: Path, count: int) -> set[str]:
    """Take so many numbers on one node, which leases as it does at work."""
    blocks, taken = NumberBlocks(data / "numbers", store.lease), set[str]()
    while len(taken) < count:
        if len(taken) % 1000 == 0:
            blocks.fill("C")
        taken.add(blocks.take("C") or "")
    return taken - {""}


@pytest.mark.parametrize("over", [True, False])
def test_no_number_is_given_twice_that_was_spoken_after_the_backup(house: House, over: bool) -> None:
    before = spend(house.store, house.settings.data, 10)
    backup(house.settings, house.store, house.file)
    spoken = before | spend(house.store, house.settings.data, 4000)
    spoken |= spend(house.store, house.settings.data / "another", 3000)
    house.store.close()
    settings = house.settings if over else house.elsewhere
    restore(settings, house.file, over=over)
    again = Store(settings.database_url, settings.data)
    later = spend(again, settings.data, 4000)
    if over:  # the other node goes on with what lies on its disk
        later |= spend(again, settings.data / "another", 4000)
    again.close()
    assert len(later & spoken) == 0


def test_nothing_that_may_have_left_since_leaves_again_by_itself(house: House) -> None:
    now, keyring = time.time(), Keyring(house.settings.secret_keys)
    (case,) = (one.number for one in house.store.cases.latest(10))
    for name in ("waits", "tried", "later", "left"):
        draft = Draft(case=case, channel="sms", body=name, author="Priya", once=name)
        assert Conversation(house.store, keyring).write(draft, now)
    ids = {name: message.id for name, message in by_words(house.store, keyring, case).items()}
    house.store.messages.begin(ids["tried"], 1, now, now + 60)
    house.store.messages.settle(ids["left"], 1, Came("sent", provider="SM1"), now)
    with house.store.database.writing() as connection:
        connection.execute(messages.update().where(messages.c.id == ids["later"]).values(due_at=now + 3600))
        (made,) = connection.execute(effects.select().where(effects.c.kind == "CreateCase")).mappings().all()
        for number, (kind, state) in enumerate(product((*LEAVING, "CreateCase"), ("held", "waiting"))):
            more = {"id": number.to_bytes(16, "big"), "kind": kind, "state": state, "due_at": now}
            connection.execute(effects.insert().values({**made, **more}))
    backup(house.settings, house.store, house.file)
    assert restore(house.elsewhere, house.file).unsure == 2 + 2 * len(LEAVING)
    other = Store(house.elsewhere.database_url, house.elsewhere.data)
    states = {name: message.state for name, message in by_words(other, keyring, case).items()}
    assert states == {"waits": "unknown", "tried": "unknown", "later": "waiting", "left": "sent"}
    assert other.messages.due(now + 1800) == []
    assert {one.record.kind for one in other.effects.due(now + 1800)} == {"CreateCase"}
    told = [one for one in other.effects.of_call(CALL) if one.record.kind in LEAVING]
    assert {(one.state, one.reason) for one in told} == {("unknown", RESTORED)}
    other.close()


def by_words(store: Store, keyring: Keyring, case: str) -> dict[str, Message]:
    """Give the messages of a case by what they say."""
    found = {}
    for message in store.messages.of_case(case):
        said = opened(message, store, keyring).said
        found[said.body if said else ""] = message
    return found


def test_a_busy_hotline_leaves_out_what_it_may_have_spoken_since(house: House) -> None:
    with house.store.database.writing() as connection:
        (case,) = connection.execute(cases.select()).mappings().all()
        for number in range(200):
            more = {"number": f"X{number}", "effect": number.to_bytes(16, "big"), "visit": str(number)}
            connection.execute(cases.insert().values({**case, **more}))
    at = case["at"]
    assert skipped(house.store, at, at + 86400 * 9) >= 48_000 + 200 * 10


def test_no_key_is_in_it(house: House) -> None:
    backup(house.settings, house.store, house.file)
    held = house.file.read_bytes()
    assert SECRET[1] not in held
    assert base64.b64encode(SECRET[1]) not in held
    assert TOKEN.encode() not in held
    assert not [name for name in checked(house.file).files if name.endswith((FILE, "local.env"))]


def test_what_was_changed_or_cut_off_is_refused_before_anything_is_touched(house: House) -> None:
    backup(house.settings, house.store, house.file)
    whole = house.file.read_bytes()
    for broken in (whole.replace(SOUND, SOUND.upper()), whole[: len(whole) // 2], b"no archive"):
        house.file.write_bytes(broken)
        with pytest.raises(NotABackup):
            restore(house.elsewhere, house.file)
    added = house.file
    added.write_bytes(whole)
    with tarfile.open(added, "a:") as archive:
        archive.add(Path(__file__), arcname="versions/../../evil.py")
    with pytest.raises(NotABackup, match="disagree"):
        restore(house.elsewhere, added)
    store = Store(house.elsewhere.database_url, house.elsewhere.data)
    assert store.revisions()[0] == ""
    store.close()


def test_calls_that_stand_there_are_not_replaced_unless_told(house: House) -> None:
    backup(house.settings, house.store, house.file)
    board = board_over(house.store, house.settings.data)
    late = "CA" + "9" * 32
    board.begin(late, Called(1_900_000_000.0, None, "+18005550100"))
    with pytest.raises(IvrError, match="the database holds calls"):
        restore(house.settings, house.file)
    assert stands(house.settings) == [CALL, OTHER, late]
    house.store.nodes.beat("here:/data", 9e12)
    with pytest.raises(IvrError, match="here:/data is at work"):
        restore(house.settings, house.file, over=True)
    house.store.nodes.forget("here:/data")
    house.store.close()
    assert restore(house.settings, house.file, over=True).same == 2
    assert stands(house.settings) == [CALL, OTHER]


def test_a_copy_that_breaks_off_in_the_middle_of_it_leaves_what_stood_there(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    folder.mkdir()
    tables = copy_out(house.store.database, folder)
    last = folder / (f"{[*tables][-1]}.copy" if tables else SQLITE)
    if tables:
        last.write_bytes(b"no row at all\n")
    else:
        last.unlink()
    with pytest.raises((IvrError, OSError, DatabaseError)):
        put_back(house.store.database, folder, house.store.revisions()[0], tables)
    assert stands(house.settings) == [CALL, OTHER]


def test_what_was_erased_since_stays_erased_its_recording_too(house: House) -> None:
    backup(house.settings, house.store, house.file)
    note(house.elsewhere.data, [(mark_of(Keyring(house.settings.secret_keys), OF_CALL, CALL), "E1", 1.0)])
    done = restore(house.elsewhere, house.file)
    assert (done.buried >= 1, done.erased, done.same) == (True, 1, 1)
    assert not (house.elsewhere.recordings / "inbox" / CALL).exists()


def erased(house: House) -> None:
    """Have the first call erased, as the job process does it."""
    places = Places(house.settings.data, depot_of(house.settings))
    keyring = Keyring(house.settings.secret_keys)
    eraser = Eraser(house.store, keyring, places)
    found = reach(Archive(house.store, keyring), places, [CALL])
    for case in found.numbers:
        house.store.shredder.close_case(case, time.time())
    house.store.calls.end(CALL, Ending(time.time(), "case", 1, 0))
    assert eraser.carry_out(eraser.ask(found, "Ada", time.time()), time.time()).done_at


def test_what_stands_there_says_who_was_erased_where_the_list_is_gone(house: House) -> None:
    backup(house.settings, house.store, house.file)
    erased(house)
    (house.settings.data / FILE).unlink()
    house.store.close()
    done = restore(house.settings, house.file, over=True)
    assert (done.erased, done.same, done.stood) == (1, 1, True)
    again = Store(house.settings.database_url, house.settings.data)
    with pytest.raises(Erased):
        key_of(again.call(CALL), Keyring(house.settings.secret_keys))
    assert len(again.erasures.buried()) >= 1
    again.close()
    assert len(graves(house.settings.data)) >= 1
    assert not (house.settings.recordings / "inbox" / CALL).exists()


def test_where_nothing_knows_who_was_erased_that_is_said(house: House) -> None:
    backup(house.settings, house.store, house.file)
    done = restore(house.elsewhere, house.file)
    assert (done.stood, done.last_erasure) == (False, None)
    assert "no list `tombstones`" in unsure_of_erasures(done.last_erasure)
    assert "up to 2026-" in unsure_of_erasures(1_795_000_000.0)


@pytest.mark.parametrize("first_alone", [True, False])
def test_calls_with_turns_missing_are_named(house: House, first_alone: bool) -> None:
    lost = turns.delete().where(turns.c.call == CALL)
    with house.store.database.writing() as connection:
        connection.execute(lost.where(turns.c.parent == b"") if first_alone else lost)
    backup(house.settings, house.store, house.file)
    done = restore(house.elsewhere, house.file)
    assert (done.same, [line[: len(CALL)] for line in done.different]) == (1, [CALL])
    assert "is there" in done.different[0] if not first_alone else "is not there" in done.different[0]
    assert replay_all(house.store, house.settings, every_call(house.store)) == 1


def test_without_the_keys_it_is_said_that_nobody_can_read_them(house: House) -> None:
    backup(house.settings, house.store, house.file)
    done = restore(replace(house.elsewhere, secret_keys=(("other", b"0" * 32),)), house.file)
    assert (done.same, len(done.different)) == (0, 2)


def test_a_backup_is_of_one_moment_while_calls_go_on(house: House) -> None:
    board, stop, begun = board_over(house.store, house.settings.data), threading.Event(), []

    def call() -> None:
        while not stop.is_set():
            name = f"CA{len(begun):032x}"
            try:
                board.begin(name, Called(1_900_000_000.0, None, "+18005550100"))
            except StoreUnavailable:  # a busy machine: the carrier would ask again
                continue
            begun.append(name)

    thread = threading.Thread(target=call)
    thread.start()
    try:
        until = time.monotonic() + 60
        while len(begun) < 5 and time.monotonic() < until:
            stop.wait(0.01)
        backup(house.settings, house.store, house.file)
        during = len(begun)
        while len(begun) < during + 3 and time.monotonic() < until:  # they go on
            stop.wait(0.01)
        assert len(begun) >= during + 3
    finally:
        stop.set()
        thread.join()
    done = restore(house.elsewhere, house.file)
    assert done.different == ()
    kept = [name for name in stands(house.elsewhere) if name not in {CALL, OTHER}]
    assert 5 <= len(kept) <= during + 1
    assert kept == begun[: len(kept)]


def test_the_commands_say_what_they_did(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: Callable[..., None], *words: str) -> str:
        done = CliRunner().invoke(command, list(words), catch_exceptions=False)  # type: ignore[arg-type]
        assert done.exit_code == 0, done.output
        return done.output

    assert "tables of" in run(backup_command, str(house.file))
    assert "whole, " in run(backup_command, "--verify", str(house.file))
    spoiled = house.file.with_name("spoiled.tar")
    spoiled.write_bytes(house.file.read_bytes().replace(SOUND, SOUND.upper()))
    with pytest.raises(NotABackup, match="is not what was put there"):
        run(backup_command, str(spoiled), "--verify")
    with pytest.raises(IvrError, match="is there already"):
        run(backup_command, str(house.file))
    monkeypatch.setenv("IVR_DATA", str(house.elsewhere.data))
    monkeypatch.setenv("IVR_RECORDINGS", str(house.elsewhere.recordings))
    monkeypatch.setenv("DATABASE_URL", house.elsewhere.database_url)
    assert json.loads(run(restore_command, str(house.file), "--json"))["same"] == 2
