"""Menus of other systems, rewritten in ours; what cannot be carried over is listed with its place. Pure: bytes in."""
