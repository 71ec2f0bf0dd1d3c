"""Other systems are told what happened: by a real server that checks the signatures as Standard Webhooks says."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network

import pytest
from rig.told import System, listening, verified

from ivr.hooks import BadHook, judge_url, new_hook
from ivr.keys import Keyring
from ivr.store import Store
from ivr.store.calls import Ending
from ivr.store.hooks import CALL_ENDED, CASE_OPENED, EVENTS, MENU_PUBLISHED, Hook
from ivr.worker.deliveries import KEPT, PAUSES, Deliveries
from tests.worker.conftest import CALL, Sealing

HERE = (ip_network("127.0.0.0/8"),)


@pytest.fixture
def system() -> Iterator[System]:
    with listening() as server:
        yield server


@pytest.fixture
def hooked(store: Store, keyring: Keyring, system: System) -> tuple[Hook, str]:
    made, secret = new_hook(system.url, list(EVENTS), keyring, "Helen", time.time())
    store.hooks.add(made)
    return made, secret


@pytest.fixture
def sending(store: Store, keyring: Keyring) -> Deliveries:
    return Deliveries(store, keyring, HERE)


def end(store: Store, sealing: Sealing) -> None:
    if store.call(CALL) is None:
        sealing.turn(CALL, 1)
    store.calls.end(CALL, Ending(at=1795724291.9, outcome="left", turns=1, talked=0))


def test_a_call_that_ended_is_told_once_signed_and_without_the_caller(
    store: Store, sealing: Sealing, system: System, hooked: tuple[Hook, str], sending: Deliveries
) -> None:
    end(store, sealing)
    end(store, sealing)  # something came in late
    assert sending.run(time.time()) == 1
    assert sending.run(time.time()) == 0
    [(headers, body)] = system.heard
    told = verified(hooked[1], headers, body)
    assert told["type"] == CALL_ENDED
    assert told["timestamp"] == "2026-11-26T20:18:11.900Z"
    assert told["data"]["call"] == CALL  # type: ignore[index]
    assert told["data"]["outcome"] == "left"  # type: ignore[index]
    assert b"+1415" not in body
    assert headers["path"] == "/told?from=hotline"
    assert headers["content-type"] == "application/json"


def test_what_is_not_taken_comes_again_with_the_same_id_until_it_is(
    store: Store, sealing: Sealing, system: System, hooked: tuple[Hook, str], sending: Deliveries
) -> None:
    system.answers = [500, 302, 200]
    end(store, sealing)
    now = time.time()
    for attempt in range(3):
        sending.run(now)
        now += PAUSES[attempt] + 60
    assert len(system.heard) == 3
    assert len({headers["webhook-id"] for headers, _ in system.heard}) == 1
    assert len({body for _, body in system.heard}) == 1
    [delivery] = store.hooks.latest(hooked[0].id, 10)
    assert (delivery.state, delivery.attempts, delivery.reason) == ("sent", 3, "")


def test_after_the_last_pause_it_has_failed_and_people_can_send_it_again(
    store: Store, sealing: Sealing, system: System, hooked: tuple[Hook, str], sending: Deliveries
) -> None:
    system.answers = [503] * (len(PAUSES) + 1)
    end(store, sealing)
    for _ in range(len(PAUSES) + 1):
        sending.run(time.time() + 200_000)
    [failed] = store.hooks.latest(hooked[0].id, 10)
    assert (failed.state, failed.attempts, failed.reason) == ("failed", 10, "it answered 503")
    assert sending.run(time.time() + 200_000) == 0
    assert store.hooks.again(failed.id, time.time())
    assert not store.hooks.again(failed.id, time.time())
    sending.run(time.time())
    assert store.hooks.latest(hooked[0].id, 10)[0].state == "sent"


def test_two_job_processes_do_not_tell_the_same_and_what_a_killed_one_held_is_told_later(
    store: Store, sealing: Sealing, system: System, hooked: tuple[Hook, str], sending: Deliveries
) -> None:
    end(store, sealing)
    [delivery] = store.hooks.due(time.time())
    assert store.hooks.claim(delivery, time.time() + 60)  # by one that is killed now
    assert not store.hooks.claim(delivery, time.time() + 60)
    assert sending.run(time.time()) == 0
    assert system.heard == []
    sending.run(time.time() + 61)
    assert len(system.heard) == 1
    assert hooked


def test_an_address_that_is_gone_is_told_nothing_more(
    store: Store, sealing: Sealing, system: System, hooked: tuple[Hook, str], sending: Deliveries
) -> None:
    system.answers = [410]
    end(store, sealing)
    sending.run(time.time())
    [known] = store.hooks.all()
    assert known.off_why == "it answered 410 Gone"
    store.versions.switch("v" * 64, "Tomas", "", 5.0)
    sending.run(time.time() + 200_000)
    assert len(system.heard) == 1
    assert hooked


def test_who_does_not_want_to_hear_of_something_is_not_told(
    store: Store, keyring: Keyring, sealing: Sealing, system: System, sending: Deliveries
) -> None:
    made, secret = new_hook(system.url, [MENU_PUBLISHED, CASE_OPENED], keyring, "Helen", 1.0)
    store.hooks.add(made)
    end(store, sealing)
    store.versions.switch("v" * 64, "Tomas", "longer hours", 5.0)
    sending.run(time.time())
    [(headers, body)] = system.heard
    told = verified(secret, headers, body)
    assert told["data"] == {"number": 1, "version": "v" * 64, "author": "Tomas", "comment": "longer hours"}
    assert store.hooks.tidy(time.time() + KEPT - 60 - KEPT) == 0
    assert store.hooks.tidy(time.time() + 60) == 1


def test_an_address_inside_is_not_asked_unless_it_is_named(
    store: Store, keyring: Keyring, sealing: Sealing, hooked: tuple[Hook, str], system: System
) -> None:
    end(store, sealing)
    Deliveries(store, keyring).run(time.time())
    assert system.heard == []
    assert "not of the public network" in store.hooks.latest(hooked[0].id, 1)[0].reason


def test_a_secret_of_another_webhook_opens_nothing(
    store: Store, keyring: Keyring, sealing: Sealing, system: System, hooked: tuple[Hook, str], sending: Deliveries
) -> None:
    store.hooks.add(replace(hooked[0], id="wh_other"))
    end(store, sealing)
    sending.run(time.time())
    assert len(system.heard) == 1
    assert "cannot be opened" in store.hooks.latest("wh_other", 1)[0].reason
    assert keyring


@pytest.mark.parametrize(
    "url",
    [
        "http://crm.example/x",
        "ftp://crm.example",
        "crm.example",
        "https://",
        "https://user:pw@crm.example/",
        "https://crm.example/a b",
        "https://crm.example:99999/",
        "https://crm.example/\r\nX: y",
        "https://crm.example/#x",
        "https://crm.example/" + "x" * 600,
        "",
    ],
)
def test_an_address_that_cannot_be_told_is_refused(url: str) -> None:
    with pytest.raises(BadHook):
        judge_url(url)
