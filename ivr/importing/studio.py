"""Twilio Studio flows: https://www.twilio.com/docs/studio/rest-api/v2/flow-definition ."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ivr.importing.hotline import HANG_UP, SAFE, Hotline, NotReadable, spoken

LAYOUT = frozenset({"offset"})  # where a box stands in their editor
# what only a person can write again: its name, and the deed of ours for it
BY_HAND = {
    "make-http-request": "a request over HTTP (make-http-request) is 'look_up' or 'submit' here",
    "run-function": "a function (run-function) is 'look_up' or 'submit' here, of an address of yours",
    "run-subflow": "another flow (run-subflow) is another file here: import it too",
}
TRIES = 20  # theirs may ask for ever; ours ends
FAILURES = ("failed", "fail", "failedToEnqueue", "callFailure", "noMatch", "timeout")
COMPARED = {
    "equal_to": "==",
    "not_equal_to": "!=",
    "contains": "==",
    "less_than": "<",
    "greater_than": ">",
    "matches_any_of": "==",
}


def read_studio(data: Any, hotline: Hotline) -> None:
    """Read a flow definition into a hotline; NotReadable where it is none."""
    states = data.get("states")
    if not isinstance(states, list) or not all(isinstance(state, dict) and "name" in state for state in states):
        raise NotReadable("a Studio flow has 'states', each with a name")
    _Flow(hotline, {str(state["name"]): (number, state) for number, state in enumerate(states)}).read(data)


class _Flow:
    """One flow: names of its states to ours, values that are kept."""

    def __init__(self, hotline: Hotline, states: dict[str, tuple[int, dict[str, Any]]]) -> None:
        self._hotline = hotline
        self._states = states
        self._known: dict[str, str] = {}  # an expression of theirs -> the name that keeps its value
        self._counters: dict[str, list[str]] = {}  # a counting variable -> our steps that count it

    def read(self, data: dict[str, Any]) -> None:
        """Read every state; the trigger says where calls begin."""
        for name, (number, state) in self._states.items():
            self._gather_names(name, number, state)
        makers: dict[str, Callable[[str, str, dict[str, Any]], set[str]]] = {
            "say-play": self._say,
            "gather-input-on-call": self._gather,
            "split-based-on": self._split,
            "set-variables": self._set,
            "send-to-flex": self._queue,
            "enqueue-call": self._queue,
            "connect-call-to": self._connect,
            "record-voicemail": self._record,
            "send-message": self._send,
        }
        for name, (number, state) in self._states.items():
            place, kind = f"/states/{number}", str(state.get("type"))
            if kind == "trigger":
                self._trigger(place, state, str(data.get("initial_state", name)) == name)
                continue
            step = self._hotline.name(name)
            carried = makers.get(kind, self._by_hand)(step, place, state)
            for key, value in (state.get("properties") or {}).items():
                if key not in carried | LAYOUT and value not in (None, "", [], {}, False):
                    text = f"'{key}' of {name} is not carried over: {str(value)[:80]!r}"
                    self._hotline.tell(f"{place}/properties/{key}", text, step)

    def _gather_names(self, name: str, number: int, state: dict[str, Any]) -> None:
        step = self._hotline.name(name)
        if state.get("type") == "gather-input-on-call":
            self._known[f"widgets.{name}.Digits"] = self._hotline.name(f"value {name}", f"{step[:34]}_keys")
        for variable in self._variables(state, number):
            key, value = str(variable.get("key")), str(variable.get("value"))
            self._known[f"flow.variables.{key}"] = self._hotline.name(f"value {key}", key)
            if re.search(r"plus:\s*1\b", value):
                self._counters.setdefault(key, []).append(step)

    def _variables(self, state: dict[str, Any], number: int) -> list[dict[str, Any]]:
        found = (state.get("properties") or {}).get("variables") if state.get("type") == "set-variables" else None
        made = [one for one in found or [] if isinstance(one, dict)] if isinstance(found, list) else []
        if found and len(made) != len(found):
            raise NotReadable(f"/states/{number}: 'variables' is a list of objects")
        return made

    def _trigger(self, place: str, state: dict[str, Any], initial: bool) -> None:
        ways = self._ways(state)
        if initial:
            self._hotline.start = self._target(ways.get("incomingCall"))
        for event, next_ in ways.items():
            if event != "incomingCall" and next_:
                self._hotline.tell(place, f"'{event}' leads to {next_}: only calls are carried over")

    def _ways(self, state: dict[str, Any]) -> dict[str, str | None]:
        """Give event -> next state; the matches of a split are read apart."""
        return {
            str(way.get("event")): way.get("next")
            for way in state.get("transitions") or []
            if way.get("event") != "match"
        }

    def _target(self, name: str | None) -> str:
        return self._hotline.name(name) if name in self._states else HANG_UP

    def _words(self, step: str, place: str, state: dict[str, Any]) -> str:
        """Give what a state says; a recording of theirs waits for its words."""
        asked = state.get("properties") or {}
        said = spoken(asked.get("say"), self._known)
        if "{{" in str(asked.get("say")) and said.count("…") < str(asked.get("say")).count("{{"):
            self._hotline.tell(f"{place}/properties/say", "a value in the text is not known here and is left out", step)
        if asked.get("play"):
            text = f"a recording is played: {str(asked['play'])[:120]}. Write its words, and record it under prompts"
            self._hotline.tell(f"{place}/properties/play", text, step, decide=True)
        return said or f"The words of {step.replace('_', ' ')} are still to be written."

    def _say(self, step: str, place: str, state: dict[str, Any]) -> set[str]:
        then = self._target(self._ways(state).get("audioComplete"))
        words = self._words(step, place, state)
        self._hotline.put(step, hang_up=words) if then == HANG_UP else self._hotline.put(step, say=words, then=then)
        return {"say", "play"} | self._once(state)

    def _once(self, state: dict[str, Any]) -> set[str]:
        return {"loop"} if (state.get("properties") or {}).get("loop") in (1, None) else set()

    def _gather(self, step: str, place: str, state: dict[str, Any]) -> set[str]:
        asked, ways = state.get("properties") or {}, self._ways(state)
        name = self._known[f"widgets.{state['name']}.Digits"]
        heard = {
            "wait": f"{max(1, whole(asked.get('timeout'), 5))} s",
            "tries": {"silence": max(1, min(TRIES, whole(asked.get("loop"), 1))), "wrong": 1},
            "silence": self._target(ways.get("timeout")),
        }
        if asked.get("finish_on_key") not in {None, "", "#"}:
            text = f"the key {asked['finish_on_key']!r} ended the answer: write 'ends' if that is needed"
            self._hotline.tell(f"{place}/properties/finish_on_key", text, step)
        if ways.get("speech"):
            self._hotline.tell(
                place, f"what callers say leads to {ways['speech']}: write 'speech: yes' and the choices' words", step
            )
        words = self._words(step, place, state)
        split = self._states.get(ways.get("keypress") or "", (0, {}))[1]
        keys = self._keys(split, f"widgets.{state['name']}.Digits")
        if keys:
            text = "the keys' words stand inside the prompt: move them to the keys, and drop 'silent'"
            self._hotline.tell(place, text, step)
            heard["wrong"] = self._target(self._ways(split).get("noMatch"))
            self._hotline.put(step, menu=words, as_=name, keys=keys, **self._ended(step, place, heard))
        else:
            digits = whole(asked.get("number_of_digits"), 0)
            then = self._target(ways.get("keypress"))
            span = str(digits) if 0 < digits <= 30 else "1 to 20"
            heard["wrong"] = heard["silence"]
            self._hotline.put(step, ask=words, as_=name, digits=span, **self._ended(step, place, heard), then=then)
        return {"say", "play", "timeout", "loop", "number_of_digits", "finish_on_key", "stop_gather"}

    def _ended(self, step: str, place: str, heard: dict[str, Any]) -> dict[str, Any]:
        """End the round of a step that theirs asks again for ever: after many tries ours says that it cannot help."""
        for cause in ("silence", "wrong"):
            if heard[cause] == step:
                self._hotline.tell(place, f"there it asks for ever ({cause}); here {TRIES} times", step)
                heard = heard | {cause: SAFE, "tries": heard["tries"] | {cause: TRIES}}
        return heard

    def _keys(self, split: dict[str, Any], operand: str) -> dict[str, Any]:
        """Give the choices of a split that compares the keys just pressed; {} where it does anything else."""
        if split.get("type") != "split-based-on" or operand not in str((split.get("properties") or {}).get("input")):
            return {}
        made = {}
        for way in split.get("transitions") or []:
            for one in way.get("conditions") or []:
                key = str(one.get("value"))
                if way.get("event") != "match" or one.get("type") != "equal_to" or not re.fullmatch("[0-9*]", key):
                    return {}
                made[key] = {"silent": "yes", "value": f"key {key}", "then": self._target(way.get("next"))}
        return made

    def _split(self, step: str, place: str, state: dict[str, Any]) -> set[str]:
        branches = []
        for number, way in enumerate(state.get("transitions") or []):
            if way.get("event") != "match":
                continue
            said = [self._condition(one) for one in way.get("conditions") or []]
            if said and all(said):
                branches.append({"if": " and ".join(map(str, said)), "then": self._target(way.get("next"))})
            else:
                name = "; ".join(
                    str(one.get("friendly_name") or one.get("type")) for one in way.get("conditions") or []
                )
                text = f"this branch to {way.get('next')} is left out, its value is not known here: {name[:120]}"
                self._hotline.tell(f"{place}/transitions/{number}", text, step, decide=True)
        otherwise = self._target(self._ways(state).get("noMatch"))
        if branches:
            self._hotline.put(step, decide=branches, else_=otherwise)
        else:
            self._hotline.put(step, set={self._mark(step): "left out"}, then=otherwise)
        return {"input"}

    def _condition(self, one: dict[str, Any]) -> str | None:
        """Write a comparison of theirs as ours; None where we do not know its value."""
        given = one.get("arguments") or [""]
        operand = re.sub(r"^\{\{\s*|\s*\}\}$", "", str(given[0]))
        sign, value = COMPARED.get(str(one.get("type"))), str(one.get("value"))
        counted = self._counters.get(operand.removeprefix("flow.variables."))
        if sign and counted and re.fullmatch(r"\d{1,6}", value):
            return f"{' + '.join(f'visits.main.{step}' for step in counted)} {sign} {value}"
        name = self._known.get(operand)
        if name is None or sign not in {"==", "!="} or not re.fullmatch(r"[\w .-]{1,80}", value):
            return None
        if operand.endswith(".Digits"):
            value = f"key {value}" if self._is_menu(operand) else value
        return f'{name} {sign} "{value}"'

    def _is_menu(self, operand: str) -> bool:
        state = self._states[operand.removeprefix("widgets.").removesuffix(".Digits")][1]
        split = self._states.get(self._ways(state).get("keypress") or "", (0, {}))[1]
        return bool(self._keys(split, operand))

    def _set(self, step: str, place: str, state: dict[str, Any]) -> set[str]:
        values = {}
        for variable in self._variables(state, 0):
            key = str(variable.get("key"))
            counts = step in self._counters.get(key, ())
            if counts:
                self._hotline.tell(place, f"'{key}' counts: its comparisons read how often this step was visited", step)
            values[self._known[f"flow.variables.{key}"]] = (
                "counted" if counts else spoken(variable.get("value"), self._known) or "unknown"
            )
        self._hotline.put(
            step, set=values or {self._mark(step): "nothing"}, then=self._target(self._ways(state).get("next"))
        )
        return {"variables"}

    def _queue(self, step: str, place: str, state: dict[str, Any]) -> set[str]:
        ways = self._ways(state)
        self._hotline.tell(
            place, f"{state['type']}: here the team's phones ring; a queue stands in config.yaml, at the team", step
        )
        team = self._hotline.team(step, [], place)
        failed = ways.get("failedToEnqueue") or ways.get("callFailure")
        if ways.get("callFailure") not in {None, failed}:
            self._hotline.tell(
                place, f"'callFailure' to {ways['callFailure']} is left out: 'failed' is the other", step
            )
        self._transfer(step, team, self._target(ways.get("callComplete")), self._target(failed) if failed else None)
        return set()

    def _connect(self, step: str, place: str, state: dict[str, Any]) -> set[str]:
        asked, ways = state.get("properties") or {}, self._ways(state)
        team = self._hotline.team(step, [str(asked["to"])] if asked.get("to") else [], place)
        after = self._target(ways.get("callCompleted"))
        self._transfer(step, team, after, self._target(ways["hangup"]) if ways.get("hangup") else None)
        return {"to", "noun"}

    def _transfer(self, step: str, team: str, after: str, failed: str | None) -> None:
        self._hotline.put(step, transfer=team, failed=failed, after=None if after == HANG_UP else after)

    def _record(self, step: str, place: str, state: dict[str, Any]) -> set[str]:
        asked, ways = state.get("properties") or {}, self._ways(state)
        name = self._hotline.name(f"value {state['name']} recording", f"{step[:30]}_recording")
        self._hotline.tell(place, "a recording reaches nobody by itself: put a 'case' behind it", step, decide=True)
        self._hotline.put(
            step,
            record=self._words(step, place, state),
            as_=name,
            up_to=f"{max(1, min(3600, whole(asked.get('max_length'), 120)))} s",
            silence=self._target(ways.get("noAudio")),
            then=self._target(ways.get("recordingComplete")),
        )
        return {"say", "play", "max_length"}

    def _send(self, step: str, place: str, state: dict[str, Any]) -> set[str]:
        asked, ways = state.get("properties") or {}, self._ways(state)
        text = spoken(asked.get("body"), self._known) or "The words of this message are still to be written."
        if "{{" in str(asked.get("body")):
            self._hotline.tell(f"{place}/properties/body", f"look at the values in the text {asked['body']!r}", step)
        self._hotline.put(
            step, send=text, sms="caller", failed=self._target(ways.get("failed")), then=self._target(ways.get("sent"))
        )
        return {"body"}

    def _by_hand(self, step: str, place: str, state: dict[str, Any]) -> set[str]:
        """Put a step of its own where a person must write something again: the way goes on as if it had failed."""
        kind = str(state.get("type"))
        ways = self._ways(state)
        event = next((event for event in FAILURES if event in ways), next(iter(ways), ""))
        said = BY_HAND.get(kind, f"'{kind}' is not carried over")
        others = ", ".join(f"'{way}' to {next_}" for way, next_ in ways.items() if next_ and way != event)
        left = f", and these ways are left out: {others}" if others else ""
        self._hotline.tell(place, f"{said}; the call goes on at its exit '{event}'{left}", step, decide=True)
        self._hotline.put(step, set={self._mark(step): "left out"}, then=self._target(ways.get(event)))
        return set()

    def _mark(self, step: str) -> str:
        return self._hotline.name(f"mark {step}", f"{step[:34]}_mark")


def whole(value: Any, otherwise: int) -> int:
    """Read a whole number; theirs stand as numbers or as texts."""
    text = str(value).strip()
    return int(text) if re.fullmatch(r"\d{1,6}", text) else otherwise
