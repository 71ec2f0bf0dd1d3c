"""How gunicorn runs the page workers; the address comes on its command line.

One worker: the phone page's calls live in its memory. Threads, since a page mostly waits for the database; beside those
of the pages one for each desk that may be kept up to date by a stream.
"""

from __future__ import annotations

import signal
from typing import Any

from ivr.processes import die_with_parent
from ivr.settings import read_settings

PAGES = 16  # threads that answer pages, however many streams are open

wsgi_app = "console.wsgi:app"
worker_class = "gthread"
threads = PAGES + read_settings().desk_streams
timeout = 60
graceful_timeout = 15
limit_request_line = 4094
control_socket_disable = True
errorlog = "-"
loglevel = "warning"


def post_fork(_server: object, _worker: object) -> None:
    """Take a worker along when its master is killed."""
    die_with_parent(signal.SIGTERM)


def post_worker_init(worker: Any) -> None:
    """Let the streams end when the worker is told to stop: nobody is to wait for them."""
    worker.wsgi.extensions["streams"].going = lambda: bool(worker.alive)
