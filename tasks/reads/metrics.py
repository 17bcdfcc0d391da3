"""Figures for a monitoring system, each counted along an index so that asking costs little."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import redis
from django.db.models import Count, Min, QuerySet

from alerts.models import Alert
from cx_loop.broker import broker_client
from cx_loop.logic.exposition import Gauge, Labels
from cx_loop.models import Delivery, DirtyMark, Heartbeat, Invariant, Message
from tasks.models import Task

QUEUES = ("engine", "notify", "ingest", "evaluate")
_WORDS = {1: "critical", 2: "warning"}


def gauges(now: datetime) -> Iterator[Gauge]:
    yield _by_severity("cxl_tasks_unclosed", "Tasks that are not closed.", Task.objects.unclosed())
    unresolved = Alert.objects.unresolved()
    yield _by_severity("cxl_alerts_unresolved", "Alerts open or acknowledged.", unresolved)
    yield from _waiting(now)
    yield from _heartbeats()
    yield from _invariants()
    yield Gauge("cxl_broker_jobs", "Jobs waiting in each queue of the broker.", _queues())


def _by_severity(name: str, text: str, rows: QuerySet[Any]) -> Gauge:
    counted = rows.order_by("severity").values_list("severity").annotate(n=Count("pk"))
    found = dict(counted)
    samples: dict[Labels, float] = {
        (("severity", word),): found.get(number, 0) for number, word in _WORDS.items()
    }
    return Gauge(name, text, samples)


def _waiting(now: datetime) -> Iterator[Gauge]:
    """What is due and has not been done: how many, and for how long the oldest waits."""
    received = Delivery.objects.filter(state=Delivery.State.RECEIVED)
    rows: dict[str, tuple[QuerySet[Any], str]] = {
        "deadlines": (Task.objects.due(now), "next_due_at"),
        "messages": (Message.objects.due(now), "available_at"),
        "evaluations": (DirtyMark.objects.all(), "marked_at"),
        "deliveries": (received, "received_at"),
    }
    many: dict[Labels, float] = {}
    lag: dict[Labels, float] = {}
    for name, (waiting, since) in rows.items():
        found = waiting.order_by().aggregate(n=Count("pk"), oldest=Min(since))
        many[(("work", name),)] = float(found["n"])
        oldest = found["oldest"] or now
        lag[(("work", name),)] = max(0.0, (now - oldest).total_seconds())
    yield Gauge("cxl_due", "Rows that are due and not done.", many)
    yield Gauge("cxl_lag_seconds", "How long the oldest row has been due.", lag)


def _heartbeats() -> Iterator[Gauge]:
    beats: dict[Labels, float] = {
        (("sweep", beat.name),): beat.last_ok_at.timestamp()
        for beat in Heartbeat.objects.order_by("name")
    }
    yield Gauge("cxl_sweep_last_ok_timestamp_seconds", "When each sweep last ended well.", beats)


def _invariants() -> Iterator[Gauge]:
    kept = list(Invariant.objects.order_by("name"))
    kinds: dict[str, str] = {
        "broken": "Rows that broke an invariant at the last audit.",
        "found": "Rows found broken since the installation began.",
        "healed": "Rows healed since the installation began.",
    }
    for kind, text in kinds.items():
        samples: dict[Labels, float] = {
            (("invariant", each.name),): float(getattr(each, kind)) for each in kept
        }
        if kind == "broken":
            yield Gauge("cxl_invariant_broken", text, samples)
        else:
            yield Gauge(f"cxl_invariant_{kind}_total", text, samples, "counter")


def _queues() -> dict[Labels, float]:
    """Nothing where no broker answers: what is absent says so, a nought would lie."""
    try:
        with broker_client() as client:
            lengths = [client.llen(f"cxl:{queue}") for queue in QUEUES]
    except (redis.RedisError, OSError, ValueError):
        return {}
    return {(("queue", name),): float(n) for name, n in zip(QUEUES, lengths, strict=True)}
