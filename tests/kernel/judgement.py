"""What the machine holds when a call is over: what the caller heard is what the records say."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from itertools import takewhile

from ivr.engine.effects import CreateCase, KeepRecording
from ivr.engine.verbs import Listen, Speak, TakeMessage
from ivr.replay import check, ends, lineage, play, reel, walked
from ivr.switchboard.board import UNRECORDED

REFERENCE = re.compile(r"Your reference is (.*?)\.")


@dataclass
class Caller:
    """One call as its caller lives it."""

    sid: str
    answers: list = field(default_factory=list)  # heard, first to last
    sids: set = field(default_factory=set)  # of every recording that we were told of
    asked: dict = field(default_factory=dict)  # (token, what was done) -> (input, answers): what the carrier saw
    last: tuple = ()  # the request whose answer was heard last
    rival: bool = False  # a stray turn came after the last one that was heard: the record alone cannot tell which
    over: bool = False
    killed: list = field(default_factory=list)  # requests at which a worker was killed: what it kept, nobody was told

    @property
    def in_doubt(self):
        """Whether the last request may have come to two turns, of which the record cannot tell which was heard."""
        return self.last in self.killed or len(self.asked[self.last][1]) > 1

    @property
    def began_twice(self):
        first = next(iter(self.asked))
        return first in self.killed or len(self.asked[first][1]) > 1

    @property
    def token(self):
        return self.answers[-1].token

    @property
    def last_verb(self):
        return self.answers[-1].verbs[-1]


def texts(answer):
    spoken = [prompt for verb in answer.verbs for prompt in (verb.prompts if isinstance(verb, Listen) else [verb])]
    return " ".join(prompt.text for prompt in spoken if isinstance(prompt, Speak))


def references(answer):
    return [re.sub(r"[^0-9A-Z]", "", found) for found in REFERENCE.findall(texts(answer))]


class Looks:
    """What a call's records are asked; the machine has `store`, `job`, a board without faults, and `numbers`."""

    def is_kept(self, caller, answer):
        """Tell whether an answer stands in a record somewhere."""
        opened = self.job.tokens.open(answer.token, caller.sid, time.time())
        return opened.parent != UNRECORDED

    def look_at(self, caller):
        """Compare what the caller heard with what the records say."""
        record, chain = self.store.call(caller.sid), self.store.chain(caller.sid)
        told = reel(record, chain, self.job.keyring, self.job.library.get)
        check(told)
        played = {each.record.id: each for each in play(told)}
        assert ends(chain)
        assert len(played) == len(chain), "an orphan: a turn was lost"
        if caller.rival:
            return  # the record of a rival turn came last: which of the two was heard, only the caller knows
        path = [turn for turn in walked(chain) if turn.kind == "drive"]
        assert len({turn.version for turn in path}) == 1
        kept = list(takewhile(lambda answer: self.is_kept(caller, answer), caller.answers))
        said = [played[turn.id].turn for turn in path]
        assert len(said) - len(kept) in ((0,) if len(kept) == len(caller.answers) else (0, 1))
        in_doubt = caller.in_doubt
        for turn, answer in list(zip(said, kept, strict=False))[: -1 if in_doubt else None]:
            assert turn is None or turn.verbs == answer.verbs
        for answer in caller.answers[len(kept) :]:
            assert not references(answer), "a promise without a record"
            assert not isinstance(answer.verbs[-1], TakeMessage), "a promise without a record"
        self.look_at_effects(caller, [*path, *ends(chain)], played, whole=len(kept) == len(caller.answers))

    def look_at_effects(self, caller, path, played, *, whole):
        """Every effect of a heard turn is let go, and no other; every reference that was spoken has its case.

        Where one request came to two turns and nobody has named either, both numbers are those of one case.
        """
        wanted = {effect.id for turn in path for effect in turn.effects}
        visits = {(turn.parent, effect.ordinal) for turn in path for effect in turn.effects}
        other_names = {
            effect.id: told.number
            for each in played.values()
            for effect, told in zip(each.record.effects, each.told.effects, strict=True)
            if isinstance(told, CreateCase) and (each.record.parent, effect.ordinal) in visits
        }
        states = {each.record.id: each.state for each in self.store.effects.of_call(caller.sid)}
        waiting = {name for name, state in states.items() if state == "waiting"}
        chain = [each.record for each in played.values()]  # what an early end let go is not taken back
        let_go = {
            effect.id
            for end in ends(chain)
            for name in lineage(chain, end.id)
            for effect in played[name].record.effects
        }
        assert wanted <= waiting <= wanted | let_go | other_names.keys()
        assert all(state == "dropped" for name, state in states.items() if name not in waiting)
        kept = {each.sid for turn in path for each in played[turn.id].told.effects if isinstance(each, KeepRecording)}
        assert kept == caller.sids or (not whole and kept <= caller.sids)
        cases = [case.number for turn in path for case in played[turn.id].told.effects if isinstance(case, CreateCase)]
        spoken = [number for answer in caller.answers for number in references(answer)]
        assert set(spoken) <= set(cases) | {other_names[name] for name in waiting & other_names.keys()}
        assert len(set(cases)) == len(cases)
        assert all(self.numbers.setdefault(number, caller.sid) == caller.sid for number in {*cases, *spoken})
