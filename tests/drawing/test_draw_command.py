"""`ivr draw` on a working copy and on a published version."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.commands.draw import command
from ivr.commands.prepare import command as prepare
from ivr.errors import MenuRefused, UnknownVersion
from ivr.settings import read_settings
from ivr.store import Store

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def copy(tmp_path, monkeypatch) -> Path:
    for name in ("config.yaml", "menus", "recordings"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    for name in (
        "TWILIO_ACCOUNT_SID",
        "TWILIO_AUTH_TOKEN",
        "IVR_SECRET_KEYS",
        "IVR_CONFIG",
        "IVR_MENUS",
        "DATABASE_URL",
    ):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(command, words, catch_exceptions=True)


def test_the_working_copy_is_drawn_without_keys_or_tables(copy):
    done = run("--out", "menu.svg")
    assert done.exit_code == 0, done.output
    assert (copy / "menu.svg").read_text().startswith("<svg")
    assert run("--as", "words").output.startswith("<!doctype html>")


def test_a_broken_working_copy_is_not_drawn_and_says_why(copy):
    (copy / "menus" / "main.yaml").write_text("main:\n  menu: Hello.\n  keys: {1: a -> nowhere}\n")
    done = run()
    assert isinstance(done.exception, MenuRefused)
    assert "unknown-step" in str(done.exception)


def test_a_published_version_is_drawn_though_the_working_copy_has_changed(copy):
    assert CliRunner().invoke(prepare, catch_exceptions=False).exit_code == 0
    (copy / "menus" / "main.yaml").unlink()
    settings = read_settings()
    store = Store(settings.database_url, settings.data)
    version = store.versions.active() or ""
    store.close()
    done = run("--as", "mermaid", "--version", version[:8])
    assert done.output.startswith("flowchart LR"), done.exception
    assert isinstance(run("--version", "ffffffffffff").exception, UnknownVersion)
