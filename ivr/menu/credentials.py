"""Secrets of ours that look-ups send, by name, looked for in the environment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ivr.menu.problems import LOOK_AT, Problem
from ivr.menu.source import Scalar

CODE = "missing-credential"
VARIABLE = "IVR_CREDENTIAL_"  # ivr/settings.py reads them


def missing(sent: Mapping[str, Scalar], environ: Iterable[str]) -> list[Problem]:
    """Name those that an environment does not hold, each where the menus first send it."""
    held = set(environ)
    return [
        Problem(
            CODE,
            node.path,
            node.line,
            node.column,
            f"the environment has no {VARIABLE}{name.upper()}",
            "set it where the server runs; until then the step takes its exit 'failed'",
            severity=LOOK_AT,
        )
        for name, node in sent.items()
        if VARIABLE + name.upper() not in held
    ]
