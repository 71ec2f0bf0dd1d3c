"""How gunicorn runs the page workers; the address comes on its command line.

One worker: the phone page's calls live in its memory. Threads, since a page mostly waits for the database; beside those
of the pages one for each desk that may be kept up to date by a stream.
"""

from __future__ import annotations

from typing import Any

import structlog

from ivr.logs import configure_logs
from ivr.processes.parent import follow, tell_ready
from ivr.processes.patience import PatientWorker
from ivr.settings import read_settings

PAGES = 16  # threads that answer pages, however many streams are open


class PageWorker(PatientWorker):
    """Gives a recording or a file of a menu more time to come."""

    patience = 60.0


wsgi_app = "console.wsgi:app"
worker_class = PageWorker
threads = PAGES + read_settings().desk_streams
timeout = 60
graceful_timeout = 15
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190  # cookies of other pages of this host come along
forwarder_headers = ""  # no header tells us the path: SCRIPT_NAME and PATH_INFO would
control_socket_disable = True
errorlog = "-"
loglevel = "warning"

configure_logs()
log = structlog.get_logger()


def post_fork(_server: object, _worker: object) -> None:
    """Take a worker along when its master is killed."""
    follow()


def child_exit(server: Any, worker: Any) -> None:
    """Say that a worker has ended, where nobody has told it to; another one is started."""
    if server.LISTENERS:  # closed when all of it is to stop
        log.warning("worker_gone", group="pages", worker=worker.pid)


def post_worker_init(worker: Any) -> None:
    """Let the streams end when the worker is told to stop, nobody is to wait for them; and say that it answers."""
    worker.wsgi.extensions["streams"].going = lambda: bool(worker.alive)
    tell_ready()
