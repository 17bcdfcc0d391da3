"""What a checklist says about a fix that is submitted: when it was in place, and what it was."""

from collections.abc import Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

from tasks.actions.change import episode_of
from tasks.logic.lifecycle import Problem
from tasks.models import Countermeasure, Step, Task
from tasks.notices import say_open_steps
from tasks.reads import fix_of


def said_of_fix(task: Task, said: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """What a submission says, with the moment the checklist knows, and what is still to be done.

    Where a corrective step was done in this round, the fix is as old as the last of them, whatever
    the caller says: otherwise a verdict would be on days when only half of it was in place.
    """
    fix = fix_of(task)
    given = dict(said)
    if fix.open:
        # the moment cannot be known yet, so nothing is said about the caller's
        given.setdefault("fixed_at", episode_of(task).opened_at)
        return given, [Problem("steps", "steps_open", say_open_steps(fix.open))]
    if fix.at is not None:
        given["fixed_at"] = fix.at
    return given, []


def keep_countermeasures(*, task: Task, now: datetime) -> None:
    """Record what stood behind the fix that was just submitted: one row a playbook and kind."""
    since = episode_of(task).opened_at
    steps = Step.objects.filter(task=task).exclude(state=Step.State.NOT_NEEDED)
    running = task.verifications.exclude(state="decided").get(episode=task.episode)
    assert task.fixed_at is not None
    running.pain_category, running.root_cause = task.pain_category, task.root_cause
    running.save(update_fields=["pain_category", "root_cause"])
    rows = []
    for (playbook, kind), group in groupby(
        sorted(steps.select_related("adoption"), key=_behind), key=_behind
    ):
        members = [each for each in group if each.done_at is None or each.done_at >= since]
        done = [each for each in members if each.done_at is not None]
        if not done:
            continue
        rows.append(
            Countermeasure(
                verification=running,
                task=task,
                episode=task.episode,
                playbook_id=playbook or None,
                kind=kind,
                steps_done=len(done),
                steps_in_all=len(members),
                touchpoint=task.touchpoint,
                metric_id=task.metric_id,
                pain_category=task.pain_category,
                root_cause=task.root_cause,
                fixed_at=task.fixed_at,
                at=now,
            )
        )
    Countermeasure.objects.bulk_create(rows)


def _behind(step: Step) -> tuple[int, str]:
    """The version of the playbook a step is from (0: none) and its kind."""
    adoption = step.adoption
    return (adoption.playbook_id or 0 if adoption else 0, step.kind)
