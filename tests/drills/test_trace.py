from __future__ import annotations

import pytest
from rig.trace import read_trace, why_not_durable


def hexed(text: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in text.encode())


def write(file: str, text: str, *, thread: int = 1) -> str:
    return f'{thread} pwrite64(4<{hexed(file)}>, "{hexed(text)}", 24, 0) = 24'


def sync(file: str, *, thread: int = 1, result: str = "0") -> str:
    return f"{thread} fdatasync(4<{hexed(file)}>) = {result}"


ANSWER = f'9 sendto(7<TCP:[127.0.0.1:1->127.0.0.1:2]>, "{hexed("<Response/>")}", 11, 0, NULL, 0) = 11'
RECORD = write("/d/ivr.db-wal", "..RECORD..")


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([RECORD, sync("/d/ivr.db-wal"), ANSWER], ""),
        ([RECORD, ANSWER, sync("/d/ivr.db-wal")], "was not synced"),
        ([RECORD, ANSWER], "was not synced"),
        ([sync("/d/ivr.db-wal"), RECORD, ANSWER], "was not synced"),
        ([RECORD, sync("/d/ivr.db"), ANSWER], "was not synced"),
        ([RECORD, sync("/d/ivr.db-wal", result="-1 EIO (Input/output error)"), ANSWER], "was not synced"),
        ([write("/d/ivr.db-wal", "other"), sync("/d/ivr.db-wal"), ANSWER], "no file was given"),
        ([RECORD, sync("/d/ivr.db-wal")], "never sent"),
        (
            [
                RECORD,
                f"2 fdatasync(4<{hexed('/d/ivr.db-wal')}> <unfinished ...>",
                '3 write(5<pipe:[1]>, "", 0) = 0',
                "2 <... fdatasync resumed>) = 0",
                ANSWER,
            ],
            "",
        ),
        (
            [
                RECORD,
                f"2 fdatasync(4<{hexed('/d/ivr.db-wal')}> <unfinished ...>",
                ANSWER,
                "2 <... fdatasync resumed>) = 0",
            ],
            "was not synced",
        ),
    ],
)
def test_only_a_sync_between_the_write_and_the_answer_counts(tmp_path, lines, why):
    (tmp_path / "trace").write_text("\n".join(lines))
    said = why_not_durable(read_trace(tmp_path / "trace"), b"RECORD", b"<Response/>")
    assert (why in said) if why else not said
