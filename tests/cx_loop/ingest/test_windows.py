"""Every aggregate of every window, from rollups, is what plain Python says of the raw rows."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cx_loop.logic.scores import parse_aggregate, value
from cx_loop.models import Metric, Observation, Source
from cx_loop.reads import window_totals
from drills.windows import Row, aggregate
from tests.cx_loop.ingest.conftest import NOW, accept, said

FIRST = NOW - timedelta(hours=6)
FIVE = timedelta(minutes=5)
SHARES = [{"share_above": 3}, {"share_below": 3}]
PLAIN = ["mean", "median", "p90", "p95", "sd", "min", "max", "sum", "count"]
OPEN = st.one_of(
    st.integers(0, 100),
    st.integers(0, 10_000).map(lambda hundredths: hundredths / 100),
    st.integers(101, 10_000),
    st.floats(100, 10_000),
)
# metric -> values it can take, aggregates besides the plain ones, its highest score and step
METRICS: dict[str, tuple[Any, list[Any], float, float]] = {
    "csat": (st.integers(1, 5), ["top_box", *SHARES], 5, 1),
    "nps": (st.integers(0, 10), ["top_box", "nps", *SHARES], 10, 1),
    "ces": (st.integers(1, 7), ["top_box", *SHARES], 7, 1),
    "felt": (st.integers(-10, 10).map(lambda halves: halves / 2), ["top_box", *SHARES], 5, 0.5),
    "wait": (OPEN, SHARES, 0, 1),
    "complaints": (OPEN, SHARES, 0, 1),
    "cancelled": (st.integers(0, 9), ["rate"], 0, 1),
}


@st.composite
def deliveries(draw: Callable[..., Any], metric: str) -> list[dict[str, Any]]:
    """Observations over six hours under a few keys, so that some correct others."""
    values = METRICS[metric][0]
    rate = {"exposure": draw(st.integers(1, 50))} if metric == "cancelled" else {}
    minutes = draw(st.lists(st.integers(0, 359), min_size=1, max_size=20))
    return [
        said(
            draw(values),
            metric=metric,
            occurred_at=(FIRST + timedelta(minutes=minute)).isoformat(),
            external_id=f"r{draw(st.integers(1, 12))}",
            **rate,
        )
        for minute in minutes
    ]


def raw(start: datetime, end: datetime) -> list[Row]:
    rows = Observation.objects.filter(occurred_at__gte=start, occurred_at__lt=end)
    return list(rows.values_list("value", "exposure"))


@pytest.mark.django_db
@pytest.mark.parametrize("metric", METRICS)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_window_is_what_plain_python_says(
    airline: object, source: Source, metric: str, data: st.DataObject
) -> None:
    since = FIRST + FIVE * data.draw(st.integers(0, 71))
    until = since + FIVE * data.draw(st.integers(1, 72))
    items, (_, more, top, step) = data.draw(deliveries(metric)), METRICS[metric]
    with transaction.atomic():
        touched = {i for item in items for i in accept(source, item).series_ids}
        totals, rows = window_totals(sorted(touched), since, until), raw(since, until)
        transaction.set_rollback(True)
    scale = Metric.objects.get(key=metric).scale
    for asked in [*more, *([] if metric == "cancelled" else PLAIN)]:
        name, line = next(iter(asked.items())) if isinstance(asked, dict) else (asked, 0)
        expected = aggregate(name, rows, line=line, top=top, step=step, bounded=top > 0)
        found = value(totals, parse_aggregate(asked), scale)
        assert (found is None) == (expected is None), asked
        assert found is None or math.isclose(found, expected or 0, abs_tol=1e-3), asked
