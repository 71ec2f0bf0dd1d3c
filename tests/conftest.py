"""What every test may ask for."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Files of two rooms may share a name (import mode importlib); what tests share stands beside them and is found here.
sys.path[:0] = [str(folder) for folder in sorted((ROOT / "tests").iterdir()) if folder.is_dir()]
os.environ.setdefault("IVR_SPOOL_MB", "1")  # a node takes it from the disk at its start, and there are many here
REQUIRED = os.environ.get("CI") == "true"  # an optional part that is absent is an error here, never a skip


def shared_folder() -> Path:
    """Say where strangers' menus and the carrier's papers lie."""
    return Path(os.environ.get("IVR_SHARED") or ROOT.parent / "shared")


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of strangers' menus; tests that ask for it carry the marker `shared`."""
    return shared_folder()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what this machine cannot run; where CI=true let it fail and say why."""
    if shared_folder().is_dir() or REQUIRED:
        return
    absent = pytest.mark.skip(reason=f"{shared_folder()} is not there")
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(absent)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Name the absent folder instead of failing somewhere inside."""
    if item.get_closest_marker("shared") and not shared_folder().is_dir():
        pytest.fail(f"{shared_folder()} is not there, and CI=true requires it", pytrace=False)
    if "shared" in getattr(item, "fixturenames", ()) and not item.get_closest_marker("shared"):
        pytest.fail("a test that asks for `shared` must carry the marker `shared`", pytrace=False)
