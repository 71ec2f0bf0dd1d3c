"""Files that other programs read: the same rows in each format, and no cell that a spreadsheet carries out."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import arro3.io
import pytest

from ivr.exporting import case_rows
from ivr.exporting.columns import COLUMNS, Column
from ivr.exporting.formats import write_csv, write_json, write_parquet

AT = datetime(2026, 3, 29, 1, 30, 0, 250_000, tzinfo=UTC)
COLUMNS_HERE = [Column("name", str, ""), Column("at", datetime, ""), Column("n", int, ""), Column("yes", bool, "")]
SLICES = [
    [("=1+1", AT, -3, True), ('a "quoted", cell', None, None, False)],
    [("ორი\nსტრიქონი 🙂", AT, 2**40, True)],
    [],
]


def written(write, slices=SLICES) -> bytes:
    file = io.BytesIO()
    write(COLUMNS_HERE, iter(slices), file)
    return file.getvalue()


def test_csv_is_rfc_4180_in_utf_8() -> None:
    text = written(write_csv).decode("utf-8-sig")
    assert text.startswith("name,at,n,yes\r\n'=1+1,2026-03-29T01:30:00.250Z,-3,yes\r\n")
    assert '"a ""quoted"", cell",,,no\r\n' in text
    assert list(csv.reader(io.StringIO(text, newline="")))[3] == [
        "ორი\nსტრიქონი 🙂",
        "2026-03-29T01:30:00.250Z",
        str(2**40),
        "yes",
    ]


FORMULAS = ["=cmd|'/C", "+14155550123", "-2+3", "@SUM(A1)", "＝1", "＋1", "－1", "＠1", "|calc", "%0"]  # noqa: RUF001 - full width is meant


@pytest.mark.parametrize("cell", [*FORMULAS, "\t=1", "\r=1", "\n=1", "  =1"])
def test_no_cell_is_a_formula_to_a_spreadsheet(cell: str) -> None:
    text = written(write_csv, [[(cell, None, None, None)]]).decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(text.partition("\r\n")[2], newline="")))[0] == f"'{cell}"


def test_json_lines_hold_what_was_said_as_it_was_said() -> None:
    lines = [json.loads(line) for line in written(write_json).decode().splitlines()]
    assert lines[0] == {"name": "=1+1", "at": "2026-03-29T01:30:00.250Z", "n": -3, "yes": True}
    assert lines[1]["at"] is None
    assert len(lines) == 3


def test_parquet_holds_types_and_nothing_where_nothing_was(tmp_path: Path) -> None:
    path = tmp_path / "calls.parquet"
    path.write_bytes(written(write_parquet))
    table = arro3.io.read_parquet(path).read_all()
    assert table.num_rows == 3
    assert table.column("at").to_pylist() == [AT, None, AT]
    assert table.column("n").to_pylist() == [-3, None, 2**40]
    assert table.column("name").to_pylist()[0] == "=1+1"
    path.write_bytes(written(write_parquet, []))
    assert arro3.io.read_parquet(path).read_all().num_rows == 0


def test_what_stops_the_rows_stops_the_file_as_itself() -> None:
    def broken():
        yield SLICES[0]
        raise KeyError("stopped")

    for write in (write_csv, write_json, write_parquet):
        with pytest.raises(KeyError, match="stopped"):
            write(COLUMNS_HERE, broken(), io.BytesIO())


def test_every_column_stands_in_the_docs(root: Path) -> None:
    text = (root / "docs" / "operating.md").read_text(encoding="utf-8")
    every = (*COLUMNS, *case_rows.COLUMNS)
    assert [one.name for one in every if f"| `{one.name}` | {one.told} |" not in text] == []
