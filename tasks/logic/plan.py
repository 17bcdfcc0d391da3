"""The plan of a verification, frozen when the fix is submitted.

What will be measured, against what, and when is written down before the first answer after the
fix is seen; otherwise a friendlier window or line can be picked later until it "worked".
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tasks.logic.measures import Day, Measure

HISTORY_DAYS = 56
WEEK = 7


@dataclass(frozen=True)
class Period:
    """Local days from `start` up to, not including, `end`."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return max(0, (self.end - self.start).days)

    def of(self, days: Sequence[Day]) -> list[Day]:
        """The days that lie in it, oldest first."""
        return sorted((d for d in days if self.start <= d.date < self.end), key=lambda d: d.date)


@dataclass(frozen=True)
class Plan:
    """Everything the verdict depends on, except the data.

    All dates are the organisation's local days; durations are days.

    trigger_from  first day of the window(s) that fired; nothing from here to alert_day is used
    reference     where the metric should be again, in the measure's unit (percent, points, …)
    tolerance     how far short of the reference still counts as recovered: percentage or NPS
                  points; of a mean or count, per cent of the scale or else of the reference
    looks         days after settling; whole weeks, so that weekdays weigh alike in every look
    extend_to     looks go on weekly up to here when still undecided; None: no extension
    min_days, min_n  what an arm needs before it is judged by statistics
    alpha         one-sided error over all looks together
    """

    measure: Measure | None
    higher_is_better: bool
    alert_day: date
    fix_day: date
    trigger_from: date
    reference: float | None = None
    reference_source: str = ""
    tolerance: float = 1.0
    settle: int = 3
    looks: tuple[int, ...] = (7, 14, 21, 28)
    extend_to: int | None = 56
    min_days: int = 7
    min_n: int = 30
    alpha: float = 0.05

    def __post_init__(self) -> None:
        rising = all(a < b for a, b in zip((0, *self.looks), self.looks, strict=False))
        if not self.looks or not rising:
            raise ValueError(f"Looks must rise from above 0: {list(self.looks)}")
        if self.trigger_from > self.alert_day:
            raise ValueError("The trigger window cannot begin after the alert.")

    @property
    def sign(self) -> int:
        """+1 when more of the measure is better, -1 when less is."""
        if self.measure is None:
            return 1
        return 1 if self.measure.rises_when_better(self.higher_is_better) else -1

    @property
    def slack(self) -> float:
        """The tolerance in the measure's own unit; one point of a 1-5 scale would be a quarter."""
        if self.measure is None or self.measure.factor != 1:
            return self.tolerance
        return self.tolerance / 100 * (self.measure.span or abs(self.reference or 0.0))

    @property
    def all_looks(self) -> tuple[int, ...]:
        """Days after settling of every look planned, those of the extension included."""
        last, limit = self.looks[-1], self.extend_to or 0
        return (*self.looks, *range(last + WEEK, limit + 1, WEEK))

    @property
    def settled_from(self) -> date:
        """First day whose answers count as after the fix."""
        return self.fix_day + timedelta(days=self.settle)

    def as_json(self) -> dict[str, Any]:
        """Plain values for a JSON column; `plan_from_json` is its inverse."""
        raw = asdict(self)
        for name in ("alert_day", "fix_day", "trigger_from"):
            raw[name] = raw[name].isoformat()
        return raw | {"looks": list(self.looks)}


def plan_from_json(raw: dict[str, Any]) -> Plan:
    """The plan that `Plan.as_json` wrote."""
    days = {name: date.fromisoformat(raw[name]) for name in _DATES}
    measure = None if raw["measure"] is None else Measure(**raw["measure"])
    return Plan(**raw | days | {"measure": measure, "looks": tuple(raw["looks"])})


_DATES = ("alert_day", "fix_day", "trigger_from")


def look_days(plan: Plan) -> list[date]:
    """When each look can be judged: the first local day after its whole weeks are over."""
    return [plan.settled_from + timedelta(days=days) for days in plan.all_looks]


def an_hour_into(day: date, zone: ZoneInfo) -> datetime:
    """When a day is looked back from: so late that the rows of the day before are in."""
    return datetime(day.year, day.month, day.day, 1, tzinfo=zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def baseline_days(plan: Plan) -> Period:
    """The days strictly between alert and fix: the problem as it was, no longer picked as extreme.

    The trigger window itself is never in it: an alert fires because that window was extreme, and
    the weeks after it look better even when nothing was done (regression to the mean).
    """
    return Period(plan.alert_day + timedelta(days=1), plan.fix_day)


def after_days(plan: Plan, look: int) -> Period:
    """The evaluation days of a look (0-based), settling time left out."""
    return Period(plan.settled_from, look_days(plan)[look])


def history_days(plan: Plan) -> Period:
    """The eight weeks before the trigger window."""
    return Period(plan.trigger_from - timedelta(days=HISTORY_DAYS), plan.trigger_from)


def with_reference(
    plan: Plan,
    *,
    goal: float | None,
    history: Sequence[Day],
    recover_at: float | None,
    window_days: float = 1,
) -> Plan:
    """The plan with its target: the touchpoint's goal, else normal before, else the rule's line.

    history     of the same measure; used from `min_days` days and `min_n` answers on
    recover_at  the recovery level of the rule that fired
    window_days length of the rule's window: goal and level of a count are per window, not per day
    A percentile is judged as a share beyond its line, so neither its goal nor its recovery level
    is in the measure's unit: there the share that puts the percentile on the line is the target.
    """
    measure = plan.measure
    if measure is None:
        return plan
    per = window_days if measure.kind == "count" else 1
    if goal is not None and measure.at_line is None:
        return replace(plan, reference=goal / per, reference_source="goal")
    days = [day for day in history_days(plan).of(history) if day.n > 0]
    n, total = sum(day.n for day in days), sum(day.total for day in days)
    if len(days) >= plan.min_days and (n >= plan.min_n or measure.kind == "count"):
        return replace(plan, reference=measure.factor * total / n, reference_source="history")
    line = recover_at if measure.at_line is None else measure.at_line
    if line is None:
        return replace(plan, reference=None, reference_source="")
    return replace(plan, reference=line / per, reference_source="rule")
