"""What a task could prove, in words, on its page before the work starts."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from cx_loop.models import Actor, User, in_language
from cx_loop.ui.words import say_number, say_value
from tasks.actions.judge_elsewhere import may_judge_elsewhere
from tasks.actions.outlook import Elsewhere, expected_of
from tasks.actions.yardsticks import chosen_for
from tasks.logic.measures import Measure
from tasks.logic.power import Outlook
from tasks.models import JudgedElsewhere, Task


@dataclass(frozen=True, slots=True)
class OutlookShown:
    """`sentences`: the smallest change, how long, how likely; `offers`: where else to look, each
    with the value of its choice; `chosen`: what a lead has accepted already."""

    sentences: list[str]
    offers: list[tuple[str, str]]
    chosen: str
    may_choose: bool


def outlook_shown(task: Task, user: User, now: datetime) -> OutlookShown | None:
    expected = expected_of(task, now)
    if expected is None or expected.plan.measure is None:
        return None
    found, measure = expected.outlook, expected.plan.measure
    unit = task.metric.unit if task.metric else ""
    said = [_smallest(found, say_change(found.smallest, measure, unit)), _how_long(found)]
    return OutlookShown(
        sentences=[each for each in said if each],
        offers=[(f"{each.of}|{each.metric.key}", _offer(each)) for each in expected.elsewhere],
        chosen=_chosen(chosen_for(task)),
        may_choose=bool(expected.elsewhere and may_judge_elsewhere(Actor(user), task)),
    )


def _chosen(chosen: JudgedElsewhere | None) -> str:
    if chosen is None:
        return ""
    words = {
        "metric": in_language(chosen.metric.name) or chosen.metric.key,
        "person": str(chosen.by),
        "reason": chosen.reason,
    }
    if chosen.of == JudgedElsewhere.Of.STAGE:
        return _("%(person)s chose to judge it on the whole stage: %(reason)s") % words
    return _("%(person)s chose to judge it on %(metric)s: %(reason)s") % words


def say_change(change: float, measure: Measure, unit: str) -> str:
    """A change is in points where the measure is in percent: 6 % better could mean half a point."""
    if measure.factor != 1:
        return say_value(change, _("points"))
    return say_value(change, _("a day") if measure.kind == "count" else unit)


def _smallest(found: Outlook, change: str) -> str:
    words = {"change": change, "answers": say_number(found.per_day)}
    return (
        _("The smallest change this task can prove is %(change)s, at %(answers)s answers a day.")
        % words
    )


def _how_long(found: Outlook) -> str:
    if found.gap is None:
        return ""
    likely = say_number(100 * (found.chance or 0.0))
    if found.days is None:
        return _(
            "A complete repair will probably not be proven: the chance is %(chance)s %%. "
            "Whether the metric is back will be seen all the same."
        ) % {"chance": likely}
    words = {"days": found.days, "chance": likely}
    return _("A complete repair can be proven %(days)s days after the fix.") % words


def _offer(each: Elsewhere) -> str:
    words = {
        "metric": in_language(each.metric.name) or each.metric.key,
        "change": say_change(each.outlook.smallest, each.measure, each.metric.unit),
        "days": each.outlook.days,
    }
    if each.is_stage:
        return _("The whole stage would show %(change)s within %(days)s days.") % words
    return _("%(metric)s at this touchpoint would show %(change)s within %(days)s days.") % words
