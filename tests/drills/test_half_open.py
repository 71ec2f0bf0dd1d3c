"""Half-open connections to the voice port, behind each of the shipped proxies: key presses go on."""

from __future__ import annotations

import resource
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
from rig.insistent import Load, WalkedCall
from rig.proxies import Places, found, places_in, proxying
from rig.server import ACCOUNT, TOKEN, Server, serving
from rig.siege import Siege, Ways

from bench.form import Signer
from ivr.menu.files import read_files
from ivr.processes.patience import PatientWorker
from ivr.publishing.publish import Author, publish
from ivr.store import Store
from tests.drills.test_kills import HOTLINE, KEYS

CALLERS = 8


@pytest.fixture(autouse=True)
def _files() -> Iterator[None]:
    """Allow this process as many connections as it may have."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@contextmanager
def hotline(folder: Path, proxy: str) -> Iterator[tuple[Server, Places]]:
    """Serve the drill's hotline, behind a proxy where one is named."""
    places = places_in(folder / "proxy")
    with ExitStack() as stack:
        server = stack.enter_context(serving(folder, workers=2, environ={"PUBLIC_URL": places.voice_url}))
        files = read_files(HOTLINE / "config.yaml", HOTLINE / "menus", folder / "recordings")
        with closing(Store(server.settings.database_url, folder)) as store:
            publish(files, Author("drill", ""), store, folder)
        places = places.leading_to(server.port, server.port)
        if proxy:
            stack.enter_context(proxying(proxy, places))
        time.sleep(1.5)  # the workers look for a new version every second
        yield server, places


def ways_to(server: Server, places: Places, proxy: str) -> Ways:
    """Say how a connection to the voice port is opened."""
    bare = partial(socket.create_connection, ("127.0.0.1", places.https if proxy else server.port), 5.0)
    return Ways(bare, partial(places.dial, seconds=5.0) if proxy else bare)


def calls_for(seconds: float, server: Server, places: Places, proxy: str) -> list[WalkedCall]:
    """Let callers press keys for so long."""
    signer = Signer(places.voice_url, TOKEN.encode(), ACCOUNT)
    load = Load(partial(dialled, places) if proxy else server.port, signer, KEYS, CALLERS)
    load.start()
    time.sleep(seconds)
    return load.finish()


def dialled(places: Places) -> ssl.SSLSocket:
    """Open a connection as a caller's; TLS 1.2 sends no ticket afterwards, which would wake the load for nothing."""
    trust = places.trust()
    trust.maximum_version = ssl.TLSVersion.TLSv1_2
    return trust.wrap_socket(socket.create_connection(("127.0.0.1", places.https), 2.0), server_hostname="localhost")


def told(calls: Sequence[WalkedCall]) -> str:
    """Say how keys were answered."""
    asked = [each for call in calls for each in call.asked]
    taken = sorted(each.answered - each.sent for each in asked if each.answered)
    half, most = (round(1000 * taken[len(taken) * share // 100]) if taken else 0 for share in (50, 99))
    broke, lost = sum(len(each.broke) for each in asked), sum(call.lost for call in calls)
    return f"{len(taken)} of {len(asked)} requests answered, {broke} tries broke, {lost} calls lost, {half} / {most} ms"


@pytest.mark.parametrize(
    ("proxy", "count", "seconds"),
    [
        ("nginx", 300, 3.0),
        pytest.param("nginx", 1000, 30.0, marks=pytest.mark.campaign),
        pytest.param("caddy", 1000, 30.0, marks=pytest.mark.campaign),
    ],
)
def test_key_presses_go_on_beside_half_open_connections(tmp_path: Path, proxy: str, count: int, seconds: float) -> None:
    found(proxy)
    with hotline(tmp_path, proxy) as (server, places):
        alone = calls_for(seconds, server, places, proxy)
        siege = Siege(ways_to(server, places, proxy), count)
        siege.begin()
        beside = calls_for(seconds, server, places, proxy)
        stood = siege.open
        siege.finish()
        print(f"{proxy}: alone {told(alone)}")
        cut = f"{siege.cut} were cut and opened anew, {stood} stood at the end"
        print(f"{proxy}: beside {count} half-open connections {told(beside)}; {cut}")
    assert stood > count / 2  # the others have just been cut, and are being opened
    for calls in (alone, beside):
        assert len(calls) > CALLERS / 2
        assert [each.broke for call in calls for each in call.asked if each.broke] == []


@pytest.mark.campaign
def test_without_a_proxy_key_presses_wait_and_go_on_when_it_is_over(tmp_path: Path) -> None:
    with hotline(tmp_path, "") as (server, places):
        siege = Siege(ways_to(server, places, ""), 1000)
        siege.begin()
        beside = calls_for(30.0, server, places, "")
        siege.finish()
        time.sleep(PatientWorker.patience)
        after = calls_for(5.0, server, places, "")
        print(f"no proxy: beside 1000 half-open connections {told(beside)}; {siege.cut} were cut and opened anew")
        print(f"no proxy: afterwards {told(after)}")
    assert [each.broke for call in after for each in call.asked if each.broke] == []
