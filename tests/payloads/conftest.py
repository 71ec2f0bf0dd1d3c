"""The hotline of two calls, as the tests of the pages have it."""

from __future__ import annotations

from tests.console.conftest import casework

__all__ = ["casework"]
