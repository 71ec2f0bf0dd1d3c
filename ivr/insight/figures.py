"""The key figures: each with its definition, what it is counted of, and how it changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ivr.insight.certainty import Difference, Share, between, between_medians
from ivr.insight.spread import within
from ivr.insight.words import name, parts

Counts = Counter[str]
BETTER, WORSE, NEITHER = 1, -1, 0  # what more of it is


@dataclass(frozen=True, slots=True)
class Kind:
    """One figure: how it is called, counted and defined."""

    id: str
    title: str
    definition: str
    share: Callable[[Counts], Share] | None = None
    spread: str = ""  # the word of its seconds, where it is a median
    more_is: int = NEITHER
    ripe: bool = False  # is only known a week later


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of some calls."""

    kind: Kind
    counted: int  # of how many calls
    value: float | None  # a share from 0 to 1, or seconds; None where too few were counted
    most: float | None = None  # seconds within which nine in ten are
    range: tuple[float, float] | None = None  # that the true share is in
    change: Difference | None = None  # against the time before


def _of(part: str, whole: str) -> Callable[[Counts], Share]:
    return lambda counts: Share(counts[part], counts[whole])


def _service(counts: Counts) -> Share:
    ways: Counts = Counter()
    for word, number in counts.items():
        if name(word) == "served":
            ways[parts(word, 2)[0]] += number
    return Share(ways["soon"], ways["soon"] + ways["later"] + ways["left_later"])


def _told_solved(counts: Counts) -> Share:
    yes, no = counts["rated/resolved/yes_no/yes"], counts["rated/resolved/yes_no/no"]
    return Share(yes, yes + no)


def _misled(counts: Counts) -> Share:
    total: Counts = Counter()
    for word, number in counts.items():
        total[name(word)] += number
    return Share(total["misled"], total["judged"])


KINDS = (
    Kind(
        "contained",
        "Solved by the menu",
        "Calls that asked for nobody and came to an answer, a message or a reference.",
        _of("contained", "calls"),
        more_is=BETTER,
    ),
    Kind(
        "answered",
        "Answered by a person",
        "Of the calls that asked for a person, those in which an agent took the call and was joined. "
        "Who found a team closed, and nobody was rung for, is not counted.",
        _of("talked", "asked"),
        more_is=BETTER,
    ),
    Kind(
        "gave_up",
        "Gave up in the menu",
        "Calls whose caller hung up, or ran out of tries, before any answer and before asking for a person.",
        _of("gave_up", "calls"),
        more_is=WORSE,
    ),
    Kind(
        "left_waiting",
        "Left while waiting",
        "Of the calls that asked for a person, those that ended unmet while a team was rung or waited for. "
        "Who was promised a call back is not among them; who found a team closed, with nobody rung, not counted.",
        _of("left_waiting", "asked"),
        more_is=WORSE,
    ),
    Kind(
        "again",
        "Called again",
        "Calls after which the same number called within 7 days, whatever the reason. Only days that are a week old; "
        "withheld numbers are left out.",
        _of("again", "numbered"),
        more_is=WORSE,
        ripe=True,
    ),
    Kind(
        "first_contact",
        "Settled at first contact",
        "Of the calls of numbers that had not called for 7 days: settled by the menu or a person, not called again "
        "within 7 days, and not said to be unsolved. Only days that are a week old.",
        _of("resolved", "first"),
        more_is=BETTER,
        ripe=True,
    ),
    Kind(
        "first_choice",
        "Time to the first choice",
        "From the first ring to the first key pressed or word understood. Half were faster.",
        spread="chose_first",
        more_is=WORSE,
    ),
    Kind(
        "person",
        "Time to a person",
        "From the first ring to an agent joined. Half were faster.",
        spread="reached",
        more_is=WORSE,
    ),
    Kind(
        "waiting",
        "Waiting",
        "Time in a queue, however it ended. Half waited less.",
        spread="waited",
        more_is=WORSE,
    ),
    Kind(
        "service_level",
        "Service level",
        "Of those who waited, met within the team's target; who left before the target is not counted.",
        _service,
        more_is=BETTER,
    ),
    Kind(
        "told_solved",
        "Said to be solved",
        "Of those who answered “Was it solved?” in the survey, those who said yes.",
        _told_solved,
        more_is=BETTER,
    ),
    Kind(
        "misled",
        "Wrong option",
        "Of the calls that agents wrote up, those that the menu had sent to the wrong team.",
        _misled,
        more_is=WORSE,
    ),
)


def figures(counts: Counts, ripe: Counts, before: Counts, ripe_before: Counts) -> list[Figure]:
    """Work every figure out; `ripe` are the counts of days that are a week old, `before` those of the time before."""
    return [figure(kind, ripe if kind.ripe else counts, ripe_before if kind.ripe else before) for kind in KINDS]


def figure(kind: Kind, counts: Counts, before: Counts) -> Figure:
    """Work one figure out, and what it changed by."""
    if kind.share is not None:
        share = kind.share(counts)
        if not share.enough:
            return Figure(kind, share.whole, None)
        earlier = kind.share(before)
        change = between(earlier, share) if earlier.enough else None
        return Figure(kind, share.whole, share.value, None, share.interval(), change)
    spread = spread_of(counts, kind.spread)
    counted = sum(spread.values())
    if counted < Share(0, 20).whole:
        return Figure(kind, counted, None)
    change = between_medians(spread_of(before, kind.spread), spread)
    return Figure(kind, counted, within(spread, 0.5), within(spread, 0.9), None, change)


def compared(before: Counts, after: Counts, ripe_before: Counts, ripe: Counts) -> list[tuple[Figure, Figure]]:
    """Put two sides beside each other; the change stands in the second. `ripe` are of days that are a week old."""
    sides = [(kind, ripe_before if kind.ripe else before, ripe if kind.ripe else after) for kind in KINDS]
    return [(figure(kind, first, Counter()), figure(kind, second, first)) for kind, first, second in sides]


def spread_of(counts: Counts, word: str) -> dict[int, int]:
    """Give the steps of seconds that were counted under a word."""
    found: dict[int, int] = defaultdict(int)
    for text, number in counts.items():
        beginning, _, step = text.rpartition("/")
        if beginning == word and step.isdigit():
            found[int(step)] += number
    return dict(found)


def answers(counts: Counts) -> Iterator[tuple[str, str, Counts]]:
    """Give each question of a survey with its kind and how often which answer was given."""
    found: dict[tuple[str, str], Counts] = defaultdict(Counter)
    for word, number in counts.items():
        if name(word) == "rated" and number > 0:
            question, kind, value = parts(word, 3)
            found[question, kind][value] += number
    for (question, kind), given in sorted(found.items()):
        yield question, kind, given


def listed(counts: Counts, word: str, count: int) -> list[tuple[tuple[str, ...], int]]:
    """List what was counted under a word by its parts, the most first."""
    found = [
        (tuple(text.removeprefix(word + "/").split("/", count - 1)), number)
        for text, number in counts.items()
        if text.startswith(word + "/") and number > 0
    ]
    return sorted(found, key=lambda each: (-each[1], each[0]))
