"""What the job process works with: stores, keys, sealed calls, and the carrier's double."""

from __future__ import annotations

from tests.worker.conftest import carrier, deeds, keyring, postgres, sealing, settings, store, url

__all__ = ["carrier", "deeds", "keyring", "postgres", "sealing", "settings", "store", "url"]
