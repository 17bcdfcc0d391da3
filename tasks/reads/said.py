"""What customers wrote while an alert came up decides what its task is about."""

from datetime import datetime, timedelta

from alerts.logic.durations import parse_window
from alerts.models import Alert
from cx_loop.reads.voice import prevailing_pain


def pain_behind(alert: Alert) -> str:
    """The pain category that prevails in the comments of the window that raised it, or ''."""
    since, until = window_of(alert)
    return prevailing_pain(alert.touchpoint_id, since, until, alert.group.dimensions)


def window_of(alert: Alert) -> tuple[datetime, datetime]:
    """[since, until) of the window that raised it."""
    length = alert.version.spec.get("window")
    window, _period = parse_window(length) if length else (timedelta(days=1), "")
    return alert.edge - window, alert.edge
