"""One line per happening on standard error: an action and its facts, as JSON, or in colour at a terminal.

``log = structlog.get_logger()`` and ``log.info("key_rejected", call=sid)`` is all that a room needs. What other
libraries log goes the same way, so that no digits that a caller keyed, and no number of a person, leave in a line.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

from ivr.plainly import plainly

# Digits that stand alone, as in a phone or card number; a CallSid or a date is left as it is. In an address
# the sign before them may be written as `%2B`, which ends in a letter.
NUMBER = re.compile(
    r"(?:(?<=%[0-9A-Fa-f][A-Fa-f])|(?<![0-9A-Za-z.]))"
    r"(?![0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9]))\+?[0-9](?:[ -]?[0-9]){5,}(?![0-9A-Za-z])"
)


class Here(threading.local):
    """What this thread is at: its lines say so by themselves. Set for each request, so it costs next to nothing."""

    call = ""  # CallSid of the caller's leg
    leg = ""  # CallSid of the leg that a request is of
    turn = b""  # the turn that a request goes on from, or that wanted what the job process does


HERE = Here()


@contextmanager
def concerning(call: str, turn: bytes = b"") -> Iterator[None]:
    """Let every line that this thread writes meanwhile name the call, and the turn where one is given."""
    before = HERE.call, HERE.turn
    HERE.call, HERE.turn = call, turn
    try:
        yield
    finally:
        HERE.call, HERE.turn = before


def name_the_call(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add call and turn to a line that does not say them itself."""
    del logger, name
    if HERE.call:
        event.setdefault("call", HERE.call)
        if HERE.turn and event["call"] == HERE.call:
            event.setdefault("turn", HERE.turn.hex())
    return event


def mask_numbers(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Leave the last two digits of every number of six digits or more, wherever it stands."""
    del logger, name
    return {key: mask(value) for key, value in event.items()}


def mask(value: Any) -> Any:
    """Mask one value, and what it holds."""
    match value:
        case str():
            return NUMBER.sub(lambda found: "…" + found[0][-2:], value)
        case dict():
            return {key: mask(inner) for key, inner in value.items()}
        case list() | tuple():
            return [mask(inner) for inner in value]
    return value


SHARED: list[Processor] = [  # what every line goes through, ours and other people's
    name_the_call,
    structlog.stdlib.add_log_level,
    structlog.processors.format_exc_info,
    mask_numbers,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
# Ten lines for each request to the carrier; every command of another mail server, with the addresses of people in it.
TALKATIVE = ("twilio.http_client", "mail.log")
# One list for the life of the process: a logger keeps the one it began with, whoever configures again.
OURS: list[Processor] = [*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter]


def configure_logs(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send every log line of this process to the stream (default: standard error). Call once, at start."""
    stream = stream or sys.stderr
    structlog.configure(
        processors=OURS,
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(SHARED, at_terminal=stream.isatty()))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def written_out(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Write control characters out: what a stranger wrote must not move the cursor of a terminal."""
    del logger, name
    return {key: plainly(value) if isinstance(value, str) else value for key, value in event.items()}


def formatter(shared: list[Processor], *, at_terminal: bool) -> logging.Formatter:
    """Make the last stage: colours for people, JSON for machines."""
    last: list[Processor] = [structlog.processors.JSONRenderer()]
    if at_terminal:
        last = [written_out, structlog.dev.ConsoleRenderer()]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name, structlog.stdlib.ExtraAdder(), *shared],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    )
