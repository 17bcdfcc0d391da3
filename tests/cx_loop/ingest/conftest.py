from datetime import UTC, datetime
from typing import Any

import pytest

from cx_loop.ingest.accept import Acceptance, accept_items
from cx_loop.models import Department, Journey, Metric, Segment, Source, Stage, Touchpoint

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def airline(db: None) -> Touchpoint:
    """A journey with one stage and two touchpoints of two departments, and a metric a kind."""
    return make_airline()


@pytest.fixture
def source(db: None) -> Source:
    return Source.objects.create(key="survey")


def make_airline() -> Touchpoint:
    ground = Department.objects.create(key="ground", name={"en": "Ground"})
    cabin = Department.objects.create(key="cabin", name={"en": "Cabin"})
    journey = Journey.objects.create(key="flight", name={"en": "Flight"})
    stage = Stage.objects.create(key="departure", name={"en": "Departure"}, journey=journey)
    Touchpoint.objects.create(key="meal", name={"en": "Meal"}, stage=stage, owner=cabin)
    for kind, low, high in [("csat", 1, 5), ("nps", 0, 10), ("ces", 1, 7)]:
        Metric.objects.create(key=kind, kind=kind, low=low, high=high, name={"en": kind})
    Metric.objects.create(key="felt", kind="score", low=-5, high=5, step=0.5, name={"en": "Felt"})
    for key, kind in [("wait", "duration"), ("complaints", "count"), ("cancelled", "rate")]:
        Metric.objects.create(key=key, kind=kind, name={"en": key})
    Segment.objects.create(key="gold", name={"en": "Gold"})
    return Touchpoint.objects.create(
        key="boarding", name={"en": "Boarding"}, stage=stage, owner=ground
    )


def said(value: float = 4, **members: Any) -> dict[str, Any]:
    """A plain observation, and what is different about it; None leaves a member out."""
    item = {"occurred_at": "2026-03-10T10:00:00Z", "touchpoint": "boarding", "metric": "csat"}
    item |= {"value": value, **members}
    return {name: sent for name, sent in item.items() if sent is not None}


def accept(source: Source, *items: object, now: datetime = NOW) -> Acceptance:
    return accept_items(items, source=source, now=now)
