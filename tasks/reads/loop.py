"""The loop's own figures put together: what pages, files and the API all say."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from cx_loop.logic.working_time import WorkingHours
from cx_loop.models import Department, Viewer, in_language
from tasks.logic.loop_figures import Counts, Figures, Took, figures_of, nothing, took
from tasks.reads import learning
from tasks.reads.hours import hours_of
from tasks.reads.learning import Stretch, Summary
from tasks.reads.loop_figures import counts_of_tasks
from tasks.reads.loop_rounds import Rounds, Timed, rounds_of


class Loop(NamedTuple):
    """`answered` and `fixed`: of the rounds that were measured, for the curves."""

    whole: Figures
    sides: list[Figures]
    answered: list[Timed]
    fixed: list[Timed]


def loop_of(viewer: Viewer, stretch: Stretch, of_fixes: Summary, *, now: datetime) -> Loop:
    """Of everything the reader sees, and of each department, those with most tasks first."""
    answers = rounds_of(viewer, stretch, "responded_at")
    submits = rounds_of(viewer, stretch, "submitted_at")
    counts, by_department = counts_of_tasks(viewer, stretch, now=now)
    learned = {each.key: each for each in learning.learned(viewer, "department", stretch)}
    departments = _departments({*by_department, *answers.all, *submits.all})
    hours = {each.pk: hours_of(each) for each in departments}
    answered, fixed = answers.timed(hours), submits.timed(hours)
    sides = []
    for each in departments:
        fix = learned.get(each.key)
        sides.append(
            figures_of(
                key=each.key,
                name=in_language(each.name) or each.key,
                counts=by_department.get(each.pk, Counts()),
                response=_took_by(each.pk, answered, answers),
                resolution=_took_by(each.pk, fixed, submits),
                day=hours[each.pk].day,
                fixes=(fix.proven, fix.recovered, fix.relapsed)
                if fix
                else (nothing(), nothing(), nothing()),
            )
        )
    whole = figures_of(
        key="",
        name=_("All together"),
        counts=counts,
        response=took(_lengths(answered), of=sum(answers.all.values())),
        resolution=took(_lengths(fixed), of=sum(submits.all.values())),
        day=_day_of_most([*answered, *fixed], hours),
        is_mixed=len({each.day for each in hours.values()}) > 1,
        fixes=(of_fixes.proven, of_fixes.recovered, of_fixes.relapsed),
    )
    sides.sort(key=lambda side: (-side.opened, side.key))
    return Loop(whole, sides, answered, fixed)


def _departments(ids: set[int]) -> list[Department]:
    found = Department.objects.filter(pk__in=sorted(ids)).select_related("calendar")
    return list(found.order_by("key"))


def _day_of_most(timed: Iterable[Timed], hours: Mapping[int, WorkingHours]) -> timedelta:
    """The working day that most of the lengths were measured in."""
    days = Counter(hours[each.department].day for each in timed)
    return max(days, key=lambda day: (days[day], day), default=timedelta(days=1))


def _took_by(department: int, timed: Iterable[Timed], rounds: Rounds) -> Took:
    mine = [each for each in timed if each.department == department]
    return took(_lengths(mine), of=rounds.all.get(department, 0))


def _lengths(timed: Iterable[Timed]) -> list[timedelta]:
    return [each.length for each in timed]
