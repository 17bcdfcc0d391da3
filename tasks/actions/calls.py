"""The verbs of the state table, one function a call: what each changes, and whom it tells.

`work.perform` has locked the task and asked who may before one of these runs.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from alerts.actions import alerts as alert_actions
from alerts.models import Alert
from cx_loop.models import Actor, Department
from tasks.actions.access import colleague_of
from tasks.actions.announce import announce
from tasks.actions.change import change, episode_of
from tasks.actions.clocks import escalate_at, tightened
from tasks.actions.errors import Invalid
from tasks.actions.fixes import keep_countermeasures
from tasks.actions.pauses import end_hold, hold, recounted
from tasks.actions.rounds import close, reopen, unresolved_alerts
from tasks.actions.stand_ins import standing_in
from tasks.actions.turns import whose_turn
from tasks.actions.verification import abandon, begin_verification
from tasks.actions.verify import decide_by_person
from tasks.logic import lifecycle
from tasks.models import Episode, Holding, Note, Task

Fields = Mapping[str, Any]


def _accept(task: Task, by: Actor, now: datetime, fields: Fields) -> Task:
    _respond(task, by, now)
    params = {"start": True} if fields.get("start") else {}
    change(
        task,
        verb="accepted",
        by=by,
        now=now,
        to="in_progress" if fields.get("start") else "accepted",
        assignee=by.user,
        answerable_department=task.department,
        escalate_at=escalate_at(task, episode_of(task), now),
        params=params,
    )
    return task


def _start(task: Task, by: Actor, now: datetime, fields: Fields) -> Task:
    _respond(task, by, now)
    held = task.state == "on_hold"
    if held:
        end_hold(task=task, now=now)
    episode = episode_of(task)
    return change(
        task,
        verb="resumed" if held else "started",
        by=by,
        now=now,
        to="in_progress",
        assignee=task.assignee or by.user,
        answerable_department=task.department,
        hold_until=None,
        **(
            recounted(task, episode, now)
            if held
            else {"escalate_at": escalate_at(task, episode, now)}
        ),
    )


def _respond(task: Task, by: Actor, now: datetime) -> None:
    """Taking a task answers its round and acknowledges its alerts."""
    Episode.objects.filter(task=task, number=task.episode, responded_at=None).update(
        responded_at=now
    )
    for alert in Alert.objects.unresolved().filter(links__task=task, state="open").distinct():
        alert_actions.acknowledge(alert=alert, by=by, now=now)


def _assign(task: Task, by: Actor, now: datetime, fields: Fields) -> Task:
    """To a colleague, or to who stands in for them."""
    asked = colleague_of(task, fields["assignee"], "assignee")
    person = next(iter(standing_in([asked], now)), asked)
    params = {"to": person.email} | ({"for": asked.email} if person != asked else {})
    planned: dict[str, Any] = {}
    if task.state in lifecycle.WORKABLE:
        planned = {"escalate_at": escalate_at(task, episode_of(task), now)}
    change(task, verb="assigned", by=by, now=now, assignee=person, params=params, **planned)
    announce(task=task, code="assigned", now=now, to=[person], besides=by.user)
    return task


def _hold(task: Task, by: Actor, now: datetime, fields: Fields) -> Task:
    """The clock to resolve stands still meanwhile; one that has run out already does not."""
    until = fields["until"]
    stands_until = hold(task=task, until=until, now=now)
    params = {"reason": fields["reason"], "until": until.isoformat()}
    return change(
        task,
        verb="held",
        by=by,
        now=now,
        to="on_hold",
        hold_until=until,
        params=params | {"stands_until": stands_until.isoformat()},
        **recounted(task, episode_of(task), now),
    )


def _hand_over(task: Task, by: Actor, now: datetime, fields: Fields) -> Task:
    """The clocks keep their start; the first department answers until the next accepts."""
    target = Department.objects.in_force().filter(key=fields["department"]).first()
    if target is None or target.pk == task.department_id:
        raise Invalid([("department", "department_unknown", "Choose another department.")])
    params = {"from": task.department.key, "to": target.key, "reason": fields["reason"]}
    if task.state == "on_hold":
        end_hold(task=task, now=now)
        recounted(task, episode_of(task), now)
    task.department, assignee = target, whose_turn(department=target, role="", now=now)
    if assignee is not None:
        params |= {"given": assignee.email}
    Holding.objects.filter(task=task, until=None).update(until=now)
    Holding.objects.create(
        task=task, department=target, touchpoint_id=task.touchpoint_id, since=now
    )
    episode = episode_of(task)
    episode.responded_at = None
    episode.save(update_fields=["responded_at"])
    clocks = tightened(task, task.policy, target, episode)
    task.due_at = clocks.due_at
    change(
        task,
        verb="handed_over",
        by=by,
        now=now,
        to="open",
        department=target,
        assignee=assignee,
        routed={"by": "hand", "to": target.key, "role": ""},
        hold_until=None,
        respond_by=clocks.respond_by,
        due_at=clocks.due_at,
        escalate_at=escalate_at(task, episode, now),
        params=params,
    )
    announce(task=task, code="handed_over", now=now, besides=by.user)
    return task


def _submit(task: Task, by: Actor, now: datetime, fields: Fields) -> Task:
    """The fix is in: from here on the metric speaks."""
    _respond(task, by, now)
    episode = episode_of(task)
    episode.submitted_at = now
    episode.save(update_fields=["submitted_at"])
    task.fixed_at = fields["fixed_at"]
    look_at = begin_verification(task=task, now=now)
    change(
        task,
        verb="submitted",
        by=by,
        now=now,
        to="verifying",
        next_look_at=look_at,
        pain_category=fields["pain_category"],
        root_cause=fields["root_cause"],
        countermeasure=fields["countermeasure"],
        fixed_at=fields["fixed_at"],
        submitted_at=now,
        submitted_by=by.user,
        params={"fixed_at": fields["fixed_at"].isoformat()},
    )
    keep_countermeasures(task=task, now=now)
    if note := str(fields.get("note") or "").strip():
        Note.objects.create(task=task, by=by.user, at=now, text=note)
    return task


def _take_back(task: Task, by: Actor, now: datetime, fields: Fields, verb: str) -> Task:
    abandon(task=task, reason=verb, now=now)
    episode = episode_of(task)
    episode.submitted_at = None
    episode.save(update_fields=["submitted_at"])
    change(
        task,
        verb=verb,
        by=by,
        now=now,
        to="in_progress",
        submitted_at=None,
        submitted_by=None,
        fixed_at=None,
        escalate_at=escalate_at(task, episode, now),
        params={"reason": fields["reason"]},
    )
    announce(task=task, code=verb, now=now, besides=by.user)
    return task


def _withdraw(task: Task, by: Actor, now: datetime, fields: Fields) -> Task:
    return _take_back(task, by, now, fields, "withdrawn")


def _send_back(task: Task, by: Actor, now: datetime, fields: Fields) -> Task:
    return _take_back(task, by, now, fields, "sent_back")


def _dismiss(task: Task, by: Actor, now: datetime, fields: Fields) -> Task:
    resolution, reason = fields["resolution"], str(fields.get("reason") or "")
    if resolution == "self_recovered":
        return close(task, verb="closed", resolution=resolution, by=by, now=now, recovered=True)
    for alert in unresolved_alerts(task):
        alert_actions.close_as_dismissed(alert=alert, by=by, now=now, reason=reason)
    return close(
        task,
        verb="dismissed",
        resolution=resolution,
        by=by,
        now=now,
        params={"reason": reason, "resolution": resolution},
    )


def _reopen(task: Task, by: Actor, now: datetime, fields: Fields) -> Task:
    if task.state == "verifying":
        abandon(task=task, reason="reopened", now=now)
    return reopen(task, verb="reopened", by=by, now=now, params={"reason": fields["reason"]})


CALLS: dict[str, Callable[[Task, Actor, datetime, Fields], Task]] = {
    "accept": _accept,
    "assign": _assign,
    "start": _start,
    "hold": _hold,
    "hand_over": _hand_over,
    "submit": _submit,
    "withdraw": _withdraw,
    "send_back": _send_back,
    "dismiss": _dismiss,
    "decide": decide_by_person,
    "reopen": _reopen,
}
