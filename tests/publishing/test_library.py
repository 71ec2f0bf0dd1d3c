from hashlib import sha256

import pytest
from kernel.hotline import hotline

from ivr.codec import dumps
from ivr.content import Content
from ivr.errors import UnknownVersion
from ivr.publishing.library import Library
from ivr.store.versions import Switch

WAV = b"RIFF and so on"
NAME = sha256(WAV).hexdigest()


def spoken():
    content = hotline()
    return Content(content.hash, content.tree, {}, {}, {}, {}, audio={NAME: 1.0})


def test_what_was_kept_is_found_without_the_database(tmp_path):
    Library(tmp_path).keep(spoken(), {NAME: WAV})
    again = Library(tmp_path)
    assert again.get("aa" * 32) == spoken()
    assert again.audio(NAME).read_bytes() == WAV
    assert again.hashes() == {"aa" * 32}


def test_what_another_node_published_is_fetched_once(tmp_path, store):
    store.versions.put(dumps(Content, spoken()).encode(), Switch(0, "aa" * 32, "somebody", "", 1.0))
    library = Library(tmp_path, store.versions)
    with pytest.raises(UnknownVersion, match="lacks its recording"):
        library.fetch("aa" * 32)
    store.versions.put_audio(NAME, WAV)
    library.fetch("aa" * 32)
    assert Library(tmp_path).get("aa" * 32) == spoken()
    assert Library(tmp_path).audio(NAME).read_bytes() == WAV


@pytest.mark.parametrize("name", ["", "cc" * 32, "../../etc/passwd", "AA" * 32])
def test_what_nobody_has_is_unknown(tmp_path, name):
    with pytest.raises(UnknownVersion):
        Library(tmp_path).get(name)
    assert Library(tmp_path).audio(name) is None


def test_memory_holds_some_versions_and_the_disk_all(tmp_path):
    library = Library(tmp_path)
    for number in range(20):
        library.keep(hotline(f"{number:064x}"))
    for number in range(20):
        assert library.get(f"{number:064x}").hash == f"{number:064x}"
        assert library.vocabulary(f"{number:064x}").words
    assert len(library.hashes()) == 20
