"""A survey tool gone wild: every response of a day delivered, a third of it again, edited or as it
was, in any order, while the worker that maps dies: each is counted once, with its last content."""

import json
import random
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from bench.figures import percentile
from drills.intake_storm import company
from drills.outcome import Outcome
from drills.scene import ENGINE, WORKER, Scene, Servers
from drills.storm import GATES

SENDERS = 8
SEED = 4177
AGAIN = 0.3  # of all deliveries: half of these edits, half repetitions
PATIENCE = 240.0  # seconds for everything to be mapped
SCORE = {
    "field": "qnps",
    "metric": "csat",
    "scale": [1, 5],
    "direction": "higher_is_better",
}
COUNTED = "SELECT value FROM cx_loop_observation ORDER BY value"
ROLLED_UP = """
SELECT coalesce(sum(n), 0)::int, coalesce(sum(total), 0)::float8 FROM cx_loop_rollup WHERE grain = 5
"""
LEFT = "SELECT count(*) FROM cx_loop_delivery WHERE state = 'received'"
STATES = "SELECT state, reason, count(*) FROM cx_loop_delivery GROUP BY 1, 2 ORDER BY 1, 2"


@dataclass(frozen=True)
class Plan:
    bodies: list[bytes]
    last: dict[str, int]  # response -> its last score


def plan(size: int, *, seed: int, now: datetime) -> Plan:
    """So many deliveries; edits carry a later moment, whatever order they come in."""
    chance = random.Random(seed)
    names = [f"r{place}" for place in range(round(size * (1 - AGAIN)))]
    told = {name: [_score(chance)] for name in names}
    sent = [(name, 0) for name in names]
    while len(sent) < size:
        name = chance.choice(names)
        if chance.random() < 0.5:
            told[name].append(_score(chance))
        sent.append((name, len(told[name]) - 1))
    chance.shuffle(sent)
    bodies = [_body(name, version, told[name][version], now) for name, version in sent]
    return Plan(bodies, {name: scores[-1] for name, scores in told.items()})


def run(those: Servers, folder: Path, size: int = 10_000) -> Outcome:
    found = Outcome("hook-storm")
    sent = plan(size, seed=SEED, now=datetime.now(UTC))
    found.expected = len(sent.last)
    with Scene(those, folder, "hook-storm") as scene:
        tool = _connected(scene)
        began = time.monotonic()
        senders = tool.deliver(sent.bodies)
        _kill_the_worker(scene, senders)
        took = time.monotonic() - began
        _wait_for_the_mapping(scene)
        mapped = time.monotonic() - began
        values = [row[0] for row in scene.rows(COUNTED)]
        found.recorded, found.delivered = len(values), tool.answers[200]
        found.distinct = scene.one("SELECT count(*) FROM cx_loop_surveyresponse")
        # how often each score, not seven thousand of them
        found.equal("content", Counter(values), Counter(map(float, sent.last.values())))
        found.equal("rollups", scene.rows(ROLLED_UP)[0], (len(sent.last), sum(values)))
        found.equal("answers", set(tool.answers), {200})
        found.equal("deadlocks", scene.deadlocks(), 0)
        found.kills = scene.kills
        scene.kill_all()
        found.facts |= {
            "deliveries": scene.one("SELECT count(*) FROM cx_loop_delivery"),
            "states": [list(row) for row in scene.rows(STATES)],
            "deliveries a second": round(len(sent.bodies) / took),
            "mapped a second": round(len(sent.bodies) / mapped),
            "answer p50, ms": round(percentile(tool.took, 0.5) * 1e3, 1),
            "answer p95, ms": round(percentile(tool.took, 0.95) * 1e3, 1),
        }
    return found


def _score(chance: random.Random) -> int:
    return chance.randint(1, 5)


def _body(name: str, version: int, score: int, now: datetime) -> bytes:
    began = now - timedelta(hours=2)
    data = {
        "id": name,
        "surveyId": "flight",
        "createdAt": began.isoformat(),
        "updatedAt": (began + timedelta(seconds=version)).isoformat(),
        "finished": True,
        "data": {"qnps": score},
    }
    return json.dumps({"event": "responseUpdated", "data": data}).encode()


@dataclass
class Tool:
    """Delivers over connections it keeps, as a survey tool does."""

    port: int
    path: str
    answers: Counter[int] = field(default_factory=Counter)
    took: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def deliver(self, bodies: list[bytes]) -> list[threading.Thread]:
        threads = [
            threading.Thread(target=self._send, args=(bodies[place::SENDERS],))
            for place in range(SENDERS)
        ]
        for thread in threads:
            thread.start()
        return threads

    def _send(self, bodies: list[bytes]) -> None:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as http:
            for body in bodies:
                began = time.perf_counter()
                http.request("POST", self.path, body, {"Content-Type": "application/json"})
                answer = http.getresponse()
                answer.read()
                with self._lock:
                    self.took.append(time.perf_counter() - began)
                    self.answers[answer.status] += 1


def _connected(scene: Scene) -> Tool:
    """The company, the address of its tool, and the processes as production has them."""
    said = json.loads(company([]))
    mapping = [{**SCORE, "touchpoint": GATES[0]}]
    said["sources"] = [{"key": "storm", "tool": "formbricks", "mapping": mapping}]
    path = scene.folder / "company.yaml"
    path.write_text(json.dumps(said), "utf-8")
    scene.run("manage.py", "configure", str(path))
    tool = Tool(scene.port, _address(scene))
    scene.start_web()
    scene.start(WORKER, ENGINE)
    scene.wait_until(lambda: _answers(tool), 60, "the web server")
    return tool


def _address(scene: Scene) -> str:
    marked = len(scene.complaints())
    scene.run("manage.py", "hook_url", "storm")
    words = scene.complaints()[marked:].split()
    return urlsplit(next(word for word in words if "/hooks/" in word)).path


def _answers(tool: Tool) -> bool:
    try:
        with closing(HTTPConnection("127.0.0.1", tool.port, timeout=5)) as http:
            http.request("HEAD", tool.path)
            return http.getresponse().status == 200
    except (OSError, HTTPException):
        return False


def _kill_the_worker(scene: Scene, senders: list[threading.Thread]) -> None:
    """Again and again while deliveries come; another takes its place."""
    while any(sender.is_alive() for sender in senders):
        time.sleep(0.7)
        for pid in list(scene.at_work):
            scene.start(scene.kill(pid))
    for sender in senders:
        sender.join()


def _wait_for_the_mapping(scene: Scene) -> None:
    scene.wait_until(lambda: scene.one(LEFT) == 0, PATIENCE, "the mapping of what came")
    # what the last killed one had begun is rolled back before anything is read
    time.sleep(0.5)
