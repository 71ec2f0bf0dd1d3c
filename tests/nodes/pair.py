"""Two whole nodes on one PostgreSQL, each with a data folder of its own, and the shipped balancer before them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rig.balancer import balancing
from rig.node import Node
from rig.ports import free_ports
from rig.server import ACCOUNT, KEYS, TOKEN

from bench.form import Signer

HOTLINE = Path(__file__).parent.parent / "drills" / "hotline"


@dataclass(frozen=True, slots=True)
class Pair:
    """The nodes, and the balancer's port."""

    nodes: tuple[Node, Node]
    port: int

    @property
    def signer(self) -> Signer:
        """Signs as the carrier."""
        return Signer(f"http://127.0.0.1:{self.port}", TOKEN.encode(), ACCOUNT)


@contextmanager
def pair(
    folder: Path, database: str, environ: Mapping[str, str] | None = None, hotline: Path = HOTLINE
) -> Iterator[Pair]:
    """Run two nodes until the block is left; what they share stands in the environment, as operators are told."""
    listen = free_ports()
    shared = {
        "PUBLIC_URL": f"http://127.0.0.1:{listen[0]}",
        "CONSOLE_URL": f"http://127.0.0.1:{listen[1]}",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "IVR_SECRET_KEYS": KEYS,
        "IVR_SPOOL_MB": "16",
    }
    nodes = tuple(Node(folder / name, hotline, free_ports(), database) for name in ("one", "two"))
    for node in nodes:
        node.data.mkdir(mode=0o700)
        node.environ |= shared | (environ or {})
    nodes[0].prepare()
    try:
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(Node.start, nodes))
        with balancing(listen, [node.ports for node in nodes]):
            yield Pair((nodes[0], nodes[1]), listen[0])
    finally:
        for node in nodes:
            node.stop()
