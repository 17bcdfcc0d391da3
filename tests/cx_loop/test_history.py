"""Long stretches of many groups are what the windows say one by one."""

from datetime import UTC, datetime, timedelta

import pytest

from cx_loop.history import timelines_of
from cx_loop.ingest.accept import accept_items
from cx_loop.reads import window_totals
from tests import factories

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def series_with(*values: int) -> int:
    touchpoint, metric = factories.make_touchpoint(), factories.make_metric()
    items = [
        {
            "occurred_at": NOON + hour * HOUR,
            "touchpoint": touchpoint.key,
            "metric": metric.key,
            "value": value,
        }
        for hour, value in enumerate(values)
    ]
    now = NOON + timedelta(days=1)
    (series_id,) = accept_items(items, source=factories.make_source(), now=now).series_ids
    return series_id


def test_a_timeline_is_what_its_windows_are() -> None:
    one, other = series_with(1, 5, 5), series_with(2, 2)
    groups = {"one": [one], "both": [one, other], "none": []}
    for grain in (5, 60):
        found = timelines_of(groups, NOON, NOON + 3 * HOUR, grain)
        for name, members in groups.items():
            for hour in range(3):
                ends = NOON + hour * HOUR, NOON + (hour + 1) * HOUR
                seconds = [moment.timestamp() for moment in ends]
                assert found[name].totals(*seconds) == window_totals(members, *ends)


def test_nothing_outside_is_read() -> None:
    series = series_with(1, 2, 3)
    found = timelines_of({0: [series]}, NOON + HOUR, NOON + 2 * HOUR, 60)[0]
    assert found.totals(0, 4e9).total == 2
