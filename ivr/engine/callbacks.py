"""Promising a caller that a team calls back.

Phases: ``offer`` a known number is offered (1 this one, 2 another); ``other`` a number is keyed; ``confirm`` it is read
back (1 right, 2 again); ``day`` and ``time`` the caller says when. What is settled stands in `pending`: the number,
behind it the day. Nothing is promised before everything is settled, and nothing that nobody can keep.
"""

from __future__ import annotations

from ivr.engine.effects import RequestCallBack
from ivr.engine.events import CallBackPromised
from ivr.engine.inputs import Pressed, Silent
from ivr.engine.moment import Moment
from ivr.engine.moments import clock_spoken, day_spoken, hours_spoken
from ivr.engine.sending import case_of
from ivr.engine.services import CallBack
from ivr.engine.speech import phrase, prompts, speakable
from ivr.engine.tree import AGAIN, BACK
from ivr.engine.tries import again, key_wrongly, stay_silent
from ivr.engine.values import spoken
from ivr.engine.verbs import Listen, Prompt

BEGIN = "begin"  # the cause of the first question: the step's words come before it
_SHORTEST, _LONGEST = 8, 15  # digits of a number
_CLOCK = 4  # digits of a time


def arrive(moment: Moment, node: CallBack) -> str | None:
    """Offer the number that is known, or ask for one; leave where nobody can promise to call."""
    now = moment.now
    if now.phase == "":
        room = f"team.{node.team}"
        can = moment.fact(f"{room}.opens" if node.when == "now" else f"{room}.days")
        if not can or moment.fact("store.reached") is False:
            return moment.leave(node, "failed")
        number = moment.know(node.number)
        known = isinstance(number, str) and _SHORTEST <= len(number.lstrip("+")) <= _LONGEST
        known = known and str(number).lstrip("+").isdigit() and moment.fact(f"call_back.{number}") is not False
        now.phase = "offer" if known else "other"
        now.pending = str(number) if now.phase == "offer" else None
        listen(moment, node, BEGIN)
        return None
    listen(moment, node)
    return None


def listen(moment: Moment, node: CallBack, cause: str = "") -> None:
    """Ask what belongs to the phase."""
    heard = prompts(moment, node.words) if cause == BEGIN else again(moment, node, cause)
    if cause == "closed":
        heard = phrase(moment.tree, "call_back_closed", moment.now.language)
    digits, finish = {"other": (_LONGEST + 2, "#"), "time": (_CLOCK, "")}.get(moment.now.phase, (1, ""))
    moment.verbs.append(Listen((*heard, *_question(moment, node)), digits, finish, node.wait))


def answer(moment: Moment, node: CallBack, given: Pressed) -> str | None:
    """Settle one thing after the other."""
    keys = given.keys.removesuffix("#")
    if not keys or keys == "*":
        moment.now.quiet = 0
        return BACK if keys else AGAIN
    return _PHASES[moment.now.phase](moment, node, keys)


def stay(moment: Moment, node: CallBack, _given: Silent) -> str | None:
    """Hear nothing: ask again, or leave without a promise."""
    return stay_silent(moment, node, lambda: listen(moment, node, "silent"), "failed")


def _question(moment: Moment, node: CallBack) -> list[Prompt]:
    """Return what is asked in this phase."""
    tree, now = moment.tree, moment.now
    language = speakable(tree, now.language)
    number, _, day = (now.pending or "").partition(" ")
    if now.phase == "other":
        return prompts(moment, node.prompt)
    if now.phase == "day":
        return [
            prompt
            for key, name in enumerate(_days(moment, node), 1)
            for prompt in phrase(tree, "for", language, {"words": day_spoken(tree, name, language), "key": str(key)})
        ]
    if now.phase == "time":
        hours = hours_spoken(tree, str(moment.fact(f"team.{node.team}.hours.{day}") or ""), language)
        return phrase(tree, "call_back_time", language, {"hours": hours})
    name = "call_back_offer" if now.phase == "offer" else "read_back"
    return phrase(tree, name, language, {"value": spoken(tree, "phone", node.number, number, language)})


def _agree(moment: Moment, node: CallBack, keys: str) -> str | None:
    """Hear whether the number is right."""
    if keys == "1":
        return _settled(moment, node)
    if keys != "2":
        return _reject(moment, node, keys)
    _on(moment, node, "other")
    return None


def _number(moment: Moment, node: CallBack, keys: str) -> str | None:
    """Take a number, and read it back."""
    number = "+" + keys[2:] if keys.startswith("00") else keys
    if not (keys.isascii() and keys.isdigit() and _SHORTEST <= len(number.lstrip("+")) <= _LONGEST):
        return _reject(moment, node, keys)
    if moment.fact(f"call_back.{number}") is False:  # of a country that is not called back, or no number at all
        return _reject(moment, node, keys)
    moment.now.pending = number
    _on(moment, node, "confirm")
    return None


def _settled(moment: Moment, node: CallBack) -> str | None:
    """Go on with a number that is right."""
    if moment.fact(f"call_back.{moment.now.pending}.ever.{node.team}") is False:
        return moment.leave(node, "failed")  # whenever the team is there, it is night where the caller is
    if node.when == "ask":
        _on(moment, node, "day")
        return None
    first = str(moment.fact(f"team.{node.team}.opens") or "")
    return _promise(moment, node, first)


def _day(moment: Moment, node: CallBack, keys: str) -> str | None:
    """Take a day."""
    days = _days(moment, node)
    if not (keys.isascii() and keys.isdigit() and 1 <= int(keys) <= len(days)):
        return _reject(moment, node, keys)
    moment.now.pending = f"{moment.now.pending} {days[int(keys) - 1]}"
    _on(moment, node, "time")
    return None


def _time(moment: Moment, node: CallBack, keys: str) -> str | None:
    """Take a time at which the team is there."""
    number, _, day = (moment.now.pending or "").partition(" ")
    if not (keys.isascii() and keys.isdigit() and len(keys) == _CLOCK):
        return _reject(moment, node, keys)
    first = f"{day}T{keys[:2]}:{keys[2:]}"
    at = moment.fact(f"team.{node.team}.moment.{first}")
    zone = moment.tree.teams[node.team].zone
    # Where the caller is it may be night by then.
    if not isinstance(at, int | float) or moment.fact(f"call_back.{number}.{zone}.{int(at)}") is False:
        return _reject(moment, node, keys, "closed")
    return _promise(moment, node, first)


_PHASES = {"offer": _agree, "confirm": _agree, "other": _number, "day": _day, "time": _time}


def _on(moment: Moment, node: CallBack, phase: str) -> None:
    """Ask the next thing, its tries counted anew."""
    now = moment.now
    now.quiet = now.silences = now.wrongs = 0
    now.phase = phase
    listen(moment, node)


def _reject(moment: Moment, node: CallBack, keys: str, cause: str = "wrong") -> str | None:
    """Refuse what was keyed; after the last try nothing can be promised."""
    if key_wrongly(moment, node, len(keys)):
        return moment.leave(node, "failed")
    listen(moment, node, cause)
    return None


def _promise(moment: Moment, node: CallBack, first: str) -> str:
    """Promise the call, from this time on."""
    tree, now = moment.tree, moment.now
    at = moment.fact(f"team.{node.team}.moment.{first}")
    if not isinstance(at, int | float):
        return moment.leave(node, "failed")
    number, _, _ = (now.pending or "").partition(" ")
    now.pending = None
    now.quiet = 0
    zone = tree.teams[node.team].zone
    wanted = RequestCallBack(node.team, number, first, float(at), zone, now.language, case_of(moment))
    moment.effects.append(wanted)
    moment.events.append(CallBackPromised(node.id, node.team, first))
    language = speakable(tree, now.language)
    day, _, time = first.partition("T")
    more = {
        "number": spoken(tree, "phone", node.number, number, language),
        "day": day_spoken(tree, day, language),
        "time": clock_spoken(tree, time, language),
    }
    name = "call_back_soon" if at <= moment.at else "call_back_promised"
    moment.verbs += phrase(tree, name, language, more)
    return node.next


def _days(moment: Moment, node: CallBack) -> list[str]:
    """Return the days to choose from."""
    return str(moment.fact(f"team.{node.team}.days") or "").split()
