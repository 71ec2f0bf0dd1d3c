"""What happened in a call, line by line, as a person on the phone would tell it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

MENU, CALLER, AGENT, CARRIER = "menu", "caller", "agent", "carrier"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a transcript."""

    at: float  # virtual seconds since the call began
    who: str  # menu | caller | agent | carrier: who speaks or acts
    verb: str  # menu: say, ask, play, record, dial, redirect, hangup, reject; else what was done
    text: str = ""
    leg: str = ""  # "": heard on the caller's leg; else the agent's target whose leg it is
    language: str = ""
    voice: str = ""
    seconds: float = 0.0
    url: str = ""  # of the document it stands in, or of the recording played
    latency: float = 0.0  # milliseconds from asking for the document until it was there
    cut: bool = False  # a key stopped it, or came before it
    code: int = 0  # the carrier's error code

    def as_json(self) -> dict[str, object]:
        """Give every field by its name."""
        return asdict(self)

    @property
    def spoken(self) -> bool:
        """Tell whether these are words or sounds of the menu."""
        return self.who == MENU and self.verb in {"say", "ask", "play"}
