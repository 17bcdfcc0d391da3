"""`bench loop`: from the POST of the value that breaks a rule to the row of its task."""

import json
import time
from collections.abc import Callable
from typing import Any

from django.db import connection

from alerts.actions.evaluate import drain_all
from bench import company
from bench.client import Connection, Plan, Sender
from bench.figures import Figure, median_of, percentile
from bench.web import Web, web
from cx_loop import clock
from cx_loop.models import DirtyMark

INTAKE = "/api/v1/observations/"
IDLE, IN_BURST = 200, 100  # probes
BURST, CONNECTIONS = 1_000, 4
PATIENCE = 30.0  # seconds for one task
# who asks again and again takes the time of the two cores from who answers
_TELL = """
CREATE FUNCTION bench_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('bench_task', ''); RETURN NEW; END $$;
CREATE TRIGGER bench_tell AFTER INSERT ON tasks_task FOR EACH ROW EXECUTE FUNCTION bench_tell()
"""
_TASK = """
SELECT EXISTS (SELECT FROM tasks_task AS task JOIN cx_loop_touchpoint AS place
               ON place.id = task.touchpoint_id WHERE place.key = %s)
"""


class Probes:
    """Places where nothing happened yet; a high value at one of them raises its own task."""

    def __init__(self, service: Web, key: str) -> None:
        self._service, self._key = service, key
        self._http = Connection(self.plan("probe", 0))
        self._next = 0

    def plan(self, run: str, requests: int, metric: str = "load") -> Plan:
        now = clock.now().isoformat()
        where = (self._service.port, INTAKE, self._key)
        return Plan(*where, run, now, requests, connections=CONNECTIONS, metric=metric)

    def warm(self, count: int) -> None:
        """Each place has had a good value, as in a service that runs; two go through the loop."""
        now = clock.now().isoformat()
        items = [_item(place, 5, now) for place in range(count + 2)]
        self._http.post(json.dumps(items).encode())
        # more series than a request evaluates beside its answer, and no worker runs here
        drain_all(now=clock.now())
        for _ in range(2):
            self.probe()

    def probe(self) -> float:
        """Seconds from the first byte of the request until another connection sees the task."""
        place, self._next = self._next, self._next + 1
        body = json.dumps(_item(place, 10, clock.now().isoformat())).encode()
        began = time.perf_counter()
        self._http.post(body)
        while not _there(f"probe-{place}"):
            if time.perf_counter() - began > PATIENCE:
                raise RuntimeError(f"no task for probe-{place} after {PATIENCE:g} s")
            _wait_for_a_task()
        return time.perf_counter() - began


def measure(say: Callable[[str], None], *, quick: bool = False) -> list[Figure]:
    idle, in_burst, burst = (3, 2, 40) if quick else (IDLE, IN_BURST, BURST)
    company.configure(places=idle + in_burst + 3)
    _tell_of_tasks()
    with web(workers=1) as service:
        probes = Probes(service, company.key())
        probes.warm(idle + in_burst + 1)
        Sender(probes.plan("warm", 300)).send()
        company.settle()
        say(f"loop: {idle} probes, idle")
        calm = [_spaced(probes.probe, 0.01) for _ in range(idle)]
        say(f"loop: {in_burst} probes during {burst} POSTs")
        busy, lag, seconds = _during_burst(probes, in_burst, burst)
    return [
        _latency("POST to task, idle: p50", calm, 0.5, must=10, stretch=4),
        _latency("POST to task, idle: p99", calm, 0.99, must=40, stretch=15),
        _latency("POST to task, burst: p50", busy, 0.5),
        _latency("POST to task, burst: p99", busy, 0.99, must=250, stretch=60),
        Figure("evaluation lag after the burst", lag, "s", must=0.5, stretch=0.1),
        Figure("burst: rate", burst / seconds, "obs/s"),
        Figure("burst: probes in it", float(len(busy)), "count"),
    ]


def _during_burst(probes: Probes, most: int, burst: int) -> tuple[list[float], float, float]:
    """Latencies of probes sent while the burst lasts, the lag after it, and how long it took."""
    sender = Sender(probes.plan("burst", burst))
    sender.start()
    began = time.perf_counter()
    busy = [probes.probe()]
    while len(busy) < most and not sender.is_done():
        busy.append(probes.probe())
    sent = sender.finish()
    over = time.perf_counter()
    while DirtyMark.objects.exists():
        if time.perf_counter() - over > PATIENCE:
            raise RuntimeError(f"marks are left {PATIENCE:g} s after the burst")
        time.sleep(0.002)
    return busy, time.perf_counter() - max(over, began + sent.seconds), sent.seconds


def _spaced(probe: Callable[[], float], pause: float) -> float:
    time.sleep(pause)
    return probe()


def _tell_of_tasks() -> None:
    """Each commit of a task is told to whoever listens, as here from now on."""
    with connection.cursor() as cursor:
        cursor.execute(_TELL)
        cursor.execute("LISTEN bench_task")


def _wait_for_a_task() -> None:
    """Until one was told of since it was asked last; a little longer at the most."""
    for _ in connection.connection.notifies(timeout=0.1, stop_after=1):
        return


def _there(touchpoint: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_TASK, [touchpoint])
        return bool(cursor.fetchone()[0])


def _item(place: int, value: int, at: str) -> dict[str, Any]:
    item = {"occurred_at": at, "touchpoint": f"probe-{place}", "metric": "probe", "value": value}
    return {**item, "segment": "gold", "external_id": f"probe-{place}-{value}"}


def _latency(
    name: str,
    took: list[float],
    share: float,
    must: float | None = None,
    stretch: float | None = None,
) -> Figure:
    value = percentile(took, share) * 1e3
    found = median_of(name, [each * 1e3 for each in took], "ms")
    return Figure(name, value, "ms", must, stretch, spread=found.spread)
