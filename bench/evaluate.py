"""`bench evaluate`: what `drain` takes, by how many series were touched and how many there are."""

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import F

from alerts.actions.evaluate import drain_all
from alerts.logic.conditions import parse_spec, spec_to_json
from alerts.models import Rule, RuleVersion
from bench import company
from bench.figures import Figure, median_of
from bench.loads import GROUPS, SERIES, WATCHED
from cx_loop import clock
from cx_loop.models import DirtyMark, Journey, Metric, Series, Stage, Touchpoint

PER_PLACE = 50  # series of a touchpoint
RULES_OF_A_SERIES = 5
SIZES = ((1_000, 10), (10_000, 100), (50_000, 1_000))  # series, rules
QUICK_SIZES = ((200, 2), (400, 4))
TOUCHED = {1: 15, 100: 9, 1_000: 5}  # series -> repetitions
SPEC = {
    "metric": "evaluated",
    "aggregate": "mean",
    "window": "1h",
    "by": ["location"],
    "warning": {"below": 1},
}


@dataclass(frozen=True, slots=True)
class Store:
    """What is in store: series with a value in each of the last hour's twelve buckets, and rules
    of which five watch each series."""

    metric: Metric
    stage: Stage
    owner: int
    now: datetime

    def grow(self, series: int, rules: int) -> None:
        """To so many series and rules."""
        there = Touchpoint.objects.filter(stage=self.stage).count()
        Touchpoint.objects.bulk_create(
            Touchpoint(
                key=f"evaluated-{n}", name={"en": str(n)}, stage=self.stage, owner_id=self.owner
            )
            for n in range(there, series // PER_PLACE)
        )
        self._make_rules(rules)
        with connection.cursor() as cursor:
            cursor.execute(
                SERIES, {"metric": self.metric.pk, "each": PER_PLACE, "stage": self.stage.pk}
            )
            cursor.execute(GROUPS, {"metric": self.metric.pk, "each": RULES_OF_A_SERIES})
            cursor.execute(WATCHED, {"metric": self.metric.pk, "now": self.now})
        company.settle()

    def _make_rules(self, rules: int) -> None:
        there = Rule.objects.filter(key__startswith="evaluated-").count()
        spec = spec_to_json(parse_spec(SPEC, self.metric.scale))
        made = Rule.objects.bulk_create(
            Rule(key=f"evaluated-{n}", name={"en": str(n)}) for n in range(there, rules)
        )
        versions = RuleVersion.objects.bulk_create(
            RuleVersion(
                rule=rule,
                number=1,
                metric=self.metric,
                watches="all",
                spec=spec,
                created_at=self.now,
            )
            for rule in made
        )
        for rule, version in zip(made, versions, strict=True):
            rule.current = version
        Rule.objects.bulk_update(made, ["current"], batch_size=500)

    def touch(self, count: int, rng: random.Random) -> None:
        every = list(
            Series.objects.filter(metric=self.metric).order_by("id").values_list("id", flat=True)
        )
        DirtyMark.objects.bulk_create(
            DirtyMark(series_id=pk, since=self.now, until=self.now, marked_at=self.now)
            for pk in sorted(rng.sample(every, min(count, len(every))))
        )


def measure(say: Callable[[str], None], *, quick: bool = False) -> list[Figure]:
    company.configure(places=0)
    drain_all(now=clock.now())
    store = _store()
    figures: list[Figure] = []
    took: dict[tuple[int, int], list[float]] = {}
    sizes = QUICK_SIZES if quick else SIZES
    for series, rules in sizes:
        say(f"evaluate: {series} series, {rules} rules")
        store.grow(series, rules)
        for touched, repetitions in TOUCHED.items():
            took[(touched, series)] = _drains(store, touched, 2 if quick else repetitions)
            name = f"drain of {touched}: {series} series, {rules} rules"
            figures.append(median_of(name, took[(touched, series)], "ms"))
    small, large = sizes[0][0], sizes[-1][0]
    base = statistics.median(took[(100, small)])
    grown = [each / base for each in took[(100, large)]]
    name = f"drain of 100: {large} ÷ {small} series"
    return [median_of(name, grown, "ratio", must=1.5, stretch=1.1, baseline=base), *figures]


def _store() -> Store:
    journey = Journey.objects.create(key="evaluated", name={"en": "Evaluated"})
    stage = Stage.objects.create(key="evaluated", name={"en": "Evaluated"}, journey=journey)
    metric = Metric.objects.create(
        key="evaluated", name={"en": "Evaluated"}, kind="score", low=0, high=10
    )
    owner = Touchpoint.objects.values_list(F("owner"), flat=True)[0]
    return Store(metric, stage, owner, clock.now())


def _drains(store: Store, touched: int, repetitions: int) -> list[float]:
    """Milliseconds of each drain; a first one, which fills memories, is not counted."""
    rng = random.Random(touched)
    took = []
    for _ in range(repetitions + 1):
        store.touch(touched, rng)
        began = time.perf_counter()
        drain_all(now=store.now)
        took.append((time.perf_counter() - began) * 1e3)
    return took[1:]
