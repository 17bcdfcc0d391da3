"""Taking a list of alerts away as a file: what stands in it, and that it was taken."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from alerts.models import Alert, Severity
from alerts.notices import STATES
from alerts.ui.slots import work_of_alerts
from cx_loop.models import Actor, Organization, Segment, Viewer, in_language, record
from cx_loop.ui.sheets import Cell, Sheet, check_length, chunks_of, in_zone


def export_alerts(
    alerts: QuerySet[Alert],
    *,
    kind: str,
    viewer: Viewer,
    by: Actor,
    now: datetime,
    asked: str = "",
) -> Sheet:
    """The alerts as a sheet, in the reader's language; the trail says who took which list.

    `viewer`: whose tasks are named beside them. `asked`: the filters. Raises TooLong.
    """
    check_length(alerts, kind)
    related = alerts.select_related("touchpoint", "group", "version__metric", "version__rule")
    segments = {key: in_language(name) for key, name in Segment.objects.values_list("key", "name")}
    zone, params = Organization.current_zone(), {"format": kind, "asked": asked[:300]}
    record(verb="exported", subject="alerts", subject_id=0, by=by, now=now, params=params)

    def cells(part: list[Alert]) -> Iterator[list[Cell]]:
        work = work_of_alerts([alert.pk for alert in part], viewer)
        for alert in part:
            numbers = sorted(link.number for link in work.get(alert.pk, []))
            yield _cells(alert, segments, numbers)

    name = f"alerts-{now.astimezone(zone):%Y-%m-%d}"
    return Sheet(name, _titles(), chunks_of(related, cells), zone)


def _titles() -> list[str]:
    zone = Organization.current_zone()
    return [
        _("Number"),
        _("State"),
        _("Severity"),
        _("Touchpoint"),
        _("Rule"),
        _("Metric"),
        _("Segment"),
        _("Channel"),
        _("Location"),
        _("Value"),
        _("Unit"),
        _("Observations"),
        _("Worst value"),
        _("Newest value"),
        in_zone(_("Opened"), zone),
        in_zone(_("Acknowledged"), zone),
        in_zone(_("Closed"), zone),
        _("Value came back"),
        _("Tasks"),
        _("Address"),
    ]


def _cells(alert: Alert, segments: dict[str, str], numbers: list[int]) -> list[Cell]:
    rule, metric, group = alert.version.rule, alert.version.metric, alert.group
    return [
        alert.pk,
        str(STATES[alert.state]),
        _("Critical") if alert.severity == Severity.CRITICAL else _("Warning"),
        in_language(alert.touchpoint.name),
        in_language(rule.name) or rule.key,
        in_language(metric.name) or metric.key,
        segments.get(group.segment, group.segment),
        group.channel,
        group.location,
        alert.value,
        metric.unit,
        alert.n,
        alert.peak,
        alert.last_value,
        alert.opened_at,
        alert.acknowledged_at,
        alert.closed_at,
        alert.cleared,
        ", ".join(f"#{number}" for number in numbers),
        f"{settings.PUBLIC_URL}/alerts/{alert.pk}/",
    ]
