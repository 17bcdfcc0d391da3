"""What customers wrote while an alert came up decides what its task is about."""

from datetime import datetime, timedelta

from alerts.logic.durations import parse_window
from alerts.models import Alert, RuleVersion
from cx_loop.models.prepared import Asked, soon

MOST = 200  # comments a breach is judged by: the latest

# serves: index feedback_latest; '' of a dimension is any of its values
_BEHIND = """
SELECT said.* FROM alerts_group AS watched CROSS JOIN LATERAL (
    SELECT heard, mentions::text, comment FROM cx_loop_feedback
    WHERE touchpoint_id = watched.touchpoint_id AND comment <> ''
      AND occurred_at >= %(since)s::timestamptz AND occurred_at < %(until)s::timestamptz
      AND (watched.segment = '' OR segment = watched.segment)
      AND (watched.channel = '' OR channel = watched.channel)
      AND (watched.location = '' OR location = watched.location)
    ORDER BY occurred_at DESC LIMIT %(most)s::int
) AS said WHERE watched.id = %(group)s::bigint
"""


def comments_behind(group: int, since: datetime, until: datetime) -> Asked:
    """What was written in [since, until) by those a group watches, for `prevailing_pain`."""
    return soon(_BEHIND, {"group": str(group), "since": since, "until": until, "most": MOST})


def window_of(alert: Alert) -> tuple[datetime, datetime]:
    """[since, until) of the window that raised it."""
    return window_before(alert.edge, alert.version)


def window_before(edge: datetime, version: RuleVersion) -> tuple[datetime, datetime]:
    length = version.spec.get("window")
    window, _period = parse_window(length) if length else (timedelta(days=1), "")
    return edge - window, edge
