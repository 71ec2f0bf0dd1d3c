"""Somebody who writes text messages to a node with a version in force, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from kernel.hotline import hotline
from rig.server import publish_all

from ivr.keys import Keyring
from ivr.messages import Conversation, Piece
from ivr.node import Node
from ivr.settings import Settings
from ivr.store import Store
from ivr.store.cases import Case
from tests.webhooks.signing import AUTH_TOKEN, PUBLIC_URL, post
from tests.worker.conftest import ACCOUNT
from webhooks.app import create_app

THEIRS, OURS = "+14155550123", "+18005550100"


@pytest.fixture
def node(settings: Settings, url: str, store: Store) -> Iterator[Node]:
    """A node over the store, with a version in force."""
    there = replace(settings, database_url=url or settings.database_url)
    publish_all(there, [hotline()])
    made = Node(there)
    made.start()
    yield made
    made.close()


class Phone:
    """Somebody who writes text messages."""

    def __init__(self, node: Node, settings: Settings) -> None:
        there = replace(settings, auth_token=AUTH_TOKEN, public_url=PUBLIC_URL)
        self._client = create_app(there, node).test_client(use_cookies=False)
        self._sent = 0

    def sends(self, body: str, **more: str) -> str:
        """Send one; gives the document that answers."""
        self._sent += 1
        form = {"AccountSid": ACCOUNT, "MessageSid": f"SM{self._sent:032x}", "From": THEIRS, "To": OURS, "Body": body}
        answer = post(self._client, "/sms", form | more)
        assert answer.status_code == 200, answer.text
        return answer.text

    def tells(self, message: bytes, status: str, **more: str) -> int:
        """The carrier says what became of a message."""
        form = {"MessageSid": "SM9", "MessageStatus": status, "To": THEIRS, "From": OURS}
        return post(self._client, f"/sms/status/{message.hex()}", form | more).status_code


@pytest.fixture
def phone(node: Node, settings: Settings) -> Phone:
    return Phone(node, settings)


def cases(store: Store) -> list[Case]:
    return store.cases.latest(100)


def talk(store: Store, keyring: Keyring) -> list[Piece]:
    """The conversation of the only case."""
    (case,) = cases(store)
    return Conversation(store, keyring).of_case(case.number)
