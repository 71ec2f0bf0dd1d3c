"""The pages ``/cases`` and ``/cases/<number>``: what callers left, as a list and one by one."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from console.account import me
from console.calls import archive, cancellable
from console.case_words import STATUS, due_of, told
from console.conversation import entries, recordings_of
from console.handing import HOUR, handed
from console.paging import after
from console.rights import ROUTES, may
from ivr.archive.promises import Promised, promise_told, promised
from ivr.archive.texts import text_of
from ivr.cases import OpenCase, opened
from ivr.cases.finding import find
from ivr.cases.work import PRIORITIES, Work, day_of
from ivr.errors import IvrError
from ivr.exporting.formats import FORMATS
from ivr.messages import Conversation
from ivr.messages.wording import replies
from ivr.roles import BadPerson, as_phone
from ivr.store.audit import Deed
from ivr.store.case_filter import Filter
from ivr.store.case_words import MOVES, SETTLED, UNSETTLED
from ivr.store.cases import Case
from ivr.store.people import Person

bp = Blueprint("cases", __name__)
PAGE = 50
FILTER = ("q", "status", "team", "kind", "whose")
NUMBER = re.compile(r"[A-Za-z]{1,2}\d{2,}(-\d)?")
SHOWN = 20  # other cases of the same caller
WORKERS = "work on cases"


@dataclass(frozen=True, slots=True)
class Row:
    """One case of the list."""

    one: OpenCase
    title: str
    caller: str
    owner: str
    due: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Meant:
    """What was written into the box of the list."""

    filter: Filter
    words: str = ""
    number: str = ""  # of one case


@bp.get("/cases")
def page() -> str:
    """List cases; the filter stands in the address, so that a view can be shared."""
    asked = asked_for(request.args)
    wanted = wanted_by(asked)
    found, after = sought(asked["q"], wanted)
    kept: dict[str, Any] = {name: value for name, value in asked.items() if value}
    now = time.time()
    return render_template(
        "cases.html",
        page="cases",
        rows=list(rows_of(found, now)),
        asked=asked,
        kept=kept,
        statuses=STATUS,
        teams=teams(),
        kinds=kinds(),
        counts=counts(now),
        filtered=bool(kept or request.args.get("after")),
        can_phone=may(me().role, "use the phone"),
        can_export=may(me().role, ROUTES["exports.begin_cases"]),
        formats=list(FORMATS),
        older=url_for("cases.page", **kept, after=f"{after[0]!r}~{after[1]}") if after else "",
        newest=url_for("cases.page", **kept) if request.args.get("after") else "",
    )


@bp.get("/cases/<number>")
def one(number: str) -> BaseResponse | str:
    """Show one case. That it was opened is written down, and nothing else."""
    case = found(number)
    if case.number != number:
        return redirect(url_for("cases.one", number=case.number))
    if request.referrer != request.url:  # coming back from an own change is no other look
        archive().store.audit.add(Deed(me().name, "opened a case", case.number))
    return shown(case)


@bp.get("/cases/<number>/recordings/<sid>")
def recording(number: str, sid: str) -> BaseResponse:
    """Play what a caller left. Who listens is written down, once in an hour."""
    known = (each for one in named(found(number)) for each in recordings_of(archive(), one))
    kept = next((each for each in known if each.sid == sid and each.state == "kept"), None)
    if kept is None:
        abort(404, "This case has no such recording.")
    archive().store.audit.add_new(Deed(me().name, "listened to a recording", sid, {"case": number}), HOUR)
    return handed(kept.path, "audio/wav")


@bp.get("/cases/<number>/files/<message>/<ordinal>")
def file(number: str, message: str, ordinal: str) -> BaseResponse:
    """Hand out a file that came with a message, to be saved and never opened here."""
    names = archive().store.cases.names_of(found(number).number)
    pieces = Conversation(archive().store, archive().keyring).of_case(*names)
    piece = next((each for each in pieces if each.message.id.hex() == message), None)
    place = int(ordinal) if ordinal in map(str, range(len(piece.files) if piece else 0)) else -1
    if piece is None or place < 0:
        abort(404, "This case has no such file.")
    kept = piece.files[place]
    named = piece.said.names[place] if piece.said and place < len(piece.said.names) else message
    return handed(kept.path, kept.type, named)


def shown(case: Case, *, error: IvrError | None = None, typed: dict[str, str] | None = None) -> str:
    """Show a case; after something went wrong, with what was typed."""
    now = time.time()
    known = named(case)
    people = workers(case)
    schedule = work().schedule(case.team)
    day = day_of(case.due_at, schedule)
    return render_template(
        "case.html",
        page="cases",
        case=case,
        known=known,
        said=known[0].said,
        title=title_of(known[0]),
        entries=entries(archive(), known),
        zone=schedule.zone,
        due=due_of(case, schedule.zone, now),
        due_day=day.isoformat() if day else "",
        statuses=STATUS,
        moves=(case.status, *MOVES[case.status]),
        settled=case.status in SETTLED,
        people=people,
        owner=next((person.name for person in people if person.id == case.owner), ""),
        teams=teams() | ({case.team: case.team} if case.team and case.team not in teams() else {}),
        priorities=PRIORITIES,
        reach=Conversation(archive().store, archive().keyring).addresses(case),
        history=[
            (change.at, change.who or "the hotline", told(change))
            for change in archive().store.cases.history(case.number)
        ],
        others=others(case),
        promises=[(promise_told(each), cancellable(each)) for each in promises_of(known)],
        prepared=prepared(case),
        **allowed(),
        error=error,
        typed=typed or {},
        seen=pieces_of(case),
        once=secrets.token_hex(8),
        back=way_back(),
    )


def allowed() -> dict[str, bool]:
    """Say what whoever looks may do with a case."""
    return {
        "can_work": may(me().role, WORKERS),
        "can_see_calls": may(me().role, "see calls"),
        "can_erase": may(me().role, ROUTES["person.page"]),
    }


def pieces_of(case: Case) -> int:
    """Count the pieces of a conversation: an answer names how many its writer has seen."""
    return len(archive().store.messages.of_case(*archive().store.cases.names_of(case.number)))


def named(case: Case) -> list[OpenCase]:
    """Open a case under all its numbers, its first one first."""
    store = archive().store
    numbers = store.cases.names_of(case.number)
    return [opened(each, store, archive().keyring) for number in numbers if (each := store.cases.find(number))]


def found(number: str) -> Case:
    """Find the case that a number stands for; 404 where there is none."""
    case = archive().store.cases.meant(number)
    if case is None:
        abort(404, "No case has this number.")
    return case


def asked_for(given: Mapping[str, str]) -> dict[str, str]:
    """Read what was filtered by."""
    return {name: given.get(name, "").strip()[:100] for name in FILTER}


def meant_by(words: str, wanted: Filter) -> Meant:
    """Tell a number of a case, a number of a phone, and words."""
    if NUMBER.fullmatch(words) and archive().store.cases.meant(words.upper()):
        return Meant(wanted, number=words.upper())
    if re.fullmatch(r"\+[\d ()-]{5,}", words):
        try:
            return Meant(Filter(callers=archive().by_number(as_phone(words)), after=wanted.after))
        except BadPerson:
            pass  # words with a plus in front
    return Meant(wanted, words)


def sought(words: str, wanted: Filter) -> tuple[list[OpenCase], tuple[float, str] | None]:
    """Look for a number of a case, a number of a phone, or words."""
    store, keyring, meant = archive().store, archive().keyring, meant_by(words, wanted)
    case = store.cases.meant(meant.number) if meant.number else None
    if case:
        return [opened(case, store, keyring)], None
    return find(store, keyring, meant.filter, PAGE, meant.words)


def told_of(asked: Mapping[str, str]) -> str:
    """Say a filter in words."""
    status = {"": "to do", "any": "in any status"}.get(asked["status"]) or STATUS.get(asked["status"], ("to do",))[0]
    whose = {"mine": f"of {me().name}", "nobody": "of nobody", "late": "late"}.get(asked["whose"], "")
    parts = [
        status,
        f"of the kind {asked['kind']}" if asked["kind"] else "",
        f"of team {asked['team']}" if asked["team"] else "",
        whose,
        f"with {asked['q']}" if asked["q"] else "",
    ]
    return ", ".join(part for part in parts if part)


def wanted_by(asked: dict[str, str]) -> Filter:
    """Read the filter from the address: what is still to do, unless a status is named."""
    status = asked["status"]
    statuses = (status,) if status in STATUS else () if status == "any" else UNSETTLED
    return Filter(
        statuses=statuses,
        team=asked["team"],
        kind=asked["kind"],
        owner={"mine": me().key, "nobody": ""}.get(asked["whose"]),
        late_at=time.time() if asked["whose"] == "late" else None,
        by_due=set(statuses) <= set(UNSETTLED) and bool(statuses),
        after=after(),
    )


def counts(now: float) -> dict[str, Any]:
    """Count what is to do: by kind, mine, nobody's, late."""
    found = archive().store.cases.tally(me().key, now)
    return asdict(found) | {"all": sum(found.kinds.values())}


def rows_of(found: Sequence[OpenCase], now: float) -> Iterator[Row]:
    """Say of each case what stands in the list."""
    names = {person.id: person.name for person in archive().store.people.all()} if found else {}
    zones = {team: work().schedule(team).zone for team in {one.case.team for one in found}}
    calls = archive().store.calls.of(one.case.call for one in found if one.case.call)
    for one in found:
        row = calls.get(one.case.call)
        caller = archive().seen(row).caller if row else None
        due = due_of(one.case, zones[one.case.team], now)
        yield Row(one, title_of(one), caller or "", names.get(one.case.owner, ""), due)


def title_of(one: OpenCase) -> str:
    """Say what a case is about."""
    if one.said is None:
        return "Not readable here"
    return one.said.about or next((str(value) for value in one.said.fields.values() if value), one.case.kind)


def workers(case: Case) -> list[Person]:
    """List who may be given a case; whoever has it now is among them."""
    return [
        person
        for person in archive().store.people.all()
        if person.id == case.owner or (person.active and may(person.role, WORKERS))
    ]


def others(case: Case) -> list[Row]:
    """List other cases of the same caller."""
    callers = archive().store.cases.callers_of(case.number)
    if not callers:
        return []
    found = archive().store.cases.search(Filter(callers=callers), SHOWN)
    here = [opened(each, archive().store, archive().keyring) for each in found if each.number != case.number]
    return list(rows_of(here, time.time()))


def promises_of(known: Sequence[OpenCase]) -> Iterator[Promised]:
    """List what was promised on a case: to call back."""
    store, keyring = archive().store, archive().keyring
    return (promised(row, store, keyring) for one in known for row in store.call_backs.of_case(one.case.number))


def prepared(case: Case) -> dict[str, str]:
    """List the words from which an answer may begin, in the case's language."""
    live = current_app.extensions["versions"].live()
    return replies(live, case.language, case.number) if live else {}


def teams() -> dict[str, str]:
    """Name the teams of the version in force."""
    live = current_app.extensions["versions"].live()
    return {team.id: text_of(team.name, "") for team in live.tree.teams.values()} if live else {}


def kinds() -> list[str]:
    """Name the kinds of cases of the version in force."""
    live = current_app.extensions["versions"].live()
    return list(live.kinds) if live else []


def way_back() -> str:
    """Lead back to the list with the filter that it had."""
    came_from = request.referrer or ""
    return came_from if came_from.startswith(f"{request.host_url}cases?") else url_for("cases.page")


def work() -> Work:
    """Find what changes cases."""
    return Work(archive().store, current_app.extensions["library"].get)
