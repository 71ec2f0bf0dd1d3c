import os

import pytest

from ivr.errors import SettingError
from ivr.keys import KeyNotHeld, Keyring
from ivr.privacy import CallKey, NotReadable, caller_index, caller_indexes, key_of, new_seed, wrap
from ivr.records import CallRecord

OLD, NEW = ("old", os.urandom(32)), ("new", os.urandom(32))


def record_of(keyring, seed):
    key = keyring.first
    return CallRecord(
        "CA1", "care", "aa", 1.0, False, b"", key.id, CallKey(key, seed).name, wrap(key, "CA1", seed), b""
    )


def test_the_first_key_seals_and_all_open():
    ring = Keyring([NEW, OLD])
    assert ring.first.id == "new"
    assert ring.held("old").id == "old"
    assert ring.get("third") is None
    with pytest.raises(KeyNotHeld):
        ring.held("third")


def test_no_keys_at_all_is_a_wrong_setting():
    with pytest.raises(SettingError):
        Keyring([])


def test_record_ids_differ_where_the_parts_are_cut_differently():
    key = Keyring([OLD]).first
    assert key.record_id(b"ab", b"c") != key.record_id(b"a", b"bc")
    assert len(key.record_id(b"a")) == 16


def test_a_call_key_is_found_again_from_the_calls_record():
    seed = new_seed()
    record = record_of(Keyring([OLD]), seed)
    found = key_of(record, Keyring([NEW, OLD]))
    assert found.seed == seed
    sealed = CallKey(Keyring([OLD]).first, seed).seal(b"record", b"secret")
    assert found.open(b"record", sealed) == b"secret"


def test_the_name_of_a_seed_opens_nothing():
    key, seed = Keyring([OLD]).first, new_seed()
    sealed = CallKey(key, seed).seal(b"record", b"secret")
    with pytest.raises(NotReadable):
        CallKey(key, CallKey(key, seed).name).open(b"record", sealed)


def test_a_private_part_cannot_be_moved_to_another_record():
    call_key = CallKey(Keyring([OLD]).first, new_seed())
    with pytest.raises(NotReadable):
        call_key.open(b"other", call_key.seal(b"record", b"secret"))


def test_without_its_secret_key_a_call_cannot_be_read():
    record = record_of(Keyring([OLD]), new_seed())
    with pytest.raises(KeyNotHeld):
        key_of(record, Keyring([NEW]))
    with pytest.raises(NotReadable):
        key_of(record, Keyring([("old", os.urandom(32))]))


def test_a_callers_number_is_found_under_every_key():
    ring = Keyring([NEW, OLD])
    assert caller_index(ring.held("old"), "+15005550103") in caller_indexes(ring, "+15005550103")
    assert b"5005550103" not in caller_index(ring.first, "+15005550103")
