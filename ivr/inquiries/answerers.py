"""The table: which kind of step is answered by whom."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.engine.tree import Step
from ivr.inquiries.answer import Answerer
from ivr.store import Store


def answerers(_store: Store) -> Mapping[type[Step], Answerer]:
    """Wire those who answer; one line for each kind of step that asks."""
    return {}
