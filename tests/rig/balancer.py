"""The balancer that we ship (deploy/balancer/nginx.conf), run by a real nginx before nodes of the tests' own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from tests.conftest import REQUIRED, ROOT

SHIPPED = ROOT / "deploy" / "balancer" / "nginx.conf"
START = 10.0  # seconds


def written(shipped: str, listen: tuple[int, int], nodes: Sequence[tuple[int, int]]) -> str:
    """Put ports of the tests' own in place of those that the file comes with."""
    for place, name in enumerate(("voice", "pages")):
        lines = "".join(f"    server 127.0.0.1:{node[place]} max_fails=0;\n" for node in nodes)
        listed = rf"(upstream {name} {{[^}}]*?)(?: +server 127\.0\.0\.1:\d+ max_fails=0;\n){{2}}"
        shipped, found = re.subn(listed, lambda match, lines=lines: match[1] + lines, shipped)
        assert found == 1, f"the nodes of {name} are not where they were"
        shipped = shipped.replace(f"127.0.0.1:808{place}", f"127.0.0.1:{listen[place]}")
    return shipped


@contextmanager
def balancing(listen: tuple[int, int], nodes: Sequence[tuple[int, int]]) -> Iterator[None]:
    """Stand before these nodes (voice and pages ports of each) until the block is left."""
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if nginx is None:
        assert not REQUIRED, "there is no nginx, and CI=true requires it"
        pytest.skip("there is no nginx")
    with tempfile.TemporaryDirectory(prefix="ivr-balancer-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        # Its own paths, and the user who owns them, come before what the shipped file says.
        own = f"daemon off;\npid {folder}/pid;\nerror_log {folder}/log;\n"
        own += "user root;\n" if os.getuid() == 0 else ""
        temporary = "".join(
            f"  {kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        text = written(SHIPPED.read_text(), listen, nodes).replace("http {\n", f"http {{\n{temporary}", 1)
        (folder / "nginx.conf").write_text(own + text)
        process = subprocess.Popen([nginx, "-p", str(folder), "-e", f"{folder}/log", "-c", f"{folder}/nginx.conf"])
        try:
            _wait_for(listen[0], process, folder / "log")
            yield
        finally:
            process.terminate()
            process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START
    while time.monotonic() < until and process.poll() is None:
        with closing(HTTPConnection("127.0.0.1", port, timeout=2)) as connection:
            try:
                connection.request("GET", "/health")
                connection.getresponse().read()
            except (OSError, HTTPException):
                time.sleep(0.02)
            else:
                return
    raise AssertionError(f"nginx does not answer: {log.read_text() if log.exists() else ''}")
