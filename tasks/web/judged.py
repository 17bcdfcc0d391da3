"""What a verdict was judged on, from what its look kept: the measure by day, both arms with their
intervals, the others and the target."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from cx_loop.logic.intervals import wilson
from cx_loop.ui.charts import Line, Marker, Point, Trend, trend
from cx_loop.ui.levels import Level
from cx_loop.ui.words import say_number
from tasks.actions.series import days_kept
from tasks.logic.estimates import arm_of, standard_error
from tasks.logic.measures import Day, Measure
from tasks.logic.plan import Period, Plan, after_days, baseline_days, plan_from_json
from tasks.models import Look, Task, Verification
from tasks.web.verification import bands_of, looks_of, unit_of_verdict

DAYS_BEFORE = 28  # of the history that is drawn


@dataclass(frozen=True, slots=True)
class Stored:
    """One look as it was taken."""

    look: Look
    plan: Plan
    measure: Measure
    days: list[Day]
    controls: list[Day]

    @property
    def result(self) -> dict[str, Any]:
        found: dict[str, Any] = self.look.result
        return found


def judged_chart(found: Verification, task: Task) -> Trend | None:
    """At the newest look of a verification; None where there was none, or nothing to measure."""
    look = found.looks.order_by("-seq").first() if found.plan else None
    stored = stored_of(look, found) if look else None
    return verdict_chart(stored, found, unit_of_verdict(found, task)) if stored else None


def verdict_chart(stored: Stored, found: Verification, unit: str) -> Trend:
    """The measure the verdict is on, by day, with both arms, the others and the target."""
    plan, measure = stored.plan, stored.measure
    first = plan.trigger_from - timedelta(days=DAYS_BEFORE)
    target = plan.reference
    return trend(
        [_point(day, measure) for day in stored.days if day.date >= first],
        title=_("What the verdict is judged on, by day"),
        unit=unit,
        lines=[Line(target, "goal", _("Target %(line)s") % {"line": say_number(target)})]
        if target is not None
        else [],
        markers=[
            Marker(plan.alert_day, "alert", _("Alert")),
            Marker(plan.fix_day, "fix", _("Fix")),
            *looks_of(found),
        ],
        bands=bands_of(found),
        levels=list(_levels(stored)),
        others=[_point(day, measure) for day in stored.controls if day.date >= first],
        others_name=_("other touchpoints"),
        bounds=(0.0, 100.0) if measure.kind == "share" else None,
    )


def stored_of(look: Look, found: Verification) -> Stored | None:
    plan = plan_from_json(found.plan) if found.plan else None
    if plan is None or plan.measure is None:
        return None
    days, controls = (days_kept(look.data.get(name)) for name in ("days", "controls"))
    return Stored(look, plan, plan.measure, days, controls)


def _point(day: Day, measure: Measure) -> Point:
    if day.n <= 0:
        return Point(day.date, None, 0)
    low, high = None, None
    if measure.kind == "share":
        low, high = (100 * end for end in wilson(day.total, day.n))
    n = day.total if measure.kind == "count" else day.n
    return Point(day.date, measure.factor * day.total / day.n, n, low, high)


def _levels(stored: Stored) -> Iterator[Level]:
    """Both arms with 95 % intervals, widened as the days of the series differ."""
    plan, spread = stored.plan, stored.result.get("dispersion") or 1.0
    periods: list[tuple[str, Period]] = [
        ("baseline", baseline_days(plan)),
        ("after", after_days(plan, stored.look.seq)),
    ]
    for kind, period in periods:
        arm = arm_of(period.of(stored.days), stored.measure)
        if arm.value is None or arm.start is None or arm.end is None:
            continue
        if stored.measure.kind == "share":
            low, high = (100 * end for end in wilson(arm.total / spread, arm.n / spread))
        else:
            reach = 1.96 * standard_error((spread * arm.variance, arm.n))
            low, high = arm.value - reach, arm.value + reach
        yield Level(arm.start, arm.end, arm.value, low, high, kind)
