"""A small airline whose whole loop is driven by hand, at whatever time the story needs.

Observations come in as they would live, and `run(at)` is `engine --once --now AT`: everything
due, until nothing is left. Only the time is virtual.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from alerts.models import Alert
from config.configuration import apply_configuration
from config.engine import do_everything_due
from cx_loop import clock
from cx_loop.ingest.accept import Acceptance, accept_items
from cx_loop.models import Activity, Actor, Source, User
from tasks.actions.work import perform
from tasks.models import Episode, Escalation, Task, Verification

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)  # 09:00 in Shanghai
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

RULE: dict[str, Any] = {
    "key": "boarding-wait",
    "metric": "wait",
    "touchpoints": ["boarding"],
    "aggregate": "mean",
    "window": "1h",
    "min_samples": 3,
    "warning": {"above": 30, "recover": 25},
    "critical": {"above": 45, "recover": 40},
}
OFFICE = {"timezone": "Asia/Shanghai", "hours": {"mon-fri": "09:00-18:00"}}
FIX = {
    "pain_category": "efficiency",
    "root_cause": "process",
    "countermeasure": "A second gate",
    "note": "Done",
}


def company(
    calendar: Mapping[str, Any] | None = None,
    escalation: Sequence[Mapping[str, Any]] = (),
    **rule: Any,
) -> str:
    """The configuration, as `configure` reads it; `rule` is what is different about its rule."""
    ground = {
        "key": "ground-ops",
        "name": "Ground operations",
        "parent": "operations",
        "lead": "lin@example.com",
        "members": ["ana@example.com"],
    }
    if calendar:
        ground["calendar"] = dict(calendar)
    said = {
        "organization": {"name": "Test Air", "timezone": "Asia/Shanghai", "languages": ["en"]},
        "departments": [
            {"key": "operations", "name": "Operations", "director": "dirk@example.com"},
            ground,
            {
                "key": "it",
                "name": "IT",
                "parent": "operations",
                "lead": "ida@example.com",
                "members": ["ian@example.com"],
            },
        ],
        "metrics": [{"key": "wait", "kind": "duration", "unit": "min"}],
        "segments": ["normal", "gold", "diamond"],
        "journeys": [
            {
                "key": "flight",
                "name": "Flight",
                "stages": [
                    {
                        "key": "departure",
                        "name": "Departure",
                        "touchpoints": [
                            {"key": "boarding", "name": "Boarding", "owner": "ground-ops"},
                            {"key": "baggage", "name": "Baggage", "owner": "it"},
                        ],
                    }
                ],
            }
        ],
        "rules": [{name: word for name, word in (RULE | rule).items() if word}],
        **({"escalation": list(escalation)} if escalation else {}),
    }
    return json.dumps(said)


class Loop:
    """The company in force since a moment, and what stories do in it."""

    def __init__(self, since: datetime = MONDAY, **said: Any) -> None:
        self.configure(since, **said)
        self.source, _ = Source.objects.get_or_create(key="api", defaults={"tool": "api"})
        self._serial = count(1)

    def configure(self, at: datetime, **said: Any) -> None:
        """What is different is said as `company` takes it."""
        with clock.set_to(at):
            apply_configuration(company(**said), now=at)

    def send(
        self, *values: float, at: datetime, touchpoint: str = "boarding", **said: Any
    ) -> Acceptance:
        """Waits that occurred and arrive at one moment."""
        items = [
            {
                "occurred_at": at.isoformat(),
                "touchpoint": touchpoint,
                "metric": "wait",
                "value": value,
                "external_id": f"wait-{next(self._serial)}",
                **said,
            }
            for value in values
        ]
        with clock.set_to(at):
            return accept_items(items, source=self.source, now=at)

    def run(self, at: datetime) -> None:
        """Everything due at a moment."""
        with clock.set_to(at):
            while any(do_everything_due(now=at).values()):
                pass

    def breach(self, at: datetime = MONDAY, level: float = 40, **said: Any) -> Alert:
        """Three long waits and what they set off; the newest alert."""
        self.send(level, level, level, at=at, **said)
        self.run(at)
        return Alert.objects.order_by("id")[Alert.objects.count() - 1]

    def days(self, first: date, count: int, *values: float) -> datetime:
        """The same waits at noon of each day; the engine looks up every third night.

        Gives the moment it was run last: 2:00 after the last day.
        """
        for place in range(count):
            day = first + place * DAY
            self.send(*values, at=local(day, 12))
            if place % 3 == 2 or place == count - 1:
                self.run(local(day + DAY, 2))
        return local(first + count * DAY, 2)

    def act(
        self, call: str, at: datetime, *, by: str = "ana", task: Task | None = None, **said: Any
    ) -> Task:
        """A call of the table of states, made by somebody."""
        number = (task or self.task).number
        with clock.set_to(at):
            return perform(call, number=number, by=person(by), now=at, fields=said)

    def submit(self, at: datetime, *, fixed_at: datetime | None = None) -> Task:
        return self.act("submit", at, **FIX, fixed_at=fixed_at or at)

    @property
    def task(self) -> Task:
        """The one task there is."""
        return Task.objects.get()

    @property
    def alert(self) -> Alert:
        return Alert.objects.get()

    @property
    def episode(self) -> Episode:
        return Episode.objects.get(task=self.task, number=self.task.episode)

    @property
    def verification(self) -> Verification:
        """The newest verification of the one task."""
        return Verification.objects.order_by("-id")[0]


def local(day: date, hour: int) -> datetime:
    """An hour of the organisation's day, in UTC."""
    return datetime.combine(day, time(hour), tzinfo=SHANGHAI).astimezone(UTC)


def person(name: str) -> Actor:
    return Actor(User.objects.get(email=f"{name}@example.com"))


def pushes() -> list[tuple[str, str]]:
    """(ladder, to) of every escalation, in the order they were recorded."""
    rows = Escalation.objects.order_by("fired_at", "id")
    return list(rows.values_list("ladder", "to"))


def trail(subject: str) -> list[str]:
    """What happened to alerts or tasks, oldest first."""
    rows = Activity.objects.filter(subject=subject).order_by("id")
    return list(rows.values_list("verb", flat=True))
