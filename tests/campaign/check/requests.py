"""What the double asked, put in order: one `Asked` for all copies of one thing that somebody did."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

TOKEN = re.compile(r"/voice/t/([^/\"<&#?]+)/")
REFERENCE = re.compile(r"Your reference is ([^<]*?)\.?<")
DRIVES = {  # the last word of an address -> what a turn that it leads to may say it heard
    "voice": {"Called"},
    "step": {"Pressed", "Silent", "Said"},
    "next": {"Continued", "Found"},
    "recorded": {"Recorded", "Silent", "Pressed", "Continued"},
    "dialed": {"Dialed"},
    "left": {"Dequeued"},
}
GONE = {"completed", "busy", "failed", "no-answer", "canceled"}


@dataclass(slots=True)
class Asked:
    """One thing that happened on one leg, however often it was told."""

    call: str
    leg: str
    path: str
    digits: str
    attempts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def word(self) -> str:
        """The last word of its address."""
        return self.path.rpartition("/")[2]

    @property
    def part(self) -> str:
        """On whose behalf it was asked first."""
        return str(self.attempts[0]["part"])

    @property
    def token(self) -> str:
        found = TOKEN.search(self.path)
        return found[1] if found else ""

    @property
    def answered(self) -> bool:
        """Whether the double has got an answer, and used it or not."""
        return any(one["status"] == 200 for one in self.attempts)

    @property
    def heard(self) -> bool:
        """Whether somebody heard one of the answers."""
        return any(one["heard"] for one in self.attempts)

    @property
    def answers(self) -> set[str]:
        return {one["answer"] for one in self.attempts if one["status"] == 200}

    @property
    def tokens(self) -> set[str]:
        return {token for answer in self.answers for token in TOKEN.findall(answer)}

    def during(self, at: float, slack: float) -> bool:
        """Whether it was on its way at this moment."""
        return any(one["sent"] - slack <= at <= one["done"] + slack for one in self.attempts)


def references(answers: Iterable[str]) -> set[str]:
    """Find the references that were spoken, their letters and digits alone."""
    return {re.sub(r"[^A-Z0-9]", "", words) for answer in answers for words in REFERENCE.findall(answer)}


def gather(lines: Iterable[dict[str, Any]]) -> dict[str, list[Asked]]:
    """Put all attempts together that told the same, by call; forged ones are nobody's."""
    found: dict[tuple[str, str, str], Asked] = {}
    for line in lines:
        if line["part"] == "forged":
            continue
        form = parse_qs(line["form"], keep_blank_values=True)
        gone = form.get("CallStatus", [""])[0] in GONE
        digits = form.get("Digits", [""])[0]
        told = " gone" if gone else ""
        key = (line["leg"], line["path"] + told, digits)
        one = found.setdefault(key, Asked(line["call"], line["leg"], line["path"] + told, digits))
        one.attempts.append(line)
    by_call: dict[str, list[Asked]] = defaultdict(list)
    for one in found.values():
        by_call[one.call].append(one)
    return by_call
