"""RapidPro's voice flows: https://docs.nyaruka.com/goflow/ , specification 13."""

from __future__ import annotations

import re
from typing import Any

from ivr.importing.hotline import HANG_UP, Hotline, NotReadable, spoken

TRIES = 20  # theirs asks for ever; ours ends


def read_rapidpro(data: Any, hotline: Hotline) -> None:
    """Read the first voice flow of an export into a hotline; NotReadable where there is none."""
    flows = data.get("flows") if "flows" in data else [data]
    voice = (
        [flow for flow in flows if isinstance(flow, dict) and flow.get("type") == "voice"]
        if isinstance(flows, list)
        else []
    )
    if not voice or not isinstance(voice[0].get("nodes"), list):
        raise NotReadable("no flow in it is of type 'voice' with 'nodes'")
    for number, flow in enumerate(flows):
        if flow is not voice[0]:
            name = flow.get("name") if isinstance(flow, dict) else flow
            hotline.tell(f"/flows/{number}", f"the flow {name!r} is not carried over: one voice flow at a time")
    number = flows.index(voice[0])
    hotline.company = str(voice[0].get("name") or hotline.company)
    if voice[0].get("localization"):
        hotline.tell(
            f"/flows/{number}/localization", "translations are not carried over: ivr check names what is missing"
        )
    _Flow(hotline, voice[0]["nodes"], f"/flows/{number}/nodes" if "flows" in data else "/nodes").read()


class _Flow:
    """One flow; a node of theirs that waits becomes a step, as does each that speaks."""

    def __init__(self, hotline: Hotline, nodes: list[dict[str, Any]], place: str) -> None:
        self._hotline = hotline
        self._nodes = {str(node.get("uuid")): (f"{place}/{number}", node) for number, node in enumerate(nodes)}
        self._known: dict[str, str] = {}
        self._spoken: dict[str, str] = {}  # a node that only speaks before one that waits -> the latter
        self._again: dict[str, str] = {}  # a waiting node -> the node that it says "wrong" by

    def read(self) -> None:
        """Read every node; the first one begins."""
        for uuid, (_, node) in self._nodes.items():
            result = (node.get("router") or {}).get("result_name")
            if result:
                key = re.sub(r"[^a-z0-9]+", "_", str(result).lower())
                self._known[f"results.{key}"] = self._hotline.name(f"value {key}", key)
            self._hotline.name(uuid, self._wish(node))
        for uuid, (_, node) in self._nodes.items():
            self._find_prompt(uuid, node)
        self._hotline.start = self._target(next(iter(self._nodes), None))
        for uuid, (place, node) in self._nodes.items():
            if uuid not in self._spoken and uuid not in self._again.values():
                self._node(self._hotline.name(uuid), place, node)

    def _wish(self, node: dict[str, Any]) -> str:
        router = node.get("router") or {}
        if router.get("result_name"):
            return f"ask {router['result_name']}"
        if (router.get("wait") or {}).get("type") == "dial":
            return "forward"
        return " ".join(spoken(self._texts(node), {}).split()[:3]) or "step"

    def _texts(self, node: dict[str, Any]) -> str:
        return " ".join(str(act.get("text")) for act in node.get("actions") or [] if act.get("type") == "say_msg")

    def _next(self, node: dict[str, Any]) -> str:
        return str(((node.get("exits") or [{}])[0]).get("destination_uuid") or "")

    def _waits(self, uuid: str) -> str:
        """Tell what a node waits for: "digits", "audio", or "" for anything else."""
        wait = ((self._nodes.get(uuid) or ("", {}))[1].get("router") or {}).get("wait") or {}
        return str((wait.get("hint") or {}).get("type") or "") if wait.get("type") == "msg" else ""

    def _find_prompt(self, uuid: str, node: dict[str, Any]) -> None:
        """Take the words before a wait for its prompt, and those of its own way back for what is said when wrong."""
        after = self._next(node)
        if node.get("router") or not self._waits(after) or not self._texts(node):
            return
        if uuid in {str(way.get("destination_uuid")) for way in self._nodes[after][1].get("exits") or []}:
            self._again[after] = uuid
        elif after not in self._spoken.values():
            self._spoken[uuid] = after

    def _target(self, uuid: str | None) -> str:
        if uuid not in self._nodes:
            return HANG_UP
        return self._hotline.name(self._spoken.get(str(uuid), str(uuid)))

    def _say(self, step: str, place: str, node: dict[str, Any]) -> str:
        for number, act in enumerate(node.get("actions") or []):
            if act.get("type") != "say_msg":
                said = str(act.get("audio_url") or act.get("text") or "")[:80]
                self._hotline.tell(
                    f"{place}/actions/{number}", f"the action {act.get('type')} {said!r} is not carried over", step
                )
            elif re.search(r"@\(", str(act.get("text"))):
                text = "an expression in the text is left out"
                self._hotline.tell(f"{place}/actions/{number}/text", text, step, decide=True)
        return spoken(self._texts(node), self._known)

    def _node(self, step: str, place: str, node: dict[str, Any]) -> None:
        router = node.get("router") or {}
        wait, uuid = router.get("wait") or {}, str(node.get("uuid"))
        kind = self._waits(uuid)
        if wait.get("type") == "dial":
            self._dial(step, place, node, router)
        elif kind in {"digits", "audio"}:
            self._listen(step, place, node, kind)
        else:
            if router:
                text = f"a router of type {router.get('type')!r} on {router.get('operand')!r} is not carried over"
                self._hotline.tell(f"{place}/router", f"{text}: the call takes its first exit", step, decide=True)
            said, then = self._say(step, place, node), self._target(self._next(node))
            if not said:
                self._hotline.put(
                    step, set={self._hotline.name(f"mark {step}", f"{step[:34]}_mark"): "left out"}, then=then
                )
            elif then == HANG_UP:
                self._hotline.put(step, hang_up=said)
            else:
                self._hotline.put(step, say=said, then=then)

    def _ways(self, router: dict[str, Any], node: dict[str, Any]) -> dict[str, str]:
        """Give category -> our step."""
        exits = {str(way.get("uuid")): self._target(way.get("destination_uuid")) for way in node.get("exits") or []}
        return {
            str(one.get("uuid")): exits.get(str(one.get("exit_uuid")), HANG_UP)
            for one in router.get("categories") or []
        }

    def _dial(self, step: str, place: str, node: dict[str, Any], router: dict[str, Any]) -> None:
        ways = self._ways(router, node)
        by_status = {
            str((case.get("arguments") or [""])[0]): ways.get(str(case.get("category_uuid")))
            for case in router.get("cases") or []
        }
        team = self._hotline.team(step, [str(router["wait"].get("phone"))], f"{place}/router/wait/phone")
        self._hotline.put(
            step,
            transfer=team,
            busy=by_status.get("busy"),
            no_answer=by_status.get("no_answer"),
            failed=ways.get(str(router.get("default_category_uuid"))),
            after=by_status.get("answered"),
        )

    def _listen(self, step: str, place: str, node: dict[str, Any], kind: str) -> None:
        uuid, router = str(node.get("uuid")), node["router"]
        ways = self._ways(router, node)
        default = ways.get(str(router.get("default_category_uuid")), HANG_UP)
        before = next((one for one, wait in self._spoken.items() if wait == uuid), None)
        prompt = self._say(step, *self._nodes[before]) if before else ""
        if not prompt:
            self._hotline.tell(place, "nothing is said before this wait: write its prompt", step, decide=True)
            prompt = "Please answer now."
        name = self._known.get(f"results.{re.sub(r'[^a-z0-9]+', '_', str(router.get('result_name')).lower())}") or step
        if kind == "audio":
            self._hotline.put(step, record=prompt, as_=name, silence=default, then=default)
            return
        keys, span = self._cases(step, place, router, ways)
        wrong = self._again.get(uuid)
        heard: dict[str, Any] = {"wrong": None if wrong else default}
        if wrong:
            heard |= {
                "tries": {"silence": TRIES, "wrong": TRIES},
                "reprompt": {"wrong": self._say(step, *self._nodes[wrong])},
            }
            self._hotline.tell(place, f"there it asks for ever; here {TRIES} times", step)
        if keys:
            self._hotline.tell(
                place, "the keys' words stand in the prompt: move them to the keys, and drop 'silent'", step
            )
            self._hotline.put(step, menu=prompt, as_=name, keys=keys, **heard)
        else:
            then = next((way for way in ways.values() if way != default), default)
            self._hotline.put(step, ask=prompt, as_=name, digits="1 to 20", between=span, **heard, then=then)

    def _cases(
        self, step: str, place: str, router: dict[str, Any], ways: dict[str, str]
    ) -> tuple[dict[str, Any], str | None]:
        """Read the cases of an answer: as keys of a menu, or as the range of a number."""
        keys: dict[str, Any] = {}
        span = None
        names = {str(one.get("uuid")): str(one.get("name")) for one in router.get("categories") or []}
        for number, case in enumerate(router.get("cases") or []):
            given, category = [str(one) for one in case.get("arguments") or []], str(case.get("category_uuid"))
            then = ways.get(category, HANG_UP)
            if case.get("type") in {"has_number_eq", "has_only_text", "has_phrase"} and re.fullmatch(
                "[0-9]", "".join(given)
            ):
                keys[given[0]] = {
                    "silent": "yes",
                    "value": spoken(names.get(category), {}) or f"key {given[0]}",
                    "then": then,
                }
            elif case.get("type") == "has_number_between" and all(re.fullmatch(r"\d{1,12}", one) for one in given):
                span = " to ".join(given)
            else:
                text = f"the case {case.get('type')} {given} is not carried over"
                self._hotline.tell(f"{place}/router/cases/{number}", text, step, decide=True)
        return keys, span
