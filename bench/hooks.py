"""`bench hooks`: what one delivery of a survey tool costs over real HTTP, beside a view that does
nothing. The body is kept and committed; mapping it is a job's work and not measured here."""

from collections.abc import Callable
from urllib.parse import urlsplit

from bench import company
from bench.figures import Figure, median_of, ratio_of
from bench.ingest import NULL, Bench
from bench.web import web
from cx_loop import clock
from cx_loop.actions.sources import address_of, issue_address
from cx_loop.models import SYSTEM, Source

COUNT = 400  # deliveries of one measurement
REPETITIONS = 3
LIMIT = 25.0  # milliseconds


def measure(say: Callable[[str], None], *, quick: bool = False) -> list[Figure]:
    company.configure(places=0)
    path = _address()
    bench = Bench(0.1 if quick else 1.0, say)
    with web(workers=1) as service:
        for warm in (NULL, path):
            bench.cost(service, warm, 1, COUNT)
        nothing, costs = [], []
        for repetition in range(1 if quick else REPETITIONS):
            say(f"hooks: {repetition + 1}")
            nothing.append(bench.cost(service, NULL, 1, COUNT).cpu)
            costs.append(bench.cost(service, path, 1, COUNT))
    return [
        median_of("delivery: p50", [each.p50 * 1e3 for each in costs], "ms", must=LIMIT),
        median_of("delivery: p99", [each.p99 * 1e3 for each in costs], "ms"),
        ratio_of("delivery ÷ null view", [c.cpu for c in costs], nothing, must=4.0, stretch=3.0),
        median_of("delivery", [each.cpu for each in costs], "µs CPU/delivery"),
        median_of("delivery: application", [each.app for each in costs], "µs CPU/delivery"),
        median_of("delivery: database", [each.database for each in costs], "µs CPU/delivery"),
    ]


def _address() -> str:
    source, _ = Source.objects.get_or_create(key="bench-hook", defaults={"tool": "generic"})
    issue_address(source=source, by=SYSTEM, now=clock.now())
    return urlsplit(address_of(source)).path
