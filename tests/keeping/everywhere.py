"""Every byte that a hotline has stored, and the forms in which a few digits could stand there."""

from __future__ import annotations

import base64
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import create_engine, inspect, text

DEPTH = 3  # a packed thing may hold a packed thing


def forms(digits: str) -> set[bytes]:
    """Write digits in every way that could still be read: plain, spaced by bytes, hexadecimal, base64 at any offset."""
    plain = digits.encode()
    found = {plain, digits.encode("utf-16-le"), plain.hex().encode(), plain.hex().upper().encode()}
    found.add("".join(f"\\u{ord(digit):04x}" for digit in digits).encode())
    for offset in range(3):
        coded = base64.b64encode(b"x" * offset + plain)
        whole = coded[-(-offset * 8 // 6) : (offset + len(plain)) * 8 // 6]
        found |= {whole, whole.translate(bytes.maketrans(b"+/", b"-_"))}
    return {form for form in found if len(form) >= 8}


def unpacked(blob: bytes, depth: int = DEPTH) -> Iterator[bytes]:
    """Give what stands there, and what it holds where it is packed."""
    yield blob
    if depth == 0 or len(blob) < 8:
        return
    for unpack in (zlib.decompress, gzip.decompress, lambda raw: zlib.decompress(raw, -15)):
        try:
            yield from unpacked(unpack(blob), depth - 1)
        except (zlib.error, EOFError, OSError):
            continue


def of_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Read every file below a folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()


def of_database(url: str) -> Iterator[tuple[str, bytes]]:
    """Read every value of every table of every schema."""
    engine = create_engine(url)
    try:
        known = inspect(engine)
        schemas = [name for name in known.get_schema_names() if name not in {"information_schema", "pg_catalog"}]
        with engine.connect() as connection:
            for schema in schemas:
                for table in known.get_table_names(schema):
                    for row in connection.execute(text(f'SELECT * FROM "{schema}"."{table}"')):
                        yield from ((f"{schema}.{table}", as_bytes(value)) for value in row if value is not None)
    finally:
        engine.dispose()


def as_bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode("utf-8", "replace")


def where(digits: str, stored: Iterator[tuple[str, bytes]]) -> list[str]:
    """Name the places in which digits can be read."""
    wanted = forms(digits)
    return sorted({name for name, blob in stored for piece in unpacked(blob) for form in wanted if form in piece})


def sqlalchemy_url(url: str) -> str:
    return urlsplit(url)._replace(scheme="postgresql+psycopg").geturl()


__all__ = ["forms", "of_database", "of_files", "sqlalchemy_url", "where"]
