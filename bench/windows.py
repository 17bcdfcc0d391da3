"""`bench windows`: what a window costs by how many observations are in store.

The same thousand series over the same thirty days, filled by SQL first with 100 thousand
observations, then with ten million; rollups are made from them by the statement that
`rebuild_rollups` uses. Measured is the reader that evaluation and pages use.
"""

import random
import statistics
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection

from bench.company import settle
from bench.figures import Figure, median_of
from bench.loads import MANY_OBSERVATIONS, MANY_SERIES
from cx_loop import clock
from cx_loop.ingest import partitions
from cx_loop.ingest.recount import REBUILT
from cx_loop.logic import scores
from cx_loop.models import Department, Journey, Metric, Series, Stage, Touchpoint
from cx_loop.reads import window_totals

SERIES, DAYS = 1_000, 30
SIZES = (100_000, 10_000_000)
QUICK_SIZES = (2_000, 20_000)
READS = 200


def measure(say: Callable[[str], None], *, quick: bool = False) -> list[Figure]:
    metric, end = _metric(), clock.now().replace(minute=0, second=0, microsecond=0)
    took: dict[int, list[float]] = {}
    sizes = QUICK_SIZES if quick else SIZES
    there = 0
    for size in sizes:
        say(f"windows: {size} observations")
        _fill(metric, size - there, end)
        there = size
        took[size] = _reads(metric, end)
    small, large = sizes
    base = statistics.median(took[small])
    grown = statistics.median(took[large]) / base
    name = f"30-day p90: {large} ÷ {small} observations"
    return [
        Figure(name, grown, "ratio", must=2.0, stretch=1.2, baseline=base),
        *(median_of(f"30-day p90 among {size}", each, "ms") for size, each in took.items()),
    ]


def _metric() -> Metric:
    owner = Department.objects.create(key="windows", name={"en": "Windows"})
    journey = Journey.objects.create(key="windows", name={"en": "Windows"})
    stage = Stage.objects.create(key="windows", name={"en": "Windows"}, journey=journey)
    place = Touchpoint.objects.create(
        key="windows", name={"en": "Windows"}, stage=stage, owner=owner
    )
    metric = Metric.objects.create(key="windows", kind="duration", name={"en": "Windows"})
    with connection.cursor() as cursor:
        cursor.execute(MANY_SERIES, [place.pk, metric.pk, SERIES])
    return metric


def _fill(metric: Metric, count: int, end: datetime) -> None:
    """So many observations more, spread evenly over the thirty days before `end`."""
    partitions.ensure(end - timedelta(days=day) for day in range(DAYS + 1))
    with connection.cursor() as cursor:
        cursor.execute(
            MANY_OBSERVATIONS,
            {"metric": metric.pk, "count": count, "end": end, "days": DAYS},
        )
        cursor.execute("TRUNCATE cx_loop_rollup")
        cursor.execute(REBUILT, {"start": end - timedelta(days=DAYS + 1), "end": end})
    settle()


def _reads(metric: Metric, end: datetime) -> list[float]:
    """Milliseconds of each read of one series after another; a first round fills memories."""
    every = list(Series.objects.filter(metric=metric).order_by("id").values_list("id", flat=True))
    picked = random.Random(1).sample(every, READS)
    start = end - timedelta(days=DAYS)
    took, p90 = [], scores.parse_aggregate("p90")
    for series_id in [*picked, *picked]:
        began = time.perf_counter()
        totals = window_totals([series_id], start, end)
        scores.value(totals, p90, metric.scale)
        took.append((time.perf_counter() - began) * 1e3)
    return took[READS:]
