from __future__ import annotations

import pytest
from click.testing import CliRunner

from ivr.commands.prepare import command
from ivr.errors import MenuRefused
from ivr.settings import read_settings
from ivr.store import Store


@pytest.fixture
def run(tmp_path, root, monkeypatch):
    monkeypatch.setenv("IVR_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("IVR_CONFIG", str(root / "config.yaml"))
    monkeypatch.setenv("IVR_MENUS", str(root / "menus"))
    monkeypatch.setenv("IVR_RECORDINGS", str(root / "recordings"))
    return lambda: CliRunner().invoke(command, catch_exceptions=False)


def active() -> str | None:
    settings = read_settings()
    store = Store(settings.database_url, settings.data)
    try:
        return store.versions.active()
    finally:
        store.close()


def test_a_fresh_machine_gets_keys_tables_and_the_sample(run):
    said = run().output
    assert "made IVR_SECRET_KEYS" in said
    assert active() is not None
    assert f"version {active()[:12]} is in force" in said


def test_a_second_time_changes_nothing(run, tmp_path):
    run()
    before = active(), (tmp_path / "data" / "local.env").read_bytes()
    said = run().output
    assert "made" not in said
    assert (active(), (tmp_path / "data" / "local.env").read_bytes()) == before


def test_what_is_made_is_for_its_owner_alone(run, tmp_path):
    said = run().output
    data = tmp_path / "data"
    assert "others can look into it" not in said
    assert {path.name for path in (data, data / "ivr.db", data / "local.env") if path.stat().st_mode & 0o077} == set()


def test_a_folder_that_others_can_look_into_is_told(run, tmp_path):
    (tmp_path / "data").mkdir(mode=0o755)
    done = run()
    assert f"warning: {tmp_path / 'data'}: others can look into it (mode 0755)" in done.stderr
    assert done.exit_code == 0


def broken_menus(tmp_path) -> str:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "main.yaml").write_text("main:\n  menu: Hello\n  keys:\n    1: this -> nowhere\n")
    return str(folder)


def test_a_broken_menu_stops_a_machine_without_a_version(run, tmp_path, monkeypatch):
    monkeypatch.setenv("IVR_MENUS", broken_menus(tmp_path))
    with pytest.raises(MenuRefused, match=r"menus/main\.yaml"):
        run()
    assert active() is None


def test_a_broken_menu_does_not_stop_a_machine_that_has_a_version(run, tmp_path, monkeypatch):
    run()
    monkeypatch.setenv("IVR_MENUS", broken_menus(tmp_path))
    assert "is in force" in run().output
