"""Processes of one node: kept alive, renewed, taken along, and patient with what is slow only for so long."""
