"""Files of people in a bucket that speaks S3, which all machines of the hotline share.

Where it is and how we are let in stands in the environment by the names that are usual for S3 (``AWS_ENDPOINT_URL``,
``AWS_REGION``, ``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``), or comes from the machine's own role there. The
library is loaded at the first use: voice workers never come here.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any, BinaryIO

from ivr.depot import DepotAway, Kept, NotKept, checked
from ivr.errors import SettingError

if TYPE_CHECKING:
    from obstore.store import S3Store

PATIENCE = timedelta(seconds=10)  # for one try; a page or a job comes again by itself
AGAIN = timedelta(seconds=20)  # in all, the library's own further tries included
WINDOW = 256 * 1024  # bytes that are fetched at a time


class Bucket:
    """One bucket, below a prefix."""

    shared = True

    def __init__(self, bucket: str, prefix: str) -> None:
        """Prepare; nothing is asked before it is needed."""
        self._named = bucket, prefix or None

    @cached_property
    def _store(self) -> S3Store:
        try:
            from obstore.store import S3Store
        except ImportError as error:
            raise SettingError(
                "RECORDINGS_URL: the library that speaks S3 is not installed", hint="pip install 'ivr-hotline[s3]'"
            ) from error
        bucket, prefix = self._named
        plain = os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://")
        return S3Store(
            bucket,
            prefix=prefix,
            client_options={"timeout": PATIENCE, "connect_timeout": PATIENCE, "allow_http": plain},
            retry_config={"max_retries": 2, "retry_timeout": AGAIN},
        )

    def keep(self, name: str, source: IO[bytes]) -> None:
        """Put it there; the bucket has all of it or nothing."""
        import obstore

        with _spoken():
            obstore.put(self._store, checked(name), source)

    def find(self, name: str) -> Kept | None:
        """Ask for its head."""
        import obstore

        with _spoken():
            try:
                return _kept(name, obstore.head(self._store, checked(name)))
            except FileNotFoundError:
                return None

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Read it by ranges, as far as it is asked for."""
        kept = self.find(name)
        if kept is None:
            raise NotKept(f"{name} is not in the bucket")
        with io.BufferedReader(_Ranges(self._store, kept), WINDOW) as file:
            yield file

    def list(self, folder: str) -> Iterator[Kept]:
        """Ask for the list, a thousand at a time."""
        import obstore

        with _spoken():
            for chunk in obstore.list(self._store, checked(folder), chunk_size=1000):
                yield from (_kept(each["path"], each) for each in sorted(chunk, key=lambda each: each["path"]))

    def remove(self, names: Iterable[str]) -> int:
        """Delete what lies under each name, or below it."""
        import obstore

        count = 0
        for name in list(names):
            found = [kept.name for kept in self.list(name)] + ([name] if self.find(name) else [])
            with _spoken():
                for one in found:
                    obstore.delete(self._store, one)
            count += bool(found)
        return count


class _Ranges(io.RawIOBase):
    """An object of the bucket as a file that can be sought in."""

    def __init__(self, store: S3Store, kept: Kept) -> None:
        self._store, self._kept, self._at = store, kept, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._kept.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        part = self._part(len(buffer))
        buffer[: len(part)] = part
        return len(part)

    def readall(self) -> bytes:
        # Without this the library would ask for the rest 8 kB at a time.
        return self._part(self._kept.size)

    def _part(self, most: int) -> bytes:
        import obstore

        wanted = min(most, self._kept.size - self._at)
        if wanted <= 0:
            return b""
        with _spoken():
            part = bytes(obstore.get_range(self._store, self._kept.name, start=self._at, length=wanted))
        self._at += len(part)
        return part


def _kept(name: str, told: Any) -> Kept:
    return Kept(name, told["size"], told["last_modified"].timestamp())


@contextmanager
def _spoken() -> Iterator[None]:
    """Turn the library's "away" into ours. What it says may hold addresses, and no secret."""
    from obstore.exceptions import BaseError

    try:
        yield
    except BaseError as error:
        raise DepotAway(f"the bucket of recordings did not answer: {str(error).partition(chr(10))[0][:300]}") from error
