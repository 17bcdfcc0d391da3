"""Alerts as the pages show them: every code said in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from alerts.logic.levels import operator_of
from alerts.models import Alert, Group
from alerts.notices import STATES, say_problem, sentence_of
from alerts.ui.slots import WorkLink, work_of_alerts
from cx_loop.models import User, in_language
from cx_loop.ui.dimensions import ValueNames, value_names


@dataclass(frozen=True, slots=True)
class AlertRow:
    alert: Alert
    title: str
    sentence: str
    state: str
    work: list[WorkLink]
    is_quiet: bool = False


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group in words, and where its log is: ?touchpoint=…&segment=…"""

    group: Group
    title: str
    query: str


def group_rows(groups: Iterable[Group]) -> list[GroupRow]:
    """Boarding (Gold, Airport): a query for each dimension that is said."""
    names = value_names()
    rows = []
    for group in groups:
        place = in_language(group.touchpoint.name) or group.touchpoint.key
        named = {"touchpoint": group.touchpoint.key, **group.dimensions}
        rows.append(GroupRow(group, in_group(place, group, names), urlencode(named)))
    return rows


def alert_rows(alerts: Iterable[Alert], viewer: User, now: datetime) -> list[AlertRow]:
    """Rows of a list, with the tasks about them: so many queries for all."""
    alerts = list(alerts)
    names = value_names()
    work = work_of_alerts([alert.pk for alert in alerts], viewer)
    return [
        AlertRow(
            alert=alert,
            title=title_of(alert, names),
            sentence=sentence_of(alert),
            state=str(STATES[alert.state]),
            work=work.get(alert.pk, []),
            is_quiet=alert.is_quiet(now),
        )
        for alert in alerts
    ]


def title_of(alert: Alert, names: ValueNames) -> str:
    """Boarding · Wait too long (Gold, Airport)."""
    spec, metric = alert.version.spec, alert.version.metric
    level = spec.get("warning") or spec.get("critical") or {}
    operator = f"drift_{alert.drift['way']}" if alert.drift else operator_of(level)
    problem = say_problem(metric.kind, operator, in_language(metric.name) or metric.key)
    title = f"{in_language(alert.touchpoint.name)} · {problem}"
    return in_group(title, alert.group, names)


def in_group(title: str, group: Group, names: ValueNames) -> str:
    said = names.along(group.dimensions)
    return _("%(title)s (%(segment)s)") % {"title": title, "segment": said} if said else title
