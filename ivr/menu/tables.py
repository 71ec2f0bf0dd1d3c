"""menus/tables/*.csv: tables that `look_up` reads, part of a version like the menus beside which they lie."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from ivr.menu.notes import Notes
from ivr.menu.problems import Problem, shown

MOST_BYTES = 2_000_000
MOST_ROWS = 20_000
CODE = "bad-table"
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Row:
    """One row, and its line in the file."""

    line: int
    cells: Mapping[str, str]  # column -> what stands there


@dataclass(frozen=True, slots=True)
class Table:
    """One file."""

    path: str
    text: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def is_table(path: str) -> bool:
    """Tell a table by its path."""
    parts = PurePosixPath(path).parts
    return len(parts) == 3 and parts[:2] == ("menus", "tables") and path.endswith(".csv")


class _NoTable(ValueError):
    """This file is none; the hint says what to do."""

    def __init__(self, said: str, hint: str) -> None:
        super().__init__(said)
        self.hint = hint


def read_tables(files: Mapping[str, bytes], notes: Notes) -> dict[str, Table]:
    """Read every table, by the name that a menu calls it: `tables/x.csv`; what is none is noted and left out."""
    found: dict[str, Table] = {}
    for path in sorted(filter(is_table, files)):
        try:
            text, lines = _lines(files[path])
            columns = _columns(lines)
        except _NoTable as error:
            notes.problems.append(Problem(CODE, path, 1, 1, str(error), error.hint))
        else:
            found[path.removeprefix("menus/")] = Table(path, text, columns, _rows(path, columns, lines, notes))
    return found


def _lines(data: bytes) -> tuple[str, list[list[str]]]:
    """Split a file into rows of cells."""
    instead = "let a system of yours answer instead, asked by its address"
    if len(data) > MOST_BYTES:
        raise _NoTable(f"the table has more than {MOST_BYTES} bytes", instead)
    try:
        text = data.decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text), delimiter=_separator(text), strict=True))
    except UnicodeDecodeError as error:
        raise _NoTable("the table is not UTF-8", "save it as UTF-8") from error
    except csv.Error as error:
        raise _NoTable(f"the table cannot be read: {error}", "close every quote") from error
    if len(lines) > MOST_ROWS:
        raise _NoTable(f"the table has more than {MOST_ROWS} rows", instead)
    return text, lines


def _columns(lines: list[list[str]]) -> tuple[str, ...]:
    """Read the names of the columns."""
    hint = "the first line names the columns: small letters, digits, underscores, each name once"
    if not lines:
        raise _NoTable("the table is empty", hint)
    columns = tuple(cell.strip() for cell in lines[0])
    for name in columns:
        if not _NAME.fullmatch(name) or columns.count(name) > 1:
            raise _NoTable(f"{shown(name)} cannot be a column's name here", hint)
    return columns


def _rows(path: str, columns: tuple[str, ...], lines: list[list[str]], notes: Notes) -> tuple[Row, ...]:
    """Take the rows that have as many cells as there are columns; the others are noted."""
    rows = []
    for number, cells in enumerate(lines[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) == len(columns):
            rows.append(Row(number, dict(zip(columns, (cell.strip() for cell in cells), strict=True))))
            continue
        said = f"the row has {len(cells)} cells, and the table {len(columns)} columns"
        notes.problems.append(Problem(CODE, path, number, 1, said, "a cell that holds the separator stands in quotes"))
    return tuple(rows)


def _separator(text: str) -> str:
    """Tell what separates the cells: a comma, or the semicolon of many countries' spreadsheets."""
    head = text.partition("\n")[0]
    return ";" if ";" in head and "," not in head else ","
