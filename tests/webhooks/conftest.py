"""What the tests of the voice port may ask for."""

from tests.rig.postgres import postgres

__all__ = ["postgres"]
