"""How gunicorn runs the voice workers; address and number of workers come on its command line.

Threads, since a key press mostly waits for the disk; no control socket, since a second instance would take it over;
small limits, since the carrier's requests are small and a thread that reads a large one serves nobody.
"""

from __future__ import annotations

from typing import Any

import structlog

from ivr.logs import configure_logs
from ivr.processes.parent import follow, tell_ready

wsgi_app = "webhooks.wsgi:app"  # imported by each worker after its fork: no connection is ever shared
worker_class = "ivr.processes.patience.PatientWorker"  # 10 s for all of a request
threads = 16
backlog = 2048
keepalive = 75  # seconds; the carrier and the proxy in front keep their connections
timeout = 30
graceful_timeout = 15  # the longest that the carrier waits for an answer
limit_request_line = 4094  # a token has at most 1,200 characters; a pretended call brings its facts along
limit_request_fields = 64
limit_request_field_size = 4096
forwarder_headers = ""  # no header tells us the path: SCRIPT_NAME and PATH_INFO would
control_socket_disable = True
errorlog = "-"
loglevel = "warning"

configure_logs()
log = structlog.get_logger()


def post_fork(_server: object, _worker: object) -> None:
    """Take a worker along when its master is killed."""
    follow()


def post_worker_init(_worker: object) -> None:
    """Say that this worker answers."""
    tell_ready()


def child_exit(server: Any, worker: Any) -> None:
    """Say that a worker has ended, where nobody has told it to; another one is started."""
    if server.LISTENERS:  # closed when all of it is to stop
        log.warning("worker_gone", group="voice", worker=worker.pid)
