"""What customers wrote while an alert came up decides what its task is about."""

from datetime import datetime, timedelta

from alerts.logic.durations import parse_window
from alerts.models import Alert
from cx_loop.models.prepared import Asked
from cx_loop.reads.voice import comments_asked


def comments_behind(alert: Alert) -> Asked:
    """The comments of the window that raised it, for `prevailing_pain`."""
    since, until = window_of(alert)
    return comments_asked(alert.touchpoint_id, since, until, alert.group.dimensions)


def window_of(alert: Alert) -> tuple[datetime, datetime]:
    """[since, until) of the window that raised it."""
    length = alert.version.spec.get("window")
    window, _period = parse_window(length) if length else (timedelta(days=1), "")
    return alert.edge - window, alert.edge
