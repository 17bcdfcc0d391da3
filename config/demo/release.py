"""What the demo withholds because it has not happened yet, released as time passes."""

from datetime import datetime, timedelta
from itertools import islice, takewhile

from config.demo.load import remember, rows_after
from cx_loop.actions.exclusive import past_is_lived
from cx_loop.ingest.accept import accept_items
from cx_loop.models import Organization, Source

AT_ONCE = 5000
A_WHILE = timedelta(minutes=1)  # a look costs a second, and flights are booked by the minute


def release_due(*, now: datetime) -> int:
    """Store the demo's rows up to `now` that are not stored yet. Returns how many."""
    company = Organization.objects.filter(demo=True).first()
    if company is None or past_is_lived():
        return 0
    at = datetime.fromisoformat(company.demo_progress["at"])
    if now - at < A_WHILE or at >= datetime.fromisoformat(company.demo_progress["end"]):
        return 0
    upcoming = takewhile(lambda row: row[0] < now, rows_after(company, at))
    due = list(islice(upcoming, AT_ONCE))
    if due:
        accept_items([item for _, item in due], source=Source.objects.get(key="demo"), now=now)
    # more than fits at once: the next call goes on from the last row, which is stored once
    remember(company, due[-1][0] if len(due) == AT_ONCE else now)
    return len(due)
