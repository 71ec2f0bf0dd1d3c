"""A store on each real database."""

from kernel.boards import board
from rig.stores import postgres, store, url

__all__ = ["board", "postgres", "store", "url"]
