"""How gunicorn runs the page workers; the address comes on its command line.

One worker: the phone page's calls live in its memory. Threads, since a page mostly waits for the database.
"""

from __future__ import annotations

import signal

from ivr.processes import die_with_parent

wsgi_app = "console.wsgi:app"
worker_class = "gthread"
threads = 16
timeout = 60
graceful_timeout = 15
limit_request_line = 4094
control_socket_disable = True
errorlog = "-"
loglevel = "warning"


def post_fork(_server: object, _worker: object) -> None:
    """Take a worker along when its master is killed."""
    die_with_parent(signal.SIGTERM)
