"""The whole history: versions, people, callers, ways through the menu, then day by day all the calls."""

from __future__ import annotations

import io
import os
import wave
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from hashlib import sha256
from multiprocessing import get_context

from ivr.archive.proving import MADE_UP
from ivr.callers import Kept
from ivr.codec import dumps
from ivr.demo.aftermath import File
from ivr.demo.batch import Batch
from ivr.demo.callers import Town
from ivr.demo.cast import agent_rows, cast_of, people_rows
from ivr.demo.filling import Filled, Filler, Ways, World
from ivr.demo.journeys import circumstances, played_ways
from ivr.demo.plan import Wish, days
from ivr.demo.stage import Stage
from ivr.demo.versions import published
from ivr.depot.choosing import depot_of
from ivr.errors import IvrError
from ivr.keys import Keyring
from ivr.marks import NAME, word_marks
from ivr.menu.files import read_files
from ivr.privacy import caller_index, seal_named
from ivr.settings import Settings
from ivr.store import Store
from ivr.store.audit import Deed
from ivr.store.bulk import Bulk, Lane
from ivr.store.people import Person

Told = Callable[[str, int, int], None]  # what is being done, how much of it is done, of how much
CALLS_OF_EACH = 2.2  # calls of one caller, on average
WAYS = (20, 150)  # ways of each circumstance: at least, at most
SAMPLE = "inbox/demo.wav"  # below the folder of recordings: what every recording of the demo is


class NotFilled(IvrError):
    """The demo was not written into this database."""


@dataclass(frozen=True, slots=True)
class Done:
    """What was written."""

    calls: int
    turns: int
    cases: int
    people: int
    versions: int


def fill(wish: Wish, settings: Settings, told: Told) -> Done:
    """Write a whole history into the database of these settings; NotFilled where the menu has nothing to call."""
    store = Store(settings.database_url, settings.data)
    store.audit.via = "command line"
    try:
        store.upgrade()
        world, people = _world(wish, settings, store, told)
        bulk = Bulk(store.database)
        lane = bulk.lane()
        try:
            _people(lane, world, people)
            _callers(lane, world, told)
        finally:
            lane.close()
        with bulk.unindexed(lambda what: told(f"index of {what}", 0, 0)):
            done = _calls(world, store, told, lanes=bulk.lanes)
        for series, number in done.spent.items():
            bulk.count_from(series, number)
        store.audit.add(Deed("ivr demo", MADE_UP, str(done.calls), {"seed": wish.seed}))
    finally:
        store.close()
    return Done(done.calls, done.turns, done.cases, len(people), len(world.reigns))


def holds_calls(settings: Settings) -> bool:
    """Say whether the database has real calls already."""
    store = Store(settings.database_url, settings.data)
    try:
        store.upgrade()
        return store.calls.any_real()
    finally:
        store.close()


def _world(wish: Wish, settings: Settings, store: Store, told: Told) -> tuple[World, Sequence[Person]]:
    files = read_files(settings.config, settings.menus, settings.recordings)
    span = days(wish)
    reigns = published(files, span, store, settings)
    stage = Stage(settings.data, Keyring(settings.secret_keys))
    town = Town(wish.seed, max(20, int(wish.calls / CALLS_OF_EACH)))
    places = list(circumstances(span, reigns))
    if not places:
        raise NotFilled("no line of this menu takes calls of the public")
    count = max(WAYS[0], min(WAYS[1], wish.calls // 200))
    ways = {}
    for number, (name, at, content, line) in enumerate(places):
        told("ways through the menu", number, len(places))
        ways[name] = Ways.of(played_ways(stage, town, (at, content, line), count))
    cast, people = cast_of(reigns[-1].content, wish.seed, store)
    world = World(settings, wish, span, reigns, ways, town, cast, sample(settings))
    return world, people


def sample(settings: Settings) -> File:
    """Make the one recording there is: a second of silence, which plays."""
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16_000))
    content = sound.getvalue()
    depot_of(settings).keep(SAMPLE, io.BytesIO(content))
    return File(SAMPLE, sha256(content).hexdigest(), len(content))


def _people(lane: Lane, world: World, people: Sequence[Person]) -> None:
    batch = Batch()
    batch["people"].extend(people_rows(people))
    batch["agents"].extend(agent_rows(people, world.days[0].begins))
    lane.put(batch.laid_out())


def _callers(lane: Lane, world: World, told: Told) -> None:
    """Keep the names of some of those who call, as `ivr callers` does."""
    town, key = world.town, Keyring(world.settings.secret_keys).first
    batch, at = Batch(), world.days[-1].ends
    for caller in range(town.named):
        index, name = caller_index(key, town.number(caller)), town.name(caller)
        sealed = seal_named(key, b"caller", index, dumps(Kept, Kept(name=name)).encode())
        batch["callers"].append((index, key.id, sealed, at))
        batch["caller_words"].extend([(word, index) for word in word_marks(key, name, NAME)])
        if caller % 1000 == 0:
            told("names of callers", caller, town.named)
    lane.put(batch.laid_out())


def _calls(world: World, store: Store, told: Told, *, lanes: bool) -> Filled:
    total, done = Filled(), 0
    for filled in _days(world, lanes=lanes):
        store.insight.load_sums(filled.sums)
        total.calls += filled.calls
        total.turns += filled.turns
        total.cases += filled.cases
        for series, number in filled.spent.items():
            total.spent[series] = max(total.spent[series], number)
        done += filled.calls
        told("calls", done, world.wish.calls)
    return total


def _days(world: World, *, lanes: bool) -> Iterator[Filled]:
    """Fill day after day: here, or in as many processes as there are cores where the database takes several lanes."""
    if not lanes:
        filler = Filler(world)
        try:
            yield from map(filler.fill, world.days)
        finally:
            filler.close()
        return
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores, get_context("spawn"), initializer=_begin, initargs=(world,)) as pool:
        for each in as_completed([pool.submit(_fill, number) for number in range(len(world.days))]):
            yield each.result()


_FILLERS: list[Filler] = []  # of this process: one, made when the process begins


def _begin(world: World) -> None:
    _FILLERS.append(Filler(world))


def _fill(number: int) -> Filled:
    filler = _FILLERS[0]
    return filler.fill(filler.world.days[number])
