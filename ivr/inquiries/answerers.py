"""The table: which kind of step is answered by whom."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.engine.services import Status
from ivr.engine.staff import CheckPin
from ivr.engine.tree import LookUp, Step, Submit
from ivr.inquiries.addresses import networks
from ivr.inquiries.answer import Answerer
from ivr.inquiries.pins import Pins
from ivr.inquiries.statuses import Statuses
from ivr.inquiries.submits import Submits
from ivr.inquiries.web import LookUps, Outside
from ivr.keys import Keyring
from ivr.settings import Settings
from ivr.store import Store


def outside(settings: Settings) -> Outside:
    """Give one process its way to the systems that config.yaml lists."""
    return Outside(dict(settings.credentials), networks(settings.private_networks))


def answerers(store: Store, keyring: Keyring, submits: Submits) -> Mapping[type[Step], Answerer]:
    """Wire those who answer; one line for each kind of step that asks."""
    return {
        LookUp: LookUps(submits.outside),
        Submit: submits,
        Status: Statuses(store, keyring),
        CheckPin: Pins(store),
    }
