"""The machines that answer calls: which are alive, and which versions each holds on its disk."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from ivr.store.database import Database
from ivr.store.tables import holdings, nodes


class Nodes:
    """Heartbeats and acknowledgements."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def beat(self, node: str, at: float, held: Collection[str] = ()) -> None:
        """Say that a node is alive and holds these versions (hashes), beside those it named before."""
        alive = self._database.insert(nodes).values(node=node, at=at)
        with self._database.writing() as connection:
            connection.execute(alive.on_conflict_do_update(index_elements=[nodes.c.node], set_={"at": at}))
            if held:
                rows = [{"node": node, "hash": version} for version in held]
                connection.execute(self._database.insert(holdings).values(rows).on_conflict_do_nothing())

    def alive(self, since: float) -> dict[str, frozenset[str]]:
        """Name the nodes heard of since then, each with the versions it holds."""
        query = (
            select(nodes.c.node, holdings.c.hash)
            .join(holdings, holdings.c.node == nodes.c.node, isouter=True)
            .where(nodes.c.at >= since)
        )
        found: dict[str, set[str]] = {}
        with self._database.reading() as connection:
            for node, version in connection.execute(query):
                found.setdefault(node, set()).update([version] if version else [])
        return {node: frozenset(held) for node, held in found.items()}

    def forget(self, node: str) -> None:
        """Take a node out that has stopped in good order."""
        with self._database.writing() as connection:
            connection.execute(holdings.delete().where(holdings.c.node == node))
            connection.execute(nodes.delete().where(nodes.c.node == node))
