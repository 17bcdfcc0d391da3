"""A sender in a process of its own: `python -m bench.client`, told what to do on standard input.

It makes its bodies, says it is ready, waits for a line, sends over connections it keeps, and
prints how long each request took. `Sender` is the other end.
"""

import json
import select
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from http.client import HTTPConnection
from typing import Any

from bench.bodies import bodies
from config import processes
from config.launch import ROOT


@dataclass(frozen=True, slots=True)
class Plan:
    port: int
    path: str
    key: str
    run: str
    now: str  # ISO 8601
    requests: int
    batch: int = 1
    connections: int = 1
    metric: str = "score"


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of it. `took` is in seconds, one a request."""

    seconds: float
    took: list[float]


class Sender:
    """Made ready before anything is measured, then let go."""

    def __init__(self, plan: Plan) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.client"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )
        self._requests = plan.requests
        self._tell(json.dumps(asdict(plan)))
        self._hear()

    def start(self) -> None:
        self._tell("go")

    def finish(self) -> Sent:
        """Wait for the end. Raises RuntimeError when an answer was not 200."""
        said = json.loads(self._hear())
        self._process.communicate()
        if said["statuses"] != {"200": self._requests}:
            raise RuntimeError(f"{self._requests} requests, answers: {said['statuses']}")
        return Sent(said["seconds"], said["took"])

    def is_done(self) -> bool:
        """Whether it has sent everything; asks without waiting."""
        assert self._process.stdout is not None
        return bool(select.select([self._process.stdout.fileno()], [], [], 0)[0])

    def send(self) -> Sent:
        self.start()
        return self.finish()

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _hear(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the sender ended before it had answered")
        return line


def main() -> None:
    processes.die_with_parent()
    plan = Plan(**json.loads(sys.stdin.readline()))
    now = datetime.fromisoformat(plan.now)
    waiting = bodies(plan.requests, plan.batch, run=plan.run, now=now, metric=plan.metric)
    connections = [Connection(plan) for _ in range(plan.connections)]
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.perf_counter()
    threads = [
        threading.Thread(target=connection.send, args=(waiting[place :: plan.connections],))
        for place, connection in enumerate(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    statuses = Counter(status for connection in connections for status in connection.statuses)
    took = [each for connection in connections for each in connection.took]
    print(json.dumps({"seconds": seconds, "took": took, "statuses": statuses}), flush=True)


class Connection:
    """One connection that is kept, and what it met."""

    def __init__(self, plan: Plan) -> None:
        self._http = HTTPConnection("127.0.0.1", plan.port, timeout=60)
        self._path = plan.path
        self._headers = {
            "Authorization": f"Bearer {plan.key}",
            "Content-Type": "application/json",
        }
        self.took: list[float] = []
        self.statuses: list[int] = []

    def send(self, waiting: list[bytes]) -> None:
        for body in waiting:
            self.post(body)

    def post(self, body: bytes) -> dict[str, Any]:
        began = time.perf_counter()
        self._http.request("POST", self._path, body, self._headers)
        answer = self._http.getresponse()
        said: bytes = answer.read()
        self.took.append(time.perf_counter() - began)
        self.statuses.append(answer.status)
        found: dict[str, Any] = json.loads(said) if answer.status == 200 else {}
        return found


if __name__ == "__main__":
    main()
