"""Every rule that a compiled draft is held to, one a file.

A rule has a `CODE`, a docstring that is its page in docs/problems.md, and `check(draft)`, which gives its problems.
What stops a publish is what would be a caller's dead end or give something away; the rest is to look at.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from ivr.menu.checks import (
    after_served,
    ambiguous_keys,
    branch_never_taken,
    clipped_recording,
    doubled_words,
    endless_loop,
    endless_tries,
    failed_as_done,
    hang_up_on_silence,
    hidden_key,
    long_music,
    long_patience,
    long_recording,
    missing_recording,
    no_consent,
    no_queue,
    no_way_out,
    nobody_on_team,
    not_written_down,
    open_secret,
    other_language,
    other_team,
    schedule_never_closes,
    schedule_never_opens,
    sibling_keys,
    silent_end,
    silent_recording,
    slow_choice,
    slow_first_choice,
    slow_keys,
    slow_person,
    spoken_text,
    standing_loop,
    strict_guard,
    token_too_long,
    too_many_choices,
    unknown_skill,
    unreachable_step,
    untranslated,
    wrong_left_alone,
)
from ivr.menu.checks.examined import Examined
from ivr.menu.problems import Problem

RULES: tuple[ModuleType, ...] = (
    after_served,
    ambiguous_keys,
    branch_never_taken,
    clipped_recording,
    doubled_words,
    endless_loop,
    failed_as_done,
    endless_tries,
    hang_up_on_silence,
    hidden_key,
    long_music,
    long_patience,
    long_recording,
    missing_recording,
    no_consent,
    no_queue,
    no_way_out,
    nobody_on_team,
    not_written_down,
    open_secret,
    other_team,
    other_language,
    schedule_never_closes,
    schedule_never_opens,
    sibling_keys,
    silent_end,
    silent_recording,
    slow_choice,
    slow_first_choice,
    slow_keys,
    slow_person,
    spoken_text,
    standing_loop,
    strict_guard,
    token_too_long,
    too_many_choices,
    unknown_skill,
    unreachable_step,
    untranslated,
    wrong_left_alone,
)


def run(draft: Examined) -> Iterator[Problem]:
    """Hold a draft that compiled against every rule."""
    for rule in RULES:
        yield from rule.check(draft)
