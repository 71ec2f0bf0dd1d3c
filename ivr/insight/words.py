"""The words that are counted: one name for each thing that a call adds to the figures, its parts parted by strokes.

A part that may hold a stroke itself stands last. ``docs/insight.md`` lists them all, and a test compares.
"""

from __future__ import annotations

# word, with the names of its parts -> what is counted
WORDS = {
    "calls": "calls that have ended, but for those of blocked numbers",
    "seconds": "seconds from the first ring to the end",
    "outcome/<outcome>": "calls that ended so, in the words of the calls page",
    "limit/<limit>": "calls that a limit cut short",
    "asked": "calls that asked for a person, and for which a team was rung or waited for",
    "talked": "calls in which caller and agent were joined",
    "contained": "calls that asked for nobody and came to an answer, a message or a reference",
    "gave_up": "calls whose caller hung up, or chose nothing, in the menu",
    "left_waiting": "calls whose caller hung up, or ran out of patience, while a team was rung or waited for",
    "promised": "calls in which a call back was promised",
    "numbered": "calls whose caller's number is known",
    "again": "of these, calls after which the same number called within 7 days",
    "first": "calls of a number that had not called in the 7 days before",
    "resolved": "of these, calls that were settled: by a person or the menu, not called again, not said to be unsolved",
    "chose_first/<seconds>": "seconds from the first ring to the first choice",
    "reached/<seconds>": "seconds from the first ring until a person was joined",
    "waited/<seconds>": "seconds in a queue, however it ended",
    "wait/<team>/<seconds>": "the same by team",
    "served/<way>/<team>": "how waits ended: soon, later, left_soon, left_later; soon is within the team's target",
    "surveyed": "calls in which a survey was begun",
    "rated/<question>/<kind>/<answer>": "answers to surveys",
    "unhappy": "calls whose caller said that nothing was solved, or opened a complaint",
    "cause/agent/<outcome>": "of these, what the agents wrote",
    "cause/caller/<kind>/<step>/<key>": "cases opened, by the last choice that led to them",
    "judged/<step>/<key>": "calls that agents wrote up, by the last choice before the person",
    "misled/<step>/<key>": "of these, those whose agent said that the menu had sent them to the wrong team",
    "branch/<step>/<key>": "calls by their first choice; both are empty where there was none",
    "branch_done/<step>/<key>": "of these, calls that were contained or reached a person",
    "minutes/<step>/<key>": "minutes begun that the carrier bills for the caller's line, by first choice",
    "agent_minutes/<step>/<key>": "minutes begun of talks with people, by first choice",
    "in/<step>": "times that callers came to a step",
    "chose/<step>/<key>": "choices taken",
    "answered/<step>": "things keyed or said where a step asked",
    "wrong/<step>": "keys that nothing answers to, words that meant nothing",
    "silent/<step>": "times that nothing came",
    "left/<step>/<exit>": "steps left by an unhappy exit",
    "ended/<step>/<how>": "calls that ended there: left (hung up by the caller), hung_up (by us), limit",
    "put_through/<step>": "times that a step rang or queued for people",
    "joined/<step>": "times that a step joined caller and agent",
    "go/<from>/<how>/<to>": "ways taken between steps: how is key …, branch …, an exit, or nothing",
}


def word(*parts: str) -> str:
    """Write a word; a part that holds a stroke and is not the last has it replaced."""
    return "/".join([*(part.replace("/", "\N{DIVISION SLASH}") for part in parts[:-1]), parts[-1]])


def parts(text: str, count: int) -> list[str]:
    """Read the parts after a word's name: so many."""
    return text.split("/", count)[1:]


def name(text: str) -> str:
    """Give the name of a word, without its parts."""
    return text.partition("/")[0]
