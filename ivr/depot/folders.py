"""Files of people in folders of this machine: what `IVR_RECORDINGS` and `IVR_DATA` name."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from ivr.depot import DepotAway, Kept, NotKept, checked
from ivr.disk import sync_folder


class Folders:
    """One folder of the disk for each folder of names; whoever comes first makes it, for its owner alone."""

    shared = False

    def __init__(self, places: Mapping[str, Path]) -> None:
        """Keep names that begin with a key of `places` below its path."""
        self._places = places

    def path(self, name: str) -> Path:
        """Say where a name lies; NotKept where it is none of ours."""
        first, _, rest = checked(name).partition("/")
        if first not in self._places:
            raise NotKept(f"nothing is kept under {first!r}")
        return self._places[first] / rest if rest else self._places[first]

    def keep(self, name: str, source: IO[bytes]) -> None:
        """Copy it beside its place, bring it to the disk, and put it in place in one move."""
        target = self.path(name)
        draft = target.with_name(f"{target.name}.{os.getpid()}.part")
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with draft.open("wb") as out:
                draft.chmod(0o600)
                shutil.copyfileobj(source, out)
                out.flush()
                os.fsync(out.fileno())
            draft.replace(target)
            sync_folder(target.parent)
        except OSError as error:
            raise DepotAway(f"{target} cannot be written: {error.strerror}") from error
        finally:
            draft.unlink(missing_ok=True)

    def find(self, name: str) -> Kept | None:
        """Look on the disk."""
        path = self.path(name)
        return _kept(name, path) if path.is_file() else None

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Open the file itself."""
        try:
            file = self.path(name).open("rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise NotKept(f"{name} is not on this machine") from error
        except OSError as error:
            raise DepotAway(f"{name} cannot be read: {error.strerror}") from error
        with file:
            yield file

    def list(self, folder: str) -> Iterator[Kept]:
        """Walk through it; what goes meanwhile is left out."""
        top = self.path(folder)
        for path in sorted(top.rglob("*")):
            if path.is_file() and not path.name.endswith(".part"):
                try:
                    yield _kept(f"{folder}/{path.relative_to(top).as_posix()}", path)
                except FileNotFoundError:
                    continue

    def remove(self, names: Iterable[str]) -> int:
        """Remove from the disk."""
        count = 0
        for path in [self.path(name) for name in names]:
            if path.is_dir():
                shutil.rmtree(path)
            elif path.exists():
                path.unlink(missing_ok=True)
            else:
                continue
            count += 1
        return count


def _kept(name: str, path: Path) -> Kept:
    told = path.stat()
    return Kept(name, told.st_size, told.st_mtime)
