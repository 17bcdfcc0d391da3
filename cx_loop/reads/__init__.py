from cx_loop.reads.people import MOST_PEOPLE, people_of, people_seen_by
from cx_loop.reads.windows import (
    daily_totals,
    daily_totals_of,
    series_points,
    totals_of_windows,
    window_totals,
)

__all__ = [
    "MOST_PEOPLE",
    "daily_totals",
    "daily_totals_of",
    "people_of",
    "people_seen_by",
    "series_points",
    "totals_of_windows",
    "window_totals",
]
