"""The loop's own figures said as sentences."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from cx_loop.ui.sparks import Spark
from cx_loop.ui.words import say_working_time
from tasks.logic.learning import Share
from tasks.logic.loop_figures import Figures, Length, Took
from tasks.web.periods import Period

Say = Callable[[timedelta], str]
FEW = 10  # of fewer a figure is shown lighter: its interval is most of the scale


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in words: never without n and interval. `url`: the tasks behind it."""

    said: str
    value: str
    between: str
    few: bool
    url: str = ""
    spark: Spark | None = None
    spark_said: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """One department beside the others."""

    key: str
    name: str
    opened: Figure
    cells: list[Figure]


def headline(found: Figures, period: Period) -> list[Figure]:
    """The five sentences, in the order they are asked for in a meeting."""
    say = sayer_of(found)
    return [
        length_figure(
            _("of working time until half of the tasks were answered"),
            found.response,
            tasks_url(period, "answered"),
            say,
        ),
        length_figure(
            _("of working time until half of the fixes were in"),
            found.resolution,
            tasks_url(period, "resolved"),
            say,
        ),
        share_figure(_("were late"), found.late, tasks_url(period, "late")),
        share_figure(
            _("were escalated to a lead or higher"), found.to_lead, tasks_url(period, "lead")
        ),
        share_figure(_("of fixes are proven"), found.proven, tasks_url(period, "proven")),
        share_figure(
            _("of what had worked came back"), found.relapsed, tasks_url(period, "relapsed")
        ),
    ]


def sides_of(found: Iterable[Figures], period: Period) -> list[Side]:
    """Departments side by side; each cell opens its tasks."""
    return [
        Side(
            key=each.key,
            name=each.name,
            opened=Figure("", str(each.opened), "", few=each.opened < FEW),
            cells=list(_cells(each, period)),
        )
        for each in found
    ]


def _cells(each: Figures, period: Period) -> Iterator[Figure]:
    def url(figure: str) -> str:
        return tasks_url(period, figure, department=each.key) if each.key else ""

    say = sayer_of(each)
    yield length_figure("", each.response, url("answered"), say)
    yield length_figure("", each.resolution, url("resolved"), say)
    yield share_figure("", each.late, url("late"))
    yield share_figure("", each.to_lead, url("lead"))
    yield share_figure("", each.proven, url("proven"))
    yield share_figure("", each.relapsed, url("relapsed"))


def share_figure(said: str, share: Share, url: str = "") -> Figure:
    if share.share is None or share.interval is None:
        return Figure(said, "–", _("none yet"), few=True)
    low, high = share.interval
    words = {"count": share.count, "n": share.n, "low": f"{low:.0f}", "high": f"{high:.0f}"}
    between = _("%(count)s of %(n)s, 95 %% interval %(low)s to %(high)s %%") % words
    return Figure(said, f"{share.share:.0f} %", between, share.n < FEW, url)


def sayer_of(found: Figures) -> Say:
    """How its lengths of working time are said: in days as long as they are there."""

    def say(length: timedelta) -> str:
        said = say_working_time(length, found.day)
        is_rounded = found.is_mixed and length >= 2 * found.day
        return _("about %(length)s") % {"length": said} if is_rounded else said

    return say


def length_figure(said: str, length: Took, url: str, say: Say) -> Figure:
    """The median, with its interval, and what nine of ten took at most."""
    median, most = length.median, length.most
    if median.value is None:
        return Figure(said, "–", _("none yet"), few=True)
    said_of = [_ends(median, say), _nine_of_ten(most, say), _measured(length)]
    between = "; ".join(each for each in said_of if each)
    return Figure(said, say(median.value), between, length.n < FEW, url)


def _ends(length: Length, say: Say) -> str:
    low, high = length.between
    words = {"n": length.n}
    if low is None or high is None:
        return _("n = %(n)s, too few for an interval") % words
    ends = {"low": say(low), "high": say(high)}
    return _("n = %(n)s, 95 %% interval %(low)s to %(high)s") % (words | ends)


def _nine_of_ten(most: Length, say: Say) -> str:
    if most.value is None or most.n < FEW:
        return ""
    return _("nine of ten within %(length)s") % {"length": say(most.value)}


def _measured(length: Took) -> str:
    if length.of <= length.n:
        return ""
    return _("measured on %(n)s of %(of)s, drawn by lot") % {"n": length.n, "of": length.of}


def tasks_url(period: Period, figure: str, **more: str) -> str:
    return period.url(reverse("tasks:insights-tasks"), figure=figure, **more)
