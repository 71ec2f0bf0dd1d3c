"""A draft tried on past calls, made through a real switchboard into a real store: it concerns all of them."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from bench.past import PastCalls
from bench.product import lay_out
from bench.servers import ROOT
from ivr.archive.calls import Archive
from ivr.archive.trials import Which, trial
from ivr.content import Content
from ivr.engine.tree import Choice, Menu
from ivr.keys import Keyring
from ivr.node import Node
from ivr.settings import read_settings
from ivr.store.calls import Search

FIRST = "a0.s0"


def trial_cost(calls: int) -> float:
    """Seconds to try a draft on so many calls, by the same keys and by their meaning."""
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as folder:
        environ = lay_out(Path(folder), "")
        subprocess.run([sys.executable, "-m", "ivr", "prepare"], env=environ, cwd=ROOT, check=True, capture_output=True)
        settings = read_settings(environ)
        node = Node(settings)
        node.start()
        try:
            content = node.library.get(str(node.store.versions.active()))
            PastCalls(node.switchboard).many(content, calls)
            archive = Archive(node.store, Keyring(settings.secret_keys))
            begin = time.perf_counter()
            report = trial(swapped(content), archive, settings, Which(Search(), calls), lambda _count: None)
            seconds = time.perf_counter() - begin
        finally:
            node.close()
    if report.calls != calls or report.same_meaning.stopped or not report.same_keys.parted:
        raise RuntimeError(f"the trial went wrong: {report.calls} of {calls} calls, {report.left_out}")
    return seconds


def swapped(content: Content) -> Content:
    """Let the first two choices of the first menu change their keys: every caller has heard that menu."""
    menu = content.tree.steps[FIRST]
    if not isinstance(menu, Menu):
        raise TypeError(f"{FIRST} is no menu")
    first, second, *others = menu.choices
    choices: tuple[Choice, ...] = (replace(second, key=first.key), replace(first, key=second.key), *others)
    steps = {**content.tree.steps, FIRST: replace(menu, choices=choices)}
    return replace(content, hash="0" * 64, tree=replace(content.tree, steps=steps))
