"""A system outside: a real server on this machine that answers as each test wants, and remembers what it was sent."""

import json
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Asked:
    method: str
    path: str
    headers: dict
    body: bytes


@dataclass
class Neighbour:
    """What the server does with its next requests."""

    port: int = 0
    status: int = 200
    answer: object = field(default_factory=dict)  # JSON, or bytes as they are
    headers: dict = field(default_factory=dict)
    wait: float = 0.0  # seconds before the answer
    drip: float = 0.0  # seconds between two bytes of the body
    drop: bool = False  # close when the request has been read
    asked: list = field(default_factory=list)
    open: threading.Event = field(default_factory=threading.Event)  # answers go out while it is set

    def url(self, path="/"):
        return f"http://localhost:{self.port}{path}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def reply(self):
        ours = self.server.neighbour
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        ours.asked.append(Asked(self.command, self.path, dict(self.headers), body))
        ours.open.wait(20)
        time.sleep(ours.wait)
        if ours.drop:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        said = ours.answer if isinstance(ours.answer, bytes) else json.dumps(ours.answer).encode()
        self.send_response(ours.status)
        headers = {"Content-Length": str(len(said)), **ours.headers}
        for name, value in headers.items():
            if value is not None:
                self.send_header(name, value)
        self.end_headers()
        try:
            self.send(said, ours.drip)
        except OSError:
            self.close_connection = True

    def send(self, said, drip):
        for start in range(0, len(said), 1 if drip else len(said) or 1):
            self.wfile.write(said[start : start + (1 if drip else len(said))])
            self.wfile.flush()
            time.sleep(drip)

    do_GET = do_POST = reply  # noqa: N815 - as the server calls them

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    neighbour: Neighbour

    def handle_error(self, request, client_address):
        """Whoever asked has gone: that is what some tests are about."""


@contextmanager
def next_door():
    server = Server(("127.0.0.1", 0), Handler)
    server.neighbour = Neighbour(port=server.server_port)
    server.neighbour.open.set()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.neighbour
    finally:
        server.neighbour.open.set()
        server.shutdown()
        server.server_close()
        thread.join()
