"""Calls, cases, recordings, messages, notes, queues, spools: what was promised or told is there once, and no more."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from campaign.check.calls import EXACT, read_late, windows
from campaign.check.evidence import Evidence, Row
from campaign.check.requests import DRIVES, Asked, gather, references

Told = tuple[str, str]
WAIT = re.compile(r"/wait/\d+$")
WAITING = {"waiting", "offered", "claimed", "talking"}
RUNNING = {"wanted", "placing", "placed"}
BUSY = {"on_offer", "talking"}


def plain(number: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", number)


def doubled(counts: Mapping[Any, int], what: str) -> Iterator[Told]:
    """Tell of each that is there more than once."""
    yield from (("doubled", f"{count} {what} {name!r}") for name, count in counts.items() if count > 1)


def calls_end_once(found: Evidence) -> Iterator[Told]:
    """Every call that somebody made is one that has ended, with its outcome; there is no other."""
    made = {line["call"] for line in found.said("asked") if line["path"] == "/voice" and line["part"] != "forged"}
    begun = {line["call"] for line in found.said("asked") if line["path"] == "/voice" and line["status"] == 200}
    over = Counter(line["call"] for line in found.said("over"))
    ends = Counter(turn["call"] for turn in found.tables["turns"] if turn["kind"] == "end")
    kept = {row["call"]: row for row in found.tables["calls"]}
    yield from (("lost", f"{call}: was answered, and there is no such call") for call in begun - kept.keys())
    yield from (("ghost", f"{call}: nobody has made this call") for call in kept.keys() - made)
    for call, row in kept.items():
        if row["ended_at"] is None or not row["outcome"] or row["outcome"] == "unknown":
            yield "ghost", f"{call}: is over, and goes on here ({row['outcome'] or 'no outcome'})"
        if not ends[call]:
            yield "lost", f"{call}: its end is no turn"
        if over[call] > 1:
            yield "doubled", f"{call}: ended {over[call]} times at the carrier"


def cases_and_references(found: Evidence) -> Iterator[Told]:
    """Every reference that was spoken is a case of that call, once; every case was spoken, or its answer got lost."""
    by_call = gather(found.said("asked"))
    cases: dict[str, list[dict]] = defaultdict(list)
    for row in found.tables["cases"]:
        cases[row["call"]].append(row)
    turns = {turn["id"]: turn for turn in found.tables["turns"]}
    makers = {effect["id"]: turns.get(effect["turn"]) for effect in found.tables["effects"]}
    wanted = {
        effect["id"]
        for effect in found.tables["effects"]
        if (effect["kind"], effect["state"]) == ("CreateCase", "sent")
    }
    yield from (
        ("lost", f"the case of {name.hex()} is not there")
        for name in wanted - {row["effect"] for row in found.tables["cases"]}
    )
    numbers = Counter(plain(row["number"]) for row in found.tables["cases"])
    yield from doubled(numbers, "cases have the reference")
    for call in by_call.keys() | cases.keys():
        asked = by_call.get(call, [])
        heard = references(a["answer"] for one in asked for a in one.attempts if a["heard"])
        silent = references(a["answer"] for one in asked for a in one.attempts if not a["heard"])
        kept = {plain(row["number"]): row for row in cases[call]}
        yield from (("lost", f"{call}: the reference {number} is no case") for number in heard - kept.keys())
        visits = Counter(row["visit"] for row in cases[call] if not row["alias_of"])
        yield from doubled(visits, f"cases of {call} have the visit")
        given_up = [one for one in asked if one.word in DRIVES and one.part == "own" and not one.heard]
        for number, row in kept.items():
            named = (
                number in heard
                or (row["alias_of"] and number in silent)
                or in_silence(makers.get(row["effect"]), given_up)
            )
            if not named:
                yield "ghost", f"{call}: nobody was told of the case {number}"


def in_silence(maker: Row | None, given_up: Sequence[Asked]) -> bool:
    """Tell whether a turn spoke to nobody: the caller had hung up, or the carrier gave its request up."""
    if maker is None or maker["kind"] == "end":
        return maker is not None
    return any(one.during(maker["at"], EXACT) or read_late(one, maker["at"]) for one in given_up)


def recordings_are_kept(found: Evidence) -> Iterator[Told]:
    """Every recording that we were told of is kept once, the carrier's own bytes; there is no other."""
    made = {line["sid"]: line["call"] for line in found.said("recorded")}
    told = set()
    for line in found.said("asked"):
        if line["status"] in {200, 204} and "RecordingSid=" in line["form"]:
            told.add(parse_qs(line["form"])["RecordingSid"][0])
    kept = Counter(row["sid"] for row in found.tables["recordings"])
    sounds = defaultdict(set)
    for line in found.said("rest"):
        match = re.search(r"/Recordings/(\w+?)(?:\.wav)?$", line["target"])
        if match and line["status"] == 200 and line["answer"].startswith("sha256 "):
            sounds[match[1]].add(line["answer"].removeprefix("sha256 "))
    yield from (("lost", f"{made[sid]}: the recording {sid} is not there") for sid in told - kept.keys())
    for row in found.tables["recordings"]:
        if row["sid"] not in made:
            yield "ghost", f"{row['call']}: the carrier has no recording {row['sid']}"
            continue
        file = Path(found.told["recordings"]) / row["path"]
        held = hashlib.sha256(file.read_bytes()).hexdigest() if row["path"] and file.is_file() else ""
        if row["state"] != "kept" or held != row["sha256"] or held not in sounds[row["sid"]]:
            yield (
                "lost",
                f"{row['call']}: the recording {row['sid']} ({row['state']}) is not the carrier's",
            )
    files = Counter(row["path"] for row in found.tables["recordings"] if row["path"])
    yield from doubled(files, "recordings have the file")


def messages_left_once(found: Evidence) -> Iterator[Told]:
    """Every message that says it was sent, the carrier has once; every one that the carrier has, we know of."""
    left = [text for line in found.said("left") for text in line["texts"]]
    by_sid = {text["sid"]: text for text in left}
    bodies = Counter((text["to"], text["body"]) for text in left)
    yield from doubled(bodies, "messages left with the same words")
    rows = [row for row in found.tables["messages"] if row["direction"] == "out"]
    named = Counter(row["provider"] for row in rows if row["provider"])
    unsure = [plain(row["case"]) for row in rows if row["state"] == "unknown"]
    for row in rows:
        if row["state"] in {"waiting", "sending"} or (row["state"] == "failed" and not row["reason"]):
            yield "lost", f"{row['call']}: a message is {row['state']} without a reason"
        if row["state"] == "sent" and row["provider"] not in by_sid:
            yield "lost", f"{row['call']}: the message {row['provider']} is said to be sent, and is not at the carrier"
    yield from doubled(named, "messages are the carrier's")
    for text in left:
        if text["sid"] not in named and not any(case and case in plain(text["body"]) for case in unsure):
            yield "ghost", f"the message {text['sid']} to {text['to']} was sent, and nobody wanted it"


def notes_are_kept(found: Evidence) -> Iterator[Told]:
    """What the carrier told beside the call, and we acknowledged, is written down."""
    kept = defaultdict(set)
    for row in found.tables["notes"]:
        body = json.loads(row["body"])
        kept[row["leg"]].add((row["kind"], body.get("RecordingSid") or body.get("CallStatus", "")))
    for line in found.said("asked"):
        if line["status"] != 204 or line["path"] not in {"/voice/status", "/voice/recording"}:
            continue
        form = parse_qs(line["form"])
        kind = line["path"].rpartition("/")[2]
        word = form.get("RecordingSid" if kind == "recording" else "CallStatus", [""])[0]
        if (kind, word) not in kept[line["leg"]]:
            yield "lost", f"{line['call']}: the carrier told {kind} {word} of {line['leg']}, and no note says so"


def queues_are_empty(found: Evidence) -> Iterator[Told]:
    """Nobody waits without a call, and no agent is held by an offer that is over."""
    for row in found.tables["tickets"]:
        if row["state"] in WAITING:
            yield "ghost", f"{row['call']}: a ticket is {row['state']}, and its call is over"
    for row in found.tables["offers"]:
        if row["state"] in RUNNING:
            yield "ghost", f"{row['call']}: an offer is {row['state']}, and its call is over"
    for row in found.tables["agents"]:
        if row["state"] in BUSY or row["offer"]:
            yield "ghost", f"the agent {row['person']} is stuck: {row['state']}"
    for line in found.said("left"):
        for queue, members in line["queues"].items():
            yield from (("ghost", f"{call} is over, and in the carrier's queue {queue}") for call in members)


def tickets_are_callers(found: Evidence) -> Iterator[Told]:
    """Who waits has a ticket, and every ticket is of a call that somebody made.

    A ticket is given with a waiting document; where one comes while the database is away, with the next.
    """
    away = windows(found)
    made = {line["call"] for line in found.said("asked")}
    waits = (line for line in found.said("asked") if line["heard"] and WAIT.search(line["path"]))
    queued = {line["call"] for line in waits if not any(since <= line["sent"] <= until for since, until in away)}
    tickets = {row["call"] for row in found.tables["tickets"]}
    yield from (("lost", f"{call}: was put in a queue without a ticket") for call in queued - tickets)
    yield from (("ghost", f"{call}: has a ticket, and nobody has made this call") for call in tickets - made)


def spools_are_folded(found: Evidence) -> Iterator[Told]:
    """Nothing waits in a spool, and whatever was in one stands in the database."""
    known = {table: {row["id"] for row in found.tables[table]} for table in ("turns", "notes")}
    for frame in found.frames:
        if frame.waits:
            yield "lost", f"record {frame.number} of a spool was not folded"
        if frame.id not in known[frame.table]:
            yield "lost", f"record {frame.number} of a spool ({frame.table} {frame.id.hex()}) is not in the database"
