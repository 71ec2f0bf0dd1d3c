import time
from dataclasses import replace

import pytest
from kernel.hotline import hotline

from ivr.facts.rosters import able, estimate, estimate_for, free, is_stale, numbers, present
from ivr.facts.snapshot import Living, snapshot_of
from ivr.tickets import IN_TALK, NOT_READY, READY, Agent, Ticket, fits, in_order, longest_ready

MONDAY = 1764579600.0  # 2025-12-01 09:00 UTC


def agent(name, state=READY, **more):
    return Agent(name, ("care",), more.pop("phone", f"+4550{len(name)}"), state=state, **more)


def there(*agents):
    return snapshot_of(Living(agents=agents), MONDAY)


def test_who_is_signed_in_and_on_shift_is_present():
    people = (
        agent("a"),
        agent("b", IN_TALK),
        agent("c", NOT_READY),
        agent("d", phone=""),
        agent("e", shift="Tu 09:00-17:00"),
        agent("f", shift="Mo 08:00-17:00"),
        Agent("g", ("other",), "+45", state=READY),
    )
    found = present(there(*people), hotline(), "care", MONDAY)
    assert [each.person for each in found] == ["a", "b", "f"]
    assert free(found) == 2


def test_a_call_needs_every_skill_and_its_language_and_no_language_is_every_one():
    people = [agent("a", skills=("gas",)), agent("b", languages=("da-DK",)), agent("c", languages=("en-US",))]
    assert able(people, "care", "da-DK", []) == 2
    assert able(people, "care", "da-DK", ["gas"]) == 1
    assert able(people, "care", "da-DK", ["gas", "meters"]) == 0


@pytest.mark.parametrize(
    ("place", "pace", "people", "minutes"),
    [(1, 120.0, 2, 1), (4, 120.0, 2, 4), (3, 100.0, 1, 5), (1, None, 2, None), (1, 120.0, 0, None)],
)
def test_an_estimate_is_the_place_times_the_pace_by_the_people_or_nothing(place, pace, people, minutes):
    assert estimate(place, pace, people) == minutes


def test_no_estimate_is_told_where_only_some_of_those_who_are_there_can_take_the_call():
    def waits(language="en-US", skills=()):
        return Ticket(b"1", "CA1", "care", "v", "care", language, skills, 3, 1.0, False, b"")

    people = [agent("a", skills=("gas",)), agent("b", languages=("en-US",))]
    assert estimate_for(waits(), 4, 120.0, people) == 4
    assert estimate_for(waits(skills=("gas",)), 4, 120.0, people) is None
    assert estimate_for(waits("da-DK"), 4, 120.0, people) is None
    assert estimate_for(waits("da-DK", ("gas",)), 4, 120.0, people[:1]) == 8


def test_phones_are_listed_those_who_are_ready_first():
    talks, second, first = (
        agent(name, phone=f"+{name}", since=at) for name, at in (("1", 1.0), ("2", 3.0), ("3", 2.0))
    )
    people = (replace(talks, state=IN_TALK), second, first)
    assert numbers(there(*people), hotline(), "care", MONDAY) == "+3,+2,+1"


def test_an_old_snapshot_tells_nothing_of_people():
    now = time.time()
    assert not is_stale(snapshot_of(Living(), now - 9), now)
    assert is_stale(snapshot_of(Living(), now - 11), now)


def ticket(name, priority=3, at=0.0, skills=()):
    return Ticket(name, "CA", "care", "v", "care", "en-US", skills, priority, at, False, b"")


def test_tickets_are_served_by_priority_and_then_as_they_came():
    late, early, urgent = ticket(b"a", at=2.0), ticket(b"b", at=1.0), ticket(b"c", priority=1, at=3.0)
    assert in_order([late, early, urgent]) == [urgent, early, late]


def test_the_longest_ready_is_chosen():
    people = [agent("a", since=5.0), agent("b", since=3.0), agent("c", NOT_READY, since=1.0)]
    assert longest_ready(people).person == "b"
    assert longest_ready([]) is None
    assert fits(agent("a", skills=("gas",)), ticket(b"a", skills=("gas",)))
    assert not fits(agent("a"), ticket(b"a", skills=("gas",)))
