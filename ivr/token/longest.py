"""How long a token of a version can get: an upper bound, proved from the largest values that its steps can collect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from math import ceil, log10

from ivr.content import Content
from ivr.engine import typed
from ivr.engine.answers import lengths
from ivr.engine.guarding import PLACES
from ivr.engine.queues import MARK, MOST_NUMBERS
from ivr.engine.references import KEYS
from ivr.engine.services import CallBack, Status, Survey
from ivr.engine.tree import CONSENT, Ask, FromTable, Inquiry, Menu, OpenCase, Record, Set, Step, Transfer, Tree, Value
from ivr.token.packing import DEFAULTS, MANY, MAPS, NAMES, ONE, Vocabulary, text_of, value_names, written
from ivr.token.sealing import characters

FACT = 100  # bytes of one fact; `ivr/switchboard.py` takes a longer caller's number for withheld
PENDING = 30  # bytes of what a call back has settled: a number of at most 16 signs, a day
SID = 40  # bytes of a recording's id; the carrier's have 34
NUMBER = 24  # bytes of a case's number: two letters, up to 19 digits, a check digit
# bytes that a judged answer can have beside its keys, by kind: a point and a zero before it, dashes, the word `false`
CANONICAL = {"amount": 2, "date": 2, "month": 1, "yes_no": 4}
ENDLESS = 1_000_000  # a value that can grow with every turn of a loop
OFFERED = 20  # bytes of a number that is offered as an answer: E.164 has 16 at most
NUMERAL = 15  # bytes of a point in time, to the millisecond
# bytes of those facts of the caller that are shorter than others
SHORT = {
    "caller.area_code": 10,
    "caller.calls_this_week": 6,
    "caller.country": 4,
    "caller.line_type": 12,
    "caller.open_cases": 6,
    "caller.spam": 5,
    "caller.verified": 5,
    "caller.vip": 5,
}
HEARD = 8  # menus that `back` remembers
ROUNDS = 40  # a chain of `set` steps longer than this counts as a loop


def longest(content: Content) -> int:
    """Count the characters of the longest token that a call of this version can have; `ENDLESS` or more: no bound."""
    tree = content.tree
    word = digits(len(Vocabulary(tree).words)) + 1  # with its comma
    values = largest_values(tree)
    people = {target for team in tree.teams.values() for target in team.ring}
    # Marks of people of the rosters, rung where a queue cannot be used.
    others = MOST_NUMBERS * (len('~"",') + MARK) if any(team.waits for team in tree.teams.values()) else 0
    visited = [step for step in tree.steps.values() if step.at_most or step.id in tree.counted]
    keyed = (lengths(step)[1] for step in tree.steps.values() if isinstance(step, Ask))
    sizes = {
        "heard": HEARD * word,
        "values": sum(word + size + 3 for size in values.values()),
        "facts": sum(word + SHORT.get(name, FACT) + 3 for name in tree.caller_facts),
        "visits": len(visited) * (word + digits(tree.limits.steps) + 1),
        "returns": _waiting(tree) * word,
        "pending": max(_settled(tree), max(keyed, default=0)),
        "ringing": len(people) * word + others,
        "rung": len(people) * word + others,
        "passed": len(people) * word + others,
        "announced": _announced(tree, word),
    }
    return characters(2 + sum(sizes.get(name, 0) + around(name, tree, word) for name in NAMES))


def around(name: str, tree: Tree, word: int) -> int:
    """Count the bytes of a field beside what it collects: brackets or quotes and a comma, or all of a scalar."""
    if name in ONE:
        return word
    if name in MANY or name in MAPS:
        return len("[],")
    limits = {"turns": tree.limits.steps, "quiet": quietest(tree), "silences": 99, "wrongs": 99}
    limits |= {"been": 1 << PLACES, "rounds": max(line.guard.rounds for line in tree.lines.values())}
    if name in limits:
        return digits(limits[name]) + 2  # one turn beyond the limit may stand there, and a comma
    default = DEFAULTS[NAMES.index(name)]
    return {float: NUMERAL + 1, bool: len("false,")}.get(type(default), 12)


def quietest(tree: Tree) -> int:
    """Say how many silences in a row a call can have."""
    return max(tree.limits.silence, *(line.guard.silence for line in tree.lines.values()))


def _announced(tree: Tree, word: int) -> int:
    """Count the bytes of the languages in which announcements can be heard, and of the one of an emergency."""
    languages = {language for line in tree.lines.values() for language in line.languages} | {tree.language}
    return len(languages) * word + max(len(f'"!{language}",') for language in languages)


def _settled(tree: Tree) -> int:
    """Count the bytes of what a call back has settled so far, or of the references that keys can mean."""
    asks = any(isinstance(step, Status) for step in tree.steps.values())
    letters = Counter(KEYS.get(letter) for letter in tree.series.values()).values() if asks else ()
    calls = PENDING if any(isinstance(step, CallBack) for step in tree.steps.values()) else 0
    return max(calls, NUMBER * max(letters, default=0))


def _waiting(tree: Tree) -> int:
    """Count the steps that can wait at once for what they need: each waits once, unless questions need things too."""
    needy = [step for step in tree.steps.values() if step.needs]
    return len(tree.steps) if any(isinstance(step, Ask) for step in needy) else len(needy)


def largest_values(tree: Tree) -> Mapping[str, int]:
    """Say, for each name that a call can set, how many bytes its value can have."""
    sizes = dict.fromkeys((name for name in value_names(tree) if name), 0)
    wording = worded(tree)
    for _ in range(ROUNDS):
        before = dict(sizes)
        for step in tree.steps.values():
            for name, size in collected(step, Sizes(before, wording)):
                sizes[name] = max(sizes[name], size)
        if sizes == before:
            return sizes
    return {name: ENDLESS if sizes[name] != before[name] else sizes[name] for name in sizes}


def worded(tree: Tree) -> Mapping[str, int]:
    """Say how many bytes the words have that stand for a value in a text; "" for yes, no and recordings."""
    own = (phrases[name] for phrases in tree.phrases.values() for name in ("yes", "no", "recorded") if name in phrases)
    sizes = {"": max((text_of(template, {}) for template in own), default=0)}
    for name, labels in tree.labels.items():
        texts = (text for words in labels.values() for text in words.texts.values())
        sizes[name] = max((text_of(text, {}) for text in texts), default=0)
    return sizes


def collected(step: Step, known: Sizes) -> Iterable[tuple[str, int]]:
    """Give what one step can set, and how large."""
    match step:
        case Menu():
            yield from _chosen(step, known)
        case Ask():
            yield step.name, max(lengths(step)[1] + CANONICAL.get(step.kind, 0), OFFERED if step.offer else 0)
        case Record():
            yield step.name, SID
            yield from _agreed(known)
        case Transfer() if step.consent:
            yield from _agreed(known)
        case OpenCase():
            yield "case.number", NUMBER
        case FromTable(answers=answers):
            yield from ((name, _bytes(value)) for values in answers.values() for name, value in values.items())
        case Inquiry():
            yield from ((name, typed.size(given)) for name, given in step.gives.items())
        case Survey():
            yield from ((name, len("false")) for name in step.read)
            yield from _agreed(known)
        case Set():
            yield from ((name, text_of(template, known)) for name, template in step.values.items())


def _agreed(known: Sizes) -> Iterable[tuple[str, int]]:
    if CONSENT in known:
        yield CONSENT, len("false")


def _chosen(step: Menu, known: Sizes) -> Iterable[tuple[str, int]]:
    if step.name:
        yield step.name, max((written(choice.value or choice.key) for choice in step.choices), default=0)
    for item in (choice.item for choice in step.choices if choice.item):
        yield from ((name, known.get(source)) for name, source in item.keeps.items())
    if step.extension:
        yield step.extension.name, max(map(written, step.extension.entries.values()), default=0)


def _bytes(value: Value) -> int:
    """Count the bytes of a value that is known already."""
    return written(value) if isinstance(value, str) else len(str(value)) + 1


class Sizes(dict[str, int]):
    """How large each name's value can get in a text; any name that no step sets is a fact."""

    def __init__(self, values: Mapping[str, int], wording: Mapping[str, int]) -> None:
        """Take the values as they are kept, or the words that stand for them where those are longer."""
        least = wording[""]
        super().__init__({name: max(size, least, wording.get(name, 0)) for name, size in values.items()})

    def get(self, name: str, default: object = None) -> int:
        """Say how large a name's value can be."""
        del default
        return super().get(name, FACT)


def digits(count: int) -> int:
    """Count the digits of the numbers below this one."""
    return max(1, ceil(log10(count + 1)))
