"""Small trees built by hand, and the phone that plays them."""

from __future__ import annotations

from ivr.engine.inputs import Called, Continued, Dialed, Found, HungUp, Pressed, Recorded, Silent
from ivr.engine.phrases import PHRASES
from ivr.engine.state import CallState
from ivr.engine.step import step
from ivr.engine.tree import Limits, Line, Slot, Team, Tree, Words
from ivr.engine.verbs import Listen, Play, Ring, Speak

EN, DA = "en-US", "da-DK"
CALLER = "+15005550006"
PRIYA, SAM = "+15005550101", "+15005550102"

ENGLISH = {
    **{name: (name.replace("_", " "),) for name in PHRASES},
    "for": ("For ", Slot("words"), ", press ", Slot("key"), "."),
    "to": ("To ", Slot("words"), ", press ", Slot("key"), "."),
    "wrong": ("Sorry, that did not work.",),
    "read_back": ("You keyed ", Slot("value"), ". Press 1 if right."),
    "offer": ("Use ", Slot("value"), "? Press 1."),
    "yes_no": ("For yes, press 1. For no, press 2.",),
    "key_star": ("star",),
    "key_hash": ("hash",),
    "point": (".",),
    "date": (Slot("month"), " ", Slot("day"), ", ", Slot("year")),
    "month_year": (Slot("month"), " ", Slot("year")),
    "month_11": ("November",),
    "whisper": ("A call for ", Slot("team"), ", waiting for ", Slot("waited"), "."),
    "connecting": ("You are being connected.",),
    "too_long": ("This call has lasted too long.",),
    "too_many_steps": ("Too many steps.",),
    "too_silent": ("Nobody seems to be there.",),
    "seconds": (Slot("count"), " seconds"),
    "minutes": (Slot("count"), " minutes"),
}
DANISH = {
    **ENGLISH,
    "for": ("For ", Slot("words"), ", tryk ", Slot("key"), "."),
    "key_star": ("stjerne",),
    "point": (",",),
    "date": (Slot("day"), ". ", Slot("month"), " ", Slot("year")),
}


def text(english: str, danish: str = "", **more) -> Words:
    """Words; `{name}` and `{name|otherwise}` are slots."""
    texts = {EN: template(english)}
    if danish:
        texts[DA] = template(danish)
    return Words(texts, **more)


def template(source: str) -> tuple[str | Slot, ...]:
    """'Account {account|none}.' as a template."""
    parts: list[str | Slot] = []
    for piece in source.replace("}", "{").split("{"):
        inside = source.find("{" + piece + "}") >= 0 and piece
        if inside:
            name, bar, otherwise = piece.partition("|")
            parts.append(Slot(name, otherwise if bar else None))
        elif piece:
            parts.append(piece)
    return tuple(parts)


def tree(*steps, **more) -> Tree:
    """A tree of these steps, in the order given; a call starts at the first."""
    line = Line("care", "+18005550100", "Europe/Copenhagen", steps[0].id, "main.person", (EN, DA))
    desk = Team("desk", text("the front desk"), (PRIYA, SAM), "in turn", 20)
    settings = {
        "company": "Aurora",
        "language": EN,
        "lines": {"care": line},
        "teams": {"desk": desk},
        "series": {"complaint": "C"},
        "voices": {EN: "Joanna", DA: "Sofie"},
        "phrases": {EN: ENGLISH, DA: DANISH},
        "everywhere": {"*": "back", "#": "again", "0": "person"},
        "limits": Limits(),
    }
    return Tree(steps={each.id: each for each in steps}, **(settings | more))


class Phone:
    """Plays one call against a tree, keeping the turns."""

    def __init__(self, hotline: Tree, facts=None, number: str | None = CALLER):
        self.tree, self.facts, self.at = hotline, facts or {}, 1000.0
        self.state = CallState("care")
        self.give(Called(self.at, number, "+18005550100"))

    def give(self, given):
        self.turn = step(self.tree, self.state, given, self.facts)
        self.state = self.turn.state
        return self

    def press(self, *keys: str):
        for each in keys:
            self.at += 1
            self.give(Pressed(self.at, each))
        return self

    def silent(self, times: int = 1):
        for _ in range(times):
            self.at += 5
            self.give(Silent(self.at))
        return self

    def on(self):
        return self.give(Continued(self.at))

    def found(self, outcome: str = "found", **values):
        return self.give(Found(self.at, outcome, values))

    def recorded(self, sid: str = "RE1"):
        return self.give(Recorded(self.at, sid, "https://carrier/RE1", 8))

    def dialed(self, status: str, *, bridged: bool = False, seconds: int = 0):
        return self.give(Dialed(self.at, status, bridged, seconds))

    def hangs_up(self, recording=None, *, bridged: bool = False):
        return self.give(HungUp(self.at, recording, bridged, 30 if bridged else 0))

    @property
    def place(self) -> str:
        return self.state.place

    @property
    def heard(self) -> list[str]:
        """What this turn says, in order."""
        prompts = []
        for verb in self.turn.verbs:
            prompts += verb.prompts if isinstance(verb, Listen) else [verb]
        return [p.text if isinstance(p, Speak) else f"<{p.audio}>" for p in prompts if isinstance(p, Speak | Play)]

    @property
    def last(self):
        return self.turn.verbs[-1]

    @property
    def rings(self) -> tuple[str, ...]:
        return self.last.targets if isinstance(self.last, Ring) else ()

    def noted(self, kind) -> list:
        return [event for event in self.turn.events if isinstance(event, kind)]
