"""The carrier's proxy on a bad day: requests come twice, late, at the same time, and answers get lost on the way.

Before several nodes it stands for a balancer, too: where one is not there, it asks the next, as long as the carrier
waits for a connection.
"""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from campaign.history import History

from ivr.simulator.faults import FetchFailed
from ivr.simulator.web import Ask, Web, _Failure

ORIGIN = "http://hotline.example"
AGAIN = 0.05  # seconds between two looks for a node that is there


@dataclass(frozen=True, slots=True)
class Odds:
    """How often, of all requests."""

    lost: float = 0.02  # the answer, once
    twice: float = 0.04  # once more when it was answered
    together: float = 0.02  # two copies at the same time
    late: float = 0.03  # once more, some seconds or minutes afterwards
    slow: float = 0.03  # held up on the way


@dataclass(slots=True)
class City:
    """What all lines share."""

    ports: list[int]
    history: History
    odds: Odds = Odds()
    late: deque[Ask] = field(default_factory=deque)
    chance: random.Random = field(default_factory=random.Random)

    def proxy(self, addresses: Mapping[str, str]) -> Web:
        """Open one call's way to us."""
        del addresses
        return Proxy(self)

    def send(self, ask: Ask, part: str) -> None:
        """Send a request once more, whose answer nobody waits for."""
        web = Proxy(self, part)
        try:
            web.fetch(ask)
        except FetchFailed:
            pass  # it stands in the history
        finally:
            web.close()


class Proxy(Web):
    """One call's keeper of connections; `part` says on whose behalf."""

    def __init__(self, city: City, part: str = "own") -> None:
        Web.__init__(self)
        self.city = city
        self.part = part
        self.losing = False
        self.sent: deque[Ask] = deque(maxlen=8)  # what the caller's line asked last

    def fetch(self, ask: Ask):
        """Send a request as the carrier does, and now and then otherwise."""
        if self.part != "own" or ask.body is None:
            return Web.fetch(self, ask)
        self.sent.append(ask)
        odds, chance, copy = self.city.odds, self.city.chance, None
        if chance.random() < odds.slow:
            time.sleep(chance.uniform(0.0, 0.3))
        self.losing = chance.random() < odds.lost
        if chance.random() < odds.together:
            copy = threading.Thread(target=self.city.send, args=(ask, "copy"))
            copy.start()
        try:
            answer = Web.fetch(self, ask)
        finally:
            if copy is not None:
                copy.join()
        if chance.random() < odds.twice:
            self.city.send(ask, "copy")
        if chance.random() < odds.late:
            self.city.late.append(ask)
        return answer

    def _exchange(self, ask: Ask, connect: float, read: float) -> tuple[http.client.HTTPResponse, bytes]:
        until = time.monotonic() + connect
        while True:
            ports = self.city.chance.sample(self.city.ports, len(self.city.ports))
            for port in ports:
                self.addresses = {ORIGIN: f"http://127.0.0.1:{port}"}
                sent, kept = time.time(), bool(self._open)
                try:
                    response, body = Web._exchange(self, ask, connect, read)
                except _Failure as failure:
                    refused = failure.cause == "ct"
                    again = refused and (time.monotonic() < until or port != ports[-1])
                    if again and not kept:
                        continue
                    told = {"node": port, "sent": sent, "done": time.time(), "status": 0, "why": str(failure)}
                    self.city.history.asked(ask, part=self.part, answer="", heard=False, **told)
                    if again:  # by a connection that was open still: who was killed then may have read it
                        continue
                    raise
                lost, self.losing = self.losing, False
                heard = self.part == "own" and not lost and response.status == 200
                told = {"node": port, "sent": sent, "done": time.time(), "status": response.status}
                told |= {"answer": body.decode("utf-8", "replace"), "why": "lost on the way" if lost else ""}
                self.city.history.asked(ask, part=self.part, heard=heard, **told)
                if lost:
                    raise _Failure("rt", 11205, "lost on the way")
                return response, body
            time.sleep(AGAIN)


def forged(ask: Ask) -> Ask:
    """Sign a request by a token that is not ours."""
    return replace(ask, headers={**ask.headers, "X-Twilio-Signature": "AAAAAAAAAAAAAAAAAAAAAAAAAAA="})
