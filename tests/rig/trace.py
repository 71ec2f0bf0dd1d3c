"""Reads what strace wrote and says whether a record was on the disk before its answer left.

A power cut cannot be provoked in a test; what can be seen is every system call. The promise holds for one answer
when the bytes of its record were written to a file, a sync of *that* file began after the write and ended well, and
only then the first byte of the answer was sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

STRACE = (
    *(
        "strace",
        "--interruptible=waiting",
        "--follow-forks",
        "--decode-fds=all",
        "--strings-in-hex=all",
        "--string-limit=1000000",
    ),
    "--trace=pwrite64,pwritev,write,writev,sendto,sendmsg,fsync,fdatasync",
)
PAGE, PAGE_HEAD = 8192, 24  # bytes (PostgreSQL, src/include/access/xlog_internal.h)
STARTED = re.compile(r"^(\d+) +(\w+)\((\d+)<([^>]*)>(.*)$")
RESUMED = re.compile(r"^(\d+) +<\.\.\. (\w+) resumed>(.*)$")
HEX = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass(slots=True)
class SystemCall:
    """One call; `begin` and `end` are line numbers of the trace, so that they order everything in it."""

    name: str
    file: str
    data: bytes
    begin: int
    end: int = 0
    worked: bool = False


def read_trace(path: Path) -> list[SystemCall]:
    """Read a trace, calls that were interrupted by other threads put together again."""
    open_calls: dict[str, SystemCall] = {}
    calls = []
    for number, line in enumerate(path.read_text(encoding="ascii").splitlines()):
        if started := STARTED.match(line):
            process, name, _, file, rest = started.groups()
            call = SystemCall(name, unhex(file).decode(), b"".join(strings(rest)), number)
            calls.append(call)
            if rest.endswith("<unfinished ...>"):
                open_calls[process] = call
                continue
        elif (resumed := RESUMED.match(line)) and resumed[1] in open_calls:
            call, rest = open_calls.pop(resumed[1]), resumed[3]
        else:
            continue
        call.end, call.worked = number, not re.search(r"= -1 ", rest[-200:])
    return calls


def strings(text: str) -> Iterator[bytes]:
    """Every buffer that a call was given."""
    return (unhex(found) for found in HEX.findall(text))


def unhex(text: str) -> bytes:
    r"""Read `\x41\x42` as AB; other text stays."""
    return bytes.fromhex(text.replace("\\x", "")) if text.startswith("\\x") else text.encode()


def holds(call: SystemCall, record: bytes) -> bool:
    """Say whether a call was given these bytes; PostgreSQL's log may part them by the head of a page."""
    if record in call.data:
        return True
    pages = [call.data[place : place + PAGE] for place in range(0, len(call.data), PAGE)]
    return "/pg_wal/" in call.file and record in b"".join([*pages[:1], *(page[PAGE_HEAD:] for page in pages[1:])])


def why_not_durable(calls: list[SystemCall], record: bytes, answer: bytes) -> str:
    """Say why the record was not safe when its answer left; "" when it was."""
    answers = [call for call in calls if call.name in {"sendto", "sendmsg", "write", "writev"} and answer in call.data]
    if not answers:
        return "the answer was never sent"
    leaves = answers[0].begin
    writes = [call for call in calls if call.file.startswith("/") and holds(call, record) and call.worked]
    before = [call for call in writes if call.end < leaves]
    if not before:
        return "no file was given the record before the answer left"
    for write in before:
        for sync in calls:
            synced = sync.name in {"fsync", "fdatasync"} and sync.file == write.file and sync.worked
            if synced and write.end < sync.begin and sync.end < leaves:
                return ""
    return f"{', '.join(sorted({call.file for call in before}))} was not synced before the answer left"
