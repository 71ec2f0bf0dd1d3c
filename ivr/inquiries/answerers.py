"""The table: which kind of step is answered by whom."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network

from ivr.engine.tree import LookUp, Step
from ivr.inquiries.answer import Answerer
from ivr.inquiries.web import LookUps, Outside
from ivr.settings import Settings
from ivr.store import Store


def answerers(_store: Store, settings: Settings) -> Mapping[type[Step], Answerer]:
    """Wire those who answer; one line for each kind of step that asks."""
    outside = Outside(dict(settings.credentials), tuple(map(ip_network, settings.private_networks)))
    return {
        LookUp: LookUps(outside),
    }
