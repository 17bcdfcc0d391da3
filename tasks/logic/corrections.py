"""Data of a decided verdict that were corrected, erased or came late: seen, noted, never rewritten.

What a look was taken on is kept day by day. The sums over both of its arms are held against what
the same days amount to now; only where they differ is the verdict worked out again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from math import isclose
from typing import Any

from tasks.logic.effect import Verdict
from tasks.logic.guardrails import CLOSING
from tasks.logic.measures import Day, Measure
from tasks.logic.plan import Period, Plan, after_days, baseline_days

DAILY, WEEKLY = 14, 365  # days after the verdict: every day up to the first, then every week
ARMS = ("days", "controls")  # as a look keeps them


def next_recheck(decided: date, today: date) -> date | None:
    """The day after `today` on which the data are looked at again; None: not any more.

    Most corrections come within days; an erasure may come at any time, hence a year.
    """
    age = (today - decided).days
    if age < DAILY:
        return today + timedelta(days=1)
    following = today + timedelta(days=7 - (age - DAILY) % 7)
    return following if (following - decided).days <= WEEKLY else None


def periods_of(plan: Plan, look: int) -> tuple[Period, Period]:
    return baseline_days(plan), after_days(plan, look)


def sums_of(rows: Sequence[Sequence[Any]], period: Period) -> Day:
    """Rows of [date, n, total, squares] in a period, as one."""
    inside = [row for row in rows if period.start <= date.fromisoformat(row[0]) < period.end]
    n, total, squares = (sum(row[place] for row in inside) for place in (1, 2, 3))
    return Day(period.start, n, total, squares)


def is_same(then: Day, now: Day, measure: Measure) -> bool:
    """Whether two sums say the same. Of a count `n` is how many days, which do not change."""
    names = ("total", "squares") if measure.kind == "count" else ("n", "total", "squares")
    return all(
        isclose(getattr(then, name), getattr(now, name), rel_tol=1e-9, abs_tol=1e-9)
        for name in names
    )


def rows_of(kept: Mapping[str, Any], key: str) -> list[tuple[date, float, float, float]]:
    return [(date.fromisoformat(on), n, total, sq) for on, n, total, sq in kept.get(key) or []]


def days_corrected(then: Mapping[str, Any], now: Mapping[str, Any], plan: Plan, look: int) -> int:
    """On how many days of both arms the sums differ, of what is judged or of the controls."""
    found: set[date] = set()
    for period in periods_of(plan, look):
        for key in ARMS:
            before = {row[0]: row[1:] for row in rows_of(then, key)}
            for on, *sums in rows_of(now, key):
                if period.start <= on < period.end and not _alike(before.get(on), sums):
                    found.add(on)
    return len(found)


def correction(
    again: Verdict, then: Mapping[str, Any], *, days: int, guarded: bool
) -> dict[str, Any]:
    """What is noted: what the look would say now, and whether that is what it said.

    then: the result of the look. guarded: a guardrail held its verdict back.
    """
    if guarded and again.verdict in CLOSING:
        again = replace(again, verdict=None, state="person", reason="guardrail")
    said = (again.verdict, again.recovered)
    return {
        "days": days,
        "same": said == (then.get("verdict"), then.get("recovered")),
        "verdict": again.verdict,
        "reason": again.reason,
        "recovered": again.recovered,
        "proven": again.proven,
        "effect": again.effect,
        "interval": list(again.interval) if again.interval else None,
        "n": [(then.get("after") or {}).get("n"), again.after.get("n")],
    }


def _alike(before: Sequence[float] | None, now: Sequence[float]) -> bool:
    return before is not None and all(
        isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
        for one, other in zip(before, now, strict=True)
    )
