"""The real `ivr worker` sends, takes e-mail, and is killed between a letter's leaving and the answer: sent once."""

from __future__ import annotations

import os
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from kernel.hotline import hotline
from rig.mail import mail_server
from rig.ports import free_ports
from rig.server import publish_all

from ivr.keys import Keyring
from ivr.messages import Conversation, Draft
from ivr.settings import Settings
from ivr.store import Store
from tests.messages.test_conversation import written_in
from tests.messages.test_incoming import OWN, letter
from tests.worker.conftest import ACCOUNT, TOKEN
from tests.worker.test_process import ROOT


@pytest.fixture(params=["sqlite"])
def url() -> str:
    """The job engine's books are the same on both; one is enough for a kill."""
    return ""


def until(true: Callable[[], bool], seconds: float = 30.0) -> bool:
    limit = time.monotonic() + seconds
    while not true() and time.monotonic() < limit:
        time.sleep(0.05)
    return true()


@pytest.fixture
def worker(settings: Settings) -> Iterator[Callable[[int], subprocess.Popen[bytes]]]:
    running = []

    def start(smtp: int, port: int) -> subprocess.Popen[bytes]:
        environ = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "IVR_DATA": str(settings.data),
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_URL": settings.api_url,
            "IVR_SECRET_KEYS": "k1:" + "QUFB" * 16,
            "SMTP_URL": f"smtp://127.0.0.1:{smtp}",
            "MAIL_FROM": OWN,
            "MAIL_PORT": str(port),
        }
        made = subprocess.Popen([sys.executable, "-m", "ivr", "worker"], env=environ, cwd=ROOT)
        running.append(made)
        return made

    yield start
    for each in running:
        if each.poll() is None:
            each.terminate()
            each.wait(20)


def test_a_letter_whose_sender_was_killed_is_unknown_and_others_go_on(
    store: Store, keyring: Keyring, settings: Settings, worker: Callable[..., subprocess.Popen[bytes]]
) -> None:
    publish_all(settings, [hotline()])
    written_in(store, keyring)
    talk = Conversation(store, keyring)

    def states() -> list[str]:
        return [one.state for one in store.messages.of_case("C10017") if one.direction == "out"]

    def write(once: str) -> None:
        draft = Draft(case="C10017", channel="email", body=once, author="p1", once=once, to="ann@theirs.example")
        talk.write(draft, time.time())

    with mail_server() as mail:
        mail.slow = 60.0
        port = free_ports()[0]
        write("a")
        first = worker(mail.port, port)
        assert until(lambda: len(mail.letters) == 1), states()
        assert states() == ["sending"]
        first.send_signal(signal.SIGKILL)
        first.wait(10)
        mail.slow = 0.0
        write("b")
        second = worker(mail.port, port)
        assert until(lambda: states() == ["unknown", "sent"]), states()
        assert [one.get_content().split()[0] for one in mail.letters] == ["a", "b"]
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as ours:
            ours.send_message(letter())
        assert until(lambda: len(mail.letters) == 3), states()  # the stranger is thanked
        second.terminate()
        assert second.wait(20) == 0
