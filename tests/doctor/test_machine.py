"""Keys, disk, spool, database, tables, processes and mail server: each check seen right and wrong."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rig.mail import mail_server
from rig.ports import free_ports
from store.samples import first, turn

from ivr.doctor.finding import Patient
from ivr.doctor.machine import database, disk, keys, mail, processes, schema, spool
from ivr.environment import Smtp
from ivr.records import Entry
from ivr.spool import FILE, Spool, State
from ivr.store import Store
from ivr.store.migrations import upgrade
from ivr.worker.alone import alone
from tests.doctor.conftest import Ward


def test_keys_are_private_and_open_what_is_there(ward: Ward) -> None:
    assert ward.found(keys.check) == [("ok", "1 key; every recent call can be opened")]
    ward.server.data.chmod(0o755)
    open_to_others = ward.found(keys.check)[0]
    ward.server.data.chmod(0o700)
    assert open_to_others == ("warning", f"others can look into {ward.server.data} (mode 0755)")


def test_a_key_that_calls_were_sealed_with_and_that_is_gone_is_named(ward: Ward, tmp_path: Path) -> None:
    store = Store("", tmp_path)
    store.upgrade()
    sealed = first()
    store.commit(sealed)
    assert sealed.call
    told = replace(ward.server.settings, data=tmp_path, secret_keys=((sealed.call.key, b"0" * 32),))
    assert [one.state for one in keys.check(Patient(told, store, None)) if "sealed" in one.what] == []
    told = replace(told, secret_keys=(("other", b"0" * 32),))
    (found,) = (one for one in keys.check(Patient(told, store, None)) if "sealed" in one.what)
    assert (found.state, sealed.call.key in found.what) == ("wrong", True)
    store.close()


def test_there_is_room_on_the_disk_and_it_can_be_written_to(ward: Ward, tmp_path: Path) -> None:
    assert [disk.judged(free, tmp_path).state for free in (10**8, 2 * 10**9, 10**10)] == ["wrong", "warning", "ok"]
    assert {what.partition(" for ")[2] for _, what in ward.found(disk.check)} == {
        str(ward.server.data),
        str(ward.server.settings.recordings),
    }
    # nobody, root neither, writes there
    assert ward.found(disk.check, data=Path("/proc/1"), recordings=Path("/proc/1"))[0][0] == "wrong"


@pytest.fixture
def lasting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Judge not where the tests themselves happen to run: in a container's own layer, perhaps."""
    monkeypatch.setattr(spool, "MOUNTS", tmp_path / "nobody says")


@pytest.mark.usefixtures("lasting")
def test_the_spool_is_there_with_blocks_of_its_own_and_holds_nothing(ward: Ward) -> None:
    size = ward.server.settings.spool_size
    assert ward.found(spool.check) == [
        ("ok", f"1 MB of {ward.server.settings.spool} are the spool's own; no record waits")
    ]
    (found,) = ward.found(spool.check, spool_size=2 * size)
    assert (found[0], "has 1 MB, and IVR_SPOOL_MB says 2" in found[1]) == ("warning", True)


@pytest.mark.usefixtures("lasting")
def test_a_spool_that_is_not_made_yet_is_not_made_by_looking(ward: Ward, tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    assert ward.found(spool.check, spool=folder) == [("warning", f"there is no spool in {folder} yet")]
    assert not folder.exists()
    assert spool.to_be_made(1 << 20, 2 << 20, folder).state == "wrong"
    assert ward.found(spool.check, spool=Path("/proc/1"))[0][0] == "wrong"


@pytest.mark.usefixtures("lasting")
def test_records_that_wait_and_records_that_were_refused_are_told(ward: Ward, tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    ring = Spool(folder, ward.server.settings.spool_size)
    away = Store("postgresql://nobody@127.0.0.1:9/nothing", tmp_path, disk=ring)
    away.commit(first(1))
    away.commit(Entry(turn(2, parent=1)))
    away.close()
    ring.close()
    (folder / "refused").mkdir()
    (folder / "refused" / "00").touch()
    assert ward.found(spool.check, spool=folder) == [
        ("warning", "2 records wait in the spool, 0 % of it"),
        ("warning", f"1 record that the database refused in {folder / 'refused'}"),
    ]
    assert [one.state for one in spool.judged(State(900, 700, 1000), folder)] == ["wrong"]


@pytest.mark.usefixtures("lasting")
def test_a_spool_with_holes_or_damage_would_not_keep_what_it_promises(ward: Ward, tmp_path: Path) -> None:
    Spool(tmp_path, ward.server.settings.spool_size).close()
    whole = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).unlink()
    with (tmp_path / FILE).open("wb") as file:
        file.write(whole[:4096])
        file.truncate(len(whole))
    assert [
        state for state, what in ward.found(spool.check, spool=tmp_path) if "a full disk would stop it" in what
    ] == ["wrong"]
    (tmp_path / FILE).write_bytes(b"?" * len(whole))
    (told,) = ward.found(spool.check, spool=tmp_path)
    assert (told[0], "cannot be opened" in told[1]) == ("wrong", True)


def test_memory_networks_and_layers_of_a_container_are_no_place_for_a_spool(tmp_path: Path) -> None:
    kinds = {"tmpfs": "wrong", "nfs4": "wrong", "overlay": "warning", "ext4": None, "": None}
    told = {kind: spool.lasting(kind, tmp_path) for kind in kinds}
    assert {kind: found and found.state for kind, found in told.items()} == kinds
    shm = Path("/dev/shm")
    assert not shm.exists() or spool.kind_of(shm) == "tmpfs"


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        opened = Store("", tmp_path)
        yield opened
        opened.close()
        return
    with request.getfixturevalue("postgres").database(migrated=False) as url:
        opened = Store(url, tmp_path)
        yield opened
        opened.close()


def test_the_database_keeps_what_it_commits(store: Store) -> None:
    store.upgrade()
    posture = store.posture.read()
    if "fsync" in posture:  # the tests' own server spares the disk
        assert [one.what.partition(" ")[0] for one in database.judged(posture)] == ["fsync"]
        posture |= {"fsync": "on"}
    assert [one.state for one in database.judged(posture)] == ["ok"]
    for name in database.SYNCS.keys() & posture.keys():
        found = list(database.judged(posture | {name: "off"}))
        assert [(one.state, one.what.partition(" ")[0]) for one in found] == [("wrong", name)]
    assert next(database.judged(posture | {"server_version_num": "120004"})).state == "warning"


def test_a_primary_that_waits_for_no_standby_is_told_where_there_is_one(store: Store, tmp_path: Path) -> None:
    if store.database.sqlite:
        pytest.skip("it has no standby")
    assert store.posture.read()["hosts"] == "1"
    url = store.database.url
    one, port = url.host or url.query["host"], url.port or url.query.get("port", 5432)
    several = url.set(host=None, port=None).update_query_dict({"host": f"{one},{one}", "port": f"{port},{port}"})
    other = Store(several.set(drivername="postgresql").render_as_string(hide_password=False), tmp_path)
    posture = other.posture.read() | {"fsync": "on"}
    other.close()
    (told,) = database.judged(posture)
    assert (told.state, told.what.partition(":")[0]) == ("warning", "commits wait for no standby")
    named = posture | {"synchronous_standby_names": "ANY 1 (db2)"}
    assert [one.state for one in database.judged(named)] == ["ok"]
    assert [one.state for one in database.judged(named | {"synchronous_commit": "remote_apply"})] == ["ok"]


def test_a_database_file_that_others_read_is_wrong(ward: Ward) -> None:
    assert [state for state, _ in ward.found(database.check)] == ["ok"]
    file = ward.server.data / "ivr.db"
    file.chmod(0o644)
    told = ward.found(database.check)
    file.chmod(0o600)
    assert told == [("wrong", "other users of this machine can read the database file")]


def test_tables_of_another_release_are_told(ward: Ward, store: Store) -> None:
    patient = Patient(ward.server.settings, store, None)
    assert next(schema.check(patient)).what == "the database has no tables"
    upgrade(store.database, "talks")
    assert "of another release (talks, not" in next(schema.check(patient)).what
    store.upgrade()
    assert next(schema.check(patient)).state == "ok"


def test_nodes_and_the_job_process_are_alive(ward: Ward, tmp_path: Path) -> None:
    until = time.monotonic() + 20
    while (told := ward.found(processes.check)) and told[0][0] != "ok" and time.monotonic() < until:
        time.sleep(0.2)
    while len(told) > 2 and time.monotonic() < until:  # it takes the version
        told = ward.found(processes.check)
    assert told[0] == ("ok", "1 node alive")
    assert told[1][0] == "wrong"  # this server has no job process
    with alone(ward.server.data):
        assert ward.found(processes.check) == [("ok", "1 node alive"), ("ok", "the job process is at work")]
    ward.store.nodes.beat("another:/data", time.time())
    behind = ward.found(processes.check)[1]
    ward.store.nodes.forget("another:/data")
    assert behind == ("wrong", "not holding the version in force: another:/data")
    store = Store("", tmp_path)
    store.upgrade()
    assert next(processes.check(Patient(ward.server.settings, store, None))).state == "wrong"
    store.close()


def test_the_mail_server_takes_ours(ward: Ward) -> None:
    assert ward.found(mail.check) == [("warning", "e-mails to front_desk wait: no server takes them")]
    with mail_server() as server:
        there = Smtp("127.0.0.1", server.port, tls=False)
        assert ward.found(mail.check, smtp=there) == [("ok", "127.0.0.1 takes our e-mail")]
        assert server.letters == []
        stranger = replace(there, user="us", password="wrong")
        assert ward.found(mail.check, smtp=stranger)[0][0] == "wrong"
    assert ward.found(mail.check, smtp=Smtp("127.0.0.1", free_ports()[0], tls=False))[0][0] == "wrong"
