"""One request over HTTP and its answer: to an address that was judged, of bounded size, never redirected.

Written on the standard library's reader of answers alone: its client resolves names by itself, and its timeout starts
anew with every byte, so that a slow sender could hold a worker for ever.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from ivr.errors import IvrError
from ivr.inquiries.addresses import Network, NotAsked, Place, resolve

LARGEST = 64_000  # bytes of an answer


class NoAnswer(IvrError):
    """The request may have arrived, and no answer that can be read came back in time."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent, ready to be written."""

    method: str
    host: str
    port: int
    secure: bool
    path: str  # with its query
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """What came back."""

    status: int
    body: bytes


def exchange(request: Request, seconds: float, inside: tuple[Network, ...] = ()) -> Response:
    """Send once and read the answer. NotAsked: nothing was sent; NoAnswer: it may have arrived."""
    deadline = time.monotonic() + seconds
    connection = _connected(request, resolve(request.host, request.port, deadline, inside), deadline)
    try:
        return _asked(connection, request, deadline)
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(f"{type(error).__name__} after sending: {error}") from error
    finally:
        connection.close()


def _connected(request: Request, places: list[Place], deadline: float) -> socket.socket:
    """Open a connection to the first address that takes one."""
    refused: OSError | None = None
    for family, place in places:
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(_left(deadline))
            connection.connect(place)
            if request.secure:
                connection.settimeout(_left(deadline))
                return _trust().wrap_socket(connection, server_hostname=request.host)
        except OSError as error:
            connection.close()
            refused = error
        else:
            return connection
    raise NotAsked(f"{request.host} takes no connection: {refused}")


@cache
def _trust() -> ssl.SSLContext:
    """Trust whom this machine trusts; read once, 20 ms."""
    return ssl.create_default_context()


def _asked(connection: socket.socket, request: Request, deadline: float) -> Response:
    """Write the request, and read as much of the answer as an answer may have."""
    connection.settimeout(_left(deadline))
    connection.sendall(_written(request))
    answer = http.client.HTTPResponse(_Timed(connection, deadline), method=request.method)  # type: ignore[arg-type]
    answer.begin()
    body = answer.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise NoAnswer(f"the answer has more than {LARGEST} bytes")
    if answer.length:
        raise NoAnswer("the answer ends before its end")
    return Response(answer.status, body)


def _written(request: Request) -> bytes:
    """Write a request; what stands in it was judged where it was filled in."""
    named = f"[{request.host}]" if ":" in request.host else request.host
    usual = 443 if request.secure else 80
    headers = {
        "Host": named if request.port == usual else f"{named}:{request.port}",
        "User-Agent": "hotline",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Connection": "close",
        **request.headers,
    }
    if request.method == "POST":
        headers |= {"Content-Type": "application/json", "Content-Length": str(len(request.body))}
    lines = [f"{request.method} {request.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + request.body


def _left(deadline: float) -> float:
    """Say how many seconds are left."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time is up")
    return left


class _Timed(io.RawIOBase):
    """A connection that is read against one deadline, however slowly the bytes come."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        """Read from here until then."""
        super().__init__()
        self._connection = connection
        self._deadline = deadline

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Give what the reader of answers reads from."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read what is there."""
        self._connection.settimeout(_left(self._deadline))
        return self._connection.recv_into(buffer)
