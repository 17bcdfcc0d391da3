"""A fix that worked is watched for 90 days: what comes back opens the task again."""

import logging
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from cx_loop.models import SYSTEM, Organization, record
from tasks.actions.access import ladder
from tasks.actions.announce import announce
from tasks.actions.change import change
from tasks.actions.locks import lock_all
from tasks.actions.rounds import reopen
from tasks.actions.series import arms_between, days_kept, kept, scale_of
from tasks.logic.plan import an_hour_into, plan_from_json
from tasks.logic.relapse import RELAPSE_DAYS, Proven, Relapse, proven_of, relapse_of
from tasks.models import Task, Verification

log = logging.getLogger(__name__)

AT_ONCE = 200
LATER = timedelta(hours=1)  # when a look that failed is tried again


def watch(*, now: datetime) -> int:
    """Look at every watched fix whose day has come; how many. A missed day is made up for.

    Each look is on the days before its own day, whenever it is taken: so a downtime changes
    nothing of what is found, and of a day there is one look.
    """
    due = Verification.objects.all().to_watch(now).order_by("watch_at", "pk")
    done = 0
    for row in list(due.select_related("task")[:AT_ONCE]):
        try:
            with transaction.atomic():
                done += _look(row, now)
        except Exception:
            # one that fails must not hold up the others, nor be forgotten
            log.exception("task %s could not be watched for a relapse", row.task_id)
            _watched(row).update(watch_at=now + LATER)
    return done


def _look(row: Verification, now: datetime) -> int:
    """Without a lock unless it has come back; the next day is set by who was first."""
    if not _is_closed(row, row.task):
        return _watched(row).update(watch_at=None)
    zone = Organization.current().zone
    assert row.watch_at is not None
    day = row.watch_at.astimezone(zone).date()
    found, seen = _level(row, day)
    if found is not None and found.relapsed:
        return _come_back(row, seen, now)
    following = an_hour_into(day + timedelta(days=1), zone)
    assert row.relapse_until is not None
    if following <= row.relapse_until:
        return _watched(row).update(watch_at=following, watch=seen)
    held = _watched(row).update(watch_at=None, watch=seen)
    if held:
        record(verb="held_for_good", subject="task", subject_id=row.task_id, by=SYSTEM, now=now)
    return held


def _watched(row: Verification) -> QuerySet[Verification]:
    """The row as long as nobody else has looked."""
    return Verification.objects.filter(pk=row.pk, watch_at=row.watch_at)


def _is_closed(row: Verification, task: Task) -> bool:
    return task.state == Task.State.CLOSED and task.episode == row.episode


def _level(row: Verification, day: date) -> tuple[Relapse | None, dict[str, Any]]:
    """What the 14 days before a day say, and all that went into it beside the look that decided."""
    plan, scale, proven = plan_from_json(row.plan), scale_of(row), _proven(row)
    if scale is None or plan.measure is None or proven is None:
        return None, {}
    first, last = day - timedelta(days=RELAPSE_DAYS), day - timedelta(days=1)
    recent, others = arms_between(row.series, row.controls, scale, plan.measure, first, last)
    found = relapse_of(plan, proven, recent=recent, others=others.days if others else ())
    return found, {"on": day.isoformat(), **kept(recent, others), **found.as_json()}


def _proven(row: Verification) -> Proven | None:
    """What the look that decided was taken on, as it was then: later corrections are noted."""
    look = row.looks.order_by("-seq").first()
    if look is None:
        return None
    return proven_of(
        plan_from_json(row.plan),
        look=look.seq,
        days=days_kept(look.data.get("days")),
        controls=days_kept(look.data.get("controls")),
        dispersion=row.result.get("dispersion") or 1.0,
    )


def _come_back(row: Verification, seen: dict[str, Any], now: datetime) -> int:
    """A new round like every other return; newer work on the same problem is put under it."""
    tasks = lock_all([row.task_id, *_newer(row.task)], SYSTEM)
    task = tasks.pop(row.task_id)
    if not _is_closed(row, task):
        return _watched(row).update(watch_at=None)
    said = {"verdict": "relapsed", "relapsed_at": now, "watch_at": None, "watch": seen}
    if not _watched(row).update(**said):
        return 0
    tied = [each.number for each in tasks.values() if _tie(each, task, now)]
    params = {"verdict": "relapsed", "reason": "relapsed", "tied": tied}
    reopen(task, verb="verdict", by=SYSTEM, now=now, params=params, recovered=False)
    leads = ladder(task.department, "lead", now)
    announce(task=task, code="relapsed", now=now, to=leads, params=params)
    return 1


def _newer(task: Task) -> list[int]:
    """Work begun since on an alert of the same rule at the same touchpoint."""
    if task.rule_version is None:
        return []
    same = Task.objects.unclosed().filter(
        touchpoint=task.touchpoint_id, rule_version__rule=task.rule_version.rule_id
    )
    return list(same.filter(number__gt=task.number).values_list("number", flat=True))


def _tie(newer: Task, task: Task, now: datetime) -> bool:
    """Who has one of the two sees the other; what is tied otherwise stays as people tied it."""
    if newer.parent_id is not None or task.parent_id is not None or newer.children.exists():
        return False
    params = {"parent": task.number}
    change(newer, verb="linked", by=SYSTEM, now=now, parent=task, params=params)
    said = {"task": newer.number}
    record(
        verb="linked_one", subject="task", subject_id=task.number, by=SYSTEM, now=now, params=said
    )
    return True
