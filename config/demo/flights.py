"""The demo's real figures, as observations of this year: shifted by whole weeks, never changed.

Between them stand the invented answers of `answers.py`."""

import csv
import gzip
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from config.demo.answers import answers

FILE = Path(__file__).with_name("flights.csv.gz")
NEW_YORK = ZoneInfo("America/New_York")
WEEK = timedelta(weeks=1)
FIRST, LAST = date(2013, 6, 1), date(2013, 7, 31)
HOUR = timedelta(hours=1)

Row = tuple[datetime, dict[str, Any]]


def shift(today: date) -> timedelta:
    """The whole weeks after which the figures end in the week of `today` (it begins on Monday)."""
    sunday = today + timedelta(days=6 - today.weekday())
    return (sunday - LAST) // WEEK * WEEK


def moment(wall: datetime, by: timedelta) -> datetime:
    """The same wall time so many weeks later, in UTC; otherwise winter time would move flights."""
    return (wall + by).replace(tzinfo=NEW_YORK).astimezone(UTC)


def observations(by: timedelta) -> Iterator[Row]:
    """(moment, observation) in order of time, each flight at its scheduled time, with the answers
    that were invented."""
    return _told(by, answers)


def flown(by: timedelta) -> Iterator[Row]:
    """What really was, alone."""
    return _told(by, lambda at, number, flight: ())


def _told(by: timedelta, said: Callable[..., Iterable[Row]]) -> Iterator[Row]:
    hour: datetime | None = None
    flights: Counter[str] = Counter()
    cancelled: Counter[str] = Counter()
    for number, flight in enumerate(_flights()):
        scheduled = datetime.fromisoformat(flight["scheduled_at"]).replace(tzinfo=UTC)
        at = moment(scheduled.astimezone(NEW_YORK).replace(tzinfo=None), by)
        if hour is not None and at >= hour + HOUR:
            yield from _cancellations(hour, flights, cancelled)
            flights.clear()
            cancelled.clear()
        hour = at.replace(minute=0)
        airport = flight["origin"]
        flights[airport] += 1
        cancelled[airport] += not flight["departure_delay"]
        yield from _delays(at, number, flight)
        yield from said(at, number, flight)
    if hour is not None:
        yield from _cancellations(hour, flights, cancelled)


def _flights() -> Iterator[dict[str, str]]:
    with gzip.open(FILE, "rt", encoding="ascii", newline="") as lines:
        yield from csv.DictReader(lines)


def _delays(at: datetime, number: int, flight: dict[str, str]) -> Iterator[Row]:
    for kind in ("departure", "arrival"):
        if delay := flight[f"{kind}_delay"]:
            yield (
                at,
                {
                    "occurred_at": at.isoformat(),
                    "touchpoint": f"{kind}-{flight['origin'].lower()}",
                    "metric": f"{kind}_delay",
                    "value": max(0, int(delay)),
                    "channel": "airport",
                    "external_id": f"flight-{number}",
                },
            )


def _cancellations(hour: datetime, flights: Counter[str], cancelled: Counter[str]) -> Iterator[Row]:
    """One rate an hour and airport, at the end of its hour."""
    at = hour + HOUR - timedelta(minutes=1)
    for airport, scheduled in sorted(flights.items()):
        yield (
            at,
            {
                "occurred_at": at.isoformat(),
                "touchpoint": f"departure-{airport.lower()}",
                "metric": "cancelled",
                "value": cancelled[airport],
                "exposure": scheduled,
                "channel": "airport",
                "external_id": f"cancelled-{airport}-{hour.isoformat()}",
            },
        )
