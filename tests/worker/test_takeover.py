"""A job process is killed for good in the middle of a deed: another machine's goes on with it, once."""

from __future__ import annotations

import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

from rig.node import end
from rig.postgres import Postgres

from ivr.keys import Keyring
from ivr.publishing.handing import node_name
from ivr.settings import Settings
from ivr.simulator.carrier import Carrier
from ivr.simulator.ledger import CallEntry
from ivr.simulator.replies import Reply
from ivr.simulator.rest import RestSide
from ivr.store import Store
from ivr.worker.takeover import GONE, Takeover
from tests.worker.conftest import ACCOUNT, CALL, RECORDING, TOKEN, Sealing
from tests.worker.test_deeds import COMPLETED, KEEP
from tests.worker.test_process import Worker, until


class Hears:
    """An engine that only says whom it was told to spare."""

    def __init__(self) -> None:
        self.spared: list[set[str]] = []

    def take_over(self, living: object) -> int:
        self.spared.append(set(living))
        return 0


def test_whoever_gave_a_sign_of_life_of_late_is_left_alone(store: Store) -> None:
    store.nodes.beat("here", 1000.0)
    store.nodes.beat("slow", 1001.0 - GONE)
    store.nodes.beat("gone", 999.0 - GONE)
    engine = Hears()
    assert Takeover(store, engine).run(1000.0) == 0
    assert engine.spared == [{"here", "slow"}]


class Silent:
    """A carrier that says nothing at the first request for a sound, and answers the others."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.over = threading.Event()

    def __call__(self, method: str, target: str, body: bytes, reply: Reply) -> None:
        if RECORDING in target:
            self.asked.append(target)
            if len(self.asked) == 1:
                self.over.wait(60)


def test_the_work_of_a_machine_that_is_gone_for_good_is_done_by_another(
    settings: Settings, keyring: Keyring, postgres: Postgres, tmp_path: Path
) -> None:
    carrier, silent = Carrier(ACCOUNT, TOKEN), Silent()
    carrier.ledger.note_call(CallEntry(CALL, "+14155550123", "+18005550100", "inbound", status="completed", ended=61.0))
    carrier.ledger.note_recording(RECORDING, CALL, 3)
    with postgres.database() as url, RestSide(carrier, witness=silent) as side:
        machines = [replace(settings, data=tmp_path / name, api_url=side.url) for name in ("one", "two")]
        for machine in machines:
            machine.data.mkdir()
        store = Store(url, tmp_path)
        sealing = Sealing(store, keyring)
        sealing.note(1, CALL, "recording", COMPLETED)
        sealing.turn(CALL, 1)
        sealing.turn(CALL, 2, KEEP, kind="end")
        one, two = (Worker(machine, url) for machine in machines)
        try:
            one.start()
            assert until(lambda: silent.asked, 30), one.log()
            one.stop(signal.SIGKILL)
            store.nodes.beat(node_name(machines[0].data), time.time() - GONE - 1)
            two.start()
            assert until(lambda: [each.state for each in store.recordings.of_call(CALL)] == ["kept"], 30), two.log()
            assert len(silent.asked) == 2
            assert "work_taken_over" in two.log()
            assert two.stop() == 0
        finally:
            silent.over.set()
            for worker in (one, two):
                if worker.process is not None:
                    end(worker.process.pid)
            store.close()
