"""`bench preview`: a rule tried on ninety days of every hour, on two hundred groups.

Every hour of every group has a dozen answers in five bins, so two million rollup rows are read.
The request of the rule editor, without its HTTP.
"""

import time
from collections.abc import Callable
from datetime import timedelta

from django.db import connection

from alerts.actions.drafts import Draft
from alerts.actions.preview import preview
from alerts.logic.conditions import parse_spec
from bench.company import settle
from bench.figures import Figure, median_of
from bench.loads import MANY_SERIES, RATED_HOURS
from cx_loop import clock
from cx_loop.ingest.fold import fold
from cx_loop.models import Department, Journey, Metric, Stage, Touchpoint, User

GROUPS, DAYS = 200, 90
QUICK_GROUPS, QUICK_DAYS = 5, 10
REPETITIONS = 3
ALERTS_A_MONTH = 10


def measure(say: Callable[[str], None], *, quick: bool = False) -> list[Figure]:
    groups, days = (QUICK_GROUPS, QUICK_DAYS) if quick else (GROUPS, DAYS)
    now = clock.now().replace(minute=0, second=0, microsecond=0)
    admin = User.objects.create(email="preview@example.com", is_superuser=True)
    draft = _draft(groups)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE cx_loop_rollup, cx_loop_fold")
        cursor.execute(RATED_HOURS, {"metric": draft.metric.pk, "end": now, "days": days + 1})
    fold(now=now, slices=100_000)
    settle()
    took: dict[str, list[float]] = {}
    for _ in range(1 if quick else REPETITIONS):
        for name, budget in (("preview", None), ("preview with a suggestion", ALERTS_A_MONTH)):
            say(f"preview: {name}, {groups} groups, {days} days")
            began = time.perf_counter()
            since = now - timedelta(days=days)
            preview(draft, viewer=admin, since=since, until=now, alerts_a_month=budget)
            took.setdefault(name, []).append(time.perf_counter() - began)
    name = f"preview of {days} days, hourly, {groups} groups"
    asked = "preview with a suggestion"
    return [
        median_of(name, took["preview"], "s", must=5.0),
        median_of(f"{name}, with a suggested line", took[asked], "s"),
    ]


def _draft(groups: int) -> Draft:
    owner = Department.objects.create(key="preview", name={"en": "Preview"})
    journey = Journey.objects.create(key="preview", name={"en": "Preview"})
    stage = Stage.objects.create(key="preview", name={"en": "Preview"}, journey=journey)
    place = Touchpoint.objects.create(
        key="preview", name={"en": "Preview"}, stage=stage, owner=owner
    )
    metric = Metric.objects.create(
        key="preview", kind="csat", name={"en": "Preview"}, low=1, high=5
    )
    with connection.cursor() as cursor:
        cursor.execute(MANY_SERIES, [place.pk, metric.pk, groups])
    said = {
        "metric": metric.key,
        "aggregate": "top_box",
        "window": "1d",
        "by": ["location"],
        "for": 2,
        "min_samples": 30,
        "warning": {"below": 79, "recover": 80},
        "critical": {"below": 76},
    }
    return Draft(metric, {"touchpoints": [place.key]}, parse_spec(said, metric.scale))
