"""Ports that nobody listens on."""

from __future__ import annotations

import socket


def free_ports() -> tuple[int, int]:
    """Find two: for the voice and for the pages."""
    with socket.socket() as voice, socket.socket() as pages:
        voice.bind(("127.0.0.1", 0))
        pages.bind(("127.0.0.1", 0))
        return voice.getsockname()[1], pages.getsockname()[1]
