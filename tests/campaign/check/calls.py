"""Each turn was asked for, each request that was answered is a turn, and none is two, but where nodes were apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from campaign.check.evidence import Evidence, Row
from campaign.check.requests import DRIVES, Asked, gather

Told = tuple[str, str]
EXACT = 0.005  # seconds by which clocks are read apart
LATE = 40.0  # seconds after which a worker may still read what a request said that nobody waits for any more
APART = 5.0  # seconds around the while in which the database was away or not all was folded


@dataclass(slots=True)
class Matched:
    """How one call's turns and requests belong together."""

    of_turn: dict[bytes, Asked] = field(default_factory=dict)
    turns: dict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))  # by id() of a request


def windows(found: Evidence) -> list[tuple[float, float]]:
    """List when the database was kept from us, until all was folded."""
    return [(line["since"] - APART, line["until"] + APART) for line in found.said("weather") if line.get("away")]


def apart(asked: Asked, away: Sequence[tuple[float, float]]) -> bool:
    """Tell whether nodes may have answered a request each by itself."""
    return any(since <= one["done"] and one["sent"] <= until for one in asked.attempts for since, until in away)


def turns_and_requests(found: Evidence) -> Iterator[Told]:
    """Hold every call's turns against what was asked in it."""
    by_call, away = gather(found.said("asked")), windows(found)
    legs = Counter(one.leg for asked in by_call.values() for one in asked if one.word not in DRIVES)
    rows: dict[str, list[Row]] = defaultdict(list)
    for turn in found.tables["turns"]:
        rows[turn["call"]].append(turn)
    effects: dict[bytes, list[Row]] = defaultdict(list)
    for effect in found.tables["effects"]:
        effects[effect["turn"]].append(effect)
    for call in rows.keys() | by_call.keys():
        asked = by_call.get(call, [])
        matched = Matched()
        yield from ghosts(call, asked, rows[call], matched)
        yield from losses(asked, matched)
        yield from doubles(asked, matched, away)
        yield from beside(call, rows[call], legs)
        yield from unheard(call, rows[call], effects)
    owners = {turn["id"] for turn in found.tables["turns"]}
    for name in effects.keys() - owners:
        yield "ghost", f"an effect of the turn {name.hex()}, which is not there"


def ghosts(call: str, asked: Sequence[Asked], turns: Sequence[Row], matched: Matched) -> Iterator[Told]:
    """Find for each turn the request that led to it, from the first turn on; a turn without one is a ghost."""
    drives = [turn for turn in turns if turn["kind"] == "drive"]
    children: dict[bytes, list[Row]] = defaultdict(list)
    for turn in sorted(drives, key=lambda turn: turn["at"]):
        children[turn["parent"]].append(turn)
    by_token: dict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        if one.word in DRIVES and one.leg == call:
            by_token[one.token].append(one)
    todo: list[tuple[bytes, list[Asked]]] = [(b"", by_token[""])]
    while todo:
        parent, candidates = todo.pop()
        for turn in children.pop(parent, ()):
            one = led_to(turn, candidates, matched)
            if one is None:
                yield "ghost", f"{call}: turn {turn['id'].hex()} at {turn['place']} ({turn['heard']}) was not asked for"
                following = []
            else:
                matched.of_turn[turn["id"]] = one
                matched.turns[id(one)].append(turn)
                following = [each for token in one.tokens for each in by_token[token]]
            todo.append((turn["id"], following))
    for orphans in children.values():
        yield from (("lost", f"{call}: the turn before {turn['id'].hex()} is not there") for turn in orphans)


def led_to(turn: Row, candidates: Sequence[Asked], matched: Matched) -> Asked | None:
    """Find the request that was on its way when a turn was made."""
    fitting = [one for one in candidates if turn["heard"] in DRIVES[one.word]]
    free = [one for one in fitting if not matched.turns.get(id(one))]
    for group in (free, fitting):
        exact = [one for one in group if one.during(turn["at"], EXACT)]
        if exact:
            return exact[0]
    return next((one for one in fitting if read_late(one, turn["at"])), None)


def read_late(asked: Asked, at: float) -> bool:
    """Tell whether a worker may have read a request at this moment, of which the carrier thought that it broke."""
    broken = (one for one in asked.attempts if not one["status"])
    return any(one["sent"] - EXACT <= at <= one["done"] + LATE for one in broken)


def losses(asked: Sequence[Asked], matched: Matched) -> Iterator[Told]:
    """Every request that was answered with words has its turn."""
    for one in asked:
        if one.word in DRIVES and one.leg == one.call and one.answered and not matched.turns.get(id(one)):
            yield "lost", f"{one.call}: {one.word} {one.digits!r} was answered, and no turn says so"


def doubles(asked: Sequence[Asked], matched: Matched, away: Sequence[tuple[float, float]]) -> Iterator[Told]:
    """One request is one turn and one answer, but where it was asked of nodes that could not see each other."""
    for one in asked:
        if apart(one, away):
            continue
        turns = matched.turns.get(id(one), [])
        if len(turns) > 1:
            yield "doubled", f"{one.call}: {one.word} {one.digits!r} is {len(turns)} turns"
        if len(one.answers) > 1 and one.path.startswith("/voice"):
            yield "doubled", f"{one.call}: {one.path[-40:]} {one.digits!r} got {len(one.answers)} answers"


def beside(call: str, turns: Sequence[Row], legs: Mapping[str, int]) -> Iterator[Told]:
    """What was spoken on other legs, or while waiting, was asked for on that leg."""
    said = Counter(turn["leg"] for turn in turns if turn["kind"] == "side")
    for leg, count in said.items():
        if count > legs.get(leg, 0):
            yield "ghost", f"{call}: {count} turns beside on {leg}, {legs.get(leg, 0)} asked for"


def unheard(call: str, turns: Sequence[Row], effects: dict[bytes, list[Row]]) -> Iterator[Told]:
    """What a turn wanted is done when it was heard, and else is not; a case of the same visit is another name."""
    by_id = {turn["id"]: turn for turn in turns}
    ends = sorted((turn for turn in turns if turn["kind"] == "end"), key=lambda turn: turn["at"])
    lineages = []
    for end in ends:
        path, name = set(), end["id"]
        while name in by_id:
            path.add(name)
            name = by_id[name]["parent"]
        lineages.append(path)
    let_go = set().union(*lineages) if lineages else set()
    visits = {(by_id[name]["parent"], effect["ordinal"]) for name in let_go for effect in effects.get(name, ())}
    for turn in turns:
        for effect in effects.get(turn["id"], ()):
            done = effect["state"] not in {"dropped", "held"}
            twin = effect["kind"] == "CreateCase" and (turn["parent"], effect["ordinal"]) in visits
            if done and turn["id"] not in let_go and not twin:
                yield "ghost", f"{call}: {effect['kind']} of a turn that nobody heard is {effect['state']}"
            if lineages and turn["id"] in lineages[-1] and not done:
                yield "lost", f"{call}: {effect['kind']} of a turn that was heard is {effect['state']}"
