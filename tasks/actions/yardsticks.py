"""Where else a fix could be judged: the stage of its touchpoint, or another metric there."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db.models import Q

from alerts.models import RuleVersion
from cx_loop.models import Metric, Organization, Series
from tasks.actions.series import days_of
from tasks.logic.measures import Day, Measure, usual_measure
from tasks.logic.plan import Plan, history_days, with_reference
from tasks.models import JudgedElsewhere, Task


@dataclass(frozen=True, slots=True)
class Yardstick:
    """`is_stage`: the metric of the rule over the whole stage; else another metric here."""

    metric: Metric
    is_stage: bool
    measure: Measure
    series: list[int]

    @property
    def of(self) -> str:
        return "stage" if self.is_stage else "touchpoint"


def yardsticks_of(task: Task, version: RuleVersion, measure: Measure) -> Iterator[Yardstick]:
    if task.touchpoint is None:
        return
    stage = task.touchpoint.stage_id
    of_stage = Series.objects.filter(Q(stage=stage) | Q(touchpoint__stage=stage))
    theirs = of_stage.filter(metric=version.metric_id).order_by("id")
    yield Yardstick(version.metric, True, measure, list(theirs.values_list("id", flat=True)))
    here = Series.objects.filter(touchpoint=task.touchpoint_id).order_by("id")
    others = Metric.objects.filter(id__in=here.values("metric"), retired_at=None)
    for metric in others.exclude(id=version.metric_id).order_by("key"):
        usual = usual_measure(metric.scale)
        if usual is not None:
            mine = list(here.filter(metric=metric).values_list("id", flat=True))
            yield Yardstick(metric, False, usual, mine)


def plan_by(plan: Plan, yardstick: Yardstick, *, until: int = 0) -> tuple[Plan, list[Day]]:
    """The plan on another yardstick, held against what was normal there; and the days it was
    judged normal by, up to `until` days after the trigger window began."""
    period, metric = history_days(plan), yardstick.metric
    last = period.end + timedelta(days=until - 1)
    zone = Organization.current().zone
    days = days_of(yardstick.series, metric.scale, yardstick.measure, period.start, last, zone)
    bare = replace(
        plan,
        measure=yardstick.measure,
        higher_is_better=metric.higher_is_better,
        reference=None,
        reference_source="",
    )
    return with_reference(bare, goal=None, history=days, recover_at=None), days


def chosen_for(task: Task) -> JudgedElsewhere | None:
    """What a lead chose for the round the task is in."""
    mine = JudgedElsewhere.objects.filter(task=task, episode=task.episode)
    return mine.select_related("metric", "by").first()


def yardstick_of(
    chosen: JudgedElsewhere, task: Task, version: RuleVersion, measure: Measure
) -> Yardstick | None:
    """The choice as it can be measured now; None where nothing is measured there any more."""
    asked = (chosen.of, chosen.metric_id)
    found = (each for each in yardsticks_of(task, version, measure) if each.series)
    return next((each for each in found if (each.of, each.metric.pk) == asked), None)
