"""HTTP as the carrier's proxy does it: keep-alive, a budget, retries by the address's own fragment, redirects."""

from __future__ import annotations

import contextlib
import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urljoin, urlsplit

from ivr.simulator.faults import FetchFailed

BUDGET = 15.0  # seconds for the whole exchange
MOST_REDIRECTS = 10
MOST_BYTES = 4_000_000  # of an answer, beyond any document and any prompt of ours
_CAUSES = frozenset({"4xx", "5xx", "ct", "rt", "all"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Patience:
    """The connection overrides of one address: its fragment ``#rc=2&rp=all&ct=1500&rt=4000&tt=14000``."""

    retries: int = 1
    causes: frozenset[str] = frozenset({"ct"})
    connect: float = 5.0  # seconds
    read: float = 15.0
    total: float = BUDGET

    @classmethod
    def of(cls, url: str) -> Patience:
        """Read the fragment; raise FetchFailed where a value is out of the carrier's range."""
        given = dict(parse_qsl(urlsplit(url).fragment, keep_blank_values=True))
        causes = frozenset(given["rp"].split(",")) if "rp" in given else frozenset({"ct"})
        if not causes <= _CAUSES:
            raise FetchFailed(11240, f"retry policy {given['rp']!r} is invalid")
        return cls(
            _bounded(given, "rc", (0, 5), 1),
            causes,
            _bounded(given, "ct", (100, 10_000), 5000) / 1000,
            _bounded(given, "rt", (100, 15_000), 15_000) / 1000,
            _bounded(given, "tt", (100, 15_000), 15_000) / 1000,
        )

    def allows(self, cause: str) -> bool:
        """Tell whether this kind of failure is tried again; an answer that broke off never is."""
        return cause != "partial" and ("all" in self.causes or cause in self.causes)


def _bounded(given: Mapping[str, str], name: str, bounds: tuple[int, int], default: int) -> int:
    text = given.get(name, str(default))
    if not text.isdigit() or not bounds[0] <= int(text) <= bounds[1]:
        raise FetchFailed(11240, f"connection setting {name}={text} is invalid")
    return int(text)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    type: str
    body: bytes
    location: str = ""
    took: float = 0.0  # milliseconds of the last attempt
    tries: int = 1


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. `url` is the address signed; `body` None makes it a GET."""

    url: str
    body: bytes | None
    headers: Mapping[str, str]
    query: str | None = None  # sent instead of the address's own, see `Carrier.sorted_query`


class _Failure(Exception):
    """One attempt came to nothing."""

    def __init__(self, cause: str, code: int, why: str) -> None:
        super().__init__(why)
        self.cause = cause
        self.code = code


@dataclass(slots=True)
class Web:
    """One keeper of connections. Not shared between threads: every call has its own."""

    addresses: Mapping[str, str] = field(default_factory=dict)  # public origin -> where it really listens
    _open: dict[tuple[str, str], http.client.HTTPConnection] = field(default_factory=dict)

    def fetch(self, ask: Ask) -> Answer:
        """Ask, and ask again where the address's fragment says so; 4xx and 5xx end as FetchFailed 11200."""
        patience = Patience.of(ask.url)
        ends = time.monotonic() + min(patience.total, BUDGET)
        for attempt in range(patience.retries + 1):
            try:
                answer = self._attempt(ask, patience, ends)
            except _Failure as failure:
                last = attempt == patience.retries or time.monotonic() >= ends
                if last or not patience.allows(failure.cause):
                    raise FetchFailed(failure.code, f"{ask.url.partition('#')[0]}: {failure}") from failure
            else:
                return Answer(answer.status, answer.type, answer.body, answer.location, answer.took, attempt + 1)
        raise AssertionError  # the last attempt has returned or raised

    def _attempt(self, ask: Ask, patience: Patience, ends: float) -> Answer:
        began = time.monotonic()
        left = max(0.05, ends - began)
        response, body = self._exchange(ask, min(patience.connect, left), min(patience.read, left))
        took = (time.monotonic() - began) * 1000
        answer = Answer(
            response.status,
            response.getheader("Content-Type", ""),
            body,
            urljoin(ask.url, response.getheader("Location", "")),
            took,
        )
        if answer.status >= 400:
            cause = "4xx" if answer.status < 500 else "5xx"
            raise _Failure(cause, 11200, f"HTTP {answer.status}")
        if answer.status not in _REDIRECTS and not 200 <= answer.status < 300:
            raise _Failure("rt", 11210, f"HTTP {answer.status}")
        return answer

    def _exchange(self, ask: Ask, connect: float, read: float) -> tuple[http.client.HTTPResponse, bytes]:
        """Send once; a connection that had gone stale while idle is opened again, as every client does."""
        while True:
            connection, fresh = self._connection(ask.url, connect)
            try:
                connection.request(*_request(ask))
                if connection.sock is not None:
                    connection.sock.settimeout(read)
                response = connection.getresponse()
                body = response.read(MOST_BYTES)
                if response.length:  # a bounded read does not mind an early end
                    raise http.client.IncompleteRead(body, response.length)
            except TimeoutError as error:
                self._drop(connection)
                raise _Failure("rt", 11205, "no answer in time") from error
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError) as error:
                self._drop(connection)
                if fresh:
                    raise _Failure("rt", 11206, "the connection was closed without an answer") from error
            except (http.client.HTTPException, OSError) as error:
                self._drop(connection)
                raise _Failure("partial", 11206, f"broken answer: {error}") from error
            else:
                return response, body

    def _connection(self, url: str, connect: float) -> tuple[http.client.HTTPConnection, bool]:
        """Give an open connection and whether it was opened just now."""
        parts = urlsplit(url)
        real = urlsplit(self.addresses.get(f"{parts.scheme}://{parts.netloc}", f"{parts.scheme}://{parts.netloc}"))
        place = (real.scheme, real.netloc)
        kept = self._open.get(place)
        if kept is not None:
            return kept, False
        kind = http.client.HTTPSConnection if real.scheme == "https" else http.client.HTTPConnection
        connection = kind(real.hostname or "", real.port, timeout=connect)
        try:
            connection.connect()
        except OSError as error:
            raise _Failure("ct", 11205, f"cannot connect to {real.netloc}: {error}") from error
        self._open[place] = connection
        return connection, True

    def _drop(self, connection: http.client.HTTPConnection) -> None:
        with contextlib.suppress(OSError):
            connection.close()
        self._open = {place: kept for place, kept in self._open.items() if kept is not connection}

    def close(self) -> None:
        """Close every connection."""
        for connection in tuple(self._open.values()):
            self._drop(connection)


def _request(ask: Ask) -> tuple[str, str, bytes | None, dict[str, str]]:
    parts = urlsplit(ask.url)
    query = parts.query if ask.query is None else ask.query
    path = (parts.path or "/") + (f"?{query}" if query else "")
    headers = {"Host": parts.netloc.rpartition("@")[2], **ask.headers}
    return ("GET" if ask.body is None else "POST", path, ask.body, headers)
