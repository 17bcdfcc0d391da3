"""Endpoints as unpleasant as real ones are, by the path they are asked for."""

import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GIGABYTE = 2**30
ASKED_WAIT = 300  # seconds, what the busy one asks for
STATUS = {"/broken": 500, "/busy": 429, "/away": 302, "/endless": 200, "/gone": 410, "/fine": 204}


class Hooks:
    """`asked` counts requests by path, `trapped` those at the place a redirect leads to.

    `most_read` is how many bytes of the endless body were taken from us at once, at most.
    """

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.ids: set[tuple[str, str]] = set()
        self.trapped = self.most_read = 0
        self.lock = threading.Lock()
        self.server = _Server(("127.0.0.1", 0), _Hook)
        self.trap = _Server(("127.0.0.1", 0), _Trap)
        self.server.hooks = self.trap.hooks = self

    def __enter__(self) -> "Hooks":
        for server in (self.server, self.trap):
            threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        for server in (self.server, self.trap):
            server.shutdown()
            server.server_close()

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}{path}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    hooks: Hooks

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever hangs up in the middle is what drills are for."""


class _Hook(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        hooks = self.server.hooks
        self.rfile.read(int(self.headers["Content-Length"]))
        with hooks.lock:
            hooks.asked[self.path] += 1
            hooks.ids.add((self.path, self.headers["webhook-id"]))
        self.send_response(STATUS[self.path])
        if self.path == "/busy":
            self.send_header("Retry-After", str(ASKED_WAIT))
        if self.path == "/away":
            host, port = self.server.hooks.trap.server_address[:2]
            self.send_header("Location", f"http://{host!s}:{port}/")
        self.send_header("Content-Length", str(GIGABYTE if self.path == "/endless" else 0))
        self.end_headers()
        if self.path == "/endless":
            self._pour()

    def _pour(self) -> None:
        sent, part = 0, b"x" * 65_536
        try:
            while sent < GIGABYTE:
                self.wfile.write(part)
                sent += len(part)
        except OSError:
            self.close_connection = True
        with self.server.hooks.lock:
            self.server.hooks.most_read = max(self.server.hooks.most_read, sent)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: what was asked is counted."""


class _Trap(_Hook):
    def do_GET(self) -> None:
        self.server.hooks.trapped += 1
        self.send_error(404)

    do_POST = do_GET
