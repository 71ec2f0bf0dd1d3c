"""Versions of the menu: kept on every node's disk, handed out, switched on."""
