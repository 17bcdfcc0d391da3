"""The broker is emptied three times and then stopped for a minute, while answers come in."""

import json
import threading
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from bench.figures import percentile
from drills.common import judge_common
from drills.outcome import Outcome, Stages
from drills.receiver import Receiver
from drills.scene import ENGINE, WORKER, Scene, Servers
from drills.tasks import company, grow_older, key_of, leases_run_out, open_tasks, pushes_of

DOWN = 60.0  # seconds; sizes below the usual one shorten it
SENDERS, PLACES, EACH = 4, 40, 10
USUAL = 500
SLOWEST = 1.0  # seconds, of 95 % of the answers

STORED = "SELECT count(*), count(DISTINCT digest) FROM cx_loop_observation"
BROKEN = "SELECT count(DISTINCT touchpoint_id), count(*) FROM tasks_task WHERE touchpoint_id > 0"


class Load:
    """Senders that post ten values at a time, each with a key of its own."""

    def __init__(self, port: int, key: str) -> None:
        self.port, self.key = port, key
        self.answers: Counter[int] = Counter()
        self.accepted = 0
        self.times: list[tuple[float, float]] = []  # (when it was sent, how long it took)
        self.ended = threading.Event()
        self.lock = threading.Lock()
        self.threads = [
            threading.Thread(target=self._send, args=(place,)) for place in range(SENDERS)
        ]

    def __enter__(self) -> "Load":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.ended.set()
        for thread in self.threads:
            thread.join()

    def post(self, items: list[dict[str, object]]) -> tuple[int, int]:
        """The status, and how many items were accepted; 0 for no answer at all."""
        said = {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"}
        try:
            with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as http:
                http.request("POST", "/api/v1/observations/", json.dumps(items), said)
                answer = http.getresponse()
                body = answer.read()
        except (OSError, HTTPException):
            return 0, 0
        return answer.status, json.loads(body)["accepted"] if answer.status == 200 else 0

    def _send(self, place: int) -> None:
        batch = 0
        while not self.ended.is_set():
            began, batch = time.monotonic(), batch + 1
            status, accepted = self.post(items_of(f"{place}-{batch}", batch * SENDERS + place))
            with self.lock:
                self.answers[status] += 1
                self.accepted += accepted
                self.times.append((began, time.monotonic() - began))
            self.ended.wait(0.1)


def items_of(name: str, start: int) -> list[dict[str, object]]:
    at = datetime.now(UTC).isoformat()
    return [
        {
            "occurred_at": at,
            "touchpoint": f"gate-{(start + n) % PLACES}",
            "metric": "wait",
            "value": 40,
            "external_id": f"{name}-{n}",
        }
        for n in range(EACH)
    ]


def run(those: Servers, folder: Path, size: int = USUAL) -> Outcome:
    found = Outcome("broker-loss", expected=size)
    receiver = Receiver()
    stages = Stages()
    with Scene(those, folder, "broker", web=True, CX_EMAIL_URL=receiver.url) as scene, receiver:
        stages.end("tables")
        company(scene, **_airport())
        open_tasks(scene, size, ago="5 minutes")
        load = Load(scene.port, key_of(scene))
        scene.start(ENGINE, WORKER, scene.beat())
        scene.wait_until(lambda: load.post(items_of("first", 0))[0] == 200, 60, "the web server")
        load.accepted = EACH
        stages.end("company and web")
        with load:
            _suffer(scene, load, found, min(DOWN, DOWN * size / USUAL))
        stages.end("under load")
        scene.kill_all()
        leases_run_out(scene)
        scene.run(*ENGINE, "--once")
        stages.end("what was left")
        _judge(scene, receiver, load, found)
    found.facts["seconds of"] = stages.lengths
    return found


def _suffer(scene: Scene, load: Load, found: Outcome, seconds: float) -> None:
    for _ in range(3):
        time.sleep(1)
        scene.empty_the_broker()
    scene.broker.stop()
    down = time.monotonic()
    try:
        # the leads are due now, while no message can be queued
        grow_older(scene, "5 hours", where="t.touchpoint_id IS NULL")
        scene.wait_until(lambda: pushes_of(scene)[0] >= found.expected, 60, "the escalations")
        time.sleep(max(0.0, seconds - (time.monotonic() - down)))
    finally:
        scene.broker.start()
        scene.broker.wait()
    up = time.monotonic()
    took = [length for began, length in load.times if down <= began <= up]
    found.facts["answers while down"] = len(took)
    found.within(percentile(took or [99.0], 0.95), SLOWEST, "intake p95 while down, s")
    time.sleep(2)


def _judge(scene: Scene, receiver: Receiver, load: Load, found: Outcome) -> None:
    found.recorded, found.distinct = pushes_of(scene)
    found.delivered = len(receiver.sent)
    found.facts["answers"] = {str(status): n for status, n in load.answers.items()}
    found.equal("escalations recorded", found.recorded, found.expected)
    found.equal("escalations distinct", found.distinct, found.expected)
    found.equal("kinds of answers", set(load.answers), {200})
    found.equal("observations stored", scene.rows(STORED)[0], (load.accepted, load.accepted))
    found.equal("places with a task, and tasks", scene.rows(BROKEN)[0], (PLACES, PLACES))
    pending = scene.one("SELECT count(*) FROM cx_loop_message WHERE state <> 'sent'")
    found.equal("messages not sent", pending, 0)
    found.equal(
        "messages delivered", found.delivered, scene.one("SELECT count(*) FROM cx_loop_message")
    )
    judge_common(found, scene, receiver)


def _airport() -> dict[str, Any]:
    gates = [{"key": f"gate-{n}", "name": f"Gate {n}", "owner": "ground"} for n in range(PLACES)]
    stage = {"key": "departure", "name": "Departure", "touchpoints": gates}
    rule = {"key": "wait", "metric": "wait", "touchpoints": "all", "aggregate": "mean"}
    return {
        "metrics": [{"key": "wait", "kind": "duration", "unit": "min"}],
        "journeys": [{"key": "flight", "name": "Flight", "stages": [stage]}],
        "rules": [{**rule, "window": "1d", "min_samples": 3, "warning": {"above": 30}}],
    }
