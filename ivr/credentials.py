"""Credentials and keys of a machine's own, so that signatures are checked and tokens sealed at home too.

They stand in ``IVR_DATA/local.env`` (mode 0600 in a folder of mode 0700), one ``NAME=value`` a line. Nothing in
the environment is ever copied there, and nothing that stands there is ever changed.
"""

from __future__ import annotations

import base64
import fcntl
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ivr.errors import SettingError

PAIR = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
NAMES = (*PAIR, "IVR_SECRET_KEYS")


def read_local(data: Path) -> tuple[Path, dict[str, str]]:
    """Read the file and say where it is; a file that is not there holds nothing."""
    path = data / "local.env"
    try:
        with path.open(encoding="utf-8") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            lines = file.read().splitlines()
    except FileNotFoundError:
        return path, {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{path}: cannot be read: {error}") from error
    if mode & 0o077:
        raise SettingError(f"{path}: others can read it (mode {mode:04o})", hint=f"chmod 600 {path}")
    return path, dict(parse(path, number, line) for number, line in enumerate(lines, 1) if line.strip())


def parse(path: Path, number: int, line: str) -> tuple[str, str]:
    """Read one line; a name that we do not know is a slip of somebody's editor."""
    name, equals, value = line.strip().partition("=")
    if not equals or name not in NAMES:
        raise SettingError(f"{path}:{number}: not one of {', '.join(NAMES)} with a value behind `=`")
    return name, value


def keep_local(data: Path, environ: Mapping[str, str]) -> list[str]:
    """Make what neither the environment nor the file has; say which names were made."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with alone_in(data):
            path, known = read_local(data)
            made = invent(environ, known)
            if made:
                write(path, known | made)
    except OSError as error:
        raise SettingError(f"IVR_DATA: {data}: {error.strerror}") from error
    return sorted(made)


def open_to_others(data: Path) -> int:
    """Give the folder's mode where anybody but its owner may enter or list it, else 0."""
    mode = stat.S_IMODE(data.stat().st_mode)
    return mode if mode & 0o077 else 0


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder's lock: two that start at once must not make two keys."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
        os.fsync(handle)  # the name of a new file is on the disk too
    finally:
        os.close(handle)


def invent(environ: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Make account, token and key; the account and its token belong together, so they are made together."""
    made: dict[str, str] = {}
    if not any(environ.get(name) for name in PAIR) and not all(name in known for name in PAIR):
        made |= {"TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16), "TWILIO_AUTH_TOKEN": secrets.token_hex(16)}
    if not environ.get("IVR_SECRET_KEYS") and "IVR_SECRET_KEYS" not in known:
        made["IVR_SECRET_KEYS"] = "local1:" + base64.b64encode(secrets.token_bytes(32)).decode()
    return made


def write(path: Path, values: Mapping[str, str]) -> None:
    """Put the file in place at once and whole: a lost key would strand every call in progress."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
