"""Rows -> bytes of a file: CSV that no spreadsheet carries out, JSON lines, Parquet.

Each writer takes slices of rows as they come, so that a file of any length needs the memory of one slice (Parquet: of
one row group).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from io import StringIO
from typing import IO, Any

from ivr.exporting.columns import Cell, Column, Row

Writer = Callable[[Sequence[Column], Iterable[Sequence[Row]], IO[bytes]], None]
# A cell that begins so is a formula to a spreadsheet, also in full width; a quote before it makes it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")  # noqa: RUF001 - these are meant
BOM = "\ufeff"  # without it Excel reads UTF-8 as something else
GROUP = 50_000  # rows of a Parquet row group


def write_csv(columns: Sequence[Column], slices: Iterable[Sequence[Row]], file: IO[bytes]) -> None:
    """Write RFC 4180: a heading, CRLF, quotes where they are needed; UTF-8."""
    file.write((BOM + _csv([[column.name for column in columns]])).encode())
    for rows in slices:
        file.write(_csv([[_cell(cell) for cell in row] for row in rows]).encode())


def _csv(rows: Iterable[Sequence[str]]) -> str:
    text = StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def _cell(cell: Cell) -> str:
    """Write one cell; text that a spreadsheet would carry out is made inert."""
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case datetime():
            return _moment(cell)
        case str():
            text = cell.replace("\0", "\ufffd")
            return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
    return str(cell)


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def write_json(columns: Sequence[Column], slices: Iterable[Sequence[Row]], file: IO[bytes]) -> None:
    """Write JSON lines: one object for each row, so that a file of any length can be read as it comes."""
    names = [column.name for column in columns]
    for rows in slices:
        lines = (json.dumps(dict(zip(names, map(_plain, row), strict=True)), ensure_ascii=False) for row in rows)
        file.write("".join(f"{line}\n" for line in lines).encode("utf-8", "replace"))


def _plain(cell: Cell) -> str | int | bool | None:
    return _moment(cell) if isinstance(cell, datetime) else cell


def write_parquet(columns: Sequence[Column], slices: Iterable[Sequence[Row]], file: IO[bytes]) -> None:
    """Write Parquet, compressed; times are timestamps in microseconds, UTC."""
    from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader, Schema
    from arro3.io import write_parquet as write

    moment = DataType.timestamp("us", tz="UTC")
    kinds: Mapping[type, Any] = {str: DataType.utf8(), int: DataType.int64(), bool: DataType.bool(), datetime: moment}
    schema = Schema([Field(column.name, kinds[column.kind]) for column in columns])

    def array(column: Column, cells: Sequence[Cell]) -> Any:
        if column.kind is not datetime:
            return Array(cells, kinds[column.kind])
        whole = [round(cell.timestamp() * 1e6) if isinstance(cell, datetime) else None for cell in cells]
        return Array(whole, DataType.int64()).cast(moment)

    def batches() -> Iterator[Any]:
        try:
            for rows in _grouped(slices):
                cells = zip(columns, zip(*rows, strict=True), strict=True)
                yield RecordBatch.from_arrays([array(column, each) for column, each in cells], schema=schema)
        except Exception as error:
            failed.append(error)
            raise

    failed: list[Exception] = []
    try:
        write(RecordBatchReader.from_batches(schema, batches()), file, compression="zstd(3)")
    finally:
        if failed:
            raise failed[0]  # in place of the library's own, which would only quote it


def _grouped(slices: Iterable[Sequence[Row]]) -> Iterator[list[Row]]:
    """Put slices together to row groups: many small ones would make a large file."""
    rows: list[Row] = []
    for some in slices:
        rows += some
        if len(rows) >= GROUP:
            yield rows
            rows = []
    if rows:
        yield rows


# format -> how it is written, the ending of its files, its media type
FORMATS: Mapping[str, tuple[Writer, str, str]] = {
    "csv": (write_csv, "csv", "text/csv; charset=utf-8"),
    "json": (write_json, "jsonl", "application/jsonl"),
    "parquet": (write_parquet, "parquet", "application/vnd.apache.parquet"),
}
