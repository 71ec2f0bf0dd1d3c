"""Conferences by REST: listed, looked into, changed and ended."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ivr.simulator.carrier import Carrier
from ivr.simulator.ledger import Room, Seat
from ivr.simulator.replies import Reply, as_json, date, error, page
from ivr.simulator.rooms import end

_ACCOUNT = r"/2010-04-01/Accounts/(AC[0-9a-f]{32})"
ROOMS = re.compile(rf"{_ACCOUNT}/Conferences\.json", re.ASCII)
ROOM = re.compile(rf"{_ACCOUNT}/Conferences/(\w+)\.json", re.ASCII)
SEATS = re.compile(rf"{_ACCOUNT}/Conferences/(\w+)/Participants\.json", re.ASCII)
SEAT = re.compile(rf"{_ACCOUNT}/Conferences/(\w+)/Participants/(\w+)\.json", re.ASCII)
# the form's name -> the seat's
FLAGS = {"Hold": "hold", "Muted": "muted", "EndConferenceOnExit": "ends"}


def change_room(carrier: Carrier, path: str, method: str, given: Mapping[str, str]) -> Reply | None:
    """Change or end a conference; None where the path is of something else."""
    seat, room = SEAT.fullmatch(path), ROOM.fullmatch(path)
    if method != "POST":
        return None
    if seat:
        return _change_seat(carrier, seat[2], seat[3], given)
    if room:
        return _end_room(carrier, room[2], given)
    return None


def _change_seat(carrier: Carrier, sid: str, call: str, given: Mapping[str, str]) -> Reply:
    room = carrier.ledger.room_of(sid)
    seat = room.seats.get(call) if room and not room.over else None
    if room is None or seat is None:
        return error(404, 20404, f"The participant {call} was not found")
    wrong = [name for name in given if name not in FLAGS and name not in {"Coaching", "CallSidToCoach"}]
    if wrong or any(given.get(name, "true") not in {"true", "false"} for name in (*FLAGS, "Coaching")):
        return error(400, 20001, "this double does not know what is asked for")
    if given.get("Coaching") == "true" and given.get("CallSidToCoach", seat.coached) not in room.seats:
        return error(400, 13240, "the call to coach is not in the conference")
    for name, field in FLAGS.items():
        if name in given:
            setattr(seat, field, given[name] == "true")
    if "Coaching" in given:
        seat.coached = given.get("CallSidToCoach", seat.coached) if given["Coaching"] == "true" else ""
    return as_json(_seat(carrier, room, seat))


def _end_room(carrier: Carrier, sid: str, given: Mapping[str, str]) -> Reply:
    room = carrier.ledger.room_of(sid)
    if room is None:
        return error(404, 20404, f"The conference {sid} was not found")
    if given.get("Status") != "completed":
        return error(400, 20001, "this double ends conferences, and changes nothing else of them")
    if not room.over:
        end(carrier, room)
    return as_json(_room(carrier, room))


def list_rooms(carrier: Carrier, match: re.Match[str], query: Mapping[str, str]) -> Reply:
    """List the account's conferences."""
    found = [
        room
        for room in carrier.ledger.rooms
        if query.get("FriendlyName", room.name) == room.name and query.get("Status", _status(room)) == _status(room)
    ]
    return page("conferences", [_room(carrier, room) for room in found], match[0], query)


def list_seats(carrier: Carrier, match: re.Match[str], query: Mapping[str, str]) -> Reply:
    """List who is in a conference."""
    room = carrier.ledger.room_of(match[2])
    if room is None:
        return error(404, 20404, f"The conference {match[2]} was not found")
    return page("participants", [_seat(carrier, room, seat) for seat in room.seats.values()], match[0], query)


def _status(room: Room) -> str:
    if room.over:
        return "completed"
    return "in-progress" if len(room.seats) > 1 else "init"


def _room(carrier: Carrier, room: Room) -> dict[str, object]:
    here = f"/2010-04-01/Accounts/{carrier.account}/Conferences/{room.sid}"
    return {
        "sid": room.sid, "account_sid": carrier.account, "friendly_name": room.name, "status": _status(room),
        "api_version": "2010-04-01", "date_created": date(0), "date_updated": date(0), "region": "us1",
        # The carrier says null while a conference goes on; its own description takes none but the reasons.
        **({"reason_conference_ended": "last-participant-left"} if room.over else {}),
        "call_sid_ending_conference": None, "uri": f"{here}.json",
        "subresource_uris": {"participants": f"{here}/Participants.json"},
    }  # fmt: skip


def _seat(carrier: Carrier, room: Room, seat: Seat) -> dict[str, object]:
    here = f"/2010-04-01/Accounts/{carrier.account}/Conferences/{room.sid}/Participants/{seat.call}"
    return {
        "account_sid": carrier.account, "call_sid": seat.call, "conference_sid": room.sid, "label": None,
        "call_sid_to_coach": seat.coached or None, "coaching": bool(seat.coached), "muted": seat.muted,
        "hold": seat.hold, "end_conference_on_exit": seat.ends, "start_conference_on_enter": seat.starts,
        "status": "connected", "queue_time": "0", "date_created": date(0), "date_updated": date(0),
        "uri": f"{here}.json",
    }  # fmt: skip
