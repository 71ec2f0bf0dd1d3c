"""A store on each real database."""

from kernel.boards import board
from kernel.conftest import store
from rig.postgres import postgres

__all__ = ["board", "postgres", "store"]
