"""Single answers that complain, with the customers who gave them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from alerts.models import Alert
from cx_loop.models import Metric, Series
from tasks.logic.recovery import Line, line_of

_COMPLAINTS = """
SELECT said.digest, said.series_id, said.value, said.occurred_at, link.customer, link.may_contact
FROM cx_loop_observation AS said
JOIN cx_loop_customerlink AS link ON link.digest = said.digest
WHERE said.series_id = ANY(%(series)s::bigint[])
  AND said.occurred_at >= %(since)s AND said.occurred_at < %(until)s
  AND (CASE WHEN %(low)s THEN said.value < %(at)s ELSE said.value > %(at)s END
       OR (%(inclusive)s AND said.value = %(at)s))
ORDER BY CASE WHEN %(low)s THEN said.value ELSE -said.value END, said.occurred_at
LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Complaint:
    digest: UUID
    series: Series
    value: float
    occurred_at: datetime
    customer: UUID
    may_contact: bool | None


def line_behind(alert: Alert) -> Line | None:
    """What single answers complain by: the scale, or of what has none the warning line."""
    metric: Metric = alert.version.metric
    if not _has_single_answers(metric):
        return None
    above = (alert.version.spec.get("warning") or {}).get("above")
    line = line_for(metric)
    if line is None and above is not None:
        return Line(float(above), low_is_bad=False, inclusive=False)
    return line


def line_for(metric: Metric) -> Line | None:
    """What single answers complain by on the scale of the metric; None of what has none."""
    if not _has_single_answers(metric):
        return None
    return line_of(metric.kind, metric.low, metric.high, higher_is_better=metric.higher_is_better)


def _has_single_answers(metric: Metric) -> bool:
    return not metric.comments and metric.kind not in ("rate", "count")


def complaints(
    series: Iterable[Series], line: Line, since: datetime, until: datetime, most: int
) -> list[Complaint]:
    """Of customers who can be told apart, the worst first."""
    by_id = {each.pk: each for each in series if each.touchpoint_id}
    if not by_id:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _COMPLAINTS,
            {
                "series": list(by_id),
                "since": since,
                "until": until,
                "at": line.at,
                "low": line.low_is_bad,
                "inclusive": line.inclusive,
                "most": most,
            },
        )
        rows = cursor.fetchall()
    return [Complaint(row[0], by_id[row[1]], *row[2:]) for row in rows]
