"""Which measure a rule's aggregate is judged on, and the daily sums behind it."""

import pytest

from cx_loop.logic.bins import Scale
from cx_loop.logic.scores import Aggregate
from cx_loop.logic.totals import Totals
from tasks.logic.estimates import arm_of
from tasks.logic.measures import Day, Measure, day_of, measure_for, pool
from tests.tasks.logic.world import on

CSAT, NPS, WAIT = Scale("csat"), Scale("nps"), Scale("duration")
COUNT, RATE = Scale("count"), Scale("rate")


@pytest.mark.parametrize(
    ("aggregate", "level", "scale", "measure"),
    [
        (Aggregate("top_box"), ("below", 80), CSAT, Measure("share", line=3)),
        (Aggregate("top_box"), ("below", 80), Scale("score", -5, 5, 0.5), Measure("share", line=4)),
        (Aggregate("share_below", 3), ("above", 9), CSAT, Measure("share", line=3, above=False)),
        (Aggregate("nps"), ("below", 20), NPS, Measure("nps")),
        (Aggregate("mean"), ("below", 4), CSAT, Measure("mean", span=4)),
        (Aggregate("p90"), ("above", 30), WAIT, Measure("share", line=30, at_line=10)),
        (Aggregate("p95"), ("above", 30), WAIT, Measure("share", line=30, at_line=5)),
        (
            Aggregate("median"),
            ("below", 4),
            CSAT,
            Measure("share", line=4, above=False, at_line=50),
        ),
        (Aggregate("rate"), ("above", 2), RATE, Measure("rate")),
        (Aggregate("sum"), ("above", 9), COUNT, Measure("count", sums=True)),
        (Aggregate("count"), ("above", 9), CSAT, Measure("count")),
        (Aggregate("sum"), ("above", 9), WAIT, None),
        (Aggregate("sd"), ("above", 1), CSAT, None),
        (Aggregate("p90"), ("outside", (5, 30)), WAIT, None),
        (Aggregate("p90"), ("change_above", 20), WAIT, None),
    ],
)
def test_what_a_rule_is_judged_on(aggregate, level, scale, measure):
    assert measure_for(aggregate, *level, scale) == measure


@pytest.mark.parametrize(
    ("measure", "totals", "scale", "sums"),
    [
        (Measure("share", line=3), Totals.of([5, 4, 3, 1], CSAT), CSAT, (4, 2, 2)),
        (Measure("share", line=30), Totals.of([30, 31, 80], WAIT), WAIT, (3, 2, 2)),
        (Measure("nps"), Totals.of([10, 9, 8, 6, 0, 1], NPS), NPS, (6, -1, 5)),
        (Measure("mean"), Totals.of([5, 3], CSAT), CSAT, (2, 8, 34)),
        (Measure("rate"), Totals.of_rate([(2, 100), (1, 50)]), RATE, (150, 3, 3)),
        (Measure("count"), Totals.of([7, 2], COUNT), COUNT, (1, 2, 2)),
        (Measure("count", sums=True), Totals.of([7, 2], COUNT), COUNT, (1, 9, 9)),
        (Measure("count"), Totals(), COUNT, (1, 0, 0)),
        (Measure("share", line=3), Totals(), CSAT, (0, 0, 0)),
    ],
)
def test_a_day_of_each_measure(measure, totals, scale, sums):
    day = day_of(on(1), totals, measure, scale)
    assert (day.n, day.total, day.squares) == sums


def test_a_share_below_a_line_runs_against_its_metric():
    assert not Measure("share", line=3, above=False).rises_when_better(True)
    assert not Measure("share", line=30).rises_when_better(False)


def test_pooled_counts_are_per_touchpoint():
    days = pool([[Day(on(1), 1, 4, 4)], [Day(on(1), 1, 2, 2), Day(on(2), 1, 0, 0)]])
    assert days == [Day(on(1), 2, 6, 6), Day(on(2), 1, 0, 0)]
    assert arm_of(days[:1], Measure("count")).value == 3
