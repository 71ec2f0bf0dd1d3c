"""Files of people, in folders and in a bucket: the same tests for both."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ivr.depot import Depot, DepotAway, NotKept
from ivr.depot.folders import Folders

ONE, TWO = "inbox/CA1/RE1.wav", "inbox/CA12/RE2.wav"


def put(depot: Depot, name: str, content: bytes) -> None:
    depot.keep(name, io.BytesIO(content))


def test_what_is_kept_can_be_read_from_any_place_of_it(depot: Depot) -> None:
    content = os.urandom(700_000)
    put(depot, ONE, content)
    kept = depot.find(ONE)
    assert kept is not None
    assert (kept.name, kept.size) == (ONE, len(content))
    assert abs(kept.at - time.time()) < 60
    with depot.open(ONE) as file:
        assert file.read(10) == content[:10]
        file.seek(400_000)
        assert file.read(20) == content[400_000:400_020]
        file.seek(-5, os.SEEK_END)
        assert file.read() == content[-5:]
        assert file.read(1) == b""
        file.seek(0)
        assert file.read() == content


def test_the_same_name_again_takes_the_place_of_the_first(depot: Depot) -> None:
    put(depot, ONE, b"first")
    put(depot, ONE, b"second")
    with depot.open(ONE) as file:
        assert file.read() == b"second"
    assert [kept.name for kept in depot.list("inbox")] == [ONE]


def test_a_folder_lists_its_own_files_and_not_those_of_one_whose_name_begins_alike(depot: Depot) -> None:
    put(depot, ONE, b"one")
    put(depot, TWO, b"two")
    put(depot, "messages/ab/0", b"picture")
    assert [kept.name for kept in depot.list("inbox")] == [ONE, TWO]
    assert [kept.name for kept in depot.list("inbox/CA1")] == [ONE]
    assert list(depot.list("exports")) == []


def test_what_is_removed_is_gone_and_its_neighbour_stays(depot: Depot) -> None:
    for name in (ONE, TWO, "inbox/CA1/RE3.wav", "exports/x.csv"):
        put(depot, name, b"sound")
    assert depot.remove(["inbox/CA1", "inbox/CA9", "exports/x.csv"]) == 2
    assert depot.find(ONE) is None
    with pytest.raises(NotKept), depot.open(ONE):
        pass
    assert [kept.name for kept in depot.list("inbox")] == [TWO]
    assert depot.remove(["inbox/CA1"]) == 0


@pytest.mark.parametrize(
    "name", ["inbox/../../etc/passwd", "/etc/passwd", "inbox//x", "", "inbox/.hidden", "inbox/a\0"]
)
def test_no_name_leads_out_of_the_store(depot: Depot, name: str) -> None:
    with pytest.raises(NotKept):
        put(depot, name, b"x")
    with pytest.raises(NotKept):
        depot.find(name)


def test_an_hour_of_sound_goes_in_parts_and_comes_back_the_same(depot: Depot) -> None:
    content = os.urandom(1 << 20) * 12
    put(depot, ONE, content)
    with depot.open(ONE) as file:
        assert file.read() == content


def test_a_file_in_a_folder_is_for_its_owner_alone(depot: Depot) -> None:
    if not isinstance(depot, Folders):
        pytest.skip("a bucket has rights of its own")
    put(depot, ONE, b"sound")
    path = depot.path(ONE)
    assert (path.stat().st_mode & 0o077, path.parent.stat().st_mode & 0o077) == (0, 0)
    assert [each.name for each in path.parent.iterdir()] == ["RE1.wav"]


def test_a_bucket_that_is_not_there_is_away_and_says_no_secret(bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    away = type(bucket)("recordings", "hotline")
    for ask in (lambda: put(away, ONE, b"x"), lambda: away.find(ONE), lambda: list(away.list("inbox"))):
        with pytest.raises(DepotAway) as said:
            ask()
        assert "tests-secret" not in str(said.value)


def test_who_answers_callers_never_loads_the_library_of_the_bucket(bucket, root: Path, tmp_path: Path) -> None:
    ask = """
import sys
from ivr.node import Node
from ivr.settings import read_settings
node = Node(read_settings())
print([name for name in sys.modules if name.startswith("obstore")])
node.close()
"""
    own = {"IVR_DATA": str(tmp_path), "TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "t" * 32}
    environ = os.environ | own | {"IVR_SECRET_KEYS": "k1:" + "QUFB" * 16}
    done = subprocess.run(
        [sys.executable, "-c", ask], cwd=root, env=environ, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
