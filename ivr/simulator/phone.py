"""A call that a server process holds for somebody at a page: locked, and told as JSON."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict

from ivr.simulator.acts import DEEDS, Awaiting
from ivr.simulator.call import Call, CannotNow, Plan
from ivr.simulator.carrier import Carrier
from ivr.simulator.transcript import Item


class PhoneCall:
    """One call of one page. Each deed gives the call's new face: what it waits for and the lines since the last."""

    def __init__(self, carrier: Carrier, plan: Plan) -> None:
        """Prepare the call; `start` rings."""
        self._call = Call(carrier, plan)
        self._lock = threading.Lock()

    @property
    def sid(self) -> str:
        """Give the CallSid, by which the story is found."""
        return self._call.sid

    def start(self) -> dict[str, object]:
        """Ring, and run until somebody has to act."""
        return self._do(self._call.advance)

    def press(self, keys: str, after: float | None = None) -> dict[str, object]:
        """Press keys on the caller's phone, `after` seconds from the beginning of the prompts at hand."""
        return self._do(lambda: self._call.press(keys, after), leg="caller")

    def silence(self) -> dict[str, object]:
        """Let the carrier's patience run out: nothing keyed, nothing said, nobody answers."""
        return self._do(self._call.silence)

    def speak(self, seconds: float, key: str = "#", hangs_up: bool = False) -> dict[str, object]:
        """Leave a message of so many seconds, ended by a key or by hanging up."""
        return self._do(lambda: self._call.speak(seconds, key, hangs_up))

    def hang_up(self) -> dict[str, object]:
        """Put the caller's phone down."""
        return self._do(self._call.hang_up)

    def agent(self, does: str, target: str = "") -> dict[str, object]:
        """Let somebody who is rung act (`acts.DEEDS`); after `answers` the agent's own keys decide."""
        if does not in DEEDS:
            raise CannotNow(f"nobody knows how to {does!r}", hint=f"one of {', '.join(sorted(DEEDS))}")
        return self._do(lambda: self._call.agent(does, target))

    def agent_press(self, keys: str) -> dict[str, object]:
        """Press keys on the agent's phone in the whisper."""
        return self._do(lambda: self._call.press(keys), leg="agent")

    def agent_silence(self) -> dict[str, object]:
        """Let the whisper's patience run out."""
        return self._do(self._call.silence, leg="agent")

    def agent_hang_up(self) -> dict[str, object]:
        """Put the agent's phone down, in the whisper or in the talk."""
        return self._do(self._call.agent_hangs_up)

    def talk(self, seconds: float) -> dict[str, object]:
        """Let caller and agent talk on."""
        return self._do(lambda: self._call.talk(seconds))

    def transcript(self) -> dict[str, object]:
        """Give the call's face with every line from the first."""
        with self._lock:
            return self._face(list(self._call.items))

    def _do(self, deed: Callable[[], list[Item]], leg: str = "") -> dict[str, object]:
        with self._lock:
            awaiting = self._call.awaiting
            if leg and awaiting is not None and awaiting.kind and bool(awaiting.leg) != (leg == "agent"):
                raise CannotNow(f"it is not the {leg}'s phone that listens now")
            return self._face(deed())

    def _face(self, items: list[Item]) -> dict[str, object]:
        return {
            "call": self._call.sid,
            "at": round(self._call.clock.now, 3),
            "over": self._call.over,
            "status": self._call.status,
            "awaiting": asdict(self._call.awaiting or Awaiting("")),
            "items": [item.as_json() for item in items],
            "faults": [{"code": fault.code, "why": fault.why} for fault in self._call.faults],
        }
