"""`bench windows`: what a window costs by how many observations are in store.

Thirty days are filled day by day as intake and the sweep would: fine rows in the order of time,
then folded. Three stores: a thousand series of a hundred observations, ten series of ten
thousand, and a thousand of ten thousand. Measured is what the reader that evaluation and pages use
works, here and in the database.
"""

import random
import statistics
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection

from bench.company import settle
from bench.figures import Figure, median_of
from bench.loads import MANY_OBSERVATIONS, MANY_SERIES, THEIR_ROLLUPS
from bench.machine import spent_here
from cx_loop import clock
from cx_loop.ingest import partitions
from cx_loop.ingest.fold import fold
from cx_loop.logic import scores
from cx_loop.models import Department, Journey, Metric, Series, Stage, Touchpoint
from cx_loop.reads import window_totals

DAYS = 30
MANY, FEW = 1_000, 10  # series
VOLUME, QUICK_VOLUME = 10_000, 100  # observations a series in thirty days
THIN = 100  # times fewer
READS, AT_ONCE = 400, 10


def measure(say: Callable[[str], None], *, quick: bool = False) -> list[Figure]:
    metric, end = _metric(), clock.now().replace(minute=0, second=0, microsecond=0)
    many, volume = (MANY // 10, QUICK_VOLUME) if quick else (MANY, VOLUME)
    stores = {"thin": (many, volume // THIN), "few": (FEW, volume), "full": (many, volume)}
    took: dict[str, list[float]] = {}
    for name, (series, each) in stores.items():
        say(f"windows: {series} series of {each} observations")
        _fill(metric, series, each, end)
        took[name] = _reads(metric, FEW if name == "few" else many, end)
    full = statistics.median(took["full"])
    few, thin = (statistics.median(took[name]) for name in ("few", "thin"))
    size, small = many * volume, FEW * volume
    around = f"30-day p90 of a series of {volume}: {size} ÷ {small} observations in store"
    within = f"30-day p90: {volume} ÷ {volume // THIN} observations a series"
    return [
        Figure(around, full / few, "ratio", must=2.0, stretch=1.2, baseline=few),
        Figure(within, full / thin, "ratio", must=2.0, stretch=1.2, baseline=thin),
        *(
            median_of(f"30-day p90: {series} series of {each}", took[name], "ms")
            for name, (series, each) in stores.items()
        ),
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
        cursor.execute(MANY_SERIES, [place.pk, metric.pk, MANY])
    return metric


def _fill(metric: Metric, series: int, each: int, end: datetime) -> None:
    """So many series of so many observations, instead of what there was."""
    partitions.ensure(end - timedelta(days=day) for day in range(DAYS + 1))
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE cx_loop_rollup, cx_loop_fold, cx_loop_observation")
        for day in range(DAYS - 1, -1, -1):
            until = end - timedelta(days=day)
            made = {"metric": metric.pk, "series": series, "count": series * each // DAYS}
            cursor.execute(MANY_OBSERVATIONS, made | {"end": until})
            cursor.execute(THEIR_ROLLUPS, {"end": until})
            fold(now=until, slices=100_000)
    settle()


def _reads(metric: Metric, series: int, end: datetime) -> list[float]:
    """Milliseconds of work a read, of a few reads at a time; a first round fills memories."""
    every = list(Series.objects.filter(metric=metric).order_by("id").values_list("id", flat=True))
    picked = random.Random(1).choices(every[:series], k=READS)
    start = end - timedelta(days=DAYS)
    spent, p90 = spent_here(), scores.parse_aggregate("p90")
    took = []
    for place in range(-READS, READS, AT_ONCE):
        began = spent()
        for series_id in picked[place % READS :][:AT_ONCE]:
            totals = window_totals([series_id], start, end)
            scores.value(totals, p90, metric.scale)
        took.append((spent() - began) / 1e3 / AT_ONCE)
    return took[READS // AT_ONCE :]
