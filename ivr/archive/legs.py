"""The phones of one call: the caller's, and everybody's who was rung, as the carrier told of them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ivr.archive.aftermath import carrier_said
from ivr.archive.story import Story


@dataclass(frozen=True, slots=True)
class Leg:
    """One phone."""

    call: str  # its CallSid
    target: str  # whom it rang; "" for the caller's, and where nothing was spoken on it
    caller: bool
    seconds: int | None  # as the carrier counted them; None where it did not say
    told: tuple[tuple[float, str], ...]  # time and words, in order


def legs_of(story: Story) -> list[Leg]:
    """List the phones, the caller's first, then in the order in which they were first heard of."""
    names = [story.call.call, *(scene.leg for scene in story.scenes if scene.leg)]
    names += [note.leg for note in story.notes if note.kind == "status"]
    return [_leg(story, name) for name in dict.fromkeys(names)]


def _leg(story: Story, name: str) -> Leg:
    notes = [note for note in story.notes if note.leg == name and note.kind == "status"]
    lasted = [json.loads(note.body).get("CallDuration", "") for note in notes]
    return Leg(
        call=name,
        target=next((scene.target for scene in story.scenes if scene.leg == name and scene.target), ""),
        caller=name == story.call.call,
        seconds=next((int(one) for one in reversed(lasted) if one.isascii() and one.isdigit()), None),
        told=tuple((note.at, carrier_said(note)) for note in notes),
    )
