"""What the tests of the voice port may ask for."""

import pytest

from ivr.node import Node
from ivr.settings import read_settings
from tests.kernel.hotline import hotline
from tests.rig.postgres import postgres
from tests.rig.server import ACCOUNT, KEYS, TOKEN, publish_all
from tests.webhooks.signing import PUBLIC_URL
from webhooks.app import create_app

__all__ = ["postgres"]


@pytest.fixture
def settings(tmp_path):
    return read_settings(
        {
            "IVR_SPOOL_MB": "1",
            "IVR_DATA": str(tmp_path),
            "PUBLIC_URL": PUBLIC_URL,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "IVR_SECRET_KEYS": KEYS,
        }
    )


@pytest.fixture
def node(settings):
    publish_all(settings, [hotline()])
    node = Node(settings)
    node.start()
    yield node
    node.close()


@pytest.fixture
def app(settings, node):
    return create_app(settings, node)


@pytest.fixture
def client(app):
    return app.test_client(use_cookies=False)
