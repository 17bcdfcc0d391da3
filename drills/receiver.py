"""A mail server that counts what it was given, and can be as unpleasant as real ones are."""

import email
import socketserver
import threading
import time
from collections import Counter, defaultdict

HANGS, REFUSES = "hang", "refuse"  # what an address that begins so makes the server do


class Receiver:
    """`sent` counts each message by the key it carries; `names` are the Message-IDs a key had.

    Mail to `hang…@` is never answered, mail to `refuse…@` is refused for good (550).
    """

    def __init__(self) -> None:
        self.sent: Counter[str] = Counter()
        self.names: dict[str, set[str]] = defaultdict(set)
        self.first_at: dict[str, float] = {}
        self.lock = threading.Lock()
        self.server = _Server(("127.0.0.1", 0), _Mail)
        self.server.receiver = self
        self.port = int(self.server.server_address[1])
        self.ended = threading.Event()

    def __enter__(self) -> "Receiver":
        threading.Thread(target=self.server.serve_forever, args=(0.1,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def duplicates(self) -> int:
        return sum(self.sent.values()) - len(self.sent)

    def take(self, text: bytes) -> None:
        mail = email.message_from_bytes(text)
        key = "".join(str(mail["X-Entity-Ref-ID"]).split())
        with self.lock:
            self.sent[key] += 1
            self.names[key].add(str(mail["Message-ID"]))
            self.first_at.setdefault(key, time.time())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads, request_queue_size = True, True, 100
    receiver: Receiver

    def handle_error(self, request: object, client_address: object) -> None:
        """A sender that is killed in the middle is what drills are for."""


class _Mail(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.say("220 drill")
        for line in self.rfile:
            words = line.decode("latin-1").strip().upper()
            if words.startswith("RCPT TO:<HANG"):
                self.server.receiver.ended.wait(300)
                return
            if words.startswith("RCPT TO:<REFUSE"):
                self.say("550 nobody of that name")
            elif words == "DATA":
                self.say("354 go on")
                self.server.receiver.take(self.body())
                self.say("250 taken")
            elif words == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def body(self) -> bytes:
        lines: list[bytes] = []
        for line in self.rfile:
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line[1:] if line.startswith(b"..") else line)
        raise ConnectionError("the sender is gone")  # a mail that was cut off was not delivered
