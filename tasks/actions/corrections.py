"""Decided verdicts are held against their data: what was corrected since is noted beside them."""

import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

from cx_loop.logic.totals import Totals
from cx_loop.models import SYSTEM, Organization, record
from cx_loop.reads import totals_of_windows
from tasks.actions.series import arms_at, kept, scale_of
from tasks.logic.corrections import (
    correction,
    days_corrected,
    is_same,
    next_recheck,
    periods_of,
    sums_of,
)
from tasks.logic.effect import judge
from tasks.logic.measures import day_of
from tasks.logic.plan import an_hour_into, midnight, plan_from_json
from tasks.models import Look, Verification

log = logging.getLogger(__name__)

AT_ONCE = 50
Key = tuple[int, str, int]  # verification, arm, baseline or after


def look_back(*, now: datetime) -> int:
    """Hold every decided verdict whose day has come against its data; how many.

    Sums of all of them in one question; only where they differ are the days read.
    """
    due = (
        Verification.objects.all()
        .to_recheck(now)
        .select_related("task__rule_version__metric", "elsewhere__metric")
    )
    rows = list(due.order_by("recheck_at", "pk")[:AT_ONCE])
    if not rows:
        return 0
    looks = _last_looks(rows)
    sums = totals_of_windows(_windows(rows, looks))
    for row in rows:
        if (look := looks.get(row.pk)) is not None:
            _hold(row, look, sums, now)
        row.recheck_at = recheck_after(row, now)
    Verification.objects.bulk_update(rows, ["recheck_at"])
    return len(rows)


def _hold(row: Verification, look: Look, sums: dict[Key, Totals], now: datetime) -> None:
    try:
        if _differs(row, look, sums):
            with transaction.atomic():
                _note(row, look, now)
        elif row.correction:
            _save(row, {}, None)  # what was corrected was put back
    except Exception:
        # one that fails must not hold up the others; its next day comes all the same
        log.exception("the verdict on task %s could not be held against its data", row.task_id)


def recheck_after(row: Verification, now: datetime) -> datetime | None:
    """When a decided verdict is held against its data next."""
    zone = Organization.current().zone
    assert row.decided_at is not None
    day = next_recheck(row.decided_at.astimezone(zone).date(), now.astimezone(zone).date())
    return None if day is None else an_hour_into(day, zone)


def _last_looks(rows: list[Verification]) -> dict[int, Look]:
    newest = Look.objects.filter(verification__in=rows).order_by("verification_id", "-seq")
    return {look.verification_id: look for look in newest.distinct("verification_id")}


def _windows(
    rows: list[Verification], looks: dict[int, Look]
) -> Iterator[tuple[Key, list[int], datetime, datetime]]:
    zone = Organization.current().zone
    for row in rows:
        if (look := looks.get(row.pk)) is None:
            continue
        arms = {"days": row.series, "controls": [pk for each in row.controls for pk in each]}
        for place, period in enumerate(periods_of(plan_from_json(row.plan), look.seq)):
            for arm, series in arms.items():
                if period.days > 0:
                    since, until = midnight(period.start, zone), midnight(period.end, zone)
                    yield (row.pk, arm, place), series, since, until


def _differs(row: Verification, look: Look, sums: dict[Key, Totals]) -> bool:
    plan = plan_from_json(row.plan)
    scale = scale_of(row)
    if plan.measure is None or scale is None:
        return False
    for place, period in enumerate(periods_of(plan, look.seq)):
        for arm in ("days", "controls"):
            totals = sums.get((row.pk, arm, place))
            if totals is None or look.data.get(arm) is None:
                continue
            then = sums_of(look.data[arm], period)
            if not is_same(then, day_of(period.start, totals, plan.measure, scale), plan.measure):
                return True
    return False


def _note(row: Verification, look: Look, now: datetime) -> None:
    """What the look would say on the data as they are now; said in the trail when that is new."""
    plan = plan_from_json(row.plan)
    days, controls = arms_at(row, plan, look.seq)
    again = judge(
        plan,
        look=look.seq,
        baseline=days,
        after=days,
        history=days,
        controls=controls,
        breaching=look.data.get("breaching"),
        asked=bool(look.data.get("asked")),
    )
    many = days_corrected(look.data, kept(days, controls), plan, look.seq)
    guarded = look.result.get("reason") == "guardrail"
    found = correction(again, look.result, days=many, guarded=guarded)
    if found == row.correction:
        return
    was = row.correction and (row.correction["verdict"], row.correction["same"])
    _save(row, found, now)
    if was != (found["verdict"], found["same"]):
        record(
            verb="verdict_stands" if found["same"] else "verdict_would_change",
            subject="task",
            subject_id=row.task_id,
            by=SYSTEM,
            now=now,
            params={"verdict": found["verdict"] or "", "days": many},
        )


def _save(row: Verification, found: dict[str, Any], at: datetime | None) -> None:
    Verification.objects.filter(pk=row.pk).update(correction=found, corrected_at=at)
