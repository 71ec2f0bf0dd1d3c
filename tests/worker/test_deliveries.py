"""Other systems are told what happened: by a real server that checks the signatures as Standard Webhooks says."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from ipaddress import ip_network

import pytest
from rig.told import System, listening, verified

from ivr.hooks import BadHook, Wish, judge_url, new_hook
from ivr.inquiries.addresses import networks
from ivr.keys import Keyring
from ivr.store import Store
from ivr.store.calls import Ending
from ivr.store.hooks import CALL_ENDED, CASE_OPENED, EVENTS, MENU_PUBLISHED, Hook
from ivr.worker.deliveries import BREATH, KEPT, PAUSES, Deliveries
from tests.worker.conftest import CALL, Sealing

HERE = (ip_network("127.0.0.0/8"),)


@pytest.fixture
def system() -> Iterator[System]:
    with listening() as server:
        yield server


@pytest.fixture
def hooked(store: Store, keyring: Keyring, system: System) -> tuple[Hook, str]:
    made, secret = new_hook(Wish(system.url, list(EVENTS), "Helen", time.time()), keyring, HERE)
    store.hooks.add(made)
    return made, secret


@pytest.fixture
def sending(store: Store, keyring: Keyring) -> Deliveries:
    return Deliveries(store, keyring, HERE)


def told(sending: Deliveries, now: float = 0.0) -> int:
    """Go round once and wait until nobody is told any more; says how many systems were told."""
    begun = sending.run(now or time.time())
    assert sending.rest()
    return begun


def heard_within(system: System, count: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while len(system.heard) < count and time.monotonic() < until:
        time.sleep(0.02)
    return len(system.heard) == count


def begun_until(sending: Deliveries, system: System, count: int, seconds: float) -> int:
    """Go round until a system has heard so many; says how many systems were begun with."""
    now, until, begun = time.time(), time.monotonic() + seconds, 0
    while len(system.heard) < count and time.monotonic() < until:
        begun += sending.run(now)
        time.sleep(0.02)
    return begun


def end(store: Store, sealing: Sealing) -> None:
    if store.call(CALL) is None:
        sealing.turn(CALL, 1)
    store.calls.end(CALL, Ending(at=1795724291.9, outcome="left", turns=1, talked=0))


def test_a_call_that_ended_is_told_once_signed_and_without_the_caller(
    store: Store, sealing: Sealing, system: System, hooked: tuple[Hook, str], sending: Deliveries
) -> None:
    end(store, sealing)
    end(store, sealing)  # something came in late
    assert told(sending) == 1
    assert told(sending) == 0
    [(headers, body)] = system.heard
    message = verified(hooked[1], headers, body)
    assert message["type"] == CALL_ENDED
    assert message["timestamp"] == "2026-11-26T20:18:11.900Z"
    assert message["data"]["call"] == CALL  # type: ignore[index]
    assert message["data"]["outcome"] == "left"  # type: ignore[index]
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
        told(sending, now)
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
        told(sending, time.time() + 200_000)
    [failed] = store.hooks.latest(hooked[0].id, 10)
    assert (failed.state, failed.attempts, failed.reason) == ("failed", 10, "it answered 503")
    assert told(sending, time.time() + 200_000) == 0
    assert not store.hooks.again("wh_other", failed.id, time.time())  # nobody else's
    assert store.hooks.again(hooked[0].id, failed.id, time.time())
    assert not store.hooks.again(hooked[0].id, failed.id, time.time())
    told(sending, time.time() + 60)
    assert store.hooks.latest(hooked[0].id, 10)[0].state == "sent"


def test_two_job_processes_do_not_tell_the_same_and_what_a_killed_one_held_is_told_later(
    store: Store, sealing: Sealing, system: System, hooked: tuple[Hook, str], sending: Deliveries
) -> None:
    end(store, sealing)
    [delivery] = store.hooks.due(hooked[0].id, time.time(), 20)
    assert store.hooks.claim(delivery, time.time() + 60)  # by one that is killed now
    assert not store.hooks.claim(delivery, time.time() + 60)
    assert told(sending) == 0
    assert system.heard == []
    told(sending, time.time() + 61)
    assert len(system.heard) == 1
    assert hooked


def test_an_address_that_is_gone_is_told_nothing_more(
    store: Store, sealing: Sealing, system: System, hooked: tuple[Hook, str], sending: Deliveries
) -> None:
    system.answers = [410]
    end(store, sealing)
    told(sending)
    [known] = store.hooks.all()
    assert known.off_why == "it answered 410 Gone"
    store.versions.switch("v" * 64, "Tomas", "", 5.0)
    told(sending, time.time() + 200_000)
    assert len(system.heard) == 1
    assert hooked


def test_who_does_not_want_to_hear_of_something_is_not_told(
    store: Store, keyring: Keyring, sealing: Sealing, system: System, sending: Deliveries
) -> None:
    made, secret = new_hook(Wish(system.url, [MENU_PUBLISHED, CASE_OPENED], "Helen", 1.0), keyring, HERE)
    store.hooks.add(made)
    end(store, sealing)
    store.versions.switch("v" * 64, "Tomas", "longer hours", 5.0)
    told(sending)
    [(headers, body)] = system.heard
    message = verified(secret, headers, body)
    assert message["data"] == {"number": 1, "version": "v" * 64, "author": "Tomas", "comment": "longer hours"}
    assert store.hooks.tidy(time.time() + KEPT - 60 - KEPT) == 0
    assert store.hooks.tidy(time.time() + 60) == 1


def test_an_address_inside_is_not_asked_unless_it_is_named(
    store: Store, keyring: Keyring, sealing: Sealing, hooked: tuple[Hook, str], system: System
) -> None:
    end(store, sealing)
    told(Deliveries(store, keyring))
    assert system.heard == []
    assert "not of the public network" in store.hooks.latest(hooked[0].id, 1)[0].reason


def test_a_secret_of_another_webhook_opens_nothing(
    store: Store, keyring: Keyring, sealing: Sealing, system: System, hooked: tuple[Hook, str], sending: Deliveries
) -> None:
    store.hooks.add(replace(hooked[0], id="wh_other"))
    end(store, sealing)
    told(sending)
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


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x",
        "https://localhost/x",
        "http://127.0.0.1:8000/x",
        "https://2130706433/x",  # the same in another spelling
        "https://[::1]/x",
        "https://[::ffff:10.0.0.1]/x",
        "https://10.1.2.3/x",
        "https://169.254.169.254/latest/meta-data",
    ],
)
def test_an_address_inside_is_no_webhook_s_unless_it_is_named(url: str, keyring: Keyring) -> None:
    wish = Wish(url, [CALL_ENDED], "Helen", 1.0)
    with pytest.raises(BadHook, match="not of the public network") as refused:
        new_hook(wish, keyring, (ip_network("172.16.0.0/12"),))
    assert "IVR_PRIVATE_NETWORKS" in refused.value.hint
    named = ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "169.254.169.254/32", "::ffff:10.0.0.0/104")
    assert new_hook(wish, keyring, networks(named))[0].url == url


def test_one_that_is_slow_or_gone_holds_up_no_other(
    store: Store, keyring: Keyring, sealing: Sealing, system: System, hooked: tuple[Hook, str], sending: Deliveries
) -> None:
    with listening() as slow, closing(socket.create_server(("127.0.0.1", 0), backlog=0)) as dead:
        gate = threading.Event()
        slow.waits = gate
        for number in range(10):  # more than anybody would tell at the same time
            url = slow.url if number % 2 else f"http://127.0.0.1:{dead.getsockname()[1]}/x"
            made, _ = new_hook(Wish(url, [CALL_ENDED], "Helen", float(number)), keyring, HERE)
            store.hooks.add(made)
        end(store, sealing)
        try:
            assert sending.run(time.time()) == 11
            assert heard_within(system, 1, 5.0)
            store.versions.switch("v" * 64, "Tomas", "", 5.0)
            assert not sending.rest(0.2)
            # those that are being told are left alone; its own thread may have found the second event by itself
            assert begun_until(sending, system, 2, 5.0) <= 1
            assert len(system.heard) == 2
        finally:
            gate.set()
            dead.close()
            sending.close()
    assert hooked


def test_after_a_failure_a_system_has_a_moment_s_rest_and_then_hears_what_else_waits(
    store: Store, sealing: Sealing, system: System, hooked: tuple[Hook, str], sending: Deliveries
) -> None:
    system.answers = [500]
    for number in range(3):
        store.versions.switch(f"{number}" * 64, "Tomas", "", float(number))
    assert told(sending) == 1
    assert len(system.heard) == 1
    assert told(sending) == 0
    told(sending, time.time() + BREATH + 1)
    assert [json.loads(body)["data"]["number"] for _, body in system.heard] == [1, 2, 3, 1]
    assert hooked
    assert sealing


def test_who_is_told_to_end_begins_nothing_more(
    store: Store, sealing: Sealing, system: System, hooked: tuple[Hook, str], sending: Deliveries
) -> None:
    end(store, sealing)
    sending.close()
    assert told(sending) == 0
    assert system.heard == []
    assert hooked
