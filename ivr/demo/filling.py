"""A day's calls, written down in one go; days are shared out among processes where the database takes several."""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from random import Random

from ivr.content import Content
from ivr.demo.aftermath import Aftermath, Call, Deed, File, renamed
from ivr.demo.batch import Batch
from ivr.demo.callers import Town
from ivr.demo.cast import Cast
from ivr.demo.figures import Figures
from ivr.demo.journeys import Journey, Which, callable_lines, journey_of, which
from ivr.demo.plan import Day, Wish
from ivr.demo.stage import Part, Played, Stage
from ivr.demo.versions import Reign, in_force
from ivr.engine.effects import CreateCase, KeepRecording
from ivr.engine.tree import Line
from ivr.keys import Keyring, SecretKey
from ivr.privacy import CallKey, caller_index, key_of, wrap
from ivr.records import Entry
from ivr.settings import Settings
from ivr.store.bulk import Bulk
from ivr.store.database import Database
from ivr.store.insight import Delta
from ivr.store.rows import rows_of

FIRST_LINE = 0.78  # share of the calls that come in on the busiest line
MOST = 50_000  # calls of one transaction: a day may have more


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways of one circumstance, with how often each is gone: those that leave a case are rarer."""

    ways: Sequence[Journey]
    shares: Sequence[float]

    @classmethod
    def of(cls, ways: Sequence[Journey]) -> Ways:
        """Weigh them."""
        weights = (1 / (1 + 5 * sum(isinstance(effect, CreateCase) for _, effect, _ in way.deeds)) for way in ways)
        return cls(ways, list(accumulate(weights)))

    def draw(self, chance: Random) -> Journey:
        """Take one."""
        return self.ways[bisect(self.shares, chance.random() * self.shares[-1])]


@dataclass(frozen=True, slots=True)
class World:
    """All that a process must know to fill any day."""

    settings: Settings
    wish: Wish
    days: list[Day]
    reigns: list[Reign]
    ways: dict[Which, Ways]
    town: Town
    cast: Cast
    file: File


@dataclass(slots=True)
class Filled:
    """What became of a day."""

    calls: int = 0
    turns: int = 0
    cases: int = 0
    sums: Delta = field(default_factory=Counter)
    spent: Counter[str] = field(default_factory=Counter)  # series -> the number that follows its last


class Filler:
    """Fills days; one per process."""

    def __init__(self, world: World) -> None:
        """Open a lane of its own."""
        settings, keyring = world.settings, Keyring(world.settings.secret_keys)
        self.world = world
        self.key: SecretKey = keyring.first
        self.stage = Stage(settings.data, keyring)
        self._lane = Bulk(Database(settings.database_url, settings.data)).lane()
        self._figures = Figures(self.stage.library)
        self._after = Aftermath(self.key, world.cast, world.file, world.days[-1].ends)

    def close(self) -> None:
        """Give the lane back."""
        self._lane.close()

    def fill(self, day: Day) -> Filled:
        """Write a day's calls down."""
        world, filled, batch = self.world, Filled(), Batch()
        chance = Random(f"{world.wish.seed} day {day.number}")
        content = in_force(world.reigns, day)
        lines = callable_lines(content)
        self.stage.numbers.open(day.first, day.calls)
        for number, at in enumerate(day.times(chance)):
            line = lines[0] if len(lines) == 1 or chance.random() < FIRST_LINE else chance.choice(lines[1:])
            caller, again = world.town.caller_of(world.days, day, number)
            who = None if caller is None else world.town.number(caller)
            part = Part(f"CA{chance.randbytes(16).hex()}", at, who, line, content.hash, chance.randbytes(16))
            if chance.random() < world.wish.turns:
                filled.turns += self._play(batch, part, chance)
            else:
                call = self._tell(batch, part, content, chance)
                self._figures.tell(batch, call, first=not again, chance=chance)
            filled.calls += 1
            if filled.calls % MOST == 0:
                filled.cases += self._put(batch)
                batch = Batch()
        filled.cases += self._put(batch)
        filled.spent.update(self.stage.numbers.spent())
        filled.sums = self._figures.sums()
        return filled

    def _put(self, batch: Batch) -> int:
        self._lane.put(batch.laid_out())
        return len(batch["cases"])

    def _play(self, batch: Batch, part: Part, chance: Random) -> int:
        """Write a call down that is really played: says how many turns it has."""
        played = self.stage.play(part, chance)
        for turn in played.turns:
            rows = rows_of(Entry(turn))
            batch["turns"].append(rows.head)
            batch["effects"].extend([(*effect, "sent", turn.at + 5) for effect in rows.effects])
        record, journey = played.call, journey_of(played, self.stage, part.line)
        head = (record.call, record.line, record.version, record.at, False, record.caller, record.key, record.seed)
        key = key_of(record, self.stage.keyring)
        call = self._call(part, key, journey, played.ended, chance)
        self._row(batch, call, (*head, record.wrapped, record.private, record.rivals))
        self._after.write(batch, call, list(deeds_of(played)))
        self._found(batch, call)
        batch["insight_due"].append((call.name, chance.getrandbits(63), call.ended))
        return len(played.turns)

    def _tell(self, batch: Batch, part: Part, content: Content, chance: Random) -> Call:
        """Write a call down that went the way of another: all but its turns."""
        key = CallKey(self.key, part.seed)
        journey = self.world.ways[which(content, part.line, part.at)].draw(chance)
        ended = round(part.at + journey.seconds, 3)
        call = self._call(part, key, journey, ended, chance)
        call.waits = tuple(replace(wait, turn=chance.randbytes(16)) for wait in journey.waits)
        self._row(batch, call, self._head(part, key))
        self._after.write(batch, call, self._copied(call, content))
        self._found(batch, call)
        return call

    def _call(self, part: Part, key: CallKey, journey: Journey, ended: float, chance: Random) -> Call:
        return Call(part.call, part.at, ended, part.number, part.line.number, key, journey, chance, journey.waits)

    def _head(self, part: Part, key: CallKey) -> tuple[object, ...]:
        """Seal what a call's record holds, as ``ivr/switchboard/entries.py`` does."""
        name, line = part.call, part.line
        told = f'{{"from": "{part.number}", "to": "{line.number}"}}' if part.number else _withheld(line)
        caller = caller_index(self.key, part.number) if part.number else b""
        wrapped, private = wrap(self.key, name, part.seed), key.seal(name.encode(), told.encode())
        return (name, line.id, part.version, part.at, False, caller, self.key.id, key.name, wrapped, private, b"")

    def _row(self, batch: Batch, call: Call, head: tuple[object, ...]) -> None:
        way = call.journey
        batch["calls"].append((*head, call.ended, way.outcome, way.turns, way.talked, way.language, way.path))
        at, name = call.at, call.name
        batch["call_marks"].extend([(mark, at, name) for mark in way.marks])

    def _found(self, batch: Batch, call: Call) -> None:
        batch["call_words"].extend([(word, call.at, call.name) for word in call.words])

    def _copied(self, call: Call, content: Content) -> list[Deed]:
        """Do what the way wants, under names of this call's own."""
        chance, made = call.chance, []
        number, names = "", dict[str, str]()  # what the way's own names are in this call
        turn, parent = chance.randbytes(16), chance.randbytes(16)
        for place, (offset, effect, text) in enumerate(call.journey.deeds):
            if isinstance(effect, KeepRecording):
                names[effect.sid] = f"RE{chance.randbytes(16).hex()}"
            if isinstance(effect, CreateCase):
                found = self.stage.numbers.take(content.kinds[effect.kind].series)
                if found is None:
                    continue
                number = names[effect.number] = found
            name = chance.randbytes(16)
            private = call.key.seal(name, _with(names, text).encode("utf-8", "surrogatepass"))
            own = renamed(effect, number, names)
            made.append(Deed(round(call.at + offset, 3), turn, parent, place, name, own, private))
        return made


def deeds_of(played: Played) -> list[Deed]:
    """Give what a played call wanted, as it stands in its records."""
    return [
        Deed(one.at, one.turn, one.parent, one.record.ordinal, one.record.id, one.effect, one.record.private)
        for one in played.wanted
    ]


def _with(names: dict[str, str], text: str) -> str:
    for theirs, ours in names.items():
        text = text.replace(theirs, ours)
    return text


def _withheld(line: Line) -> str:
    return f'{{"from": null, "to": "{line.number}"}}'
