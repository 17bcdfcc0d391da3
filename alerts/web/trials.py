"""A trial on history as the rule editor shows it: figures, a picture, what it costs, a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alerts.actions.drafts import Draft, draft_of
from alerts.actions.errors import Invalid
from alerts.actions.preview import Trial, preview
from alerts.logic.conditions import spec_to_json
from alerts.logic.grouping import GroupName
from alerts.logic.levels import Level
from alerts.logic.trial import WouldHave
from alerts.models import Rule
from alerts.notices import say_aggregate_name, split_aggregate
from cx_loop.models import Department, Organization, Touchpoint, User, in_language
from cx_loop.ui.charts import Line, Marker, Point, Trend, trend
from cx_loop.ui.dimensions import TABLES, value_names
from cx_loop.ui.words import say_duration, say_number, say_value, unit_of

DAYS = 90
LISTED = 100
MARKED = 20


@dataclass(frozen=True, slots=True)
class AlertLine:
    """`number` is how the chart marks it, where it is of the group drawn."""

    number: int
    where: str
    since: datetime
    to: datetime | None
    severity: int
    lasted: str
    peak: str
    n: str


@dataclass(frozen=True, slots=True)
class Shown:
    """`costs`: a sentence a department; `compared`: beside the version in force, '' when alike or
    new; `left`: alerts that the list leaves out."""

    figures: list[tuple[str, str]]
    judged: str
    costs: list[str]
    compared: str
    chart: Trend | None
    alerts: list[AlertLine]
    left: int


def show_trial(draft: Draft, *, rule: Rule | None, user: User, now: datetime) -> Shown:
    """The last 90 days, beside the version in force when one is changed."""
    trial = _try(draft, user, now)
    names = _Names(trial)
    return Shown(
        figures=_figures(trial),
        judged=_judged(trial),
        costs=_costs(trial),
        compared=_compared(draft, trial, rule, user, now),
        chart=_chart(draft, trial, names),
        alerts=_lines(draft, trial, names),
        left=max(0, len(trial.alerts) - LISTED),
    )


def suggested_line(
    draft: Draft, *, alerts_a_month: float, user: User, now: datetime
) -> tuple[float, int] | None:
    return _try(draft, user, now, alerts_a_month).suggested


def _try(draft: Draft, user: User, now: datetime, alerts_a_month: float | None = None) -> Trial:
    since = now - timedelta(days=DAYS)
    return preview(draft, viewer=user, since=since, until=now, alerts_a_month=alerts_a_month)


class _Names:
    """Boarding (Gold, Airport): so many queries for all groups of a trial."""

    def __init__(self, trial: Trial) -> None:
        places = {alert.group.touchpoint for alert in trial.alerts}
        places |= {trial.drawn.group.touchpoint} if trial.drawn else set()
        rows = Touchpoint.objects.filter(pk__in=places).order_by()
        self.places = {each.pk: in_language(each.name) or each.key for each in rows}
        self.values = value_names()

    def of(self, group: GroupName) -> str:
        place = self.places[group.touchpoint]
        said = self.values.along({name: getattr(group, name) for name in TABLES})
        if not said:
            return place
        return _("%(title)s (%(segment)s)") % {"title": place, "segment": said}


def _figures(trial: Trial) -> list[tuple[str, str]]:
    longest = say_duration(trial.longest) if trial.alerts else "–"
    return [
        (_("alerts in %(days)s days") % {"days": DAYS}, say_number(len(trial.alerts))),
        (_("a week"), say_number(round(len(trial.alerts) / trial.weeks, 2))),
        (_("the longest"), longest),
    ]


def _judged(trial: Trial) -> str:
    if not trial.windows:
        return _("Nothing is stored for what it watches, so there is nothing to try it on.")
    share = round(100 * trial.insufficient / trial.windows)
    words = {
        "windows": f"{trial.windows:,}",
        "groups": f"{trial.groups:,}",
        "few": f"{trial.insufficient:,}",
        "share": share,
    }
    return (
        _(
            "Groups: %(groups)s. Windows judged: %(windows)s, of which %(few)s (%(share)s %%) held "
            "too few observations to decide."
        )
        % words
    )


def _costs(trial: Trial) -> list[str]:
    """At most so many tasks: alerts that overlap at a touchpoint join one."""
    owners = dict(
        Touchpoint.objects.filter(pk__in=trial.tasks).order_by().values_list("pk", "owner")
    )
    counts: dict[int, int] = {}
    for place, tasks in trial.tasks.items():
        counts[owners[place]] = counts.get(owners[place], 0) + tasks
    found = Department.objects.filter(pk__in=counts).order_by()
    names = {each.pk: in_language(each.name) or each.key for each in found}
    said = []
    for pk, tasks in sorted(counts.items(), key=lambda each: (-each[1], names[each[0]])):
        words = {
            "department": names[pk],
            "tasks": say_number(tasks),
            "week": say_number(round(tasks / trial.weeks, 2)),
        }
        said.append(_("%(department)s: at most %(week)s tasks a week (%(tasks)s in all)") % words)
    return said


def _compared(draft: Draft, trial: Trial, rule: Rule | None, user: User, now: datetime) -> str:
    if rule is None:
        return ""
    try:
        present = draft_of(rule)
    except Invalid:
        return ""
    if (present.metric, present.watches, present.spec) == (draft.metric, draft.watches, draft.spec):
        return _("This is the rule as it stands.")
    words = {"now": len(_try(present, user, now).alerts), "then": len(trial.alerts)}
    return (
        ngettext(
            "Now: %(now)s alert; with this: %(then)s.",
            "Now: %(now)s alerts; with this: %(then)s.",
            words["now"],
        )
        % words
    )


def _chart(draft: Draft, trial: Trial, names: _Names) -> Trend | None:
    if trial.drawn is None:
        return None
    unit = _unit(draft)
    zone = Organization.current().zone
    metric, aggregate = draft.metric, spec_to_json(draft.spec)["aggregate"]
    words = {
        "metric": in_language(metric.name) or metric.key,
        "aggregate": say_aggregate_name(aggregate),
        "place": names.of(trial.drawn.group),
    }
    marked = list(_numbers(trial).items())[:MARKED]
    return trend(
        [Point(each.day, each.value, each.n) for each in trial.drawn.days],
        title=_("%(metric)s, %(aggregate)s, at %(place)s: the worst window of each day") % words,
        unit=unit,
        lines=_limits(draft),
        markers=[
            Marker(trial.alerts[place].since.astimezone(zone).date(), "alert", str(number))
            for place, number in marked
        ],
    )


def _limits(draft: Draft) -> list[Line]:
    spec, found = draft.spec, []
    for level, kind, name in (
        (spec.warning, "warning", _("Warning")),
        (spec.critical, "critical", _("Critical")),
    ):
        for end in _ends(level):
            said = say_value(end, "")
            found.append(Line(end, kind, f"{name} {said}"))
    return found


def _ends(level: Level | None) -> Sequence[float]:
    if level is None:
        return ()
    return level.bound if isinstance(level.bound, tuple) else (level.bound,)


def _numbers(trial: Trial) -> Mapping[int, int]:
    """Place in the list of alerts -> number, of those of the group that is drawn."""
    here = [
        place
        for place, alert in enumerate(trial.alerts)
        if trial.drawn is not None and alert.group == trial.drawn.group
    ]
    return {place: number for number, place in enumerate(here, 1)}


def _lines(draft: Draft, trial: Trial, names: _Names) -> list[AlertLine]:
    numbers = _numbers(trial)
    every = list(enumerate(trial.alerts))
    return [
        _line(draft, trial, alert, numbers.get(place, 0), names)
        for place, alert in every[::-1][:LISTED]
    ]


def _line(draft: Draft, trial: Trial, alert: WouldHave, number: int, names: _Names) -> AlertLine:
    return AlertLine(
        number=number if number <= MARKED else 0,
        where=names.of(alert.group),
        since=alert.since,
        to=alert.to,
        severity=alert.severity,
        lasted=say_duration(alert.lasted(trial.until)),
        peak=say_value(alert.peak, _unit_of_value(draft)),
        n=say_number(alert.n),
    )


def _unit(draft: Draft) -> str:
    """Of what is drawn: a change in percent, or the unit of the figure."""
    mildest = draft.spec.every_level[-1] if not draft.spec.levels else draft.spec.levels[-1]
    if draft.spec.drift:
        return ""
    return "%" if mildest.percent else _unit_of_value(draft)


def _unit_of_value(draft: Draft) -> str:
    name = split_aggregate(spec_to_json(draft.spec)["aggregate"])[0]
    return unit_of(draft.metric.kind, draft.metric.unit, name)
