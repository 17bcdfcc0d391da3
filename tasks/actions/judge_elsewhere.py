"""A lead accepts the offer to judge a fix where its effect could be seen."""

from datetime import datetime
from typing import Any

from django.db import transaction

from cx_loop.models import Actor, record
from tasks.actions.access import roles_of
from tasks.actions.errors import Forbidden, Invalid
from tasks.actions.outlook import Elsewhere, expected_of
from tasks.actions.verification import plan_anew, running_before_looks
from tasks.actions.work import lock
from tasks.logic.lifecycle import NotAllowed, possible_calls
from tasks.models import JudgedElsewhere, Task

LONGEST = 1000


def may_judge_elsewhere(by: Actor, task: Task) -> bool:
    return by.user is not None and bool(roles_of(by, task) & {"lead", "admin"})


@transaction.atomic
def judge_elsewhere(
    *, number: int, by: Actor, now: datetime, fields: dict[str, Any]
) -> JudgedElsewhere:
    """Choose one of the places that are offered, before the first look; a later choice replaces it.

    `fields`: of (stage, touchpoint), metric (key), reason. Not for whoever is judged by it: a lead
    or an admin. Raises NotFound, Forbidden, NotAllowed (there is nothing left to choose), Invalid.
    """
    task = lock(number, by)
    if not may_judge_elsewhere(by, task):
        raise Forbidden("lead_only")
    running = running_before_looks(task)
    if task.state == Task.State.CLOSED or (task.state == Task.State.VERIFYING and running is None):
        raise NotAllowed("judge_elsewhere", task.state, possible_calls(task.state))
    reason = str(fields.get("reason") or "").strip()
    expected = expected_of(task, now)
    offers = {(each.of, each.metric.key): each for each in expected.elsewhere} if expected else {}
    offer = offers.get((str(fields.get("of")), str(fields.get("metric"))))
    if problems := _problems(offer, reason):
        raise Invalid(problems)
    assert offer is not None
    said = {"of": offer.of, "metric": offer.metric, "reason": reason, "by": by.user, "at": now}
    chosen, _created = JudgedElsewhere.objects.update_or_create(
        task=task, episode=task.episode, defaults=said
    )
    if running is not None:
        plan_anew(task=task, running=running)
    verb = "judged_on_stage" if offer.is_stage else "judged_on_metric"
    params = {"metrics": [offer.metric.name], "reason": reason}
    record(verb=verb, subject="task", subject_id=number, by=by, now=now, params=params)
    return chosen


def _problems(offer: Elsewhere | None, reason: str) -> list[tuple[str, str, str]]:
    checks = {
        ("metric", "not_offered", "It is judged only where it could be proven."): offer is None,
        ("reason", "required", "Say why it is judged elsewhere."): not reason,
        ("reason", "too_long", f"At most {LONGEST} characters."): len(reason) > LONGEST,
        ("reason", "text_has_nul", "The text has a NUL character."): "\x00" in reason,
    }
    return [problem for problem, holds in checks.items() if holds]
