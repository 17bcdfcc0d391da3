"""`bench ingest`: what an observation costs over real HTTP, beside COPY, a view that does nothing,
and intake as it is usually written."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection

from alerts.actions.evaluate import drain_all
from bench import company
from bench.client import Plan, Sender
from bench.figures import Figure, median_of, percentile, ratio_of
from bench.limit import copy_cost, make_tables
from bench.models import Conventional
from bench.web import Web, web
from cx_loop import clock
from cx_loop.models import DirtyMark

INTAKE = "/api/v1/observations/"
NULL, CONVENTIONAL, LOOKED_UP = "/bench/null/", "/bench/conventional/", "/bench/looked-up/"
CONNECTIONS = 4
# observations of one measurement: a second of work each, so that clock ticks (10 ms) do not matter
COUNTS = {1: 2_000, 10: 4_000, 100: 30_000, 1000: 60_000, 5000: 60_000}
REPETITIONS = 3


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one observation: microseconds of processor time and of the clock."""

    cpu: float
    app: float
    database: float
    clock: float
    p50: float  # of a request, seconds
    p99: float


@dataclass
class Bench:
    """One installation; `share` of the usual counts is sent, `say` hears what goes on."""

    share: float
    say: Callable[[str], None]
    key: str = field(default_factory=company.key)
    runs: int = 0

    def cost(self, service: Web, path: str, batch: int, count: int) -> Cost:
        requests = max(CONNECTIONS, int(count * self.share) // batch)
        plan = self._plan(service, path, requests, batch)
        sender = Sender(plan)
        before = service.cpu()
        sent = sender.send()
        if batch == 1:
            _wait_until_evaluated()
        used = {name: cpu - before[name] for name, cpu in service.cpu().items()}
        self._evaluate()
        each = requests * batch
        return Cost(
            cpu=sum(used.values()) / each,
            app=used["app"] / each,
            database=used["database"] / each,
            clock=sent.seconds * 1e6 / each,
            p50=percentile(sent.took, 0.5),
            p99=percentile(sent.took, 0.99),
        )

    def limit(self) -> float:
        batches = max(2, int(COUNTS[1000] * self.share) // 1000)
        self.runs += 1
        return copy_cost(batches, 1000, run=f"copy-{self.runs}", now=clock.now())[0]

    def _plan(self, service: Web, path: str, requests: int, batch: int) -> Plan:
        self.runs += 1
        now = clock.now().isoformat()
        connections = CONNECTIONS if batch == 1 else 1
        run = f"run-{self.runs}"
        return Plan(service.port, path, self.key, run, now, requests, batch, connections)

    def _evaluate(self) -> None:
        """What large batches left to a job; otherwise the next single one would pay for it."""
        drain_all(now=clock.now())


def _wait_until_evaluated(patience: float = 10) -> None:
    """Otherwise what is evaluated after the last answer would cost nothing."""
    end = time.monotonic() + patience
    while DirtyMark.objects.exists():
        if time.monotonic() > end:
            raise RuntimeError(f"marks are left {patience:g} s after the last answer")
        time.sleep(0.01)


def measure(say: Callable[[str], None], *, quick: bool = False) -> list[Figure]:
    company.configure(places=0)
    make_tables()
    bench = Bench(0.02 if quick else 1.0, say)
    repetitions = 1 if quick else REPETITIONS
    with _conventional_table(), web(workers=1) as service:
        _warm(bench, service)
        figures = _ratios(bench, service, repetitions)
        figures += _by_batch(bench, service, repetitions)
    with web(workers=2) as service:
        _warm(bench, service)
        return figures + _two_workers(bench, service, repetitions)


def _warm(bench: Bench, service: Web) -> None:
    """Series made, partitions made, statements prepared on every thread's connection."""
    for batch, count in ((1000, 10_000), (1, 400)):
        bench.cost(service, INTAKE, batch, count)
    bench.cost(service, NULL, 1, 400)
    company.settle()


def _ratios(bench: Bench, service: Web, repetitions: int) -> list[Figure]:
    """Each repetition measures everything that is compared, one after the other.

    As many rows go into each table, otherwise indexes of different size would be compared; and
    each begins with everything vacuumed, otherwise a single POST would pay for 60,000 rows.
    """
    copied, thousand, usual, single, nothing = [], [], [], [], []
    for repetition in range(repetitions):
        bench.say(f"ingest: ratios, {repetition + 1} of {repetitions}")
        company.settle()
        copied.append(bench.limit())
        company.settle()
        thousand.append(bench.cost(service, INTAKE, 1000, COUNTS[1000]).cpu)
        company.settle()
        usual.append(bench.cost(service, CONVENTIONAL, 1000, COUNTS[1000]).cpu)
        company.settle()
        nothing.append(bench.cost(service, NULL, 1, COUNTS[1]).cpu)
        single.append(bench.cost(service, INTAKE, 1, COUNTS[1]).cpu)
    usual_single = bench.cost(service, CONVENTIONAL, 1, COUNTS[1] // 8).cpu
    looked_up = bench.cost(service, LOOKED_UP, 100, COUNTS[100] // 24).cpu
    return [
        ratio_of("batch 1000 ÷ COPY", thousand, copied, must=2.8, stretch=2.2),
        ratio_of("batch 1000 ÷ conventional", thousand, usual, must=0.30, stretch=0.20),
        ratio_of("single POST ÷ null view", single, nothing, must=5.0, stretch=3.5),
        median_of("COPY, batches of 1000", copied, "µs CPU/obs"),
        median_of("conventional, batch 1000", usual, "µs CPU/obs"),
        Figure("conventional, batch 1", usual_single, "µs CPU/obs"),
        Figure("conventional, a query a key, batch 100", looked_up, "µs CPU/obs"),
        median_of("null view", nothing, "µs CPU/request"),
    ]


def _by_batch(bench: Bench, service: Web, repetitions: int) -> Iterator[Figure]:
    for batch, count in COUNTS.items():
        bench.say(f"ingest: batch {batch}")
        costs = [bench.cost(service, INTAKE, batch, count) for _ in range(min(3, repetitions))]
        name = f"batch {batch}"
        yield median_of(name, [cost.cpu for cost in costs], "µs CPU/obs")
        yield median_of(f"{name}: application", [cost.app for cost in costs], "µs CPU/obs")
        yield median_of(f"{name}: database", [cost.database for cost in costs], "µs CPU/obs")
        yield median_of(f"{name}: rate", [1e6 / cost.clock for cost in costs], "obs/s")
        yield Figure(f"{name}: p50", statistics.median(c.p50 for c in costs) * 1e3, "ms")
        yield Figure(f"{name}: p99", statistics.median(c.p99 for c in costs) * 1e3, "ms")


def _two_workers(bench: Bench, service: Web, repetitions: int) -> list[Figure]:
    figures = []
    for batch in (1, 1000):
        bench.say(f"ingest: two workers, batch {batch}")
        costs = [
            bench.cost(service, INTAKE, batch, COUNTS[batch]) for _ in range(min(3, repetitions))
        ]
        name = f"two workers, batch {batch}"
        figures.append(median_of(name, [cost.cpu for cost in costs], "µs CPU/obs"))
        figures.append(median_of(f"{name}: rate", [1e6 / c.clock for c in costs], "obs/s"))
    return figures


@contextmanager
def _conventional_table() -> Iterator[None]:
    with connection.schema_editor() as editor:
        editor.create_model(Conventional)
    yield
    with connection.schema_editor() as editor:
        editor.delete_model(Conventional)
