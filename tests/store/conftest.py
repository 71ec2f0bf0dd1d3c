"""A store on each real database."""

from __future__ import annotations

from rig.stores import postgres, store, url

__all__ = ["postgres", "store", "url"]
