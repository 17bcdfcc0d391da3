"""Who complained of what a task is about: behind its alerts, on its list, and in whatever else was
said at its touchpoint in the same time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from alerts.models import Alert, GroupSeries
from cx_loop.models import Series
from tasks.logic.recovery import Line
from tasks.models import Task, TaskAlert
from tasks.reads.complaints import line_behind, line_for
from tasks.reads.said import window_of

MOST = 500  # customers of one task
ALERTS = 20  # of one task, the latest
SERIES = 500  # at its touchpoint: one for each metric, segment, channel and location
BEFORE = timedelta(days=7)  # what led to a task that somebody opened by hand
# where a customer is known from, the nearest to the task first
ORIGINS = ("alert", "list", "answer", "comment")

# one row a customer: their latest answer that says whether they may be contacted, else the latest;
# who may be told now first, otherwise those who were told would stand in the way of the others
_COMPLAINED = """
WITH complained AS (
    SELECT said.digest, watched.origin
    FROM unnest(%(series)s::bigint[], %(since)s::timestamptz[], %(at)s::float8[],
                %(low)s::bool[], %(inclusive)s::bool[], %(origin)s::int[])
         AS watched(series_id, since, at, low, inclusive, origin)
    JOIN cx_loop_observation AS said
        ON said.series_id = watched.series_id AND said.occurred_at >= watched.since
       AND (CASE WHEN watched.low THEN said.value < watched.at ELSE said.value > watched.at END
            OR (watched.inclusive AND said.value = watched.at))
    WHERE said.occurred_at >= %(first)s::timestamptz AND said.occurred_at < %(until)s::timestamptz
    UNION ALL
    SELECT digest, 1 FROM tasks_recovery WHERE task_id = %(task)s::bigint
    UNION ALL
    SELECT listed.digest, 1
    FROM unnest(%(begins)s::timestamptz[], %(segments)s::text[]) AS part(since, segment)
    JOIN tasks_recovery AS listed
        ON listed.touchpoint_id = %(touchpoint)s::bigint AND listed.occurred_at >= part.since
       AND (part.segment = '' OR listed.segment = part.segment)
    WHERE listed.task_id IS NULL AND listed.occurred_at < %(until)s::timestamptz
    UNION ALL
    SELECT written.digest, 3
    FROM unnest(%(begins)s::timestamptz[], %(segments)s::text[], %(channels)s::text[],
                %(locations)s::text[]) AS part(since, segment, channel, location)
    JOIN cx_loop_feedback AS written
        ON written.touchpoint_id = %(touchpoint)s::bigint AND written.occurred_at >= part.since
       AND (part.segment = '' OR written.segment = part.segment)
       AND (part.channel = '' OR written.channel = part.channel)
       AND (part.location = '' OR written.location = part.location)
    WHERE written.occurred_at < %(until)s::timestamptz AND written.mentions @> '[["pain"]]'
), linked AS MATERIALIZED (
    SELECT link.customer, link.digest, link.may_contact, link.reference, link.occurred_at,
           complained.origin
    FROM complained JOIN cx_loop_customerlink AS link ON link.digest = complained.digest
), nearest AS (
    SELECT customer, min(origin) AS origin FROM linked GROUP BY customer
), latest AS (
    SELECT DISTINCT ON (customer) customer, digest, may_contact, reference
    FROM linked ORDER BY customer, may_contact IS NULL, occurred_at DESC
)
SELECT latest.customer, latest.digest, latest.may_contact, latest.reference, nearest.origin
FROM latest JOIN nearest ON nearest.customer = latest.customer
LEFT JOIN tasks_told AS told ON told.task_id = %(task)s::bigint AND told.customer = latest.customer
ORDER BY told.id IS NOT NULL, latest.may_contact IS NOT TRUE, nearest.origin, latest.customer
LIMIT %(most)s::int
"""


@dataclass(frozen=True, slots=True)
class Complainer:
    """A customer, by the answer that says whether they may be contacted."""

    customer: UUID
    digest: UUID
    may_contact: bool | None
    reference: str
    origin: str


@dataclass(frozen=True, slots=True)
class _Part:
    """Of whom a task is: since when, and of which customers; '' of a dimension is any."""

    since: datetime
    segment: str = ""
    channel: str = ""
    location: str = ""

    def holds(self, series: Series) -> bool:
        return (
            self.segment in ("", series.segment)
            and self.channel in ("", series.channel)
            and self.location in ("", series.location)
        )


@dataclass(frozen=True, slots=True)
class _Watched:
    series: int
    since: datetime
    line: Line
    origin: int


def who_complained(task: Task) -> tuple[list[Complainer], datetime]:
    """At most MOST of them, and since when their answers count: from the windows that raised the
    alerts, of a task by hand from a week before it was opened; until the fix."""
    alerts = _alerts_of(task)
    parts = [_part_of(alert) for alert in alerts]
    parts = parts or [_Part(task.created_at - BEFORE, task.segment)]
    own = list(_behind(alerts))
    watched = [*own, *_beside(task, parts, {each.series for each in own})]
    first = min([each.since for each in watched] + [part.since for part in parts])
    asked = {
        "task": task.pk,
        "touchpoint": task.touchpoint_id,
        "first": first,
        "until": task.fixed_at or task.closed_at,
        "most": MOST,
        "series": [each.series for each in watched],
        "since": [each.since for each in watched],
        "at": [float(each.line.at) for each in watched],
        "low": [each.line.low_is_bad for each in watched],
        "inclusive": [each.line.inclusive for each in watched],
        "origin": [each.origin for each in watched],
        "begins": [part.since for part in parts],
        "segments": [part.segment for part in parts],
        "channels": [part.channel for part in parts],
        "locations": [part.location for part in parts],
    }
    with connection.cursor() as cursor:
        cursor.execute(_COMPLAINED, asked)
        rows = cursor.fetchall()
    found = [
        Complainer(customer, digest, may_contact, reference, ORIGINS[origin])
        for customer, digest, may_contact, reference, origin in rows
    ]
    return found, first


def _alerts_of(task: Task) -> list[Alert]:
    related = TaskAlert.objects.filter(task=task).select_related(
        "alert__version__metric", "alert__group"
    )
    return [link.alert for link in related.order_by("-alert__opened_at")[:ALERTS]]


def _part_of(alert: Alert) -> _Part:
    return _Part(window_of(alert)[0], **alert.group.dimensions)


def _behind(alerts: list[Alert]) -> Iterable[_Watched]:
    """The series the alerts are about, alert by alert."""
    groups: dict[int, list[int]] = {}
    members = GroupSeries.objects.filter(group__in=[alert.group_id for alert in alerts])
    for group, series in members.order_by("series").values_list("group", "series"):
        groups.setdefault(group, []).append(series)
    for alert in alerts:
        line = line_behind(alert)
        for series in groups.get(alert.group_id, []) if line else ():
            assert line is not None
            yield _Watched(series, window_of(alert)[0], line, 0)


def _beside(task: Task, parts: list[_Part], known: set[int]) -> Iterable[_Watched]:
    """Everything else that is answered at the touchpoint, of the same customers in the same time;
    what has no scale complains by its alert alone."""
    if task.touchpoint_id is None:
        return
    here = Series.objects.filter(touchpoint=task.touchpoint_id).exclude(pk__in=known)
    for series in here.select_related("metric").order_by("pk")[:SERIES]:
        line = line_for(series.metric)
        since = min((part.since for part in parts if part.holds(series)), default=None)
        if line is not None and since is not None:
            yield _Watched(series.pk, since, line, 2)
