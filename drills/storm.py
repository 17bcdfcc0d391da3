"""Senders that are killed and try again, against a service whose database dies under them.

Every item has a key; most are sent about twelve times in batches that overlap, some are corrected,
and some are sent by one sender only until they are answered, so that one of these lost after its
answer would be missed in the end.
"""

import json
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException
from typing import Any

TIMES = 12
SEGMENTS = ("normal", "gold")
GATES = ("gate-1", "gate-2", "gate-3", "gate-4")
PATIENCE = 90.0  # seconds until a sender gives up

Item = dict[str, Any]


@dataclass
class Plan:
    """What is sent, and what must be left of it: key -> its last content."""

    batches: list[list[Item]]
    last: dict[tuple[str, str], Item]
    sent: int


def plan(size: int, *, seed: int, now: datetime) -> Plan:
    """`size` keys, a fifth of them corrected upwards by a later revision."""
    chance = random.Random(seed)
    items, last = [], {}
    for place in range(size):
        item = _item(chance, place, now)
        items.append(item)
        if place % 5 == 0:
            item = {**item, "revision": 1, "value": item["value"] + chance.randint(0, 1)}
            items.append(item)
        last[item["external_id"], item["metric"]] = item
    alone = [_item(chance, size + place, now) for place in range(size // 5)]
    last |= {(item["external_id"], item["metric"]): item for item in alone}
    many = [item for item in items for _ in range(TIMES)]
    chance.shuffle(many)
    batches = list(_cut(chance, many, alone))
    return Plan(batches, last, len(many) + len(alone))


def _item(chance: random.Random, place: int, now: datetime) -> Item:
    metric = chance.choice(["wait", "csat", "cancelled"])
    value = {"wait": chance.randint(0, 80), "csat": chance.randint(1, 4), "cancelled": 1}[metric]
    item = {
        "occurred_at": (now - timedelta(seconds=chance.randint(0, 3000))).isoformat(),
        "touchpoint": chance.choice(GATES),
        "segment": chance.choice(SEGMENTS),
        "metric": metric,
        "value": value,
        "external_id": f"r{place}",
    }
    return item | ({"exposure": chance.randint(5, 30)} if metric == "cancelled" else {})


def _cut(chance: random.Random, many: list[Item], alone: list[Item]) -> Iterator[list[Item]]:
    while many:
        size = chance.choice([1, 10, 60, 150])
        batch, many = many[:size], many[size:]
        batch += [alone.pop() for _ in range(min(len(alone), 1 + size // 10))]
        chance.shuffle(batch)
        yield batch
    if alone:
        yield alone


@dataclass
class Storm:
    """Many senders at once; what they were answered."""

    port: int
    key: str
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def blow(self, batches: list[list[Item]], senders: int) -> list[threading.Thread]:
        threads = [
            threading.Thread(target=self._sender, args=(batches[place::senders], place))
            for place in range(senders)
        ]
        for thread in threads:
            thread.start()
        return threads

    def _sender(self, batches: list[list[Item]], seed: int) -> None:
        chance, end = random.Random(seed), time.monotonic() + PATIENCE
        for number, batch in enumerate(batches):
            body = json.dumps(batch).encode()
            once = f"{seed}-{number}" if chance.random() < 0.3 else ""
            while not self._sent(body, once, chance) and time.monotonic() < end:
                time.sleep(0.05 + chance.random() / 10)
        if time.monotonic() >= end:
            self.note("given up", "a sender lost its patience")

    def _sent(self, body: bytes, once: str, chance: random.Random) -> bool:
        """One try; whether it was answered that everything is stored."""
        fate = chance.random()
        if fate < 0.15:
            self._die(body, once, read=fate < 0.05)
            return False
        try:
            status = self.post(body, once)
        except (OSError, HTTPException) as error:
            self.note(type(error).__name__, f"broken off: {error}")
            return False
        return status == 200

    def post(self, body: bytes, once: str = "") -> int:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as http:
            http.request("POST", "/api/v1/observations/", body, self._headers(once))
            answer = http.getresponse()
            said = answer.read()
        self._judge(answer.status, answer.headers, said)
        return answer.status

    def _die(self, body: bytes, once: str, *, read: bool) -> None:
        """Send, then vanish: before the answer, or with half of it read."""
        head = "".join(f"{name}: {text}\r\n" for name, text in self._headers(once).items())
        head = f"POST /api/v1/observations/ HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}"
        with closing(socket.create_connection(("127.0.0.1", self.port), timeout=60)) as wire:
            wire.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            if read:
                wire.recv(20)
        self.note("killed")

    def _headers(self, once: str) -> dict[str, str]:
        kind = {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"}
        return kind | ({"Idempotency-Key": once} if once else {})

    def _judge(self, status: int, headers: Any, said: bytes) -> None:
        """200; 503 and 409 (in flight) only as problems that say when to come again."""
        problem = headers.get("Content-Type") == "application/problem+json"
        fine = problem and status in (409, 503) and headers.get("Retry-After")
        if status == 200:
            fine = json.loads(said)["rejected"] == 0
        self.note(str(status), "" if fine else f"{status}: {said[:200]!r}")

    def note(self, answer: str, wrong: str = "") -> None:
        with self._lock:
            self.answers[answer] += 1
            if wrong:
                self.wrong.append(wrong)
